//! The DPI's Rust side: the trait that the harness implements, and the functions that C++ calls.

use super::lines::doc;
use super::types::{TEXT, dpi_argument, dpi_type, nested, planes};
use crate::describe::{Description, DpiArgument, DpiFunction, DpiType};
use crate::direction::Direction;
use crate::emit::abi::{self, AbiFunction};
use crate::emit::template::fill;

const IMPORTS: &str = "/// The functions that the design of `$name$` calls through the DPI.
///
/// The harness implements it, and a call such as `eval` borrows it while it runs.
pub trait Dpi {
    $methods$
}

/// Rust's side of the imports, in the order of the shim's `DpiTable`.
#[repr(C)]
struct DpiTable {
    $types$
}

static DPI_TABLE: DpiTable = DpiTable {
    $entries$
};

/// The imports that a call into the model borrows, as the shim's `DpiBorrow` has them.
#[repr(C)]
pub struct DpiBorrow {
    table: *const DpiTable,
    env: *mut ::core::ffi::c_void,
}
";

/// The trait `Dpi` and what calls it.
pub fn imports(model: &Description) -> String {
    if model.imports.is_empty() {
        return String::new();
    }
    let (mut methods, mut types, mut entries) = (Vec::new(), Vec::new(), Vec::new());
    let mut out = String::new();
    for (import, function) in abi::imports(model) {
        let name = import.rust.ident();
        methods.push(method(import));
        types.push(format!(
            "{name}: unsafe extern \"C\" fn{},",
            function.rust_signature()
        ));
        entries.push(format!("{name}: {},", function.rust));
        out.push('\n');
        out.push_str(&called(import, &function));
    }
    let values = [
        ("name", &*model.name),
        ("methods", &methods.join("\n\n")),
        ("types", &types.join("\n")),
        ("entries", &entries.join("\n")),
    ];
    fill(IMPORTS, &values) + &out
}

/// The parameter by which the harness gives its imports to a call.
pub fn parameter(model: &Description) -> &'static str {
    if model.abilities.threads > 1 {
        "dpi: &mut (dyn Dpi + ::core::marker::Send + '_)"
    } else {
        "dpi: &mut (dyn Dpi + '_)"
    }
}

const BORROW: &str = "let mut env = rt::DpiEnv::<dyn Dpi + '_>::$new$(dpi);
let mut borrow = DpiBorrow {
    table: &DPI_TABLE,
    env: (&raw mut env).cast(),
};
";

/// The statements that make `borrow` of `dpi`.
pub fn borrow(model: &Description) -> String {
    let new = if model.abilities.threads > 1 {
        "shared"
    } else {
        "new"
    };
    fill(BORROW, &[("new", new)])
}

fn method(function: &DpiFunction) -> String {
    let context = if function.context { " (context)" } else { "" };
    let (name, source) = (&function.name, &function.source);
    let doc = doc(&format!("DPI import `{name}`{context}, at {source}."));
    format!("{doc}\n{};", signature(function))
}

/// The signature of an import's method in the trait.
fn signature(function: &DpiFunction) -> String {
    let mut parameters = vec!["&mut self".to_owned()];
    parameters.extend(function.arguments.iter().map(dpi_argument));
    let returns = match &function.returns {
        Some(ty) => format!(" -> {}", dpi_type(ty)),
        None => String::new(),
    };
    let (name, parameters) = (function.rust.ident(), parameters.join(", "));
    format!("fn {name}({parameters}){returns}")
}

/// The same outside of the bindings, where the runtime's types lie in the module `runtime`.
pub fn import_signature(function: &DpiFunction, runtime: &str) -> String {
    signature(function)
        .replace("rt::", runtime)
        .replace("::core::ffi::", "std::ffi::")
        .replace("::std::ffi::", "std::ffi::")
}

const CALLED: &str = r#"// SAFETY: only the shim calls it, with the `env` that it was given and with arguments that
// Verilator's wrapper gave it.
unsafe extern "C" fn $name$$signature$ {
    // SAFETY: `env` is what `eval` or `finish` of this module gave: a `DpiEnv` on its
    // stack, borrowed by one import at a time.
    let env = unsafe { &mut *env.cast::<rt::DpiEnv<'_, dyn Dpi + '_>>() };
    $before$
    $call$
    $after$
    called
}
"#;

const RESULT: &str = "let mut returned = ::core::option::Option::None;
let called = env.call(|dpi| returned = ::core::option::Option::Some($call$));
if let ::core::option::Option::Some(value) = returned {
    // SAFETY: the shim gives the place of the result.
    unsafe { result.write($value$) }
}
";

/// The function that C++ calls for an import.
fn called(import: &DpiFunction, function: &AbiFunction) -> String {
    let (mut before, mut after) = (String::new(), String::new());
    let mut passed = Vec::new();
    for argument in &import.arguments {
        let argument = to_rust(argument);
        before.push_str(&argument.before);
        after.push_str(&argument.after);
        passed.push(argument.passed);
    }
    let call = format!("dpi.{}({})", import.rust.ident(), passed.join(", "));
    let call = match &import.returns {
        None => format!("let called = env.call(|dpi| {call});"),
        Some(ty) => {
            let value = match ty {
                DpiType::Text => "env.keep(value)",
                DpiType::Bit | DpiType::Logic => "u8::from(value)",
                DpiType::Vector { width, .. } if *width <= 16 => "u32::from(value)",
                _ => "value",
            };
            fill(RESULT, &[("call", &call), ("value", value)])
        }
    };
    let values = [
        ("name", &*function.rust),
        ("signature", &function.rust_signature()),
        ("before", &before),
        ("call", &call),
        ("after", &after),
    ];
    fill(CALLED, &values)
}

/// How an argument comes from C++ to Rust.
struct ToRust {
    /// Statements in front of the call.
    before: String,
    /// How the call passes it.
    passed: String,
    /// Statements behind the call.
    after: String,
}

const OPEN_ARRAY: &str = "// SAFETY: the wrapper made the handle for the length of this call.
let mut $name$ = unsafe { rt::OpenArray::new($raw$) };
";
const IN_TEXT: &str = "// SAFETY: the wrapper passes a C string that lives for the call.
let $name$ = unsafe { ::core::ffi::CStr::from_ptr($raw$) };
";
const INOUT_TEXT: &str =
    "// SAFETY: the place holds a C string, which lives until it is replaced below.
let mut $name$ = unsafe { ::core::ffi::CStr::from_ptr($raw$.read()) }.to_owned();
";
const OUT_TEXT: &str = "// SAFETY: the wrapper gives the place.
unsafe { $raw$.write(env.keep($name$)) }
";
const INOUT_BIT: &str = "// SAFETY: the wrapper gives the place, which is initialised.
let mut $name$ = unsafe { $raw$.read() } & 1 == 1;
";
const OUT_BIT: &str = "// SAFETY: as above.
unsafe { $raw$.write(u8::from($name$)) }
";
const INOUT_PLAIN: &str =
    "// SAFETY: the wrapper gives the place, which is initialised and not shared.
let $name$ = unsafe { &mut *$raw$ };
";
const IN_VECTOR: &str = "// SAFETY: the wrapper gives as many words as the width has, initialised.
let [$mut$$name$] = unsafe { rt::load_vectors::<$type$, 1>($raw$, $width$, $planes$) };
";
const OUT_VECTOR: &str = "// SAFETY: the wrapper gives as many words as the width has.
unsafe { rt::store_vectors(&[$name$], $raw$, $width$, $planes$) }
";

fn to_rust(argument: &DpiArgument) -> ToRust {
    let name = argument.rust.ident();
    let raw = format!("raw_{}", argument.rust);
    let values = &[("name", name), ("raw", &raw)][..];
    let output = argument.direction != Direction::In;
    let (before, passed, after) = match &argument.ty {
        DpiType::OpenArray => (
            fill(OPEN_ARRAY, values),
            format!("&mut {name}"),
            String::new(),
        ),
        DpiType::Text if output => (
            fill(INOUT_TEXT, values),
            format!("&mut {name}"),
            fill(OUT_TEXT, values),
        ),
        DpiType::Text => (fill(IN_TEXT, values), name.to_string(), String::new()),
        DpiType::Bit | DpiType::Logic if output => (
            fill(INOUT_BIT, values),
            format!("&mut {name}"),
            fill(OUT_BIT, values),
        ),
        DpiType::Bit | DpiType::Logic => (String::new(), format!("{raw} & 1 == 1"), String::new()),
        DpiType::Vector { width, logic } => {
            let values = &[
                ("name", name),
                ("raw", &raw),
                ("mut", if output { "mut " } else { "" }),
                ("type", &dpi_type(&argument.ty)),
                ("width", &width.to_string()),
                ("planes", &planes(*logic).to_string()),
            ];
            let passed = match (output, *width <= 64) {
                (true, _) => format!("&mut {name}"),
                (false, true) => name.to_string(),
                (false, false) => format!("&{name}"),
            };
            let after = if output {
                fill(OUT_VECTOR, values)
            } else {
                String::new()
            };
            (fill(IN_VECTOR, values), passed, after)
        }
        DpiType::Array { lengths, element } => {
            let (before, after) = array(argument, lengths, element);
            (before, name.to_string(), after)
        }
        _ if output => (fill(INOUT_PLAIN, values), name.to_string(), String::new()),
        _ => (String::new(), raw, String::new()),
    };
    ToRust {
        before,
        passed,
        after,
    }
}

const IN_VECTORS: &str =
    "// SAFETY: the wrapper gives as many words as the elements have, initialised.
let $mut$$flat$ = unsafe { rt::load_vectors::<$element$, $total$>($raw$, $width$, $planes$) };
";
const OUT_VECTORS: &str = "// SAFETY: the wrapper gives as many words as the elements have.
unsafe { rt::store_vectors(&$flat$, $raw$, $width$, $planes$) }
";
const IN_BITS: &str = "let $mut$$flat$: [bool; $total$] = ::core::array::from_fn(|at| {
    // SAFETY: the wrapper gives as many elements, initialised.
    unsafe { $raw$.add(at).read() & 1 == 1 }
});
";
const OUT_BITS: &str = "for (at, value) in $flat$.iter().enumerate() {
    // SAFETY: the wrapper gives as many elements.
    unsafe { $raw$.add(at).write(u8::from(*value)) }
}
";
const IN_TEXTS: &str = "let $flat$: [&::core::ffi::CStr; $total$] = ::core::array::from_fn(|at| {
    // SAFETY: the wrapper passes as many C strings, which live for the call.
    unsafe { ::core::ffi::CStr::from_ptr($raw$.add(at).read()) }
});
";
const INOUT_TEXTS: &str =
    "let mut $flat$: [::std::ffi::CString; $total$] = ::core::array::from_fn(|at| {
    // SAFETY: the places hold C strings, which live until they are replaced below.
    unsafe { ::core::ffi::CStr::from_ptr($raw$.add(at).read()) }.to_owned()
});
";
const OUT_TEXTS: &str = "for (at, text) in $flat$.into_iter().enumerate() {
    // SAFETY: the wrapper gives as many places.
    unsafe { $raw$.add(at).write(env.keep(text)) }
}
";
const NESTED: &str = "// SAFETY: nested arrays lie in memory as the flat one does.
let $name$ = unsafe { &$mut$*(&raw $const$ $flat$).cast::<$type$>() };
";
const PLAIN_ARRAY: &str = "// SAFETY: the wrapper gives as many elements, initialised$others$.
let $name$ = unsafe { &$mut$*$raw$.cast::<$type$>() };
";

/// The statements in front of the call and behind it for an array.
fn array(argument: &DpiArgument, lengths: &[u32], element: &DpiType) -> (String, String) {
    let output = argument.direction != Direction::In;
    let total: u64 = lengths.iter().map(|length| u64::from(*length)).product();
    let (width, planes) = match element {
        DpiType::Vector { width, logic } => (*width, planes(*logic)),
        _ => (0, 0),
    };
    let ty = match element {
        DpiType::Text if !output => nested(format!("&{TEXT}"), lengths),
        _ => dpi_type(&argument.ty),
    };
    let values = [
        ("name", argument.rust.ident()),
        ("raw", &format!("raw_{}", argument.rust)),
        ("flat", &format!("flat_{}", argument.rust)),
        ("mut", if output { "mut " } else { "" }),
        ("const", if output { "mut" } else { "const" }),
        ("others", if output { " and not shared" } else { "" }),
        ("type", &ty),
        ("element", &dpi_type(element)),
        ("total", &total.to_string()),
        ("width", &width.to_string()),
        ("planes", &planes.to_string()),
    ];
    let (before, after) = match element {
        DpiType::Text if output => (INOUT_TEXTS, OUT_TEXTS),
        DpiType::Text => (IN_TEXTS, ""),
        DpiType::Vector { .. } => (IN_VECTORS, OUT_VECTORS),
        DpiType::Bit | DpiType::Logic => (IN_BITS, OUT_BITS),
        _ => return (fill(PLAIN_ARRAY, &values), String::new()),
    };
    let before = fill(before, &values) + &fill(NESTED, &values);
    let after = if output {
        fill(after, &values)
    } else {
        String::new()
    };
    (before, after)
}
