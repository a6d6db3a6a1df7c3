//! Expansions name nothing by chance: no prelude, types with the prelude's names, macros around and inside.
#![no_implicit_prelude]
#![allow(dead_code, non_camel_case_types, clippy::enum_variant_names)]

use ::lightsss_runtime as toolkit;

mod no_prelude {
    #[derive(::lightsss_runtime::Savable)]
    #[savable(version = 2, validate = accept)]
    pub struct Named<'a, T, const N: usize>
    where
        T: ::core::clone::Clone,
    {
        a: [T; N],
        #[savable(since = 2, default)]
        b: ::std::vec::Vec<::std::string::String>,
        #[savable(as_serde)]
        c: ::std::net::Ipv4Addr,
        #[savable(until = 1)]
        d: u8,
        #[savable(upgrade = narrow)]
        e: u8,
        #[savable(with = by_hand, default = seven)]
        f: u8,
        #[savable(reopen)]
        g: ::core::option::Option<::std::fs::File>,
        #[savable(as_pod)]
        h: u64,
        #[savable(skip)]
        i: &'a str,
    }

    fn accept<T: ::core::clone::Clone, const N: usize>(
        _: &Named<'_, T, N>,
    ) -> ::core::result::Result<(), ::std::string::String> {
        ::core::result::Result::Ok(())
    }

    fn narrow(old: u16) -> u8 {
        old as u8
    }

    fn seven() -> u8 {
        7
    }

    mod by_hand {
        use ::lightsss_runtime::savable::{Reader, RestoreError, SaveError, Writer};

        pub fn save(value: &u8, out: &mut Writer<'_>) -> ::core::result::Result<(), SaveError> {
            out.byte(*value)
        }

        pub fn restore(
            value: &mut u8,
            input: &mut Reader<'_>,
        ) -> ::core::result::Result<(), RestoreError> {
            *value = input.byte()?;
            ::core::result::Result::Ok(())
        }
    }

    #[derive(::lightsss_runtime::Savable)]
    #[savable(version = 2)]
    pub enum Choice<T> {
        Unit,
        Tuple(T, u8),
        Named {
            x: T,
            #[savable(skip)]
            y: u8,
        },
        #[savable(until = 1, upgrade = ::core::convert::identity)]
        Old,
        Recursive(::std::boxed::Box<Choice<T>>),
    }
}

mod renamed {
    #[derive(super::toolkit::Savable)]
    #[savable(crate = super::toolkit)]
    pub struct Harness {
        cycle: u64,
        uart: ::std::vec::Vec<u8>,
    }
}

/// Types, variants, fields and parameters with the names that an expansion uses.
mod shadowed {
    use ::lightsss_runtime::Savable;

    #[derive(Savable)]
    pub struct Option(u8);
    #[derive(Savable)]
    pub struct Result(Option);
    #[derive(Savable)]
    pub struct Some;
    #[derive(Savable)]
    pub struct Default {
        r#type: u8,
        r#fn: u8,
        out: u8,
        input: u8,
        value: Vec,
    }
    #[derive(Savable)]
    pub struct Vec(::std::vec::Vec<Ok>);
    #[derive(Savable)]
    pub enum Ok {
        Err,
        Ok,
        None(Some),
        Some { self_: u8 },
    }
    #[derive(Savable)]
    pub struct String<Reader, Writer, const SIZE: usize>(Reader, [Writer; SIZE]);
    #[derive(Savable)]
    pub struct Box<T>(::std::boxed::Box<T>);
    #[derive(Savable)]
    pub struct u8_(u8);
    #[derive(Savable)]
    pub struct Schema {
        schema: Size,
    }
    #[derive(Savable)]
    pub struct Size {
        size: Field,
    }
    #[derive(Savable)]
    pub struct Field {
        save: Construct,
    }
    #[derive(Savable)]
    pub struct Construct {
        check: u8,
    }
    #[derive(Savable)]
    pub struct Self_(u8);
}

mod in_macros {
    macro_rules! harness {
        ($name:ident, $field:ident: $ty:ty, $($variant:ident($payload:ty)),*) => {
            #[derive(::lightsss_runtime::Savable)]
            pub struct $name<T> {
                $field: $ty,
                out: T,
                inner: ::std::vec::Vec<$ty>,
                input: ::core::option::Option<::std::boxed::Box<$name<T>>>,
            }

            pub mod variants {
                #[derive(::lightsss_runtime::Savable)]
                pub enum Variants {
                    $($variant($payload),)*
                    Own { out: u8, #[savable(default = ::core::default::Default::default)] x: $($payload)? },
                }
            }
        };
    }
    harness!(FromMacro, cycle: (u8, [u16; 2]), Word(u32));

    macro_rules! with_attributes {
        ($module:path, $version:literal, $name:literal, $fill:path) => {
            #[derive(::lightsss_runtime::Savable)]
            #[savable(version = $version, rename = $name)]
            pub struct Attributes {
                #[savable(with = $module)]
                a: u8,
                #[savable(since = $version, default = $fill)]
                b: u8,
            }
        };
    }
    with_attributes!(
        super::by_hand,
        3,
        "Other",
        ::core::default::Default::default
    );

    #[::core::prelude::v1::test]
    fn attributes_from_macros_are_read() {
        use ::lightsss_runtime::Savable;
        ::core::assert_eq!(Attributes::SCHEMA.name(), "Other");
    }
}

mod by_hand {
    use ::lightsss_runtime::savable::{Reader, RestoreError, SaveError, Writer};

    pub fn save(value: &u8, out: &mut Writer<'_>) -> ::core::result::Result<(), SaveError> {
        out.byte(*value)
    }

    pub fn restore(
        value: &mut u8,
        input: &mut Reader<'_>,
    ) -> ::core::result::Result<(), RestoreError> {
        *value = input.byte()?;
        ::core::result::Result::Ok(())
    }
}

/// Two derives side by side, and one inside a function, do not disturb each other.
#[::core::prelude::v1::test]
fn local_types() {
    #[derive(::lightsss_runtime::Savable)]
    struct Local(u8, renamed::Harness);
    fn is_savable<T: ::lightsss_runtime::Savable>() {}
    is_savable::<Local>();
    is_savable::<in_macros::FromMacro<u8>>();
    is_savable::<in_macros::variants::Variants>();
    is_savable::<shadowed::Default>();
    is_savable::<shadowed::String<u8, u16, 3>>();
    is_savable::<no_prelude::Named<'static, u8, 2>>();
    is_savable::<no_prelude::Choice<u8>>();
}
