//! The flags of the C++ compiler.

use std::ffi::OsString;
use std::path::Path;

use crate::describe::Description;
use crate::trace::Trace;
use crate::verilator::Verilator;

/// Those of everything that is compiled.
pub fn common_flags(verilator: &Verilator, headers: &Path) -> Vec<OsString> {
    let include = verilator.include();
    let mut flags = vec!["-w".into(), "-DVERILATOR=1".into(), "-DVM_SC=0".into()];
    flags.extend([
        "-DVL_USER_FINISH".into(),
        "-DVL_USER_STOP".into(),
        "-DVL_USER_FATAL".into(),
        "-DVL_USER_WARN".into(),
        "-DVL_TIME_CONTEXT".into(),
    ]);
    flags.extend(["-I".into(), headers.into()]);
    flags.extend(["-I".into(), include.join("vltstd").into()]);
    flags.extend(["-I".into(), include.into()]);
    flags
}

/// Those by which the headers of Verilator know what the model can do.
pub fn model_flags(model: &Description) -> Vec<OsString> {
    let flag = |name: &str, on: bool| OsString::from(format!("-D{name}={}", u8::from(on)));
    let trace = model.abilities.trace;
    vec![
        flag("VM_COVERAGE", model.abilities.coverage),
        flag("VM_TIMING", model.abilities.timing),
        flag("VM_TRACE", trace.is_some()),
        flag("VM_TRACE_VCD", trace == Some(Trace::Vcd)),
        flag("VM_TRACE_FST", trace == Some(Trace::Fst)),
        flag("VM_TRACE_SAIF", trace == Some(Trace::Saif)),
    ]
}
