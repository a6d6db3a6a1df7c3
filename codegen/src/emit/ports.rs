//! Accessors of ports.

use std::fmt::Write as _;

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use super::declared;
use crate::describe::{Description, Parameter, Port, Shape, storage_bits, words};
use crate::names::ident;
use crate::parse::cxx::Direction;

/// What a port's place holds.
pub fn place_type(shape: &Shape) -> TokenStream {
    match shape {
        Shape::Text | Shape::Event => quote!(::core::ffi::c_void),
        shape => value_type(shape),
    }
}

pub fn value_type(shape: &Shape) -> TokenStream {
    match shape {
        Shape::Integer { .. } => {
            let ty = format_ident!("u{}", storage_bits(shape.width()));
            quote!(#ty)
        }
        Shape::Wide { .. } => {
            let bits = Literal::u32_unsuffixed(shape.width());
            let count = Literal::u32_unsuffixed(words(shape.width()));
            quote!(rt::Wide<#bits, #count>)
        }
        Shape::Real => quote!(f64),
        Shape::Text => quote!(::std::string::String),
        Shape::Event => quote!(()),
        Shape::Array { length, element } => {
            let element = value_type(element);
            let length = Literal::u32_unsuffixed(*length);
            quote!([#element; #length])
        }
    }
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
pub fn ports(model: &Description) -> TokenStream {
    let accessors = model
        .places()
        .enumerate()
        .map(|(at, (port, internal))| accessors(at, port, internal.is_some()));
    let parameters = model.parameters.iter().map(parameter);
    let wide = model.parameters.iter().any(|one| has_wide(&one.shape));
    let import = wide.then(|| {
        quote!(
            use super::rt;
        )
    });
    let parameters = (!model.parameters.is_empty()).then(|| {
        quote! {
            /// Parameters of the design that are public.
            pub mod parameters {
                #import
                #(#parameters)*
            }
        }
    });
    quote! {
        #parameters
        impl Model { #(#accessors)* }
    }
}

/// A public parameter, as a constant.
fn parameter(parameter: &Parameter) -> TokenStream {
    let name = ident(&parameter.rust);
    let ty = value_type(&parameter.shape);
    let doc = format!(" `{}`: {}.", parameter.verilog, shape_doc(&parameter.shape));
    let first = parameter.words.first().copied().unwrap_or(0);
    let value = match &parameter.shape {
        Shape::Integer { .. } => {
            let value = Literal::u64_unsuffixed(first);
            quote!(#value)
        }
        Shape::Real => {
            let bits = Literal::u64_unsuffixed(first);
            quote!(f64::from_bits(#bits))
        }
        _ => {
            let words = parameter
                .words
                .iter()
                .map(|word| Literal::u64_unsuffixed(*word));
            quote!(rt::Wide::from_words([#(#words),*]))
        }
    };
    quote! {
        #[doc = #doc]
        pub const #name: #ty = #value;
    }
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
    let sign = match &port.declared {
        Some(declared) if declared.signed => ", signed",
        _ => "",
    };
    let source = port
        .declared
        .as_ref()
        .map(|declared| format!(" Declared at {}:{}.", declared.file, declared.line));
    format!(
        " {direction} `{}`: {}{sign}.{}",
        port.verilog,
        shape_doc(&port.shape),
        source.unwrap_or_default()
    )
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
            let mut lengths = String::new();
            let mut element = shape;
            while let Shape::Array {
                length,
                element: inner,
            } = element
            {
                let _ = write!(lengths, "[{length}]");
                element = inner;
            }
            format!("array `{lengths}` of {}", shape_doc(element))
        }
    }
}

/// A getter and a setter that copy the value.
fn plain_accessors(port: &Port, doc: &str, setter: &TokenStream) -> TokenStream {
    let get = ident(&port.rust);
    let ty = value_type(&port.shape);
    quote! {
        #[doc = #doc]
        #[inline]
        #[must_use]
        pub fn #get(&self) -> #ty {
            /// SAFETY: the place lives in the C++ object, which only `&mut self` changes.
            unsafe { self.ports.#get.read() }
        }
        #setter
    }
}

/// A setter that writes what `value` gives after `check`; nothing for an output.
fn setter(port: &Port, doc: &str, check: &TokenStream, value: &TokenStream) -> TokenStream {
    if port.direction == Some(Direction::Out) {
        return quote!();
    }
    let place = ident(&port.rust);
    let set = format_ident!("set_{}", port.rust);
    let ty = value_type(&port.shape);
    quote! {
        #[doc = #doc]
        #[inline]
        pub fn #set(&mut self, value: #ty) {
            #check
            /// SAFETY: the place lives in the C++ object, which only `&mut self` changes.
            unsafe { self.ports.#place.write(#value) }
        }
    }
}

fn accessors(at: usize, port: &Port, internal: bool) -> TokenStream {
    let doc = port_doc(port, internal);
    let declared = declared::accessors(port);
    let plain = plain_shape_accessors(at, port, &doc);
    quote!(#plain #declared)
}

fn plain_shape_accessors(at: usize, port: &Port, doc: &str) -> TokenStream {
    match &port.shape {
        Shape::Integer { .. } => integer_accessors(port, doc),
        Shape::Real => plain_accessors(port, doc, &setter(port, doc, &quote!(), &quote!(value))),
        Shape::Wide { .. } => wide_accessors(port, doc),
        Shape::Array { .. } => array_accessors(port, doc),
        Shape::Text => text_accessors(port, doc),
        Shape::Event => {
            let fire = format_ident!("fire_{}", port.rust);
            let at = Literal::usize_unsuffixed(at);
            quote! {
                #[doc = #doc]
                pub fn #fire(&mut self) {
                    /// SAFETY: the model is live, and the port is an event.
                    unsafe { ffi::fire(self.raw.as_ptr(), #at) }
                }
            }
        }
    }
}

fn integer_accessors(port: &Port, doc: &str) -> TokenStream {
    let width = port.shape.width();
    let setter = if width < storage_bits(width) {
        let mask = mask(width);
        let message = format!(
            "{{value:#x}} does not fit into the {width} bits of `{}`",
            port.verilog
        );
        let doc = format!(
            "{doc}\n\n A value too wide is refused by a panic in debug builds and cut in release \
             builds."
        );
        setter(
            port,
            &doc,
            &quote!(debug_assert!(value <= #mask, #message);),
            &quote!(value & #mask),
        )
    } else {
        setter(port, doc, &quote!(), &quote!(value))
    };
    plain_accessors(port, doc, &setter)
}

fn wide_accessors(port: &Port, doc: &str) -> TokenStream {
    let get = ident(&port.rust);
    let ty = value_type(&port.shape);
    let setter = setter(port, doc, &quote!(), &quote!(value));
    quote! {
        #[doc = #doc]
        #[inline]
        #[must_use]
        pub fn #get(&self) -> &#ty {
            /// SAFETY: the place lives in the C++ object, which only `&mut self` changes; a `VlWide`
            /// is its words.
            unsafe { &*self.ports.#get }
        }
        #setter
    }
}

fn text_accessors(port: &Port, doc: &str) -> TokenStream {
    let get = ident(&port.rust);
    let set = format_ident!("set_{}", port.rust);
    let setter = (port.direction != Some(Direction::Out)).then(|| {
        quote! {
        #[doc = #doc]
        pub fn #set(&mut self, value: &str) {
            /// SAFETY: the place is a `std::string` of the live C++ object, which copies.
            unsafe { ffi::set_text(self.ports.#get, value.as_ptr().cast(), value.len()) }
        }
        }
    });
    quote! {
        #[doc = #doc]
        #[must_use]
        pub fn #get(&self) -> ::std::string::String {
            let mut length = 0;
            /// SAFETY: the place is a `std::string` of the live C++ object.
            let text = unsafe { ffi::text(self.ports.#get, &raw mut length) };
            /// SAFETY: the string holds `length` bytes there until it is changed, which takes
            /// `&mut self`.
            let bytes = unsafe { ::core::slice::from_raw_parts(text.cast::<u8>(), length) };
            ::std::string::String::from_utf8_lossy(bytes).into_owned()
        }
        #setter
    }
}

fn mask(width: u32) -> Literal {
    let mask = u64::MAX >> (64 - width);
    format!("{mask:#x}")
        .parse()
        .unwrap_or_else(|_| Literal::u64_unsuffixed(mask))
}

fn array_accessors(port: &Port, doc: &str) -> TokenStream {
    let get = ident(&port.rust);
    let set = format_ident!("set_{}", port.rust);
    let set_at = format_ident!("set_{}_at", port.rust);
    let ty = value_type(&port.shape);
    let mut lengths = Vec::new();
    let mut element = &port.shape;
    while let Shape::Array {
        length,
        element: inner,
    } = element
    {
        lengths.push(*length);
        element = inner;
    }
    let element_ty = value_type(element);
    let indices: Vec<_> = (0..lengths.len())
        .map(|at| format_ident!("i{at}"))
        .collect();
    let width = element.width();
    let masked = matches!(element, Shape::Integer { .. }) && width < storage_bits(width);
    let (check, mask_all) = if masked {
        let mask = mask(width);
        let message = format!(
            "{{value:#x}} does not fit into the {width} bits of an element of `{}`",
            port.verilog
        );
        let mut all = quote! {
            let value = *element;
            debug_assert!(value <= #mask, #message);
            *element = value & #mask;
        };
        for at in (0..lengths.len()).rev() {
            let inner = if at == 0 {
                quote!(values.iter_mut())
            } else {
                quote!(element.iter_mut())
            };
            all = quote!(for element in #inner { #all });
        }
        (
            quote!(debug_assert!(value <= #mask, #message); let value = value & #mask;),
            quote!(let mut values = *values; #all let values = &values;),
        )
    } else {
        (quote!(), quote!())
    };
    let setters = (port.direction != Some(Direction::Out)).then(|| {
        let at_doc =
            format!("{doc} Sets one element.\n\n # Panics\n With an index outside the array.");
        quote! {
            #[doc = #doc]
            pub fn #set(&mut self, values: &#ty) {
                #mask_all
                /// SAFETY: the place lives in the C++ object, which only `&mut self` changes; a
                /// `VlUnpacked` is its elements.
                unsafe { self.ports.#get.write(*values) }
            }
            #[doc = #at_doc]
            #[inline]
            pub fn #set_at(&mut self, #(#indices: usize,)* value: #element_ty) {
                #check
                /// SAFETY: as for the whole array.
                unsafe { (&mut *self.ports.#get)#([#indices])* = value }
            }
        }
    });
    quote! {
        #[doc = #doc]
        #[inline]
        #[must_use]
        pub fn #get(&self) -> &#ty {
            /// SAFETY: the place lives in the C++ object, which only `&mut self` changes; a
            /// `VlUnpacked` is its elements.
            unsafe { &*self.ports.#get }
        }
        #setters
    }
}
