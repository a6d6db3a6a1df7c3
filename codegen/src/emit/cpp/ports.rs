//! Where ports and public variables lie, and what can't be reached by an address.

use std::fmt::Write as _;

use super::function;
use crate::describe::{Description, Shape};
use crate::emit::symbol_prefix;

/// The functions of places.
pub fn ports(model: &Description) -> String {
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
