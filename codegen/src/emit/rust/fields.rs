//! Accessors that need to know how a port is declared: signed values, fields of packed structures.

use super::lines::{assertion, doc, in_format};
use super::types::wide_type;
use super::widths::{TOO_WIDE, too_wide};
use crate::describe::{Field, Port, storage_bits};
use crate::direction::Direction;
use crate::emit::template::fill;
use crate::names::RustName;

const GET: &str = "    $doc$
    #[inline]
    #[must_use]
    pub fn $ident$(&self) -> $type$ {
        $get$
    }
";

const SET: &str = "    $set_doc$
    #[inline]
    pub fn set_$name$(&mut self, value: $type$) {
        $set$
    }
";

/// All of a port's.
pub fn accessors(port: &Port) -> Vec<String> {
    let signed = port.signed_name.as_ref().map(|name| signed(port, name));
    let fields = port.fields.iter().map(|one| field(port, one));
    let all: Vec<Accessors> = signed.into_iter().chain(fields).collect();
    all.iter().flat_map(|one| one.methods(port)).collect()
}

/// A getter and a setter.
struct Accessors<'a> {
    name: &'a RustName,
    ty: String,
    doc: String,
    set_doc: String,
    get: String,
    set: String,
}

impl Accessors<'_> {
    fn methods(&self, port: &Port) -> Vec<String> {
        let values = [
            ("name", self.name.as_str()),
            ("ident", self.name.ident()),
            ("type", &self.ty),
            ("doc", &doc(&self.doc)),
            ("set_doc", &doc(&self.set_doc)),
            ("get", &self.get),
            ("set", &self.set),
        ];
        let mut methods = vec![fill(GET, &values)];
        if port.direction != Some(Direction::Out) {
            methods.push(fill(SET, &values));
        }
        methods
    }
}

/// Extends the sign of `bits`, whose low `width` bits count.
fn extended(width: u32) -> String {
    let to = storage_bits(width);
    match to - width {
        0 => format!("bits as i{to}"),
        spare => format!("((bits << {spare}) as i{to}) >> {spare}"),
    }
}

/// Refuses a signed value that does not fit, in debug builds.
fn signed_check(width: u32, what: &str) -> String {
    match storage_bits(width) - width {
        0 => String::new(),
        spare => {
            let what = in_format(what);
            let message = format!("{{value}} does not fit into the {width} signed bits of {what}");
            assertion(&format!("value << {spare} >> {spare} == value"), &message) + "\n"
        }
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
fn signed<'a>(port: &Port, name: &'a RustName) -> Accessors<'a> {
    let (width, rust) = (port.shape.width(), &port.rust);
    let bits = storage_bits(width);
    let check = signed_check(width, &format!("`{}`", port.verilog));
    Accessors {
        name,
        ty: format!("i{bits}"),
        doc: format!("As [`Model::{rust}`], signed."),
        set_doc: format!("As [`Model::set_{rust}`], signed.{TOO_WIDE}"),
        get: format!("let bits = self.{}();\n{}", rust.ident(), extended(width)),
        set: format!("{check}self.set_{rust}(value as u{bits}{});", mask(width)),
    }
}

/// A field of a packed structure.
fn field<'a>(port: &Port, field: &'a Field) -> Accessors<'a> {
    let what = format!("field `{}` of `{}`", field.path, port.verilog);
    let high = field.low + field.width - 1;
    let sign = if field.signed { ", signed" } else { "" };
    let doc = format!("The {what}: bits `[{high}:{}]`{sign}.", field.low);
    if field.width > 64 {
        return wide_field(port, field, doc);
    }
    let bits = storage_bits(field.width);
    let value = field_bits(port, field);
    let (get, check) = if field.signed {
        let get = format!("let bits = {value};\n{}", extended(field.width));
        (get, signed_check(field.width, &what))
    } else if field.width < bits {
        let most = u64::MAX >> (64 - field.width);
        let message = too_wide(field.width, &what);
        (
            value,
            assertion(&format!("value <= {most}"), &message) + "\n",
        )
    } else {
        (value, String::new())
    };
    Accessors {
        name: &field.rust,
        ty: format!("{}{bits}", if field.signed { 'i' } else { 'u' }),
        set_doc: format!("{doc}{TOO_WIDE}"),
        doc,
        get,
        set: check + &set_field_bits(port, field),
    }
}

/// The bits of a field, unsigned, in the narrowest integer.
fn field_bits(port: &Port, field: &Field) -> String {
    let (get, low) = (port.rust.ident(), field.low);
    let bits = storage_bits(field.width);
    if port.shape.wide().is_some() {
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

/// The statements that put the low bits of `value` in the field's place.
fn set_field_bits(port: &Port, field: &Field) -> String {
    let (rust, get, low) = (&port.rust, port.rust.ident(), field.low);
    let bits = storage_bits(field.width);
    let mask = mask(field.width);
    let value = if field.signed {
        format!("value as u{bits}{mask}")
    } else {
        format!("value{mask}")
    };
    if port.shape.wide().is_some() {
        let value = match bits {
            64 => value,
            _ => format!("u64::from({value})"),
        };
        return format!(
            "let mut all = *self.{get}();\nall.set_bits({low}, {}, {value});\nself.set_{rust}(all);",
            field.width
        );
    }
    let whole = storage_bits(port.shape.width());
    let field_value = if bits == whole {
        value
    } else {
        format!("u{whole}::from({value})")
    };
    let others = !((u64::MAX >> (64 - field.width)) << low) & (u64::MAX >> (64 - whole));
    let shifted = match low {
        0 => "field".to_owned(),
        low => format!("field << {low}"),
    };
    format!("let field = {field_value};\nself.set_{rust}(self.{get}() & {others} | {shifted});")
}

/// A field that is wider than any integer; such a structure is wide too.
fn wide_field<'a>(port: &Port, field: &'a Field, doc: String) -> Accessors<'a> {
    let (rust, get, low) = (&port.rust, port.rust.ident(), field.low);
    Accessors {
        name: &field.rust,
        ty: wide_type(field.width),
        set_doc: doc.clone(),
        doc,
        get: format!("self.{get}().field({low})"),
        set: format!(
            "let mut all = *self.{get}();\nall.set_field({low}, &value);\nself.set_{rust}(all);"
        ),
    }
}
