//! The header that supplies what Verilator's save functions of the model lack.

use crate::describe::Description;
use crate::emit::template::fill;

/// Its text; nothing for a model that is not saved.
pub fn supplied(model: &Description) -> Option<String> {
    let supplied = &model.state.as_ref()?.supplied;
    let structs = supplied.structs.iter().map(|(name, members)| {
        let calls = members
            .iter()
            .map(|member| format!("call(value.{member});"));
        let calls: Vec<String> = calls.collect();
        let template = include_str!("../../../cpp/shim/supplied_struct.h");
        fill(template, &[("struct", name), ("calls", &calls.join("\n"))])
    });
    let references = supplied.references.iter();
    let references: Vec<String> = references
        .map(|name| format!("static const lightsss_more::Nothing {name};"))
        .collect();
    let classes = if supplied.classes {
        "static lightsss_more::NoSymbols* const vlSymsp = nullptr;"
    } else {
        ""
    };
    let values = [
        ("class", &*model.class),
        ("structs", &structs.collect::<String>()),
        ("references", &references.join("\n")),
        ("classes", classes),
    ];
    Some(fill(include_str!("../../../cpp/shim/supplied.h"), &values))
}
