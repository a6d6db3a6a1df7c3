//! Bindings of no model, for a build of documentation on a machine without Verilator.

use crate::emit::template::fill;

const ABSENT: &str = r#"// Bindings of no model. Written by lightsss-codegen, since `DOCS_RS` is set.

/// The model's name.
pub const NAME: &str = "$name$";

/// The model `$name$`. This documentation was built without Verilator, so that its ports and methods are not known
/// here: `cargo doc` on a machine with Verilator shows them.
#[derive(Debug)]
pub enum Model {}

/// The functions that the design calls through the DPI; not known here.
pub trait Dpi {}

/// Parameters of the design that are public; not known here.
pub mod parameters {}

/// Unpacked structures of the design; not known here.
pub mod types {}

impl __lightsss::savable::Savable for Model {
    const SCHEMA: __lightsss::savable::Schema = __lightsss::savable::Schema::new(
        NAME,
        __lightsss::savable::Shape::Section(__lightsss::savable::SectionKind::Model),
    );

    fn save(
        &self,
        _: &mut __lightsss::savable::Writer<'_>,
    ) -> ::core::result::Result<(), __lightsss::savable::SaveError> {
        match *self {}
    }

    fn restore(
        &mut self,
        _: &mut __lightsss::savable::Reader<'_>,
    ) -> ::core::result::Result<(), __lightsss::savable::RestoreError> {
        match *self {}
    }

    fn check(
        _: &mut __lightsss::savable::Reader<'_>,
    ) -> ::core::result::Result<(), __lightsss::savable::RestoreError> {
        ::core::result::Result::Ok(())
    }
}
"#;

/// The bindings' text.
pub fn absent(name: &str) -> String {
    fill(ABSENT, &[("name", name)])
}
