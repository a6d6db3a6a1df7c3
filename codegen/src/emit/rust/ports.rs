//! Accessors of ports and of public variables, and public parameters.

use std::fmt::Write as _;

use super::lines::{assertion, doc};
use super::types::{has_wide, shape_text, value_type};
use super::widths::{TOO_WIDE, mask, too_wide};
use super::{arrays, fields, structs};
use crate::describe::{Description, Parameter, Port, Shape, words as words_of};
use crate::direction::Direction;
use crate::emit::template::fill;

const PARAMETERS: &str = "/// Parameters of the design that are public.
pub mod parameters {
    $use$
    $constants$
}
";

/// The public parameters.
pub fn parameters(model: &Description) -> String {
    if model.parameters.is_empty() {
        return String::new();
    }
    let uses_wide = model.parameters.iter().any(|one| has_wide(&one.shape));
    let constants: Vec<String> = model.parameters.iter().map(parameter).collect();
    let values = [
        ("use", if uses_wide { "use super::rt;\n\n" } else { "" }),
        ("constants", &constants.join("\n\n")),
    ];
    fill(PARAMETERS, &values)
}

/// A public parameter, as a constant.
fn parameter(parameter: &Parameter) -> String {
    let (verilog, shape) = (&parameter.verilog, shape_text(&parameter.shape));
    let doc = doc(&format!("`{verilog}`: {shape}."));
    let (name, ty) = (parameter.rust.ident(), value_type(&parameter.shape));
    let value = constant(&parameter.shape, &mut parameter.words.iter());
    format!("{doc}\npub const {name}: {ty} = {value};")
}

/// A value of the shape, of the next words.
fn constant(shape: &Shape, words: &mut std::slice::Iter<'_, u64>) -> String {
    let mut next = || words.next().copied().unwrap_or(0);
    match shape {
        Shape::Bits { width, .. } if *width > 64 => {
            let words: Vec<String> = (0..words_of(*width)).map(|_| next().to_string()).collect();
            format!("rt::Wide::from_words([{}])", words.join(", "))
        }
        Shape::Bits { .. } => next().to_string(),
        Shape::Real => format!("f64::from_bits({})", next()),
        Shape::Array { length, element } => {
            let elements: Vec<String> = (0..*length).map(|_| constant(element, words)).collect();
            format!("[{}]", elements.join(", "))
        }
        Shape::Text | Shape::Event | Shape::Struct(_) => {
            unreachable!("`Shape::constant_words` has no number for it")
        }
    }
}

/// The accessors of all ports and public variables.
pub fn ports(model: &Description) -> String {
    let mut methods = Vec::new();
    for (at, (port, internal)) in model.places().enumerate() {
        methods.extend(accessors(at, port, &port_text(port, internal.is_some())));
        methods.extend(fields::accessors(port));
    }
    if methods.is_empty() {
        return String::new();
    }
    format!("impl Model {{\n{}}}\n", methods.join("\n"))
}

/// One line: direction, width, the name in the source.
fn port_text(port: &Port, internal: bool) -> String {
    let direction = match port.direction {
        _ if internal => "Inside the design,",
        Some(Direction::In) => "Input",
        Some(Direction::Out) => "Output",
        Some(Direction::InOut) => "Inout",
        None => "Port",
    };
    let shape = shape_text(&port.shape);
    let mut text = format!("{direction} `{}`: {shape}", port.verilog);
    if let Some(source) = &port.source {
        let sign = if port.signed == Some(true) {
            ", signed"
        } else {
            ""
        };
        let _ = write!(text, "{sign}. Declared at {source}");
    }
    text.push('.');
    text
}

const GET: &str = "    $doc$
    #[inline]
    #[must_use]
    pub fn $ident$(&self) -> $type$ {
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes.
        unsafe { self.ports.$ident$.read() }
    }
";

const GET_WIDE: &str = "    $doc$
    #[inline]
    #[must_use]
    pub fn $ident$(&self) -> &$type$ {
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes; a `VlWide`
        // is its words.
        unsafe { &*self.ports.$ident$ }
    }
";

const SET: &str = "    $set_doc$
    #[inline]
    pub fn set_$name$(&mut self, value: $type$) {
        $check$
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes.
        unsafe { self.ports.$ident$.write(value$mask$) }
    }
";

const GET_TEXT: &str = "    $doc$
    #[must_use]
    pub fn $ident$(&self) -> ::std::string::String {
        let mut length = 0;
        // SAFETY: the place is a `std::string` of the live C++ object.
        let text = unsafe { ffi::text(self.ports.$ident$, &raw mut length) };
        // SAFETY: the string holds `length` bytes there until it is changed, which takes
        // `&mut self`.
        let bytes = unsafe { ::core::slice::from_raw_parts(text.cast::<u8>(), length) };
        ::std::string::String::from_utf8_lossy(bytes).into_owned()
    }
";

const SET_TEXT: &str = "    $doc$
    pub fn set_$name$(&mut self, value: &str) {
        // SAFETY: the place is a `std::string` of the live C++ object, which copies.
        unsafe { ffi::set_text(self.ports.$ident$, value.as_ptr().cast(), value.len()) }
    }
";

const FIRE: &str = "    $doc$
    pub fn fire_$name$(&mut self) {
        // SAFETY: the model is live, and the port is an event.
        unsafe { ffi::fire(self.raw.as_ptr(), $at$) }
    }
";

fn accessors(at: usize, port: &Port, text: &str) -> Vec<String> {
    let width = port.shape.width();
    let (mut check, mut cut, mut set_text) = (String::new(), String::new(), text.to_owned());
    if let Some(mask) = port.shape.integer().and_then(mask) {
        let message = too_wide(width, &format!("`{}`", port.verilog));
        check = assertion(&format!("value <= {mask}"), &message);
        cut = format!(" & {mask}");
        set_text.push_str(TOO_WIDE);
    }
    let values = [
        ("doc", &*doc(text)),
        ("set_doc", &doc(&set_text)),
        ("ident", port.rust.ident()),
        ("name", port.rust.as_str()),
        ("type", &value_type(&port.shape)),
        ("check", &check),
        ("mask", &cut),
        ("at", &at.to_string()),
    ];
    let (get, set) = match &port.shape {
        Shape::Bits { width, .. } if *width > 64 => (GET_WIDE, SET),
        Shape::Bits { .. } | Shape::Real => (GET, SET),
        Shape::Text => (GET_TEXT, SET_TEXT),
        Shape::Event => return vec![fill(FIRE, &values)],
        Shape::Array { .. } => return arrays::accessors(port, text),
        Shape::Struct(_) => return structs::accessors(port, text),
    };
    let mut methods = vec![fill(get, &values)];
    if port.direction != Some(Direction::Out) {
        methods.push(fill(set, &values));
    }
    methods
}
