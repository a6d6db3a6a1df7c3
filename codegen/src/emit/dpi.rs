//! The DPI's Rust side: the trait that the harness implements, and the thunks that C++ calls.

use super::ports::wide_type;
use super::text::Text;
use crate::describe::{Description, DpiArgument, DpiFunction, DpiType, storage_bits};
use crate::names::ident;
use crate::parse::cxx::Direction;

const LEND: &str = r"/// What a call into the model lends, as the shim's `DpiLend` has it.
#[repr(C)]
pub struct DpiLend {
    table: *const DpiTable,
    env: *mut ::core::ffi::c_void,
}
";

/// The trait `Dpi` and what calls it.
pub fn rust(model: &Description, out: &mut Text) {
    if model.imports.is_empty() {
        return;
    }
    out.doc(
        0,
        &format!(
            "What the design of `{}` calls through the DPI. The harness implements it and lends it to \
             the model for the length of an `eval`.",
            model.name
        ),
    );
    out.put("pub trait Dpi {\n");
    for import in &model.imports {
        method(import, out);
    }
    out.put("}\n");
    out.put("/// Rust's side of the imports, in the order of the shim's `DpiTable`.\n#[repr(C)]\n");
    out.put("struct DpiTable {\n");
    for import in &model.imports {
        let head = format!("{}: unsafe extern \"C\" fn(", ident(&import.rust));
        out.list(4, &head, &thunk_parameters(import), ") -> bool,");
    }
    out.put("}\n");
    let entries: Vec<String> = model
        .imports
        .iter()
        .map(|import| format!("{}: import_{}", ident(&import.rust), import.rust))
        .collect();
    let head = "static DPI_TABLE: DpiTable = DpiTable";
    if let [entry] = &entries[..] {
        out.block(0, head, entry, "};");
    } else {
        out.members(&format!("{head} {{"), &entries, "};");
    }
    out.put(LEND);
    for import in &model.imports {
        thunk(import, out);
    }
}

/// The parameter by which the harness lends its imports.
pub fn parameter(model: &Description) -> &'static str {
    if model.abilities.threads > 1 {
        "dpi: &mut (dyn Dpi + ::core::marker::Send + '_)"
    } else {
        "dpi: &mut (dyn Dpi + '_)"
    }
}

/// The statements that lend `dpi` to C++ as `lend`.
pub fn lend(model: &Description) -> &'static str {
    if model.abilities.threads > 1 {
        "        let mut env = rt::DpiEnv::<dyn Dpi + '_>::shared(dpi);
        let mut lend = DpiLend {
            table: &DPI_TABLE,
            env: (&raw mut env).cast(),
        };\n"
    } else {
        "        let mut env = rt::DpiEnv::<dyn Dpi + '_>::new(dpi);
        let mut lend = DpiLend {
            table: &DPI_TABLE,
            env: (&raw mut env).cast(),
        };\n"
    }
}

/// The Rust type of a value.
pub fn scalar(ty: &DpiType) -> String {
    match ty {
        DpiType::Int { bits, signed } => format!("{}{bits}", if *signed { "i" } else { "u" }),
        DpiType::Real => "f64".to_owned(),
        DpiType::Float => "f32".to_owned(),
        DpiType::Text => "::std::ffi::CString".to_owned(),
        DpiType::Chandle => "rt::Chandle".to_owned(),
        DpiType::Bit | DpiType::Logic => "bool".to_owned(),
        DpiType::Vector { width, .. } if *width <= 64 => format!("u{}", storage_bits(*width)),
        DpiType::Vector { width, .. } => wide_type(*width),
        DpiType::OpenArray => "rt::OpenArray<'_>".to_owned(),
        DpiType::Array { lengths, element } => {
            let element = scalar(element);
            let nested = |ty, length: &u32| format!("[{ty}; {length}]");
            lengths.iter().rev().fold(element, nested)
        }
    }
}

/// Whether it is passed by value as an input.
fn by_value(ty: &DpiType) -> bool {
    match ty {
        DpiType::Vector { width, .. } => *width <= 64,
        DpiType::Array { .. } | DpiType::Text | DpiType::OpenArray => false,
        _ => true,
    }
}

/// `name: type` of an argument of a function that people call or implement.
pub fn argument(argument: &DpiArgument) -> String {
    let (name, ty) = (ident(&argument.rust), scalar(&argument.ty));
    match (&argument.ty, argument.direction) {
        (DpiType::Text, Direction::In) => format!("{name}: &::core::ffi::CStr"),
        (kind, Direction::In) if by_value(kind) => format!("{name}: {ty}"),
        (DpiType::OpenArray, _) | (_, Direction::Out | Direction::InOut) => {
            format!("{name}: &mut {ty}")
        }
        (_, Direction::In) => format!("{name}: &{ty}"),
    }
}

fn method(function: &DpiFunction, out: &mut Text) {
    let context = if function.context { " (context)" } else { "" };
    out.doc(
        4,
        &format!(
            " DPI import `{}`{context}, at {}.",
            function.name, function.source
        ),
    );
    let mut parameters = vec!["&mut self".to_owned()];
    parameters.extend(function.arguments.iter().map(argument));
    let tail = match &function.returns {
        Some(ty) => format!(") -> {};", scalar(ty)),
        None => ");".to_owned(),
    };
    out.list(
        4,
        &format!("fn {}(", ident(&function.rust)),
        &parameters,
        &tail,
    );
}

/// The C type of an argument or a result, behind `extern "C"`.
pub fn raw(ty: &DpiType) -> String {
    match ty {
        DpiType::Text => "*const ::core::ffi::c_char".to_owned(),
        DpiType::Bit | DpiType::Logic => "u8".to_owned(),
        DpiType::Vector { .. } => "u32".to_owned(),
        DpiType::OpenArray => "*mut ::core::ffi::c_void".to_owned(),
        DpiType::Array { element, .. } => raw(element),
        ty => scalar(ty),
    }
}

/// `raw_name: type` of an argument behind `extern "C"`.
pub fn raw_argument(argument: &DpiArgument) -> String {
    let ty = raw(&argument.ty);
    let pointed = matches!(argument.ty, DpiType::Vector { .. } | DpiType::Array { .. });
    let prefix = match (argument.direction, &argument.ty) {
        (_, DpiType::OpenArray) => "",
        (Direction::In, _) if pointed => "*const ",
        (Direction::In, _) => "",
        _ => "*mut ",
    };
    format!("raw_{}: {prefix}{ty}", argument.rust)
}

/// Behind those, the place of the result.
pub fn raw_result(ty: &DpiType) -> String {
    format!("result: *mut {}", raw(ty))
}

fn thunk_parameters(function: &DpiFunction) -> Vec<String> {
    let mut parameters = vec!["env: *mut ::core::ffi::c_void".to_owned()];
    parameters.extend(function.arguments.iter().map(raw_argument));
    parameters.extend(function.returns.as_ref().map(raw_result));
    parameters
}

const THUNK: &str = r"// SAFETY: only the shim calls it, with the `env` that it was lent and with arguments that
// Verilator's wrapper gave it.
";

const ENV: &str = r"    // SAFETY: `env` is what `eval` or `finish` of this module lent: a `DpiEnv` on its
    // stack, borrowed by one import at a time.
    let env = unsafe { &mut *env.cast::<rt::DpiEnv<'_, dyn Dpi + '_>>() };
";

const WRITE_RESULT: &str = r"    if let ::core::option::Option::Some(value) = returned {
        // SAFETY: the shim gives the place of the result.
        unsafe { result.write($value$) }
    }
";

fn thunk(function: &DpiFunction, out: &mut Text) {
    out.put(THUNK);
    let head = format!("unsafe extern \"C\" fn import_{}(", function.rust);
    out.list(0, &head, &thunk_parameters(function), ") -> bool {");
    out.put(ENV);
    let mut passed = Vec::new();
    let mut after = Text::default();
    for argument in &function.arguments {
        passed.push(crossing(argument, out, &mut after));
    }
    out.put("    let called;\n");
    let call = format!("dpi.{}(", ident(&function.rust));
    match &function.returns {
        None => call_env("", &call, &passed, "", out),
        Some(ty) => {
            out.put("    let mut returned = ::core::option::Option::None;\n");
            let keep = "returned = ::core::option::Option::Some(";
            call_env(keep, &call, &passed, ")", out);
            let value = match ty {
                DpiType::Text => "env.keep(value)",
                DpiType::Bit | DpiType::Logic => "u8::from(value)",
                _ => "value",
            };
            out.fill(WRITE_RESULT, &[("value", value)]);
        }
    }
    out.put(&after.finish());
    out.put("    called\n}\n");
}

/// Calls the harness through `env`: `before call(passed) after` in a closure.
fn call_env(before: &str, call: &str, passed: &[String], after: &str, out: &mut Text) {
    let closure = format!(".call(|dpi| {before}{call}{}){after});", passed.join(", "));
    if Text::fits(4, &["called = env", &closure]) {
        out.line(4, &format!("called = env{closure}"));
        return;
    }
    out.put("    called = env\n");
    if Text::fits(8, &[&closure]) {
        out.line(8, &closure);
        return;
    }
    out.line(8, ".call(|dpi| {");
    if before.is_empty() {
        out.list(12, call, passed, ")");
    } else {
        let called = format!("{call}{})", passed.join(", "));
        if Text::fits(12, &[before, &called, after, ";"]) {
            out.line(12, &format!("{before}{called}{after};"));
        } else {
            out.line(12, before);
            out.list(16, call, passed, "),");
            out.line(12, &format!("{after};"));
        }
    }
    out.line(8, "});");
}

const IN_OPEN_ARRAY: &str = r"    // SAFETY: the wrapper made the handle for the length of this call.
    let mut $name$ = unsafe { rt::OpenArray::new($raw$) };
";
const IN_TEXT: &str = r"    // SAFETY: the wrapper hands over a C string that lives for the call.
    let $name$ = unsafe { ::core::ffi::CStr::from_ptr($raw$) };
";
const INOUT_TEXT: &str = r"    // SAFETY: the place holds a C string, which lives until it is replaced below.
    let mut $name$ = unsafe { ::core::ffi::CStr::from_ptr($raw$.read()) }.to_owned();
";
const OUT_TEXT: &str = r"    // SAFETY: the wrapper gives the place.
    unsafe { $raw$.write(env.keep($name$)) }
";
const INOUT_BIT: &str = r"    // SAFETY: the wrapper gives the place, which is initialised.
    let mut $name$ = unsafe { $raw$.read() } & 1 == 1;
";
const OUT_BIT: &str = r"    // SAFETY: as above.
    unsafe { $raw$.write(u8::from($name$)) }
";
const INOUT_PLAIN: &str = r"    // SAFETY: the wrapper gives the place, which is initialised and nobody else's.
    let $name$ = unsafe { &mut *$raw$ };
";

/// How an argument comes in, and goes out again `after`; gives how it is passed.
fn crossing(argument: &DpiArgument, out: &mut Text, after: &mut Text) -> String {
    let name = ident(&argument.rust);
    let raw = format!("raw_{}", argument.rust);
    let values: &[(&str, &str)] = &[("name", &name), ("raw", &raw)];
    let output = argument.direction != Direction::In;
    match &argument.ty {
        DpiType::OpenArray => {
            out.fill(IN_OPEN_ARRAY, values);
            format!("&mut {name}")
        }
        DpiType::Text if output => {
            out.fill(INOUT_TEXT, values);
            after.fill(OUT_TEXT, values);
            format!("&mut {name}")
        }
        DpiType::Text => {
            out.fill(IN_TEXT, values);
            name.into_owned()
        }
        DpiType::Bit | DpiType::Logic if output => {
            out.fill(INOUT_BIT, values);
            after.fill(OUT_BIT, values);
            format!("&mut {name}")
        }
        DpiType::Bit | DpiType::Logic => format!("{raw} & 1 == 1"),
        DpiType::Vector { width, logic } => {
            let (ty, planes) = (scalar(&argument.ty), planes(*logic));
            out.put(
                "    // SAFETY: the wrapper gives as many words as the width has, initialised.\n",
            );
            let mutable = if output { "mut " } else { "" };
            let head = format!("let [{mutable}{name}] = unsafe");
            let load = format!("rt::load_vectors::<{ty}, 1>({raw}, {width}, {planes})");
            out.block(4, &head, &load, "};");
            if output {
                after.put("    // SAFETY: the wrapper gives as many words as the width has.\n");
                let store = format!("rt::store_vectors(&[{name}], {raw}, {width}, {planes})");
                after.block(4, "unsafe", &store, "}");
            }
            match (output, *width <= 64) {
                (true, _) => format!("&mut {name}"),
                (false, true) => name.into_owned(),
                (false, false) => format!("&{name}"),
            }
        }
        DpiType::Array { lengths, element } => {
            array(argument, lengths, element, out, after);
            name.into_owned()
        }
        _ if output => {
            out.fill(INOUT_PLAIN, values);
            name.into_owned()
        }
        _ => raw,
    }
}

/// Of `logic` there are two bits for each.
pub fn planes(logic: bool) -> u32 {
    if logic { 2 } else { 1 }
}

const IN_BITS: &str = r"    let $mut$flat_$name$: [bool; $total$] = ::core::array::from_fn(|at| {
        // SAFETY: the wrapper gives as many elements, initialised.
        unsafe { $raw$.add(at).read() & 1 == 1 }
    });
";
const OUT_BITS: &str = r"    for (at, value) in flat_$name$.iter().enumerate() {
        // SAFETY: the wrapper gives as many elements.
        unsafe { $raw$.add(at).write(u8::from(*value)) }
    }
";

fn array(
    argument: &DpiArgument,
    lengths: &[u32],
    element: &DpiType,
    out: &mut Text,
    after: &mut Text,
) {
    let name = ident(&argument.rust);
    let raw = format!("raw_{}", argument.rust);
    let flat = format!("flat_{}", argument.rust);
    let ty = scalar(&argument.ty);
    let total: u64 = lengths.iter().map(|length| u64::from(*length)).product();
    let output = argument.direction != Direction::In;
    let mutable = if output { "mut " } else { "" };
    match element {
        DpiType::Vector { width, logic } => {
            let planes = planes(*logic);
            out.put("    // SAFETY: the wrapper gives as many words as the elements have, initialised.\n");
            let head = format!("let {mutable}{flat} = unsafe");
            let element = scalar(element);
            let load = format!("rt::load_vectors::<{element}, {total}>({raw}, {width}, {planes})");
            out.block(4, &head, &load, "};");
            if output {
                after.put("    // SAFETY: the wrapper gives as many words as the elements have.\n");
                let store = format!("rt::store_vectors(&{flat}, {raw}, {width}, {planes})");
                after.block(4, "unsafe", &store, "}");
            }
        }
        DpiType::Bit | DpiType::Logic => {
            let values: &[(&str, &str)] = &[
                ("name", &argument.rust),
                ("raw", &raw),
                ("mut", mutable),
                ("total", &total.to_string()),
            ];
            out.fill(IN_BITS, values);
            if output {
                after.fill(OUT_BITS, values);
            }
        }
        _ => {
            let (others, borrow) = if output {
                (" and nobody else's", "&mut ")
            } else {
                ("", "&")
            };
            out.line(
                4,
                &format!("// SAFETY: the wrapper gives as many elements, initialised{others}."),
            );
            let place = format!("{borrow}*{raw}.cast::<{ty}>()");
            out.block(4, &format!("let {name} = unsafe"), &place, "};");
            return;
        }
    }
    out.put("    // SAFETY: nested arrays lie in memory as the flat one does.\n");
    let place = if output {
        format!("&mut *(&raw mut {flat}).cast::<{ty}>()")
    } else {
        format!("&*(&raw const {flat}).cast::<{ty}>()")
    };
    out.block(4, &format!("let {name} = unsafe"), &place, "};");
}
