//! Accessors of unpacked arrays.

use super::lines::{assertion, doc};
use super::types::value_type;
use super::widths::{mask, too_wide};
use crate::describe::{Port, Shape};
use crate::direction::Direction;
use crate::emit::template::fill;

const GET: &str = "    $doc$
    #[inline]
    #[must_use]
    pub fn $ident$(&self) -> &$type$ {
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes; a
        // `VlUnpacked` is its elements.
        unsafe { &*self.ports.$ident$ }
    }
";

const SET: &str = "    $doc$
    pub fn set_$name$(&mut self, values: &$type$) {
        $cut$
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes; a
        // `VlUnpacked` is its elements.
        unsafe { self.ports.$ident$.write(*values) }
    }
";

const CUT: &str = "let mut values = *values;
for element in values.iter_mut()$flatten$ {
    let value = *element;
    $check$
    *element = value & $mask$;
}
let values = &values;
";

const FIT: &str = "let mut values = *values;
for element in values.iter_mut()$flatten$ {
    *element = element.fitted();
}
let values = &values;
";

const SET_AT: &str = "    $doc$
    #[inline]
    pub fn set_$name$_at(&mut self, $indices$, value: $element$) {
        $check$
        // SAFETY: as for the whole array.
        unsafe { (&mut *self.ports.$ident$)$index$ = value$cut$ }
    }
";

/// All of a port's.
pub fn accessors(port: &Port, text: &str) -> Vec<String> {
    let (lengths, element) = port.shape.dimensions();
    let mask = element.integer().and_then(mask);
    let (mut check, mut cut_all, mut cut) = (String::new(), String::new(), String::new());
    if let Some(mask) = &mask {
        let message = too_wide(
            element.width(),
            &format!("an element of `{}`", port.verilog),
        );
        check = assertion(&format!("value <= {mask}"), &message);
        cut = format!(" & {mask}");
        let flatten = ".flatten()".repeat(lengths.len() - 1);
        let values = [("flatten", &*flatten), ("check", &check), ("mask", mask)];
        cut_all = fill(CUT, &values);
    }
    if let Shape::Struct(_) = element {
        let flatten = ".flatten()".repeat(lengths.len() - 1);
        cut_all = fill(FIT, &[("flatten", &*flatten)]);
        ".fitted()".clone_into(&mut cut);
    }
    let at_text = format!("{text} Sets one element.\n\n# Panics\nWith an index outside the array.");
    let at = 0..lengths.len();
    let indices: Vec<String> = at.clone().map(|at| format!("i{at}: usize")).collect();
    let name = port.rust.ident();
    let ty = value_type(&port.shape);
    let common = [("ident", name), ("name", port.rust.as_str()), ("type", &ty)];
    let with = |template: &str, more: &[(&str, &str)]| fill(template, &[&common, more].concat());
    let mut methods = vec![with(GET, &[("doc", &doc(text))])];
    if port.direction != Some(Direction::Out) {
        methods.push(with(SET, &[("doc", &doc(text)), ("cut", &cut_all)]));
        let values = [
            ("doc", &*doc(&at_text)),
            ("indices", &indices.join(", ")),
            ("element", &value_type(element)),
            ("check", &check),
            (
                "index",
                &at.map(|at| format!("[i{at}]")).collect::<Vec<_>>().concat(),
            ),
            ("cut", &cut),
        ];
        methods.push(with(SET_AT, &values));
    }
    methods
}
