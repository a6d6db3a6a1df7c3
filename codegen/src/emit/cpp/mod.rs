//! The shim: a plain C interface to one model.

mod dpi;
mod ports;
mod resources;

use std::fmt::Write as _;

use super::symbol_prefix;
use crate::describe::{Description, TraceFormat};
pub(super) use dpi::{c_argument, lending, returns};

/// The shim's text.
pub fn shim(model: &Description) -> String {
    let mut out = String::new();
    out.push_str(&includes(model));
    out.push_str(&handle(model));
    out.push_str(&dpi::imports(model));
    out.push_str(&lifecycle(model));
    out.push_str(&ports::ports(model));
    out.push_str(&resources::traces(model));
    out.push_str(&resources::saving(model));
    out.push_str(&resources::coverage(model));
    out.push_str(&super::exports::shim(model));
    out
}

/// The header that is forced into each of the model's sources: it gives the DPI functions names
/// that no other model in the program has.
pub fn forced_header(model: &Description) -> String {
    let mut out = String::from(
        "// Included in front of each of the model's sources. The runtime's headers come first, so \
         that the\n// names below change nothing in them.\n#ifndef LIGHTSSS_FORCED_\n#define \
         LIGHTSSS_FORCED_\n#include \"lightsss_verilated.h\"\n#include \"svdpi.h\"\n",
    );
    for header in model_headers(model) {
        let _ = writeln!(out, "#include \"{header}\"");
    }
    for function in model.imports.iter().chain(&model.exports) {
        let name = &function.name;
        // Without the fingerprint: what changes in a C++ source concerns no generated one.
        let _ = writeln!(out, "#define {name} lightsss_{}_dpi_{name}", model.name);
    }
    out.push_str("#endif\n");
    out
}

/// The headers of Verilator that generated sources include, beside `verilated.h`.
fn model_headers(model: &Description) -> Vec<&'static str> {
    let mut headers = vec!["verilated_dpi.h", "<cmath>", "<string>"];
    headers.retain(|header| !header.starts_with('<'));
    if model.abilities.savable {
        headers.push("lightsss_save.h");
    }
    if model.abilities.timing {
        headers.push("lightsss_timing.h");
    }
    if model.abilities.coverage {
        headers.push("verilated_cov.h");
    }
    match model.abilities.trace {
        Some(TraceFormat::Vcd) => headers.extend(["lightsss_trace.h", "verilated_vcd_c.h"]),
        Some(TraceFormat::Fst) => headers.extend(["lightsss_trace.h", "verilated_fst_c.h"]),
        Some(TraceFormat::Saif) => headers.extend(["lightsss_trace.h", "verilated_saif_c.h"]),
        None => {}
    }
    if model.abilities.threads > 1 {
        headers.extend(["verilated_threads.h", "lightsss_lends.h"]);
    }
    headers
}

fn includes(model: &Description) -> String {
    let class = &model.class;
    let mut out = format!(
        "// The C interface of the model `{}`, for Verilator {}. Written by lightsss-codegen.\n\n\
         #include \"{class}.h\"\n",
        model.name, model.version
    );
    if model.abilities.savable || model.abilities.trace.is_some() || !model.internals.is_empty() {
        let _ = writeln!(out, "#include \"{class}__Syms.h\"");
    }
    if !model.imports.is_empty() || !model.exports.is_empty() {
        let _ = writeln!(out, "#include \"{class}__Dpi.h\"");
    }
    out.push_str(
        "#include \"lightsss_verilated.h\"\n\n#include <cstring>\n#include <memory>\n#include <mutex>\n#include \
         <new>\n#include <string>\n#include <type_traits>\n\n",
    );
    out
}

fn handle(model: &Description) -> String {
    let marker = super::marker(model);
    let class = &model.class;
    let trace = trace_class(model).map_or(String::new(), |class| {
        format!(
            "    std::unique_ptr<{class}> tracep;\n    \
             std::unique_ptr<LightsssWaveform> waveformp;  // Where `tracep` is open\n    \
             size_t traceable = 0;  // Its number among the context's\n    \
             std::string traceError;  // Why the last trace is not whole\n"
        )
    });
    let (unsettled, settle_first, settled) = if settles_later(model) {
        (
            "    bool unsettled = false;  // Waits for an evaluation, which lends\n",
            format!(
                "}}  // namespace\nvoid {class}___024root___eval_settle({class}___024root*);\nnamespace {{\n\n\
                 // After a restore by name everything combinational is computed anew, with the imports of \
                 whoever\n// evaluates first.\nvoid settle_first(Handle* handlep) {{\n    \
                 if (VL_LIKELY(!handlep->unsettled)) return;\n    handlep->unsettled = false;\n    \
                 {class}___024root___eval_settle(handlep->modelp->rootp);\n}}\n\n"
            ),
            "settle_first(handlep);\n        ",
        )
    } else {
        ("", String::new(), "")
    };
    let drop_trace = if trace.is_empty() {
        ""
    } else {
        "void drop_trace(Handle* handlep) {\n    handlep->waveformp.reset();\n    \
         handlep->tracep.reset();\n}\n\n"
    };
    let threaded = model.abilities.threads > 1;
    let entered = if threaded {
        "    int entered = 0;  // Evaluations under way\n"
    } else {
        ""
    };
    let entering = if threaded { ENTERING } else { "" };
    format!(
        "extern \"C\" const char {marker} = 0;\n\n\
         namespace {{\n\nstruct Handle final {{\n    LightsssContext* const contextp;\n    \
         std::unique_ptr<{class}> modelp;\n    std::string name;\n    bool named = false;  // In the context\n{trace}    \
         bool finished = false;\n    bool broken = false;\n{unsettled}{entered}}};\n\n{entering}{drop_trace}\
         // A guarded call; a model that was left in the middle of one is not entered again.\n\
         template <typename T_Call>\n\
         inline uint32_t enter(Handle* handlep, T_Call&& call) {{\n    \
         LightsssContext* const contextp = handlep->contextp;\n    \
         if (VL_UNLIKELY(handlep->broken)) {{\n        \
         contextp->record(LIGHTSSS_RUNTIME, \"the model broke off an earlier evaluation and \
         can't go on\",\n                         \"\", 0, \"\");\n        \
         return LIGHTSSS_HALTED;\n    }}\n    \
         const uint32_t status = lightsss_guarded(contextp, call);\n    \
         if (VL_UNLIKELY(contextp->m_broken)) {{\n        contextp->m_broken = false;\n        \
         handlep->broken = true;\n    }}\n    return status;\n}}\n\n\
         // What follows when an exception leaves an evaluation; out of the way of those that end well.\n\
         __attribute__((noinline, cold)) uint32_t broke_off(Handle* handlep) noexcept {{\n    \
         LightsssContext* const contextp = handlep->contextp;\n    \
         const uint32_t status = lightsss_caught(contextp);\n    \
         contextp->m_broken = false;\n    handlep->broken = true;\n    return status;\n}}\n\n\
         {settle_first}\
         __attribute__((noinline, cold)) uint32_t eval_carefully(Handle* handlep) noexcept {{\n    \
         return enter(handlep, [&] {{\n        {settled}handlep->modelp->eval();\n    }});\n}}\n\n\
         // A guarded call that leaves the model's state alone, whether it fails or not.\n\
         template <typename T_Call>\n\
         inline uint32_t aside(Handle* handlep, T_Call&& call) {{\n    \
         const uint32_t status = lightsss_guarded(handlep->contextp, call);\n    \
         handlep->contextp->m_broken = false;\n    return status;\n}}\n\n\
         }}  // namespace\n\n\
         // Two models of one class in a program would share their functions: fail to link instead.\n\
         extern \"C\" const char lightsss_two_models_have_the_class_{class}_set_prefix = 0;\n\n"
    )
}

/// Of a threaded model: whether its pool is at work.
const ENTERING: &str = "\
// While it lives the pool is at work: it is not to be taken from under the evaluation.
class Entering final {
    int& m_entered;

public:
    explicit Entering(Handle* handlep)
        : m_entered{handlep->entered} {
        ++m_entered;
    }
    ~Entering() { --m_entered; }
};

";

/// Whether what is combinational may have to wait for the harness's imports after a restore.
pub(crate) fn settles_later(model: &Description) -> bool {
    let settles = model
        .state
        .as_ref()
        .is_some_and(|state| state.settle.is_some());
    settles && !model.imports.is_empty()
}

fn trace_class(model: &Description) -> Option<&'static str> {
    Some(match model.abilities.trace? {
        TraceFormat::Vcd => "VerilatedVcdC",
        TraceFormat::Fst => "VerilatedFstC",
        TraceFormat::Saif => "VerilatedSaifC",
    })
}

/// A C function of the shim. `parameters` come after the handle.
fn function(
    model: &Description,
    returns: &str,
    name: &str,
    parameters: &str,
    body: &str,
) -> String {
    let comma = if parameters.is_empty() { "" } else { ", " };
    let body = body.trim_end().replace('\n', "\n    ");
    format!(
        "extern \"C\" {returns} {}{name}(Handle* handlep{comma}{parameters}) noexcept {{\n    \
         {body}\n}}\n\n",
        symbol_prefix(model)
    )
}

/// The function that makes a model.
fn construct(model: &Description) -> String {
    let class = &model.class;
    let prefix = symbol_prefix(model);
    let traceable = if trace_class(model).is_some() {
        "handlep->traceable = contextp->traceableModels();\n        "
    } else {
        ""
    };
    format!(
        "extern \"C\" void* {prefix}new(LightsssContext* contextp, const char* name) noexcept {{\n    \
         Handle* const handlep = new (std::nothrow) Handle{{contextp}};\n    \
         if (!handlep) return nullptr;\n    \
         const uint32_t status = enter(handlep, [&] {{\n        \
         handlep->named = contextp->claimName(name, handlep->name);\n        \
         if (!handlep->named) return;\n        \
         {traceable}handlep->modelp.reset(new {class}{{contextp, handlep->name.c_str()}});\n    }});\n    \
         if (status == LIGHTSSS_OK) return handlep;\n    \
         if (handlep->named) contextp->releaseName(handlep->name);\n    delete handlep;\n    return nullptr;\n}}\n\n"
    )
}

fn lifecycle(model: &Description) -> String {
    let entering = if model.abilities.threads > 1 {
        "const Entering entering{handlep};\n"
    } else {
        ""
    };
    let lend = format!("{}{entering}", dpi::lending(model));
    let settled = if settles_later(model) {
        "settle_first(handlep);\n    "
    } else {
        ""
    };
    let parameters = if model.imports.is_empty() {
        ""
    } else {
        "DpiLend* lendp"
    };
    let traced = trace_class(model).is_some();
    let mut out = construct(model);
    out.push_str(&function(
        model,
        "uint32_t",
        "eval",
        parameters,
        &format!(
            "{lend}// What is rare is behind one look, as this is called for every edge.\n\
             if (VL_UNLIKELY(lightsss_careful.load(std::memory_order_relaxed))) {{\n    \
             return eval_carefully(handlep);\n}}\n\
             try {{\n    handlep->modelp->eval();\n}} catch (...) {{ return broke_off(handlep); }}\n\
             static_assert(LIGHTSSS_OK == 0 && LIGHTSSS_HALTED == 1, \"a status is not a flag\");\n\
             return handlep->contextp->m_halted;"
        ),
    ));
    out.push_str(&function(
        model,
        "uint32_t",
        "finish",
        parameters,
        &format!(
            "if (handlep->finished) return LIGHTSSS_OK;\nhandlep->finished = true;\n{lend}\
             return enter(handlep, [&] {{\n    {settled}handlep->modelp->final();\n}});"
        ),
    ));
    let lend_none = if model.imports.is_empty() {
        ""
    } else {
        ", nullptr"
    };
    out.push_str(&function(
        model,
        "uint32_t",
        "finish_at_drop",
        "",
        &format!(
            "// Left in the middle of an evaluation, it has no end to come to.\n\
             if (handlep->broken) return LIGHTSSS_OK;\n\
             return {}finish(handlep{lend_none});",
            symbol_prefix(model)
        ),
    ));
    let close = if traced {
        "    drop_trace(handlep);\n    \
         if (handlep->modelp) handlep->contextp->forgetTraceable(handlep->traceable);\n    \
         if (handlep->modelp && handlep->contextp->mayDumpOthers()) {\n        \
         // Its name stays taken: its scopes are still there.\n        \
         handlep->contextp->keep(std::move(handlep->modelp));\n        return;\n    }\n"
    } else {
        ""
    };
    out.push_str(&function(
        model,
        "void",
        "delete",
        "",
        &format!(
            "// Its destructors may not throw; what they record is the context's.\n\
             const LightsssRecordsOnly recordsOnly{{handlep->contextp}};\n\
             lightsss_guarded(handlep->contextp, [&] {{\n{close}    handlep->modelp.reset();\n    \
             handlep->contextp->releaseName(handlep->name);\n}});\ndelete handlep;"
        ),
    ));
    out.push_str(&function(
        model,
        "bool",
        "events_pending",
        "",
        "bool pending = false;\naside(handlep, [&] { pending = handlep->modelp->eventsPending(); });\n\
         return pending;",
    ));
    out.push_str(&function(
        model,
        "uint64_t",
        "next_time_slot",
        "",
        "uint64_t slot = 0;\nenter(handlep, [&] { slot = handlep->modelp->nextTimeSlot(); });\n\
         return slot;",
    ));
    out.push_str(&clone_hooks(model));
    out
}

/// What Verilator wants around a fork.
fn clone_hooks(model: &Description) -> String {
    let (prepare, at) = if model.abilities.clone_hooks && model.abilities.threads > 1 {
        (
            "// In an import: the threads stay, and the fork is refused for them.\n\
             if (handlep->entered) return;\n\
             aside(handlep, [&] { handlep->modelp->prepareClone(); });",
            "if (handlep->entered) return;\n\
             // Its threads may be refused.\naside(handlep, [&] { handlep->modelp->atClone(); });",
        )
    } else if model.abilities.clone_hooks {
        (
            "aside(handlep, [&] { handlep->modelp->prepareClone(); });",
            "// Its threads may be refused.\naside(handlep, [&] { handlep->modelp->atClone(); });",
        )
    } else {
        ("(void)handlep;", "(void)handlep;")
    };
    let mut out = function(model, "void", "prepare_clone", "", prepare);
    out.push_str(&function(model, "void", "at_clone", "", at));
    out
}
