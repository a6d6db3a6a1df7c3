//! Accessors that need to know how a port is declared: signed values, fields of packed structures.

use super::ports::{GETTER, INLINE, TOO_WIDE, getter_head, setter_head, too_wide, wide_type};
use super::text::{Text, in_format};
use crate::describe::declared::Field;
use crate::describe::{Port, Shape, storage_bits};
use crate::names::ident;
use crate::parse::cxx::Direction;

/// All of a port's.
pub fn accessors(port: &Port, out: &mut Text) {
    let Some(declared) = &port.declared else {
        return;
    };
    if let Some(name) = &port.signed_name {
        signed(port, name, out);
    }
    for (at, name) in declared.fields.iter().zip(&port.field_names) {
        field(port, at, name, out);
    }
}

/// Extends the sign of the variable `bits`, whose low `width` bits count.
fn extended(width: u32) -> String {
    let to = storage_bits(width);
    match to - width {
        0 => format!("bits as i{to}"),
        spare => format!("((bits << {spare}) as i{to}) >> {spare}"),
    }
}

/// Refuses a signed value that does not fit, in debug builds.
fn signed_check(width: u32, what: &str, out: &mut Text) {
    let spare = storage_bits(width) - width;
    if spare > 0 {
        let condition = format!("value << {spare} >> {spare} == value");
        let what = in_format(what);
        let message = format!("{{value}} does not fit into the {width} signed bits of {what}");
        out.assertion(8, &condition, &message);
    }
}

/// ` & mask`, where the integer has more bits.
fn mask(width: u32) -> String {
    if width == storage_bits(width) {
        return String::new();
    }
    format!(" & {}", u64::MAX >> (64 - width))
}

/// A signed port as a signed integer.
fn signed(port: &Port, name: &str, out: &mut Text) {
    let width = port.shape.width();
    let bits = storage_bits(width);
    out.doc(4, &format!(" As [`Model::{}`], signed.", port.rust));
    out.put(GETTER);
    getter_head(name, &format!("i{bits}"), out);
    out.line(8, &format!("let bits = self.{}();", ident(&port.rust)));
    out.line(8, &extended(width));
    out.put("    }\n");
    if port.direction == Some(Direction::Out) {
        return;
    }
    let doc = format!(" As [`Model::set_{}`], signed.{TOO_WIDE}", port.rust);
    out.doc(4, &doc);
    out.put(INLINE);
    setter_head(name, &format!("i{bits}"), out);
    signed_check(width, &format!("`{}`", port.verilog), out);
    let value = format!("value as u{bits}{}", mask(width));
    out.list(8, &format!("self.set_{}(", port.rust), &[value], ");");
    out.put("    }\n");
}

/// A field of a packed structure.
fn field(port: &Port, field: &Field, name: &str, out: &mut Text) {
    let what = format!("field `{}` of `{}`", field.path, port.verilog);
    let high = field.low + field.width - 1;
    let sign = if field.signed { ", signed" } else { "" };
    let doc = format!(" The {what}: bits `[{high}:{}]`{sign}.", field.low);
    if field.width > 64 {
        wide_field(port, field, name, &doc, out);
        return;
    }
    let bits = storage_bits(field.width);
    let letter = if field.signed { 'i' } else { 'u' };
    let ty = format!("{letter}{bits}");
    out.doc(4, &doc);
    out.put(GETTER);
    getter_head(name, &ty, out);
    let value = field_bits(port, field);
    if field.signed {
        out.line(8, &format!("let bits = {value};"));
        out.line(8, &extended(field.width));
    } else {
        out.line(8, &value);
    }
    out.put("    }\n");
    if port.direction == Some(Direction::Out) {
        return;
    }
    out.doc(4, &format!("{doc}{TOO_WIDE}"));
    out.put(INLINE);
    setter_head(name, &ty, out);
    if field.signed {
        signed_check(field.width, &what, out);
    } else if field.width < bits {
        let most = u64::MAX >> (64 - field.width);
        let message = too_wide(field.width, &what);
        out.assertion(8, &format!("value <= {most}"), &message);
    }
    set_field_bits(port, field, out);
    out.put("    }\n");
}

/// The bits of a field, unsigned, in the narrowest integer.
fn field_bits(port: &Port, field: &Field) -> String {
    let (get, low) = (ident(&port.rust), field.low);
    let bits = storage_bits(field.width);
    if matches!(port.shape, Shape::Wide { .. }) {
        let cast = match bits {
            64 => String::new(),
            bits => format!(" as u{bits}"),
        };
        return format!("self.{get}().bits({low}, {}){cast}", field.width);
    }
    let mask = mask(field.width);
    match (low, bits == storage_bits(port.shape.width())) {
        (0, true) => format!("self.{get}(){mask}"),
        (0, false) => format!("self.{get}() as u{bits}{mask}"),
        (_, true) => format!("self.{get}() >> {low}{mask}"),
        (_, false) => format!("(self.{get}() >> {low}) as u{bits}{mask}"),
    }
}

/// Puts the low bits of `value` in the field's place.
fn set_field_bits(port: &Port, field: &Field, out: &mut Text) {
    let (get, low) = (ident(&port.rust), field.low);
    let bits = storage_bits(field.width);
    let mask = mask(field.width);
    let value = if field.signed {
        format!("value as u{bits}{mask}")
    } else {
        format!("value{mask}")
    };
    let set = format!("self.set_{}(", port.rust);
    if matches!(port.shape, Shape::Wide { .. }) {
        let value = match bits {
            64 => value,
            _ => format!("u64::from({value})"),
        };
        out.line(8, &format!("let mut all = *self.{get}();"));
        let arguments = [low.to_string(), field.width.to_string(), value];
        out.list(8, "all.set_bits(", &arguments, ");");
        out.list(8, &set, &["all"], ");");
        return;
    }
    let whole = storage_bits(port.shape.width());
    if bits == whole {
        out.line(8, &format!("let field = {value};"));
    } else {
        out.line(8, &format!("let field = u{whole}::from({value});"));
    }
    let others = !((u64::MAX >> (64 - field.width)) << low) & (u64::MAX >> (64 - whole));
    let shifted = match low {
        0 => "field".to_owned(),
        low => format!("field << {low}"),
    };
    let all = format!("self.{get}() & {others} | {shifted}");
    out.list(8, &set, &[all], ");");
}

/// A field that is wider than any integer; such a structure is wide too.
fn wide_field(port: &Port, field: &Field, name: &str, doc: &str, out: &mut Text) {
    let (get, low) = (ident(&port.rust), field.low);
    let ty = wide_type(field.width);
    out.doc(4, doc);
    out.put("    #[must_use]\n");
    getter_head(name, &ty, out);
    out.line(8, &format!("self.{get}().field({low})"));
    out.put("    }\n");
    if port.direction == Some(Direction::Out) {
        return;
    }
    out.doc(4, doc);
    setter_head(name, &ty, out);
    out.line(8, &format!("let mut all = *self.{get}();"));
    out.line(8, &format!("all.set_field({low}, &value);"));
    out.list(8, &format!("self.set_{}(", port.rust), &["all"], ");");
    out.put("    }\n");
}
