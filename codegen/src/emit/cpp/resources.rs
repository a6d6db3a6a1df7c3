//! Traces, snapshots, coverage.

use super::{function, trace_class};
use crate::describe::Description;
use crate::emit::symbol_prefix;
use crate::state::{self, Table};

/// Access to the callbacks that an open trace has registered with Verilator. They are private;
/// the explicit instantiation of a template may name them all the same.
fn trace_access(class: &str) -> String {
    let class = class.trim_end_matches('C');
    format!(
        "namespace {{\n\nstruct OnFlush final {{}};\nstruct OnExit final {{}};\n\
         void (*access_to(OnFlush))(void*);\nvoid (*access_to(OnExit))(void*);\n\
         template <typename T_Tag, void (*T_callback)(void*)>\nstruct Access final {{\n    \
         friend void (*access_to(T_Tag))(void*) {{ return T_callback; }}\n}};\n\
         template struct Access<OnFlush, &{class}::Super::onFlush>;\n\
         template struct Access<OnExit, &{class}::Super::onExit>;\n\n}}  // namespace\n\n"
    )
}

/// The functions of waveforms.
pub fn traces(model: &Description) -> String {
    let Some(class) = trace_class(model) else {
        return String::new();
    };
    let mut out = trace_access(class);
    out.push_str(
        "namespace {\n\n// Whatever may write to the waveform's file; one that can't be written is closed.\n\
         template <typename T_Call>\ninline uint32_t traced(Handle* handlep, T_Call&& call) {\n    \
         if (!handlep->tracep) return LIGHTSSS_OK;\n    \
         const LightsssRecordsOnly recordsOnly{handlep->contextp};\n    \
         const LightsssWriting writing{handlep->contextp, &handlep->traceError};\n    \
         const uint32_t status = lightsss_guarded(handlep->contextp, call);\n    \
         handlep->contextp->m_broken = false;\n    \
         if (handlep->tracep && !handlep->tracep->isOpen()) drop_trace(handlep);\n    \
         return status;\n}\n\n}  // namespace\n\n",
    );
    out.push_str(&function(
        model,
        "uint32_t",
        "trace_open",
        "const char* path, int levels",
        &format!(
            "handlep->traceError.clear();\n\
             const LightsssWriting writing{{handlep->contextp, &handlep->traceError}};\n\
             const uint32_t status = aside(handlep, [&] {{\n    handlep->tracep.reset(new {class});\n    \
             {class}* const tracep = handlep->tracep.get();\n    \
             handlep->contextp->traceOne(handlep->traceable, tracep,\n                                \
             [&] {{ handlep->modelp->trace(tracep, 99); }});\n    \
             // `trace` takes levels and heeds none. The first is the model's own name.\n    \
             if (levels) handlep->tracep->dumpvars(levels + 1, handlep->modelp->name());\n    \
             handlep->tracep->open(path);\n    \
             handlep->waveformp.reset(new LightsssWaveform{{\n        \
             handlep->contextp, access_to(OnFlush{{}}), handlep->tracep->spTrace()}});\n}});\n\
             if (status != LIGHTSSS_OK || !handlep->tracep->isOpen()) {{\n    \
             traced(handlep, [&] {{ drop_trace(handlep); }});\n}}\n\
             return status;"
        ),
    ));
    out.push_str(&function(
        model,
        "bool",
        "trace_is_open",
        "",
        "return static_cast<bool>(handlep->tracep);",
    ));
    out.push_str(&function(
        model,
        "uint32_t",
        "trace_dump",
        "uint64_t time",
        "return traced(handlep, [&] {\n    lightsss_dump(handlep->contextp, handlep->modelp->rootp,\n                  \
         [&] { handlep->tracep->dump(time); });\n});",
    ));
    out.push_str(&function(
        model,
        "uint32_t",
        "trace_flush",
        "",
        "return traced(handlep, [&] { handlep->tracep->flush(); });",
    ));
    out.push_str(&function(
        model,
        "uint32_t",
        "trace_close",
        "",
        "return traced(handlep, [&] { handlep->tracep->close(); });",
    ));
    out.push_str(&function(
        model,
        "const char*",
        "trace_error",
        "",
        "return handlep->traceError.empty() ? nullptr : handlep->traceError.c_str();",
    ));
    out.push_str(&function(
        model,
        "void",
        "trace_abandon",
        "",
        "// In a forked process: the file belongs to the original. Neither a destructor nor\n\
         // Verilator's flush and exit callbacks may write to it, so the object is left behind.\n\
         lightsss_abandon_dump(handlep->modelp->rootp->vlSymsp, access_to(OnFlush{}), \
         access_to(OnExit{}), 0);\n\
         if (!handlep->tracep) return;\n\
         handlep->waveformp.reset();\n\
         void* const tracep = handlep->tracep.release()->spTrace();\n\
         Verilated::removeExitCb(access_to(OnExit{}), tracep);",
    ));
    out
}

/// The functions of snapshots.
pub fn saving(model: &Description) -> String {
    if !model.abilities.savable {
        return String::new();
    }
    let mut out = String::from(
        "namespace {\n\n// Pointers within the model are saved as distances from where it begins.\n\
         void whole(Handle* handlep, bool saves) {\n    const auto* const symsp = handlep->modelp->rootp->vlSymsp;\n    \
         LightsssWhole::current() = {reinterpret_cast<const uint8_t*>(symsp), sizeof(*symsp), {}};\n    \
         if (saves) LightsssWhole::current().m_ending = lightsss_ending_events(symsp, 0);\n}\n\n\
         }  // namespace\n\n",
    );
    out.push_str(&function(
        model,
        "uint32_t",
        "save",
        "LightsssWrite write, void* env",
        "// A broken model may be saved: a restore keeps what was there for the case that it fails.\n\
         const LightsssApart apart{handlep->contextp};\n\
         return aside(handlep, [&] {\n    whole(handlep, true);\n    \
         lightsss_mark_all_active(handlep->modelp->rootp);\n    \
         handlep->contextp->clearPadding();\n    LightsssSave save{write, env};\n    save << *handlep->modelp;\n    save.close();\n});",
    ));
    let settled = if super::settles_later(model) {
        "handlep->unsettled = false;\n"
    } else {
        ""
    };
    out.push_str(&function(
        model,
        "uint32_t",
        "restore",
        "const uint8_t* bytes, size_t length",
        &format!("// All state is replaced, that of a broken evaluation too.\nhandlep->broken = false;\n{settled}\
         const LightsssApart apart{{handlep->contextp}};\n\
         return enter(handlep, [&] {{\n    whole(handlep, false);\n    LightsssRestore restore{{bytes, length}};\n    \
         restore >> *handlep->modelp;\n    restore.finish();\n    \
         lightsss_restore_triggered(handlep->modelp->rootp->vlSymsp, 0);\n    \
         lightsss_mark_all_active(handlep->modelp->rootp);\n}});"),
    ));
    if let Some(state) = &model.state {
        let nothing = Table::default();
        out.push_str(&state::cpp::functions(
            state.table.as_ref().unwrap_or(&nothing),
            &model.class,
            &symbol_prefix(model),
            state.settle.as_deref(),
            super::settles_later(model),
        ));
    }
    out
}

/// The function of coverage.
pub fn coverage(model: &Description) -> String {
    if !model.abilities.coverage {
        return String::new();
    }
    function(
        model,
        "uint32_t",
        "coverage_write",
        "const char* path",
        "return aside(handlep, [&] { handlep->contextp->coveragep()->write(path); });",
    )
}
