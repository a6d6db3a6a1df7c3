//! The Rust types of what ports hold and of what crosses the DPI.

use crate::describe::{DpiArgument, DpiType, Shape, storage_bits, words};
use crate::direction::Direction;

/// What a port's place holds.
pub fn place_type(shape: &Shape) -> String {
    match shape {
        Shape::Text | Shape::Event => "::core::ffi::c_void".to_owned(),
        shape => value_type(shape),
    }
}

/// What a port's accessors take and give.
pub fn value_type(shape: &Shape) -> String {
    match shape {
        Shape::Bits { width, .. } if *width > 64 => wide_type(*width),
        Shape::Bits { width, .. } => format!("u{}", storage_bits(*width)),
        Shape::Real => "f64".to_owned(),
        Shape::Text => "::std::string::String".to_owned(),
        Shape::Event => "()".to_owned(),
        Shape::Array { length, element } => format!("[{}; {length}]", value_type(element)),
        Shape::Struct(found) => format!("types::{}", found.rust.ident()),
    }
}

/// A shape in the words of documentation.
pub fn shape_text(shape: &Shape) -> String {
    match shape {
        Shape::Bits { msb: 0, lsb: 0, .. } => "1 bit".to_owned(),
        Shape::Bits { width, msb, lsb } => format!("{width} bits, `[{msb}:{lsb}]`"),
        Shape::Real => "`real`".to_owned(),
        Shape::Text => "`string`".to_owned(),
        Shape::Event => "`event`".to_owned(),
        Shape::Array { .. } => {
            let (lengths, element) = shape.dimensions();
            let lengths = lengths.iter().map(|length| format!("[{length}]"));
            let lengths = lengths.collect::<Vec<_>>().concat();
            format!("array `{lengths}` of {}", shape_text(element))
        }
        Shape::Struct(found) => format!("[`{0}`](types::{0})", found.rust.ident()),
    }
}

/// The runtime's type for more bits than an integer has.
pub fn wide_type(width: u32) -> String {
    format!("rt::Wide<{width}, {}>", words(width))
}

/// Whether the type is one of the runtime's, or is made of such.
pub fn has_wide(shape: &Shape) -> bool {
    match shape {
        Shape::Array { element, .. } => has_wide(element),
        shape => shape.wide().is_some(),
    }
}

/// The type of a value that crosses the DPI.
pub fn dpi_type(ty: &DpiType) -> String {
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
        DpiType::Array { lengths, element } => nested(dpi_type(element), lengths),
    }
}

/// A string that is borrowed.
pub const TEXT: &str = "::core::ffi::CStr";

/// Arrays of arrays of a type, the slowest length first.
pub fn nested(element: String, lengths: &[u32]) -> String {
    let array = |ty, length: &u32| format!("[{ty}; {length}]");
    lengths.iter().rev().fold(element, array)
}

/// `name: type` of an argument of a function that the harness calls or implements.
pub fn dpi_argument(argument: &DpiArgument) -> String {
    let (name, ty) = (argument.rust.ident(), dpi_type(&argument.ty));
    match (&argument.ty, argument.direction) {
        (DpiType::Text, Direction::In) => format!("{name}: &{TEXT}"),
        (DpiType::Array { lengths, element }, Direction::In) if **element == DpiType::Text => {
            format!("{name}: &{}", nested(format!("&{TEXT}"), lengths))
        }
        (kind, Direction::In) if is_passed_by_value(kind) => format!("{name}: {ty}"),
        (DpiType::OpenArray, _) | (_, Direction::Out | Direction::InOut) => {
            format!("{name}: &mut {ty}")
        }
        (_, Direction::In) => format!("{name}: &{ty}"),
    }
}

fn is_passed_by_value(ty: &DpiType) -> bool {
    match ty {
        DpiType::Vector { width, .. } => *width <= 64,
        DpiType::Array { .. } | DpiType::Text | DpiType::OpenArray => false,
        _ => true,
    }
}

/// The bits that a vector has for each of its own: two for `logic`.
pub fn planes(logic: bool) -> u32 {
    if logic { 2 } else { 1 }
}
