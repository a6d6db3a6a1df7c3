//! DPI functions: imports, which C++ calls and Rust implements, and exports, which Rust calls.

use super::shim::Shim;
use crate::describe::{DpiArgument, DpiFunction, DpiType, words};
use crate::direction::Direction;
use crate::emit::abi;

/// The imports. Each calls the Rust side that the call into the model has borrowed.
pub fn imports(shim: &Shim<'_>) -> String {
    if shim.model.imports.is_empty() {
        return String::new();
    }
    let threaded = shim.model.abilities.threads > 1;
    let functions: Vec<String> = abi::imports(shim.model)
        .map(|(import, function)| {
            format!("bool (*{})({});", import.name, function.cpp_parameters())
        })
        .collect();
    let table = include_str!("../../../cpp/shim/imports.cpp");
    let mut out = shim.fill(table, &[("functions", &functions.join("\n"))]);
    out.push_str(if threaded {
        include_str!("../../../cpp/shim/borrowing_threads.cpp")
    } else {
        include_str!("../../../cpp/shim/borrowing.cpp")
    });
    for function in &shim.model.imports {
        out.push_str(&import(shim, function, threaded));
    }
    out
}

fn import(shim: &Shim<'_>, function: &DpiFunction, threaded: bool) -> String {
    let outputs = function.arguments.iter();
    let outputs = outputs.filter(|argument| argument.direction == Direction::Out);
    let mut before: Vec<String> = outputs.map(cleared).collect();
    let mut arguments = vec![if threaded {
        "borrowp->env"
    } else {
        "s_borrowp->env"
    }];
    arguments.extend(function.arguments.iter().map(|argument| &*argument.name));
    let (mut give, mut after) = ("return;", "");
    if let Some(ty) = &function.returns {
        // A null string would end the process when it is copied.
        let initial = if *ty == DpiType::Text { "\"\"" } else { "" };
        before.push([abi::cpp_type(ty), " result{", initial, "};"].concat());
        arguments.push("&result");
        (give, after) = ("return result;", "return result;");
    }
    let values = [
        ("returns", abi::cpp_returns(function)),
        ("name", &function.name),
        ("parameters", &abi::cpp_arguments(function)),
        ("before", &before.join("\n")),
        ("return", give),
        ("arguments", &arguments.join(", ")),
        ("after", after),
    ];
    let template = if threaded {
        include_str!("../../../cpp/shim/import_threads.cpp")
    } else {
        include_str!("../../../cpp/shim/import.cpp")
    };
    shim.fill(template, &values)
}

/// Clears an output: the wrapper does not initialise it, and Rust must not see that.
fn cleared(argument: &DpiArgument) -> String {
    let name = &argument.name;
    match &argument.ty {
        DpiType::Text => return format!("*{name} = \"\";"),
        DpiType::Array { element, .. } if **element == DpiType::Text => {
            let length = c_length(&argument.ty);
            return format!("for (size_t i = 0; i < {length}; ++i) {name}[i] = \"\";");
        }
        _ => {}
    }
    format!(
        "std::memset({name}, 0, sizeof(*{name}) * {});",
        c_length(&argument.ty)
    )
}

/// How many elements of C an output has.
fn c_length(ty: &DpiType) -> u64 {
    match ty {
        DpiType::Vector { width, .. } => u64::from(words(*width)),
        DpiType::Array { lengths, element } => {
            let lengths = lengths.iter().map(|length| u64::from(*length));
            lengths.product::<u64>() * c_length(element)
        }
        _ => 1,
    }
}

/// The exports.
pub fn exports(shim: &Shim<'_>) -> String {
    shim.model
        .exports
        .iter()
        .map(|function| export(shim, function))
        .collect()
}

fn export(shim: &Shim<'_>, function: &DpiFunction) -> String {
    let arguments = function.arguments.iter();
    let arguments: Vec<&str> = arguments.map(|argument| argument.name.as_str()).collect();
    let assign = if function.returns.is_some() {
        "*result = "
    } else {
        ""
    };
    let call = format!(
        "{assign}{}::{}({});",
        shim.model.class,
        function.name,
        arguments.join(", ")
    );
    let values = [
        ("head", shim.head(&format!("export_{}", function.name))),
        ("borrow", &shim.borrow()),
        ("settle", shim.settle()),
        ("call", &call),
    ];
    shim.fill(include_str!("../../../cpp/shim/export.cpp"), &values)
}
