//! The DPI's Rust side: the trait that the harness implements, and the thunks that C++ calls.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

use crate::describe::{Description, DpiArgument, DpiFunction, DpiType, storage_bits, words};
use crate::names::ident;
use crate::parse::cxx::Direction;

/// The trait `Dpi` and what calls it.
pub fn rust(model: &Description) -> TokenStream {
    if model.imports.is_empty() {
        return quote!();
    }
    let methods = model.imports.iter().map(method);
    let fields = model.imports.iter().map(|function| {
        let name = ident(&function.rust);
        let signature = thunk_signature(function);
        // SAFETY: a type; who calls is the shim, with what `thunk` asks for.
        quote!(#name: unsafe extern "C" fn #signature,)
    });
    let entries = model.imports.iter().map(|function| {
        let name = ident(&function.rust);
        let thunk = format_ident!("import_{}", function.rust);
        quote!(#name: #thunk,)
    });
    let thunks = model.imports.iter().map(thunk);
    let doc = format!(
        "What the design of `{}` calls through the DPI. The harness implements it and lends it to \
         the model for the length of an `eval`.",
        model.name
    );
    quote! {
        #[doc = #doc]
        pub trait Dpi { #(#methods)* }

        /// Rust's side of the imports, in the order of the shim's `DpiTable`.
        #[repr(C)]
        struct DpiTable { #(#fields)* }

        static DPI_TABLE: DpiTable = DpiTable { #(#entries)* };

        /// What a call into the model lends, as the shim's `DpiLend` has it.
        #[repr(C)]
        pub struct DpiLend {
            table: *const DpiTable,
            env: *mut ::core::ffi::c_void,
        }

        #(#thunks)*
    }
}

/// The statements that lend `dpi` to C++ as `lend`.
pub(super) fn lend(model: &Description) -> TokenStream {
    let new = if model.abilities.threads > 1 {
        quote!(shared)
    } else {
        quote!(new)
    };
    quote! {
        let mut env = rt::DpiEnv::<dyn Dpi + '_>::#new(dpi);
        let mut lend = DpiLend { table: &DPI_TABLE, env: (&raw mut env).cast() };
    }
}

pub(super) fn scalar(ty: &DpiType) -> TokenStream {
    match ty {
        DpiType::Int { bits, signed } => {
            let name = format_ident!("{}{bits}", if *signed { "i" } else { "u" });
            quote!(#name)
        }
        DpiType::Real => quote!(f64),
        DpiType::Float => quote!(f32),
        DpiType::Text => quote!(::std::ffi::CString),
        DpiType::Chandle => quote!(rt::Chandle),
        DpiType::Bit | DpiType::Logic => quote!(bool),
        DpiType::Vector { width, .. } if *width <= 64 => {
            let name = format_ident!("u{}", storage_bits(*width));
            quote!(#name)
        }
        DpiType::Vector { width, .. } => {
            let bits = Literal::u32_unsuffixed(*width);
            let count = Literal::u32_unsuffixed(words(*width));
            quote!(rt::Wide<#bits, #count>)
        }
        DpiType::OpenArray => quote!(rt::OpenArray<'_>),
        DpiType::Array { lengths, element } => {
            let mut ty = scalar(element);
            for length in lengths.iter().rev() {
                let length = Literal::u32_unsuffixed(*length);
                ty = quote!([#ty; #length]);
            }
            ty
        }
    }
}

/// Whether it is passed by value as an input.
pub(super) fn by_value(ty: &DpiType) -> bool {
    match ty {
        DpiType::Vector { width, .. } => *width <= 64,
        DpiType::Array { .. } | DpiType::Text | DpiType::OpenArray => false,
        _ => true,
    }
}

pub(super) fn parameter_type(argument: &DpiArgument) -> TokenStream {
    let ty = scalar(&argument.ty);
    match (&argument.ty, argument.direction) {
        (DpiType::Text, Direction::In) => quote!(&::core::ffi::CStr),
        (ty_, Direction::In) if by_value(ty_) => ty,
        (DpiType::OpenArray, _) | (_, Direction::Out | Direction::InOut) => quote!(&mut #ty),
        (_, Direction::In) => quote!(&#ty),
    }
}

fn method(function: &DpiFunction) -> TokenStream {
    let name = ident(&function.rust);
    let parameters = function.arguments.iter().map(|argument| {
        let name = ident(&argument.rust);
        let ty = parameter_type(argument);
        quote!(#name: #ty)
    });
    let returns = function.returns.as_ref().map(|ty| {
        let ty = scalar(ty);
        quote!(-> #ty)
    });
    let context = if function.context { " (context)" } else { "" };
    let doc = format!(
        " DPI import `{}`{context}, at {}.",
        function.name, function.source
    );
    quote! {
        #[doc = #doc]
        fn #name(&mut self, #(#parameters),*) #returns;
    }
}

/// The C type of an argument or a result, behind `extern "C"`.
pub(super) fn raw(ty: &DpiType) -> TokenStream {
    match ty {
        DpiType::Text => quote!(*const ::core::ffi::c_char),
        DpiType::Bit | DpiType::Logic => quote!(u8),
        DpiType::Vector { .. } => quote!(u32),
        DpiType::OpenArray => quote!(*mut ::core::ffi::c_void),
        DpiType::Array { element, .. } => raw(element),
        ty => scalar(ty),
    }
}

pub(super) fn raw_parameter(argument: &DpiArgument) -> TokenStream {
    let ty = raw(&argument.ty);
    let pointed = matches!(argument.ty, DpiType::Vector { .. } | DpiType::Array { .. });
    match (argument.direction, &argument.ty) {
        (_, DpiType::OpenArray) => ty,
        (Direction::In, _) if pointed => quote!(*const #ty),
        (Direction::In, _) => ty,
        _ => quote!(*mut #ty),
    }
}

pub(super) fn raw_name(argument: &DpiArgument) -> Ident {
    format_ident!("raw_{}", argument.rust)
}

fn thunk_signature(function: &DpiFunction) -> TokenStream {
    let parameters = function.arguments.iter().map(|argument| {
        let name = raw_name(argument);
        let ty = raw_parameter(argument);
        quote!(#name: #ty,)
    });
    let result = function.returns.as_ref().map(|ty| {
        let ty = raw(ty);
        quote!(result: *mut #ty,)
    });
    quote!((env: *mut ::core::ffi::c_void, #(#parameters)* #result) -> bool)
}

fn thunk(function: &DpiFunction) -> TokenStream {
    let name = ident(&function.rust);
    let thunk = format_ident!("import_{}", function.rust);
    let signature = thunk_signature(function);
    let mut before = Vec::new();
    let mut passed = Vec::new();
    let mut after = Vec::new();
    for argument in &function.arguments {
        let (prepare, pass, give_back) = crossing(argument);
        before.push(prepare);
        passed.push(pass);
        after.push(give_back);
    }
    let called = quote!(dpi.#name(#(#passed),*));
    let call = match &function.returns {
        None => quote!(called = env.call(|dpi| #called);),
        Some(ty) => {
            let raw = result(ty);
            quote! {
                let mut returned = ::core::option::Option::None;
                called = env.call(|dpi| returned = ::core::option::Option::Some(#called));
                if let ::core::option::Option::Some(value) = returned {
                    /// SAFETY: the shim gives the place of the result.
                    unsafe { result.write(#raw) }
                }
            }
        }
    };
    quote! {
        /// SAFETY: only the shim calls it, with the `env` that it was lent and with arguments that
        /// Verilator's wrapper gave it.
        unsafe extern "C" fn #thunk #signature {
            /// SAFETY: `env` is what `eval` or `finish` of this module lent: a `DpiEnv` on its
            /// stack, borrowed by one import at a time.
            let env = unsafe { &mut *env.cast::<rt::DpiEnv<'_, dyn Dpi + '_>>() };
            #(#before)*
            let called;
            #call
            #(#after)*
            called
        }
    }
}

/// How a result goes into C.
fn result(ty: &DpiType) -> TokenStream {
    match ty {
        DpiType::Text => quote!(env.keep(value)),
        DpiType::Bit | DpiType::Logic => quote!(u8::from(value)),
        _ => quote!(value),
    }
}

/// How an argument comes in, is passed, and goes out again.
fn crossing(argument: &DpiArgument) -> (TokenStream, TokenStream, TokenStream) {
    let name = ident(&argument.rust);
    let raw = raw_name(argument);
    let output = argument.direction != Direction::In;
    let ty = scalar(&argument.ty);
    match &argument.ty {
        DpiType::OpenArray => (
            quote! {
                /// SAFETY: the wrapper made the handle for the length of this call.
                let mut #name = unsafe { rt::OpenArray::new(#raw) };
            },
            quote!(&mut #name),
            quote!(),
        ),
        DpiType::Text if output => (
            quote! {
                /// SAFETY: the place holds a C string, which lives until it is replaced below.
                let mut #name = unsafe { ::core::ffi::CStr::from_ptr(#raw.read()) }.to_owned();
            },
            quote!(&mut #name),
            quote! {
                /// SAFETY: the wrapper gives the place.
                unsafe { #raw.write(env.keep(#name)) }
            },
        ),
        DpiType::Text => (
            quote! {
                /// SAFETY: the wrapper hands over a C string that lives for the call.
                let #name = unsafe { ::core::ffi::CStr::from_ptr(#raw) };
            },
            quote!(#name),
            quote!(),
        ),
        DpiType::Bit | DpiType::Logic if output => (
            quote! {
                /// SAFETY: the wrapper gives the place, which is initialised.
                let mut #name = unsafe { #raw.read() } & 1 == 1;
            },
            quote!(&mut #name),
            quote! {
                /// SAFETY: as above.
                unsafe { #raw.write(u8::from(#name)) }
            },
        ),
        DpiType::Bit | DpiType::Logic => (quote!(), quote!(#raw & 1 == 1), quote!()),
        DpiType::Vector { width, logic } => {
            let planes = Literal::usize_unsuffixed(if *logic { 2 } else { 1 });
            let count = Literal::u32_unsuffixed(words(*width));
            let bits = Literal::u32_unsuffixed(*width);
            let give_back = output.then(|| {
                quote! {
                    /// SAFETY: the wrapper gives as many words as the width has.
                    unsafe { rt::store_vectors(&[#name], #raw, #bits, #planes) }
                }
            });
            let mutable = output.then(|| quote!(mut));
            let pass = match (output, *width <= 64) {
                (true, _) => quote!(&mut #name),
                (false, true) => quote!(#name),
                (false, false) => quote!(&#name),
            };
            let _ = count;
            (
                quote! {
                    /// SAFETY: the wrapper gives as many words as the width has, initialised.
                    let [#mutable #name] = unsafe { rt::load_vectors::<#ty, 1>(#raw, #bits, #planes) };
                },
                pass,
                quote!(#give_back),
            )
        }
        DpiType::Array { lengths, element } => array(argument, lengths, element),
        _ if output => (
            quote! {
                /// SAFETY: the wrapper gives the place, which is initialised and nobody else's.
                let #name = unsafe { &mut *#raw };
            },
            quote!(#name),
            quote!(),
        ),
        _ => (quote!(), quote!(#raw), quote!()),
    }
}

fn array(
    argument: &DpiArgument,
    lengths: &[u32],
    element: &DpiType,
) -> (TokenStream, TokenStream, TokenStream) {
    let name = ident(&argument.rust);
    let raw = raw_name(argument);
    let output = argument.direction != Direction::In;
    let ty = scalar(&argument.ty);
    let element_ty = scalar(element);
    let total = Literal::u64_unsuffixed(lengths.iter().map(|length| u64::from(*length)).product());
    match element {
        DpiType::Vector { width, logic } => {
            let bits = Literal::u32_unsuffixed(*width);
            let planes = Literal::usize_unsuffixed(if *logic { 2 } else { 1 });
            let flat = format_ident!("flat_{}", argument.rust);
            let give_back = output.then(|| {
                quote! {
                    /// SAFETY: the wrapper gives as many words as the elements have.
                    unsafe { rt::store_vectors(&#flat, #raw, #bits, #planes) }
                }
            });
            let (mutable, borrow) = nested(&name, &flat, &ty, output);
            (
                quote! {
                    /// SAFETY: the wrapper gives as many words as the elements have, initialised.
                    let #mutable #flat = unsafe {
                        rt::load_vectors::<#element_ty, #total>(#raw, #bits, #planes)
                    };
                    #borrow
                },
                quote!(#name),
                quote!(#give_back),
            )
        }
        DpiType::Bit | DpiType::Logic => {
            let flat = format_ident!("flat_{}", argument.rust);
            let give_back = output.then(|| {
                quote! {
                    for (at, value) in #flat.iter().enumerate() {
                        /// SAFETY: the wrapper gives as many elements.
                        unsafe { #raw.add(at).write(u8::from(*value)) }
                    }
                }
            });
            let (mutable, borrow) = nested(&name, &flat, &ty, output);
            (
                quote! {
                    let #mutable #flat: [bool; #total] = ::core::array::from_fn(|at| {
                        /// SAFETY: the wrapper gives as many elements, initialised.
                        unsafe { #raw.add(at).read() & 1 == 1 }
                    });
                    #borrow
                },
                quote!(#name),
                quote!(#give_back),
            )
        }
        _ => {
            let borrow = if output {
                quote! {
                    /// SAFETY: the wrapper gives as many elements, initialised and nobody else's.
                    let #name = unsafe { &mut *#raw.cast::<#ty>() };
                }
            } else {
                quote! {
                    /// SAFETY: the wrapper gives as many elements, initialised.
                    let #name = unsafe { &*#raw.cast::<#ty>() };
                }
            };
            (borrow, quote!(#name), quote!())
        }
    }
}

/// The statement that borrows a flat array as the nested one that it is, and the `mut` that the flat
/// one takes for that.
fn nested(
    name: &Ident,
    flat: &Ident,
    ty: &TokenStream,
    output: bool,
) -> (TokenStream, TokenStream) {
    if output {
        let borrow = quote! {
            /// SAFETY: nested arrays lie in memory as the flat one does.
            let #name = unsafe { &mut *(&raw mut #flat).cast::<#ty>() };
        };
        (quote!(mut), borrow)
    } else {
        let borrow = quote! {
            /// SAFETY: nested arrays lie in memory as the flat one does.
            let #name = unsafe { &*(&raw const #flat).cast::<#ty>() };
        };
        (quote!(), borrow)
    }
}
