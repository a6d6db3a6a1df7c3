//! DPI exports: functions of the design that the harness calls.

use std::fmt::Write as _;

use super::imports;
use super::lines::doc;
use super::types::{dpi_argument, dpi_type, planes};
use crate::describe::{Description, DpiArgument, DpiFunction, DpiType, words};
use crate::direction::Direction;
use crate::emit::template::fill;

/// The methods.
pub fn exports(model: &Description) -> String {
    if model.exports.is_empty() {
        return String::new();
    }
    let methods = model.exports.iter().map(|function| method(model, function));
    format!(
        "impl Model {{\n{}}}\n",
        methods.collect::<Vec<_>>().join("\n")
    )
}

const METHOD: &str = "    $doc$
    pub fn $name$($parameters$) -> ::core::result::Result<$returns$, ::std::boxed::Box<rt::Halt>> {
        $borrow$
        $before$
        // SAFETY: the model is live, this is its thread, and what is pointed to outlives the
        // call and has the sizes that the design declares.
        let status = unsafe { ffi::export_$function$($passed$) };
        $after$
        if status == rt::ffi::OK {
            $ok$
        } else {
            Err(self.halt())
        }
    }
";

const OK_TEXT: &str = "Ok({
    // SAFETY: the design gave a C string, which lives until its next export.
    unsafe { ::core::ffi::CStr::from_ptr(result) }.to_owned()
})";

fn method(model: &Description, function: &DpiFunction) -> String {
    let borrows = !model.imports.is_empty();
    let mut text = format!(
        "DPI export `{}`, at {}.\n\n# Errors\nA [`Halt`](rt::Halt), as from `eval`.",
        function.name, function.source
    );
    let mut parameters = vec!["&mut self".to_owned()];
    let mut passed = vec!["self.raw.as_ptr()".to_owned()];
    if borrows {
        parameters.push(imports::parameter(model).to_owned());
        passed.push("&raw mut borrow".to_owned());
    }
    if let [scope] = &function.scopes[..] {
        passed.push(format!("c{scope:?}.as_ptr()"));
    } else {
        let scopes = function.scopes.iter().map(|scope| format!("`{scope}`"));
        let scopes = scopes.collect::<Vec<_>>().join(", ");
        let _ = write!(text, "\n\n`scope` is one of {scopes}.");
        parameters.push("scope: &::core::ffi::CStr".to_owned());
        passed.push("scope.as_ptr()".to_owned());
    }
    parameters.extend(function.arguments.iter().map(dpi_argument));
    let (mut before, mut after) = (String::new(), String::new());
    for argument in &function.arguments {
        let to_cpp = to_cpp(argument);
        before.push_str(&to_cpp.before);
        passed.push(to_cpp.passed);
        after.push_str(&to_cpp.after);
    }
    let returns = match &function.returns {
        Some(ty) => {
            let _ = writeln!(before, "let mut result = {};", initial(ty));
            passed.push("&raw mut result".to_owned());
            dpi_type(ty)
        }
        None => "()".to_owned(),
    };
    if borrows {
        after.push_str("env.resume();\n");
    }
    let ok = match &function.returns {
        None => "Ok(())",
        Some(DpiType::Text) => OK_TEXT,
        Some(DpiType::Bit | DpiType::Logic) => "Ok(result & 1 == 1)",
        Some(DpiType::Vector { width: 0..=8, .. }) => "Ok(result as u8)",
        Some(DpiType::Vector { width: 9..=16, .. }) => "Ok(result as u16)",
        Some(_) => "Ok(result)",
    };
    let values = [
        ("doc", &*doc(&text)),
        ("name", function.rust.ident()),
        ("function", function.rust.as_str()),
        ("parameters", &parameters.join(", ")),
        ("returns", &returns),
        (
            "borrow",
            &if borrows {
                imports::borrow(model)
            } else {
                String::new()
            },
        ),
        ("before", &before),
        ("passed", &passed.join(", ")),
        ("after", &after),
        ("ok", ok),
    ];
    fill(METHOD, &values)
}

/// The value of a result before the design writes it.
fn initial(ty: &DpiType) -> String {
    match ty {
        DpiType::Text => "c\"\".as_ptr()".to_owned(),
        DpiType::Bit | DpiType::Logic => "0_u8".to_owned(),
        DpiType::Vector { .. } => "0_u32".to_owned(),
        DpiType::Chandle => "rt::Chandle::default()".to_owned(),
        _ => format!("<{} as ::core::default::Default>::default()", dpi_type(ty)),
    }
}

/// How an argument goes from Rust to C++.
#[derive(Default)]
struct ToCpp {
    /// Statements in front of the call.
    before: String,
    /// How the call passes it.
    passed: String,
    /// Statements behind the call.
    after: String,
}

const STORE: &str = "let mut $raw$ = [0_u32; $words$];
// SAFETY: $why$.
unsafe { rt::store_vectors($values$, $raw$.as_mut_ptr(), $width$, $planes$) };
";
const LOAD: &str = "// SAFETY: the design has filled the words.
[*$name$] = unsafe { rt::load_vectors::<$element$, 1>($raw$.as_ptr(), $width$, $planes$) };
";
const LOAD_ALL: &str = "// SAFETY: the design has filled the words, and nested arrays lie in memory
// as the flat one does.
unsafe {
    *::core::ptr::from_mut($name$).cast::<[$element$; $count$]>() =
        rt::load_vectors($raw$.as_ptr(), $width$, $planes$);
}
";
const LOAD_TEXT: &str = "// SAFETY: the design left a C string there.
*$name$ = unsafe { ::core::ffi::CStr::from_ptr($raw$) }.to_owned();
";

const TEXTS: &str = "// SAFETY: nested arrays lie in memory as the flat one does.
let $raw$ = unsafe { &*::core::ptr::from_ref(&*$name$).cast::<[$text$; $count$]>() };
let $mut$$raw$ = $raw$.each_ref().map(|text| text.as_ptr());
";
const LOAD_TEXTS: &str =
    "// SAFETY: the design left C strings there, and nested arrays lie in memory as the
// flat one does.
unsafe {
    *::core::ptr::from_mut($name$).cast::<[::std::ffi::CString; $count$]>() =
        $raw$.map(|text| ::core::ffi::CStr::from_ptr(text).to_owned());
}
";

/// An array of strings.
fn texts(argument: &DpiArgument, lengths: &[u32]) -> ToCpp {
    let raw = format!("raw_{}", argument.rust);
    let count: u64 = lengths.iter().map(|length| u64::from(*length)).product();
    let output = argument.direction != Direction::In;
    let values = [
        ("name", argument.rust.ident()),
        ("raw", &raw),
        ("count", &count.to_string()),
        ("mut", if output { "mut " } else { "" }),
        (
            "text",
            if output {
                "::std::ffi::CString"
            } else {
                "&::core::ffi::CStr"
            },
        ),
    ];
    let (pointer, after) = if output {
        ("as_mut_ptr", fill(LOAD_TEXTS, &values))
    } else {
        ("as_ptr", String::new())
    };
    ToCpp {
        before: fill(TEXTS, &values),
        passed: format!("{raw}.{pointer}()"),
        after,
    }
}

fn to_cpp(argument: &DpiArgument) -> ToCpp {
    let name = argument.rust.ident();
    let raw = format!("raw_{}", argument.rust);
    let output = argument.direction != Direction::In;
    let passed = |passed: String| ToCpp {
        passed,
        ..ToCpp::default()
    };
    match &argument.ty {
        DpiType::Vector { .. } => vectors(argument, &argument.ty, 1),
        DpiType::Array { lengths, element } if matches!(**element, DpiType::Vector { .. }) => {
            let count = lengths.iter().map(|length| u64::from(*length)).product();
            vectors(argument, element, count)
        }
        DpiType::Array { lengths, element } if **element == DpiType::Text => {
            texts(argument, lengths)
        }
        DpiType::Text if output => ToCpp {
            before: format!("let mut {raw} = {name}.as_ptr();\n"),
            passed: format!("&raw mut {raw}"),
            after: fill(LOAD_TEXT, &[("name", name), ("raw", &raw)]),
        },
        DpiType::Text => passed(format!("{name}.as_ptr()")),
        DpiType::Bit | DpiType::Logic if output => ToCpp {
            before: format!("let mut {raw} = u8::from(*{name});\n"),
            passed: format!("&raw mut {raw}"),
            after: format!("*{name} = {raw} & 1 == 1;\n"),
        },
        DpiType::Bit | DpiType::Logic => passed(format!("u8::from({name})")),
        DpiType::Array { .. } if output => passed(format!("::core::ptr::from_mut({name}).cast()")),
        DpiType::Array { .. } => passed(format!("::core::ptr::from_ref({name}).cast()")),
        DpiType::OpenArray => passed("::core::ptr::null_mut()".to_owned()),
        _ if output => passed(format!("::core::ptr::from_mut({name})")),
        _ => passed(name.to_owned()),
    }
}

/// `count` packed vectors: an argument, or the elements of an array.
fn vectors(argument: &DpiArgument, element: &DpiType, count: u64) -> ToCpp {
    let DpiType::Vector { width, logic } = element else {
        return ToCpp::default();
    };
    let name = argument.rust.ident();
    let raw = format!("raw_{}", argument.rust);
    let output = argument.direction != Direction::In;
    let is_array = matches!(argument.ty, DpiType::Array { .. });
    let (element, planes) = (dpi_type(element), planes(*logic));
    let given = if is_array {
        format!("&*::core::ptr::from_ref(&*{name}).cast::<[{element}; {count}]>()")
    } else if output || *width > 64 {
        format!("&[*{name}]")
    } else {
        format!("&[{name}]")
    };
    let why = match count {
        1 => "the array holds the vectors' words",
        _ => "the array holds the words; nested arrays lie in memory as the flat one does",
    };
    let values = [
        ("name", name),
        ("raw", &raw),
        ("element", &element),
        ("count", &count.to_string()),
        (
            "words",
            &(u64::from(words(*width)) * u64::from(planes) * count).to_string(),
        ),
        ("why", why),
        ("values", &given),
        ("width", &width.to_string()),
        ("planes", &planes.to_string()),
    ];
    let after = match (output, is_array) {
        (true, true) => fill(LOAD_ALL, &values),
        (true, false) => fill(LOAD, &values),
        (false, _) => String::new(),
    };
    let pointer = if output { "as_mut_ptr" } else { "as_ptr" };
    ToCpp {
        before: fill(STORE, &values),
        passed: format!("{raw}.{pointer}()"),
        after,
    }
}
