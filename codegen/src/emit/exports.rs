//! DPI exports: functions of the design that the harness calls.

use std::fmt::Write as _;

use super::foreign::Foreign;
use super::text::Text;
use super::{cpp, dpi, symbol_prefix};
use crate::describe::{Description, DpiArgument, DpiFunction, DpiType, words};
use crate::names::ident;
use crate::parse::cxx::Direction;

/// The exports' part of the shim.
pub fn shim(model: &Description) -> String {
    let mut out = String::new();
    for function in &model.exports {
        let prefix = symbol_prefix(model);
        let lend = if model.imports.is_empty() {
            ""
        } else {
            ", DpiLend* lendp"
        };
        let _ = write!(
            out,
            "extern \"C\" uint32_t {prefix}export_{}(Handle* handlep{lend}, const char* scope",
            function.name
        );
        for argument in &function.arguments {
            let _ = write!(out, ", {}", cpp::c_argument(argument));
        }
        if function.returns.is_some() {
            let _ = write!(out, ", {}* result", cpp::returns(function));
        }
        let arguments: Vec<_> = function
            .arguments
            .iter()
            .map(|argument| argument.name.as_str())
            .collect();
        let assign = if function.returns.is_some() {
            "*result = "
        } else {
            ""
        };
        let lending = cpp::lending(model).replace('\n', "\n    ");
        let lending = lending.strip_suffix("    ").unwrap_or(&lending);
        let indent = if lending.is_empty() { "" } else { "    " };
        let settled = if cpp::settles_later(model) {
            "settle_first(handlep);\n        "
        } else {
            ""
        };
        let _ = write!(
            out,
            ") noexcept {{\n{indent}{lending}    return enter(handlep, [&] {{\n        \
             {settled}const std::string path\n            \
             = handlep->name.empty() ? std::string{{scope}} : handlep->name + \".\" + scope;\n        \
             const svScope scopep = svGetScopeFromName(path.c_str());\n        \
             if (!scopep) {{\n            \
             const std::string message = \"the design has no scope \" + path;\n            \
             handlep->contextp->record(LIGHTSSS_RUNTIME, message.c_str(), \"\", 0, \"\");\n            \
             return;\n        }}\n        \
             const svScope earlier = svSetScope(scopep);\n        \
             {assign}{}::{}({});\n        svSetScope(earlier);\n    }});\n}}\n\n",
            model.class,
            function.name,
            arguments.join(", ")
        );
    }
    out
}

/// The exports' part of the declarations of the C interface.
pub fn declarations(model: &Description) -> impl Iterator<Item = Foreign> {
    let lends = !model.imports.is_empty();
    model.exports.iter().map(move |function| {
        let mut parameters = vec!["model: *mut RawModel".to_owned()];
        if lends {
            parameters.push("lend: *mut super::DpiLend".to_owned());
        }
        parameters.push("scope: *const c_char".to_owned());
        // They stand in a module of their own.
        let outside = |text: String| text.replace("rt::Chandle", "super::rt::Chandle");
        parameters.extend(
            function
                .arguments
                .iter()
                .map(dpi::raw_argument)
                .map(outside),
        );
        parameters.extend(function.returns.as_ref().map(dpi::raw_result).map(outside));
        Foreign {
            symbol: format!("export_{}", function.name),
            name: format!("export_{}", function.rust),
            parameters,
            returns: "-> u32",
        }
    })
}

/// The methods.
pub fn exports(model: &Description, out: &mut Text) {
    if model.exports.is_empty() {
        return;
    }
    out.put("impl Model {\n");
    for function in &model.exports {
        method(model, function, out);
    }
    out.put("}\n");
}

fn method(model: &Description, function: &DpiFunction, out: &mut Text) {
    let lends = !model.imports.is_empty();
    let mut doc = format!(
        " DPI export `{}`, at {}.\n\n # Errors\n A [`Halt`](rt::Halt), as from `eval`.",
        function.name, function.source
    );
    let mut parameters = vec!["&mut self".to_owned()];
    let mut passed = vec!["self.raw.as_ptr()".to_owned()];
    if lends {
        parameters.push(dpi::parameter(model).to_owned());
        passed.push("&raw mut lend".to_owned());
    }
    if let [scope] = &function.scopes[..] {
        passed.push(format!("c{scope:?}.as_ptr()"));
    } else {
        let scopes: Vec<String> = function
            .scopes
            .iter()
            .map(|scope| format!("`{scope}`"))
            .collect();
        let _ = write!(doc, "\n\n `scope` is one of {}.", scopes.join(", "));
        parameters.push("scope: &::core::ffi::CStr".to_owned());
        passed.push("scope.as_ptr()".to_owned());
    }
    parameters.extend(function.arguments.iter().map(dpi::argument));
    let returns = function
        .returns
        .as_ref()
        .map_or("()".to_owned(), dpi::scalar);

    out.doc(4, &doc);
    let head = format!("pub fn {}(", ident(&function.rust));
    let tail = format!(") -> ::core::result::Result<{returns}, ::std::boxed::Box<rt::Halt>> {{");
    out.list(4, &head, &parameters, &tail);
    if lends {
        out.put(dpi::lend(model));
    }
    let mut after = Text::default();
    for argument in &function.arguments {
        passed.push(crossing(argument, out, &mut after));
    }
    if let Some(ty) = &function.returns {
        let initial = match ty {
            DpiType::Text => "c\"\".as_ptr()".to_owned(),
            DpiType::Bit | DpiType::Logic => "0_u8".to_owned(),
            DpiType::Chandle => "rt::Chandle::default()".to_owned(),
            _ => format!("<{returns} as ::core::default::Default>::default()"),
        };
        out.line(8, &format!("let mut result = {initial};"));
        passed.push("&raw mut result".to_owned());
    }
    call(function, &passed, out);
    out.put(&after.finish());
    if lends {
        out.put("        env.resume();\n");
    }
    out.put(match &function.returns {
        None => "        if status == rt::ffi::OK { Ok(()) } else { Err(self.halt()) }\n",
        Some(DpiType::Text) => OK_TEXT,
        Some(DpiType::Bit | DpiType::Logic) => OK_BIT,
        Some(_) => "        if status == rt::ffi::OK { Ok(result) } else { Err(self.halt()) }\n",
    });
    out.put("    }\n");
}

const OK_TEXT: &str = r"        if status == rt::ffi::OK {
            Ok({
                // SAFETY: the design gave a C string, which lives until its next export.
                unsafe { ::core::ffi::CStr::from_ptr(result) }.to_owned()
            })
        } else {
            Err(self.halt())
        }
";
const OK_BIT: &str =
    "        if status == rt::ffi::OK { Ok(result & 1 == 1) } else { Err(self.halt()) }\n";

const CALL: &str = r"        // SAFETY: the model is live, this is its thread, and what is pointed to outlives the
        // call and has the sizes that the design declares.
";

fn call(function: &DpiFunction, passed: &[String], out: &mut Text) {
    let head = format!("ffi::export_{}(", function.rust);
    let whole = format!("{head}{})", passed.join(", "));
    out.put(CALL);
    if Text::fits(8, &["let status = unsafe { ", &whole, " };"]) {
        out.block(8, "let status = unsafe", &whole, "};");
    } else {
        out.line(8, "let status = unsafe {");
        out.list(12, &head, passed, ")");
        out.line(8, "};");
    }
}

/// Writes `values`, vectors of a width, into words of the design's.
fn store_vectors(raw: &str, width: u32, logic: bool, count: u64, values: &str, out: &mut Text) {
    let planes = dpi::planes(logic);
    let total = u64::from(words(width)) * u64::from(planes) * count;
    out.line(8, &format!("let mut {raw} = [0_u32; {total}];"));
    out.line(
        8,
        match count {
            1 => "// SAFETY: the array holds the vectors' words.",
            _ => "// SAFETY: the array holds the words; nested arrays lie in memory as the flat one does.",
        },
    );
    let (words, width, planes) = (
        format!("{raw}.as_mut_ptr()"),
        width.to_string(),
        planes.to_string(),
    );
    let arguments = [values, &words, &width, &planes];
    let whole = format!("rt::store_vectors({})", arguments.join(", "));
    if Text::fits(8, &["unsafe { ", &whole, " };"]) {
        out.block(8, "unsafe", &whole, "};");
    } else {
        out.line(8, "unsafe {");
        out.list(12, "rt::store_vectors(", &arguments, ")");
        out.line(8, "};");
    }
}

/// How an argument goes in, and comes out again `after`; gives how it is passed.
fn crossing(argument: &DpiArgument, out: &mut Text, after: &mut Text) -> String {
    let name = ident(&argument.rust);
    let raw = format!("raw_{}", argument.rust);
    let output = argument.direction != Direction::In;
    let words_of = |raw: &str| {
        let pointer = if output { "as_mut_ptr" } else { "as_ptr" };
        format!("{raw}.{pointer}()")
    };
    match &argument.ty {
        DpiType::Vector { width, logic } => {
            let values = if output || *width > 64 {
                format!("&[*{name}]")
            } else {
                format!("&[{name}]")
            };
            store_vectors(&raw, *width, *logic, 1, &values, out);
            if output {
                let (ty, planes) = (dpi::scalar(&argument.ty), dpi::planes(*logic));
                after.put("        // SAFETY: the design has filled the words.\n");
                let load =
                    format!("rt::load_vectors::<{ty}, 1>({raw}.as_ptr(), {width}, {planes})");
                after.block(8, &format!("[*{name}] = unsafe"), &load, "};");
            }
            words_of(&raw)
        }
        DpiType::Text if output => {
            out.line(8, &format!("let mut {raw} = {name}.as_ptr();"));
            after.put("        // SAFETY: the design left a C string there.\n");
            after.line(
                8,
                &format!("*{name} = unsafe {{ ::core::ffi::CStr::from_ptr({raw}) }}.to_owned();"),
            );
            format!("&raw mut {raw}")
        }
        DpiType::Text => format!("{name}.as_ptr()"),
        DpiType::Bit | DpiType::Logic if output => {
            out.line(8, &format!("let mut {raw} = u8::from(*{name});"));
            after.line(8, &format!("*{name} = {raw} & 1 == 1;"));
            format!("&raw mut {raw}")
        }
        DpiType::Bit | DpiType::Logic => format!("u8::from({name})"),
        DpiType::Array { lengths, element } => {
            if let DpiType::Vector { width, logic } = &**element {
                let count: u64 = lengths.iter().map(|length| u64::from(*length)).product();
                let flat = format!("[{}; {count}]", dpi::scalar(element));
                let values = format!("&*::core::ptr::from_ref(&*{name}).cast::<{flat}>()");
                store_vectors(&raw, *width, *logic, count, &values, out);
                if output {
                    let planes = dpi::planes(*logic);
                    let values = [
                        ("name", &*name),
                        ("raw", &raw),
                        ("flat", &flat),
                        ("width", &width.to_string()),
                        ("planes", &planes.to_string()),
                    ];
                    after.fill(OUT_VECTORS, &values);
                }
                words_of(&raw)
            } else if output {
                format!("::core::ptr::from_mut({name}).cast()")
            } else {
                format!("::core::ptr::from_ref({name}).cast()")
            }
        }
        DpiType::OpenArray => "::core::ptr::null_mut()".to_owned(),
        _ if output => format!("::core::ptr::from_mut({name})"),
        _ => name.into_owned(),
    }
}

const OUT_VECTORS: &str = r"        // SAFETY: the design has filled the words, and nested arrays lie in memory
        // as the flat one does.
        unsafe {
            *::core::ptr::from_mut($name$).cast::<$flat$>() = rt::load_vectors(
                $raw$.as_ptr(),
                $width$,
                $planes$,
            );
        }
";
