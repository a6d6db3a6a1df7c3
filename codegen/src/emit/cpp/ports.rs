//! Where ports and public variables lie, and access to what has no address that Rust can use.

use std::fmt::Write as _;

use super::shim::Shim;
use crate::describe::Shape;

/// The functions of places.
pub fn ports(shim: &Shim<'_>) -> String {
    let model = shim.model;
    let mut places = String::new();
    for (at, (port, internal)) in model.places().enumerate() {
        let member = &port.member;
        let (class, object) = match internal {
            None => (&model.class, "handlep->modelp->".to_owned()),
            Some(internal) => {
                let instance = &internal.instance;
                let object = format!("handlep->modelp->rootp->vlSymsp->{instance}.");
                (&internal.class, object)
            }
        };
        if let Some(size) = port.shape.size() {
            let _ = writeln!(
                places,
                "static_assert(sizeof(std::remove_reference_t<decltype({class}::{member})>) == {size}, \
                 \"the header's text and its meaning differ\");"
            );
        }
        let _ = writeln!(
            places,
            "places[{at}] = const_cast<void*>(static_cast<const volatile void*>(&{object}{member}));"
        );
    }
    if places.is_empty() {
        places.push_str("(void)handlep, (void)places;");
    }
    let mut out = shim.fill(
        include_str!("../../../cpp/shim/ports.cpp"),
        &[("places", &places)],
    );
    if model.places().any(|(port, _)| port.shape == Shape::Text) {
        out.push_str(&shim.fill(include_str!("../../../cpp/shim/text.cpp"), &[]));
    }
    let mut cases = String::new();
    for (at, port) in model.ports.iter().enumerate() {
        if port.shape == Shape::Event {
            let _ = writeln!(
                cases,
                "case {at}: handlep->modelp->{}.fire(); break;",
                port.member
            );
        }
    }
    if !cases.is_empty() {
        out.push_str(&shim.fill(
            include_str!("../../../cpp/shim/fire.cpp"),
            &[("cases", &cases)],
        ));
    }
    out
}
