//! Accessors that need to know how a port is declared: signed values, fields of packed structures.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

use crate::describe::declared::Field;
use crate::describe::{Port, Shape, storage_bits, words};
use crate::names::ident;
use crate::parse::cxx::Direction;

/// All of a port's.
pub fn accessors(port: &Port) -> TokenStream {
    let Some(declared) = &port.declared else {
        return quote!();
    };
    let signed = port.signed_name.as_ref().map(|name| signed(port, name));
    let fields = declared
        .fields
        .iter()
        .zip(&port.field_names)
        .map(|(at, name)| field(port, at, name));
    quote!(#signed #(#fields)*)
}

fn set_name(name: &str) -> Ident {
    format_ident!("set_{name}")
}

fn integer(letter: char, width: u32) -> Ident {
    format_ident!("{letter}{}", storage_bits(width))
}

/// Extends the sign of the variable `bits`, whose low `width` bits count.
fn extended(width: u32) -> TokenStream {
    let to = integer('i', width);
    let spare = storage_bits(width) - width;
    if spare == 0 {
        quote!(bits as #to)
    } else {
        let spare = Literal::u32_unsuffixed(spare);
        quote!(((bits << #spare) as #to) >> #spare)
    }
}

/// Refuses a signed value that does not fit, in debug builds.
fn signed_check(width: u32, what: &str) -> TokenStream {
    let spare = storage_bits(width) - width;
    if spare == 0 {
        return quote!();
    }
    let spare = Literal::u32_unsuffixed(spare);
    let message = format!("{{value}} does not fit into the {width} signed bits of {what}");
    quote!(debug_assert!(value << #spare >> #spare == value, #message);)
}

/// `& mask`, where the integer has more bits.
fn mask(width: u32) -> TokenStream {
    if width == storage_bits(width) {
        return quote!();
    }
    let mask = Literal::u64_unsuffixed(u64::MAX >> (64 - width));
    quote!(& #mask)
}

const TOO_WIDE: &str = "\n\n A value too wide is refused by a panic in debug builds and cut in \
                        release builds.";

/// A signed port as a signed integer.
fn signed(port: &Port, name: &str) -> TokenStream {
    let width = port.shape.width();
    let (to, of) = (integer('i', width), integer('u', width));
    let (get, plain) = (ident(name), ident(&port.rust));
    let value = extended(width);
    let doc = format!(" As [`Model::{}`], signed.", port.rust);
    let setter = (port.direction != Some(Direction::Out)).then(|| {
        let (set, plain) = (set_name(name), set_name(&port.rust));
        let doc = format!(" As [`Model::set_{}`], signed.{TOO_WIDE}", port.rust);
        let check = signed_check(width, &format!("`{}`", port.verilog));
        let mask = mask(width);
        quote! {
            #[doc = #doc]
            #[inline]
            pub fn #set(&mut self, value: #to) {
                #check
                self.#plain(value as #of #mask);
            }
        }
    });
    quote! {
        #[doc = #doc]
        #[inline]
        #[must_use]
        pub fn #get(&self) -> #to {
            let bits = self.#plain();
            #value
        }
        #setter
    }
}

/// A field of a packed structure.
fn field(port: &Port, field: &Field, name: &str) -> TokenStream {
    let what = format!("field `{}` of `{}`", field.path, port.verilog);
    let high = field.low + field.width - 1;
    let doc = format!(
        " The {what}: bits `[{high}:{}]`{}.",
        field.low,
        if field.signed { ", signed" } else { "" }
    );
    if field.width > 64 {
        return wide_field(port, field, name, &doc);
    }
    let get = ident(name);
    let bits = field_bits(port, field);
    let (ty, value) = if field.signed {
        let value = extended(field.width);
        (integer('i', field.width), quote!(let bits = #bits; #value))
    } else {
        (integer('u', field.width), bits)
    };
    let setter = (port.direction != Some(Direction::Out)).then(|| {
        let set = set_name(name);
        let doc = format!("{doc}{TOO_WIDE}");
        let check = if field.signed {
            signed_check(field.width, &what)
        } else if field.width < storage_bits(field.width) {
            let most = Literal::u64_unsuffixed(u64::MAX >> (64 - field.width));
            let message = format!(
                "{{value:#x}} does not fit into the {} bits of {what}",
                field.width
            );
            quote!(debug_assert!(value <= #most, #message);)
        } else {
            quote!()
        };
        let put = set_field_bits(port, field);
        quote! {
            #[doc = #doc]
            #[inline]
            pub fn #set(&mut self, value: #ty) {
                #check
                #put
            }
        }
    });
    quote! {
        #[doc = #doc]
        #[inline]
        #[must_use]
        pub fn #get(&self) -> #ty {
            #value
        }
        #setter
    }
}

/// The bits of a field, unsigned, in the narrowest integer.
fn field_bits(port: &Port, field: &Field) -> TokenStream {
    let plain = ident(&port.rust);
    let (low, of) = (
        Literal::u32_unsuffixed(field.low),
        integer('u', field.width),
    );
    let storage = storage_bits(field.width);
    if matches!(port.shape, Shape::Wide { .. }) {
        let width = Literal::u32_unsuffixed(field.width);
        let bits = quote!(self.#plain().bits(#low, #width));
        return if storage == 64 {
            bits
        } else {
            quote!(#bits as #of)
        };
    }
    let mask = mask(field.width);
    match (field.low, storage == storage_bits(port.shape.width())) {
        (0, true) => quote!(self.#plain() #mask),
        (0, false) => quote!(self.#plain() as #of #mask),
        (_, true) => quote!(self.#plain() >> #low #mask),
        (_, false) => quote!((self.#plain() >> #low) as #of #mask),
    }
}

/// Puts the low bits of `value` in the field's place.
fn set_field_bits(port: &Port, field: &Field) -> TokenStream {
    let (plain, set) = (ident(&port.rust), set_name(&port.rust));
    let (low, of) = (
        Literal::u32_unsuffixed(field.low),
        integer('u', field.width),
    );
    let mask = mask(field.width);
    let value = if field.signed {
        quote!(value as #of #mask)
    } else {
        quote!(value #mask)
    };
    let storage = storage_bits(field.width);
    if matches!(port.shape, Shape::Wide { .. }) {
        let width = Literal::u32_unsuffixed(field.width);
        let value = if storage == 64 {
            value
        } else {
            quote!(u64::from(#value))
        };
        return quote! {
            let mut all = *self.#plain();
            all.set_bits(#low, #width, #value);
            self.#set(all);
        };
    }
    let whole = storage_bits(port.shape.width());
    let value = if storage == whole {
        value
    } else {
        let to = integer('u', port.shape.width());
        quote!(#to::from(#value))
    };
    let shift = (field.low > 0).then(|| quote!(<< #low));
    let others = !((u64::MAX >> (64 - field.width)) << field.low) & (u64::MAX >> (64 - whole));
    let others = Literal::u64_unsuffixed(others);
    quote! {
        let field = #value;
        self.#set(self.#plain() & #others | field #shift);
    }
}

/// A field that is wider than any integer; such a structure is wide too.
fn wide_field(port: &Port, field: &Field, name: &str, doc: &str) -> TokenStream {
    let (get, plain) = (ident(name), ident(&port.rust));
    let bits = Literal::u32_unsuffixed(field.width);
    let count = Literal::u32_unsuffixed(words(field.width));
    let low = Literal::u32_unsuffixed(field.low);
    let setter = (port.direction != Some(Direction::Out)).then(|| {
        let (set, set_plain) = (set_name(name), set_name(&port.rust));
        quote! {
            #[doc = #doc]
            pub fn #set(&mut self, value: rt::Wide<#bits, #count>) {
                let mut all = *self.#plain();
                all.set_field(#low, &value);
                self.#set_plain(all);
            }
        }
    });
    quote! {
        #[doc = #doc]
        #[must_use]
        pub fn #get(&self) -> rt::Wide<#bits, #count> {
            self.#plain().field(#low)
        }
        #setter
    }
}
