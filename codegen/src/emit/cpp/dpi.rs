//! DPI imports: what C++ calls, and how it gets to Rust.

use std::fmt::Write as _;

use crate::describe::{Description, DpiArgument, DpiFunction, DpiType};
use crate::parse::cxx::Direction;

/// The type that the DPI header writes for an argument.
pub fn c_argument(argument: &DpiArgument) -> String {
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

pub fn c_type(ty: &DpiType) -> &'static str {
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

/// The type that a function returns.
pub fn returns(function: &DpiFunction) -> &'static str {
    function.returns.as_ref().map_or("void", c_type)
}

/// What a call lends, of a model on several threads.
const SHARED_LENDING: &str = "
LightsssLends<DpiLend> s_lends;

class Lending final {
    const LightsssLends<DpiLend>::Lending m_lending;

public:
    Lending(LightsssContext* contextp, DpiLend* lendp)
        : m_lending{s_lends, contextp, lendp} {}
};

// From an import of the same context: the threads that it would want wait for that import.
bool waits_for_itself(LightsssContext* contextp) {
    if (!s_lends.isInside(contextp)) return false;
    contextp->record(LIGHTSSS_RUNTIME,
                     \"an import evaluates a model of the context that it is called from, which runs on several \"
                     \"threads; make that model in a context of its own\", \"\", 0, \"\");
    return true;
}
";

/// What a call lends, of a model on one thread.
const LENDING: &str = "
// Reached without a call: this is a part of the program.
__attribute__((tls_model(\"initial-exec\"))) thread_local DpiLend* s_lendp = nullptr;
__attribute__((tls_model(\"initial-exec\"))) thread_local LightsssContext* s_contextp = nullptr;

class Lending final {
    DpiLend* const m_earlierp = s_lendp;
    LightsssContext* const m_earlierContextp = s_contextp;

public:
    Lending(LightsssContext* contextp, DpiLend* lendp) {
        s_lendp = lendp;
        s_contextp = contextp;
    }
    ~Lending() {
        s_lendp = m_earlierp;
        s_contextp = m_earlierContextp;
    }
};
";

/// What a function that evaluates begins with, so that imports find what it lends.
pub fn lending(model: &Description) -> &'static str {
    match (model.imports.is_empty(), model.abilities.threads) {
        (true, _) => "",
        (false, 0..=1) => "const Lending lending{handlep->contextp, lendp};\n",
        (false, _) => {
            "if (VL_UNLIKELY(waits_for_itself(handlep->contextp))) return LIGHTSSS_HALTED;\n\
             const Lending lending{handlep->contextp, lendp};\n"
        }
    }
}

/// The imports: each goes to the Rust side that is lent for the length of the call.
pub fn imports(model: &Description) -> String {
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
    out.push_str(if model.abilities.threads > 1 {
        SHARED_LENDING
    } else {
        LENDING
    });
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
    let shared = model.abilities.threads > 1;
    let lend = if shared { "lendp" } else { "s_lendp" };
    let mut passed = vec![format!("{lend}->env")];
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
    let passed = passed.join(", ");
    if shared {
        let _ = writeln!(
            body,
            "    // Nobody lends to `final` in a destructor. An exception must not leave a thread of the pool: the \
             evaluation\n    // goes on, and reports it.\n    \
             s_lends.borrow([&](DpiLend* lendp) {{ lendp->tablep->{name}({passed}); }});"
        );
    } else {
        let _ = writeln!(
            body,
            "    if (!s_lendp) {give}  // From `final` in a destructor: nobody lends\n    \
             const LightsssWaiting waiting{{s_contextp}};\n    \
             if (!s_lendp->tablep->{name}({passed})) throw LightsssPanic{{}};"
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
