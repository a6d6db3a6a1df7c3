//! Accessors of ports.

use std::fmt::Write as _;

use super::declared;
use super::text::{Text, in_format};
use crate::describe::{Description, Parameter, Port, Shape, storage_bits, words};
use crate::names::ident;
use crate::parse::cxx::Direction;

/// What a port's place holds.
pub fn place_type(shape: &Shape) -> String {
    match shape {
        Shape::Text | Shape::Event => "::core::ffi::c_void".to_owned(),
        shape => value_type(shape),
    }
}

pub fn value_type(shape: &Shape) -> String {
    match shape {
        Shape::Integer { .. } => format!("u{}", storage_bits(shape.width())),
        Shape::Wide { .. } => wide_type(shape.width()),
        Shape::Real => "f64".to_owned(),
        Shape::Text => "::std::string::String".to_owned(),
        Shape::Event => "()".to_owned(),
        Shape::Array { length, element } => format!("[{}; {length}]", value_type(element)),
    }
}

/// The runtime's type for more bits than an integer has.
pub fn wide_type(width: u32) -> String {
    format!("rt::Wide<{width}, {}>", words(width))
}

/// Whether the type is one of the runtime's, or is made of such.
fn has_wide(shape: &Shape) -> bool {
    match shape {
        Shape::Wide { .. } => true,
        Shape::Array { element, .. } => has_wide(element),
        _ => false,
    }
}

/// All accessors.
pub fn ports(model: &Description, out: &mut Text) {
    if !model.parameters.is_empty() {
        out.put("/// Parameters of the design that are public.\npub mod parameters {\n");
        if model.parameters.iter().any(|one| has_wide(&one.shape)) {
            out.put("    use super::rt;\n");
        }
        for one in &model.parameters {
            parameter(one, out);
        }
        out.put("}\n");
    }
    let mut places = model.places().enumerate().peekable();
    if places.peek().is_none() {
        out.put("impl Model {}\n");
        return;
    }
    out.put("impl Model {\n");
    for (at, (port, internal)) in places {
        let doc = port_doc(port, internal.is_some());
        accessors(at, port, &doc, out);
        declared::accessors(port, out);
    }
    out.put("}\n");
}

/// A value of the shape, of the next words.
fn constant(shape: &Shape, words: &mut std::slice::Iter<'_, u64>) -> String {
    let mut next = || words.next().copied().unwrap_or(0);
    match shape {
        Shape::Integer { .. } => next().to_string(),
        Shape::Real => format!("f64::from_bits({})", next()),
        Shape::Wide { .. } => {
            let count = crate::describe::words(shape.width());
            let words: Vec<String> = (0..count).map(|_| next().to_string()).collect();
            format!("rt::Wide::from_words([{}])", words.join(", "))
        }
        Shape::Array { length, element } => {
            let elements: Vec<String> = (0..*length).map(|_| constant(element, words)).collect();
            format!("[{}]", elements.join(", "))
        }
        Shape::Text | Shape::Event => unreachable!("`Shape::constant_words` has no number for it"),
    }
}

/// A public parameter, as a constant.
fn parameter(parameter: &Parameter, out: &mut Text) {
    let value = constant(&parameter.shape, &mut parameter.words.iter());
    let doc = format!(" `{}`: {}.", parameter.verilog, shape_doc(&parameter.shape));
    out.doc(4, &doc);
    let (name, ty) = (ident(&parameter.rust), value_type(&parameter.shape));
    out.line(4, &format!("pub const {name}: {ty} = {value};"));
}

/// One line: direction, width, the name in the source.
fn port_doc(port: &Port, internal: bool) -> String {
    let direction = match port.direction {
        _ if internal => "Inside the design, ",
        Some(Direction::In) => "Input",
        Some(Direction::Out) => "Output",
        Some(Direction::InOut) => "Inout",
        None => "Port",
    };
    let shape = shape_doc(&port.shape);
    let mut doc = format!(" {direction} `{}`: {shape}", port.verilog);
    match &port.declared {
        Some(declared) => {
            let sign = if declared.signed { ", signed" } else { "" };
            let _ = write!(
                doc,
                "{sign}. Declared at {}:{}.",
                declared.file, declared.line
            );
        }
        None => doc.push('.'),
    }
    doc
}

fn shape_doc(shape: &Shape) -> String {
    match shape {
        Shape::Integer { msb: 0, lsb: 0 } => "1 bit".to_owned(),
        Shape::Integer { msb, lsb } | Shape::Wide { msb, lsb } => {
            format!("{} bits, `[{msb}:{lsb}]`", shape.width())
        }
        Shape::Real => "`real`".to_owned(),
        Shape::Text => "`string`".to_owned(),
        Shape::Event => "`event`".to_owned(),
        Shape::Array { .. } => {
            let (lengths, element) = dimensions(shape);
            let mut text = String::new();
            for length in lengths {
                let _ = write!(text, "[{length}]");
            }
            format!("array `{text}` of {}", shape_doc(element))
        }
    }
}

/// The lengths of an array, the slowest first, and what its elements are.
fn dimensions(shape: &Shape) -> (Vec<u32>, &Shape) {
    let mut lengths = Vec::new();
    let mut element = shape;
    while let Shape::Array {
        length,
        element: inner,
    } = element
    {
        lengths.push(*length);
        element = inner;
    }
    (lengths, element)
}

fn accessors(at: usize, port: &Port, doc: &str, out: &mut Text) {
    match &port.shape {
        Shape::Integer { .. } => integer_accessors(port, doc, out),
        Shape::Real => {
            plain_getter(port, doc, out);
            setter(port, doc, None, out);
        }
        Shape::Wide { .. } => {
            borrowing_getter(port, doc, WIDE, out);
            setter(port, doc, None, out);
        }
        Shape::Array { .. } => array_accessors(port, doc, out),
        Shape::Text => text_accessors(port, doc, out),
        Shape::Event => {
            out.doc(4, doc);
            let (name, at) = (&port.rust, at.to_string());
            out.fill(FIRE, &[("name", name), ("at", &at)]);
        }
    }
}

const FIRE: &str = r"    pub fn fire_$name$(&mut self) {
        // SAFETY: the model is live, and the port is an event.
        unsafe { ffi::fire(self.raw.as_ptr(), $at$) }
    }
";

const PLACE: &str =
    "        // SAFETY: the place lives in the C++ object, which only `&mut self` changes.\n";
const WIDE: &str = "        // SAFETY: the place lives in the C++ object, which only `&mut self` changes; a `VlWide`
        // is its words.\n";
const ARRAY: &str =
    "        // SAFETY: the place lives in the C++ object, which only `&mut self` changes; a
        // `VlUnpacked` is its elements.\n";
/// Begins each method that a compiler is to inline.
pub const INLINE: &str = "    #[inline]\n";
/// Begins each getter.
pub const GETTER: &str = "    #[inline]\n    #[must_use]\n";

/// The head of a getter of something.
pub fn getter_head(name: &str, ty: &str, out: &mut Text) {
    let tail = format!(") -> {ty} {{");
    out.list(4, &format!("pub fn {}(", ident(name)), &["&self"], &tail);
}

/// The head of a setter of something.
pub fn setter_head(name: &str, ty: &str, out: &mut Text) {
    let value = format!("value: {ty}");
    let parameters = ["&mut self", &value];
    out.list(4, &format!("pub fn set_{name}("), &parameters, ") {");
}

/// A getter that copies the value.
fn plain_getter(port: &Port, doc: &str, out: &mut Text) {
    out.doc(4, doc);
    out.put(GETTER);
    getter_head(&port.rust, &value_type(&port.shape), out);
    out.put(PLACE);
    let read = format!("self.ports.{}.read()", ident(&port.rust));
    out.block(8, "unsafe", &read, "}");
    out.put("    }\n");
}

/// A getter that lends the value.
fn borrowing_getter(port: &Port, doc: &str, safety: &str, out: &mut Text) {
    out.doc(4, doc);
    out.put(GETTER);
    getter_head(&port.rust, &format!("&{}", value_type(&port.shape)), out);
    out.put(safety);
    let place = format!("&*self.ports.{}", ident(&port.rust));
    out.block(8, "unsafe", &place, "}");
    out.put("    }\n");
}

/// A setter that takes all values, or those under a mask; nothing for an output.
fn setter(port: &Port, doc: &str, mask: Option<&str>, out: &mut Text) {
    if port.direction == Some(Direction::Out) {
        return;
    }
    out.doc(4, doc);
    out.put(INLINE);
    setter_head(&port.rust, &value_type(&port.shape), out);
    let place = ident(&port.rust);
    let write = match mask {
        Some(mask) => {
            let width = port.shape.width();
            let message = too_wide(width, &format!("`{}`", port.verilog));
            out.assertion(8, &format!("value <= {mask}"), &message);
            format!("self.ports.{place}.write(value & {mask})")
        }
        None => format!("self.ports.{place}.write(value)"),
    };
    out.put(PLACE);
    out.block(8, "unsafe", &write, "}");
    out.put("    }\n");
}

/// What an assertion says of a value with more bits than it may have, as a format.
pub fn too_wide(width: u32, what: &str) -> String {
    format!(
        "{{value:#x}} does not fit into the {width} bits of {}",
        in_format(what)
    )
}

fn mask(width: u32) -> String {
    format!("{:#x}", u64::MAX >> (64 - width))
}

/// What the documentation says of a setter that refuses values.
pub const TOO_WIDE: &str = "\n\n A value too wide is refused by a panic in debug builds and cut in \
                            release builds.";

fn integer_accessors(port: &Port, doc: &str, out: &mut Text) {
    plain_getter(port, doc, out);
    let width = port.shape.width();
    if width < storage_bits(width) {
        setter(port, &format!("{doc}{TOO_WIDE}"), Some(&mask(width)), out);
    } else {
        setter(port, doc, None, out);
    }
}

const GET_TEXT: &str = r"    #[must_use]
    pub fn $get$(&self) -> ::std::string::String {
        let mut length = 0;
        // SAFETY: the place is a `std::string` of the live C++ object.
        let text = unsafe { ffi::text(self.ports.$get$, &raw mut length) };
        // SAFETY: the string holds `length` bytes there until it is changed, which takes
        // `&mut self`.
        let bytes = unsafe { ::core::slice::from_raw_parts(text.cast::<u8>(), length) };
        ::std::string::String::from_utf8_lossy(bytes).into_owned()
    }
";

const SET_TEXT: &str = r"    pub fn set_$name$(&mut self, value: &str) {
        // SAFETY: the place is a `std::string` of the live C++ object, which copies.
        unsafe { ffi::set_text(self.ports.$get$, value.as_ptr().cast(), value.len()) }
    }
";

fn text_accessors(port: &Port, doc: &str, out: &mut Text) {
    let get = ident(&port.rust);
    out.doc(4, doc);
    out.fill(GET_TEXT, &[("get", &get)]);
    if port.direction != Some(Direction::Out) {
        out.doc(4, doc);
        out.fill(SET_TEXT, &[("name", &port.rust), ("get", &get)]);
    }
}

fn array_accessors(port: &Port, doc: &str, out: &mut Text) {
    borrowing_getter(port, doc, ARRAY, out);
    if port.direction == Some(Direction::Out) {
        return;
    }
    let place = ident(&port.rust);
    let (lengths, element) = dimensions(&port.shape);
    let width = element.width();
    let masked = matches!(element, Shape::Integer { .. }) && width < storage_bits(width);
    let mask = if masked { mask(width) } else { String::new() };
    let message = too_wide(width, &format!("an element of `{}`", port.verilog));
    let condition = format!("value <= {mask}");

    out.doc(4, doc);
    let values = format!("values: &{}", value_type(&port.shape));
    let head = format!("pub fn set_{}(", port.rust);
    out.list(4, &head, &["&mut self", &values], ") {");
    if masked {
        out.line(8, "let mut values = *values;");
        for depth in 0..lengths.len() {
            let of = if depth == 0 { "values" } else { "element" };
            out.line(8 + 4 * depth, &format!("for element in {of}.iter_mut() {{"));
        }
        let within = 8 + 4 * lengths.len();
        out.line(within, "let value = *element;");
        out.assertion(within, &condition, &message);
        out.line(within, &format!("*element = value & {mask};"));
        for depth in (0..lengths.len()).rev() {
            out.line(8 + 4 * depth, "}");
        }
        out.line(8, "let values = &values;");
    }
    out.put(ARRAY);
    let write = format!("self.ports.{place}.write(*values)");
    out.block(8, "unsafe", &write, "}");
    out.put("    }\n");

    out.doc(
        4,
        &format!("{doc} Sets one element.\n\n # Panics\n With an index outside the array."),
    );
    out.put(INLINE);
    let mut parameters = vec!["&mut self".to_owned()];
    parameters.extend((0..lengths.len()).map(|at| format!("i{at}: usize")));
    parameters.push(format!("value: {}", value_type(element)));
    let head = format!("pub fn set_{}_at(", port.rust);
    out.list(4, &head, &parameters, ") {");
    if masked {
        out.assertion(8, &condition, &message);
        out.line(8, &format!("let value = value & {mask};"));
    }
    out.put("        // SAFETY: as for the whole array.\n");
    let mut write = format!("(&mut *self.ports.{place})");
    for at in 0..lengths.len() {
        let _ = write!(write, "[i{at}]");
    }
    write.push_str(" = value");
    out.block(8, "unsafe", &write, "}");
    out.put("    }\n");
}
