//! Unpacked structures and unions: their types, and the accessors of what holds one.

use super::lines::{assertion, doc};
use super::types::{has_wide, shape_text, value_type};
use super::widths::{mask, too_wide};
use crate::describe::{Description, Port, Shape, Struct, StructMember};
use crate::direction::Direction;
use crate::emit::template::fill;

const TYPES: &str = "/// The unpacked structures of ports and of public variables. They lie in memory as those of C++ do.
#[allow(non_camel_case_types)]
pub mod types {
    $use$
    $types$
}
";

const TYPE: &str = "/// The structure `$ident$`.
#[repr(C)]
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct $ident$ {
    $members$
}

impl $ident$ {
    /// Cuts what is too wide; in debug builds it panics.
    $allow$
    pub(super) fn fitted(mut self) -> Self {
        $fits$
        self
    }
}

impl ::core::default::Default for $ident$ {
    fn default() -> Self {
        // SAFETY: integers, reals, words, and arrays and structures of these may be zero.
        unsafe { ::core::mem::zeroed() }
    }
}";

const UNION: &str = "/// The union `$ident$`.
#[repr(C, align($align$))]
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct $ident$([u8; $size$]);

impl $ident$ {
    $members$

    pub(super) const fn fitted(self) -> Self {
        self
    }
}

impl ::core::default::Default for $ident$ {
    fn default() -> Self {
        Self([0; $size$])
    }
}";

const UNION_MEMBER: &str = "$doc$
#[must_use]
pub const fn $ident$(&self) -> $type$ {
    // SAFETY: the union has as many bytes, and any bytes are integers, reals, words, and arrays of these.
    unsafe { self.0.as_ptr().cast::<$type$>().read_unaligned() }
}

$doc$
pub fn set_$name$(&mut self, value: $type$) {
    $fit$
    // SAFETY: the union has as many bytes, and none of those of the value is padding.
    unsafe { self.0.as_mut_ptr().cast::<$type$>().write_unaligned(value) }
}";

/// A member of a union.
fn union_member(member: &StructMember) -> String {
    let text = format!("`{}`: {}.", member.verilog, shape_text(&member.shape));
    let fit = match member.shape.integer().and_then(mask) {
        Some(mask) => {
            let message = too_wide(member.shape.width(), &format!("`{}`", member.verilog));
            let check = assertion(&format!("value <= {mask}"), &message);
            format!("{check}\nlet value = value & {mask};\n")
        }
        None => match fit_place(member, "value") {
            fit if fit.is_empty() => fit,
            fit => format!("let mut value = value;\n{fit}"),
        },
    };
    let values = [
        ("doc", &*doc(&text.replace("types::", ""))),
        ("ident", member.rust.ident()),
        ("name", member.rust.as_str()),
        ("type", &type_here(&member.shape)),
        ("fit", &fit),
    ];
    fill(UNION_MEMBER, &values)
}

/// The module with all of them.
pub fn types(model: &Description) -> String {
    let mut all: Vec<&Struct> = Vec::new();
    for (port, _) in model.places() {
        for found in port.shape.structs() {
            if !all.contains(&found) {
                all.push(found);
            }
        }
    }
    if all.is_empty() {
        return String::new();
    }
    let wide = |found: &&Struct| found.members.iter().any(|member| has_wide(&member.shape));
    let uses = if all.iter().any(wide) {
        "use super::rt;\n\n"
    } else {
        ""
    };
    let types: Vec<String> = all.iter().map(|found| one(found)).collect();
    fill(TYPES, &[("use", uses), ("types", &types.join("\n\n"))])
}

fn one(found: &Struct) -> String {
    if found.union {
        let shape = Shape::Struct(found.clone());
        let members: Vec<String> = found.members.iter().map(union_member).collect();
        let values = [
            ("ident", found.rust.ident()),
            ("align", &shape.align().to_string()),
            ("size", &shape.size().unwrap_or(0).to_string()),
            ("members", &members.join("\n\n")),
        ];
        return fill(UNION, &values);
    }
    let members: Vec<String> = found.members.iter().map(member).collect();
    let fits: Vec<String> = found.members.iter().map(fit).collect();
    let fits = fits.concat();
    let allow = if fits.is_empty() {
        "#[allow(unused_mut)]"
    } else {
        ""
    };
    let values = [
        ("ident", found.rust.ident()),
        ("members", &members.join("\n")),
        ("allow", allow),
        ("fits", &fits),
    ];
    fill(TYPE, &values)
}

/// Within the module `types`.
fn type_here(shape: &Shape) -> String {
    value_type(shape).replace("types::", "")
}

fn member(member: &StructMember) -> String {
    let text = format!("`{}`: {}.", member.verilog, shape_text(&member.shape));
    let (doc, name) = (doc(&text.replace("types::", "")), member.rust.ident());
    format!("{doc}\npub {name}: {},", type_here(&member.shape))
}

const FIT_ALL: &str = "for element in $whole$.iter_mut()$flatten$ {
    $fit$
}
";

const FIT_BITS: &str = "let value = $place$;
$check$
$place$ = value & $mask$;
";

/// The statements that cut a member.
fn fit(member: &StructMember) -> String {
    fit_place(member, &format!("self.{}", member.rust.ident()))
}

/// Those that cut what lies in a place.
fn fit_place(member: &StructMember, whole: &str) -> String {
    let (lengths, element) = member.shape.dimensions();
    let place = if lengths.is_empty() {
        whole.to_owned()
    } else {
        "*element".to_owned()
    };
    let fit = if let Some(mask) = element.integer().and_then(mask) {
        let message = too_wide(element.width(), &format!("`{}`", member.verilog));
        let check = assertion(&format!("value <= {mask}"), &message);
        let values = [("place", &*place), ("check", &check), ("mask", &mask)];
        fill(FIT_BITS, &values)
    } else if let Shape::Struct(_) = element {
        format!("{place} = {}.fitted();\n", place.trim_start_matches('*'))
    } else {
        return String::new();
    };
    if lengths.is_empty() {
        return fit;
    }
    let flatten = ".flatten()".repeat(lengths.len() - 1);
    fill(
        FIT_ALL,
        &[("whole", whole), ("flatten", &flatten), ("fit", &fit)],
    )
}

const GET: &str = "    $doc$
    #[inline]
    #[must_use]
    pub fn $ident$(&self) -> &$type$ {
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes; both structures have the same
        // members.
        unsafe { &*self.ports.$ident$ }
    }
";

const SET: &str = "    $doc$
    #[inline]
    pub fn set_$name$(&mut self, value: &$type$) {
        // SAFETY: as for the getter.
        unsafe { self.ports.$ident$.write(value.fitted()) }
    }
";

/// All of a port's.
pub fn accessors(port: &Port, text: &str) -> Vec<String> {
    let values = [
        ("doc", &*doc(text)),
        ("ident", port.rust.ident()),
        ("name", port.rust.as_str()),
        ("type", &value_type(&port.shape)),
    ];
    let mut methods = vec![fill(GET, &values)];
    if port.direction != Some(Direction::Out) {
        methods.push(fill(SET, &values));
    }
    methods
}
