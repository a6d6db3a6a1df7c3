//! The shim: a plain C interface to one model.

use std::fmt::Write as _;

use super::symbol_prefix;
use crate::describe::{Description, DpiArgument, DpiFunction, DpiType, Shape, TraceFormat};
use crate::parse::cxx::Direction;
use crate::state::{self, Table};

/// The shim's text.
pub fn shim(model: &Description) -> String {
    let mut out = String::new();
    out.push_str(&includes(model));
    out.push_str(&handle(model));
    out.push_str(&imports(model));
    out.push_str(&lifecycle(model));
    out.push_str(&ports(model));
    out.push_str(&traces(model));
    out.push_str(&saving(model));
    out.push_str(&coverage(model));
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
        let _ = writeln!(out, "#define {name} {}dpi_{name}", symbol_prefix(model));
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
        Some(TraceFormat::Vcd) => headers.push("verilated_vcd_c.h"),
        Some(TraceFormat::Fst) => headers.push("verilated_fst_c.h"),
        Some(TraceFormat::Saif) => headers.push("verilated_saif_c.h"),
        None => {}
    }
    if model.abilities.threads > 1 {
        headers.push("verilated_threads.h");
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
    if model.abilities.savable || !model.internals.is_empty() {
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
    let class = &model.class;
    let trace = trace_class(model).map_or(String::new(), |class| {
        format!("    std::unique_ptr<{class}> tracep;\n")
    });
    format!(
        "namespace {{\n\nstruct Handle final {{\n    LightsssContext* const contextp;\n    \
         std::unique_ptr<{class}> modelp;\n{trace}    bool finished = false;\n    bool broken = \
         false;\n}};\n\n\
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
         const uint32_t status = lightsss_caught(contextp);\n    --contextp->m_guards;\n    \
         contextp->m_broken = false;\n    handlep->broken = true;\n    return status;\n}}\n\n\
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

fn lifecycle(model: &Description) -> String {
    let class = &model.class;
    let prefix = symbol_prefix(model);
    let lend = if model.imports.is_empty() {
        ""
    } else {
        "const Lending lending{lendp};\n"
    };
    let parameters = if model.imports.is_empty() {
        ""
    } else {
        "DpiLend* lendp"
    };
    let mut out = format!(
        "extern \"C\" void* {prefix}new(LightsssContext* contextp, const char* name) noexcept {{\n    \
         Handle* const handlep = new (std::nothrow) Handle{{contextp}};\n    \
         if (!handlep) return nullptr;\n    \
         const uint32_t status = enter(handlep, [&] {{\n        \
         handlep->modelp.reset(new {class}{{contextp, name}});\n    }});\n    \
         if (status == LIGHTSSS_OK) return handlep;\n    delete handlep;\n    return nullptr;\n}}\n\n"
    );
    out.push_str(&function(
        model,
        "uint32_t",
        "eval",
        parameters,
        &format!(
            "{lend}// What is rare is behind one look, as this is called for every edge.\n\
             if (VL_UNLIKELY(lightsss_careful.load(std::memory_order_relaxed))) {{\n    \
             return enter(handlep, [&] {{ handlep->modelp->eval(); }});\n}}\n\
             ++handlep->contextp->m_guards;\n\
             try {{\n    handlep->modelp->eval();\n}} catch (...) {{ return broke_off(handlep); }}\n\
             --handlep->contextp->m_guards;\n\
             return handlep->contextp->m_halted ? LIGHTSSS_HALTED : LIGHTSSS_OK;"
        ),
    ));
    out.push_str(&function(
        model,
        "uint32_t",
        "finish",
        parameters,
        &format!(
            "if (handlep->finished) return LIGHTSSS_OK;\nhandlep->finished = true;\n{lend}\
             return enter(handlep, [&] {{ handlep->modelp->final(); }});"
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
        &format!("return {}finish(handlep{lend_none});", symbol_prefix(model)),
    ));
    let close = if trace_class(model).is_some() {
        "    handlep->tracep.reset();\n"
    } else {
        ""
    };
    out.push_str(&function(
        model,
        "void",
        "delete",
        "",
        &format!(
            "// Its destructors are not meant to throw; what they record goes with the context.\n\
             lightsss_guarded(handlep->contextp, [&] {{\n{close}    handlep->modelp.reset();\n}});\n\
             delete handlep;"
        ),
    ));
    out.push_str(&function(
        model,
        "bool",
        "events_pending",
        "",
        "return handlep->modelp->eventsPending();",
    ));
    out.push_str(&function(
        model,
        "uint64_t",
        "next_time_slot",
        "",
        "uint64_t slot = 0;\nenter(handlep, [&] { slot = handlep->modelp->nextTimeSlot(); });\n\
         return slot;",
    ));
    let (prepare, at) = if model.abilities.clone_hooks {
        (
            "handlep->modelp->prepareClone();",
            "handlep->modelp->atClone();",
        )
    } else {
        ("(void)handlep;", "(void)handlep;")
    };
    out.push_str(&function(model, "void", "prepare_clone", "", prepare));
    out.push_str(&function(model, "void", "at_clone", "", at));
    out
}

fn ports(model: &Description) -> String {
    let class = &model.class;
    let mut body = String::new();
    for (at, (port, internal)) in model.places().enumerate() {
        let (class, place) = match internal {
            None => (class, format!("handlep->modelp->{}", port.member)),
            Some(internal) => (
                &internal.class,
                format!(
                    "handlep->modelp->rootp->vlSymsp->{}.{}",
                    internal.instance, port.member
                ),
            ),
        };
        if let Some(size) = port.shape.size() {
            let _ = writeln!(
                body,
                "static_assert(sizeof(std::remove_reference_t<decltype({class}::{})>) == {size}, \
                 \"the header's text and its meaning differ\");",
                port.member
            );
        }
        let _ = writeln!(
            body,
            "places[{at}] = const_cast<void*>(static_cast<const volatile void*>(&{place}));"
        );
    }
    if model.places().next().is_none() {
        body.push_str("(void)handlep;\n(void)places;\n");
    }
    let mut out = function(model, "void", "ports", "void** places", &body);
    if model.places().any(|(port, _)| port.shape == Shape::Text) {
        let prefix = symbol_prefix(model);
        let _ = writeln!(
            out,
            "extern \"C\" const char* {prefix}text(const std::string* textp, size_t* length) \
             noexcept {{\n    *length = textp->size();\n    return textp->data();\n}}\n\n\
             extern \"C\" void {prefix}set_text(std::string* textp, const char* text, size_t \
             length) noexcept {{\n    textp->assign(text, length);\n}}\n"
        );
    }
    if model.places().any(|(port, _)| port.shape == Shape::Event) {
        let prefix = symbol_prefix(model);
        let _ = writeln!(
            out,
            "extern \"C\" void {prefix}fire(Handle* handlep, uint32_t port) noexcept {{\n    \
             switch (port) {{"
        );
        for (at, port) in model.ports.iter().enumerate() {
            if port.shape == Shape::Event {
                let _ = writeln!(
                    out,
                    "    case {at}: handlep->modelp->{}.fire(); break;",
                    port.member
                );
            }
        }
        out.push_str("    default: break;\n    }\n}\n\n");
    }
    out
}

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

fn traces(model: &Description) -> String {
    let Some(class) = trace_class(model) else {
        return String::new();
    };
    let mut out = trace_access(class);
    out.push_str(&function(
        model,
        "uint32_t",
        "trace_open",
        "const char* path, int levels",
        &format!(
            "return aside(handlep, [&] {{\n    handlep->tracep.reset(new {class});\n    \
             handlep->modelp->trace(handlep->tracep.get(), levels);\n    \
             handlep->tracep->open(path);\n    \
             if (!handlep->tracep->isOpen()) handlep->tracep.reset();\n}});"
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
        "if (!handlep->tracep) return LIGHTSSS_OK;\n\
         return enter(handlep, [&] { handlep->tracep->dump(time); });",
    ));
    out.push_str(&function(
        model,
        "uint32_t",
        "trace_flush",
        "",
        "if (!handlep->tracep) return LIGHTSSS_OK;\n\
         return enter(handlep, [&] { handlep->tracep->flush(); });",
    ));
    out.push_str(&function(
        model,
        "uint32_t",
        "trace_close",
        "",
        "if (!handlep->tracep) return LIGHTSSS_OK;\n\
         return enter(handlep, [&] {\n    handlep->tracep->close();\n    \
         handlep->tracep.reset();\n});",
    ));
    out.push_str(&function(
        model,
        "void",
        "trace_abandon",
        "",
        "// In a forked process: the file belongs to the original. Neither a destructor nor\n\
         // Verilator's flush and exit callbacks may write to it, so the object is left behind.\n\
         if (!handlep->tracep) return;\n\
         void* const tracep = handlep->tracep.release()->spTrace();\n\
         Verilated::removeFlushCb(access_to(OnFlush{}), tracep);\n\
         Verilated::removeExitCb(access_to(OnExit{}), tracep);",
    ));
    out
}

fn saving(model: &Description) -> String {
    if !model.abilities.savable {
        return String::new();
    }
    let mut out = String::from(
        "namespace {\n\n// Pointers within the model are saved as distances from where it begins.\n\
         void whole(Handle* handlep) {\n    const auto* const symsp = handlep->modelp->rootp->vlSymsp;\n    \
         LightsssWhole::current() = {reinterpret_cast<const uint8_t*>(symsp), sizeof(*symsp)};\n}\n\n\
         }  // namespace\n\n",
    );
    out.push_str(&function(
        model,
        "uint32_t",
        "save",
        "LightsssWrite write, void* env",
        "// A broken model may be saved: a restore keeps what was there for the case that it fails.\n\
         return aside(handlep, [&] {\n    whole(handlep);\n    \
         lightsss_mark_all_active(handlep->modelp->rootp, 0);\n    \
         LightsssSave save{write, env};\n    save << *handlep->modelp;\n    save.close();\n});",
    ));
    out.push_str(&function(
        model,
        "uint32_t",
        "restore",
        "const uint8_t* bytes, size_t length",
        "// All state is replaced, that of a broken evaluation too.\nhandlep->broken = false;\n\
         return enter(handlep, [&] {\n    whole(handlep);\n    LightsssRestore restore{bytes, length};\n    \
         restore >> *handlep->modelp;\n    restore.finish();\n    \
         lightsss_mark_all_active(handlep->modelp->rootp, 0);\n});",
    ));
    if let Some(state) = &model.state {
        let nothing = Table::default();
        out.push_str(&state::cpp::functions(
            state.table.as_ref().unwrap_or(&nothing),
            &model.class,
            &symbol_prefix(model),
            state.settle.as_deref(),
        ));
    }
    out
}

fn coverage(model: &Description) -> String {
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

/// The type that the DPI header writes for an argument.
pub(super) fn c_argument(argument: &DpiArgument) -> String {
    let name = &argument.name;
    let input = argument.direction == Direction::In;
    let (element, array) = match &argument.ty {
        DpiType::Array { element, .. } => (&**element, true),
        ty => (ty, false),
    };
    let pointer = array || !input;
    let constant = if input { "const " } else { "" };
    match element {
        DpiType::Vector { logic, .. } => {
            let ty = if *logic {
                "svLogicVecVal"
            } else {
                "svBitVecVal"
            };
            format!("{constant}{ty}* {name}")
        }
        DpiType::OpenArray => format!("const svOpenArrayHandle {name}"),
        DpiType::Text if pointer => format!("const char** {name}"),
        DpiType::Text => format!("const char* {name}"),
        DpiType::Chandle if array && input => format!("void* const* {name}"),
        ty if pointer && array => format!("{constant}{}* {name}", c_type(ty)),
        ty if pointer => format!("{}* {name}", c_type(ty)),
        ty => format!("{} {name}", c_type(ty)),
    }
}

pub(super) fn c_type(ty: &DpiType) -> &'static str {
    match ty {
        DpiType::Int {
            bits: 8,
            signed: true,
        } => "char",
        DpiType::Int { bits: 8, .. } => "unsigned char",
        DpiType::Int {
            bits: 16,
            signed: true,
        } => "short",
        DpiType::Int { bits: 16, .. } => "unsigned short",
        DpiType::Int {
            bits: 32,
            signed: true,
        } => "int",
        DpiType::Int { bits: 32, .. } => "unsigned int",
        DpiType::Int { signed: true, .. } => "long long",
        DpiType::Int { .. } => "unsigned long long",
        DpiType::Real => "double",
        DpiType::Float => "float",
        DpiType::Text => "const char*",
        DpiType::Chandle => "void*",
        DpiType::Bit => "svBit",
        DpiType::Logic => "svLogic",
        DpiType::OpenArray => "svOpenArrayHandle",
        DpiType::Vector { .. } | DpiType::Array { .. } => unreachable!("written as pointers"),
    }
}

/// How many elements of C an output has.
fn c_length(ty: &DpiType) -> u64 {
    match ty {
        DpiType::Vector { width, .. } => u64::from(crate::describe::words(*width)),
        DpiType::Array { lengths, element } => {
            lengths
                .iter()
                .map(|length| u64::from(*length))
                .product::<u64>()
                * c_length(element)
        }
        _ => 1,
    }
}

pub(super) fn returns(function: &DpiFunction) -> &'static str {
    function.returns.as_ref().map_or("void", c_type)
}

/// The imports: each goes to the Rust side that is lent for the length of the call.
fn imports(model: &Description) -> String {
    if model.imports.is_empty() {
        return String::new();
    }
    let mut out = String::from(
        "// Rust's side of the imports; false when it panicked.\nstruct DpiTable final {\n",
    );
    for function in &model.imports {
        let mut parameters = vec!["void* env".to_owned()];
        parameters.extend(function.arguments.iter().map(c_argument));
        if function.returns.is_some() {
            parameters.push(format!("{}* result", returns(function)));
        }
        let _ = writeln!(
            out,
            "    bool (*{})({});",
            function.name,
            parameters.join(", ")
        );
    }
    out.push_str(
        "};\n\n// What a call into the model lends to the imports it makes.\nstruct DpiLend final {\n    \
         const DpiTable* tablep;\n    void* env;\n};\n\nnamespace {\n",
    );
    if model.abilities.threads > 1 {
        out.push_str(
            "\n// Imports come from the threads of the model's pool, of which none knows its model: one \
             evaluation\n// at a time lends, and one import at a time borrows.\n\
             std::recursive_mutex s_lending;\nstd::mutex s_borrowing;\nDpiLend* s_lendp = nullptr;\n\
             bool s_panicked = false;\n\n\
             class Lending final {\n    const std::lock_guard<std::recursive_mutex> m_lock{s_lending};\n    \
             DpiLend* const m_earlierp = s_lendp;\n\npublic:\n    \
             explicit Lending(DpiLend* lendp) { s_lendp = lendp; }\n    \
             ~Lending() { s_lendp = m_earlierp; }\n};\n",
        );
    } else {
        out.push_str(
            "\nthread_local DpiLend* s_lendp = nullptr;\n\n\
             class Lending final {\n    DpiLend* const m_earlierp = s_lendp;\n\npublic:\n    \
             explicit Lending(DpiLend* lendp) { s_lendp = lendp; }\n    \
             ~Lending() { s_lendp = m_earlierp; }\n};\n",
        );
    }
    out.push_str("\n}  // namespace\n\n");
    for function in &model.imports {
        out.push_str(&import(model, function));
    }
    out
}

fn import(model: &Description, function: &DpiFunction) -> String {
    let name = &function.name;
    let parameters: Vec<_> = function.arguments.iter().map(c_argument).collect();
    let mut body = String::new();
    for argument in function
        .arguments
        .iter()
        .filter(|a| a.direction == Direction::Out)
    {
        // The wrapper leaves them as they are; Rust must not see that.
        let _ = writeln!(
            body,
            "    std::memset({0}, 0, sizeof(*{0}) * {1});",
            argument.name,
            c_length(&argument.ty)
        );
    }
    let mut passed = vec!["s_lendp->env".to_owned()];
    passed.extend(
        function
            .arguments
            .iter()
            .map(|argument| argument.name.clone()),
    );
    let mut give = "return;";
    if let Some(ty) = &function.returns {
        // A null string would end the process when it is copied.
        let initial = if *ty == DpiType::Text { "\"\"" } else { "" };
        let _ = writeln!(body, "    {} result{{{initial}}};", c_type(ty));
        passed.push("&result".to_owned());
        give = "return result;";
    }
    let outputs_text: String = function
        .arguments
        .iter()
        .filter(|argument| argument.direction == Direction::Out && argument.ty == DpiType::Text)
        .fold(String::new(), |text, argument| {
            format!("{text}    *{} = \"\";\n", argument.name)
        });
    body.push_str(&outputs_text);
    let _ = writeln!(
        body,
        "    if (!s_lendp) {give}  // From `final` in a destructor: nobody lends"
    );
    let passed = passed.join(", ");
    if model.abilities.threads > 1 {
        let _ = writeln!(
            body,
            "    // An exception must not leave a thread of the pool: the evaluation goes on, and \
             reports it.\n    const std::lock_guard<std::mutex> lock{{s_borrowing}};\n    \
             s_lendp->tablep->{name}({passed});"
        );
    } else {
        let _ = writeln!(
            body,
            "    if (!s_lendp->tablep->{name}({passed})) throw LightsssPanic{{}};"
        );
    }
    if function.returns.is_some() {
        let _ = writeln!(body, "    {give}");
    }
    format!(
        "extern \"C\" {} {name}({}) {{\n{body}}}\n\n",
        returns(function),
        parameters.join(", ")
    )
}
