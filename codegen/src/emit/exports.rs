//! DPI exports: functions of the design that the harness calls.

use std::fmt::Write as _;

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use super::{cpp, dpi, symbol_prefix};
use crate::describe::{Description, DpiArgument, DpiFunction, DpiType, words};
use crate::names::ident;
use crate::parse::cxx::Direction;

/// The exports' part of the shim.
pub fn shim(model: &Description) -> String {
    let mut out = String::new();
    for function in &model.exports {
        let prefix = symbol_prefix(model);
        let lend = if model.imports.is_empty() {
            ""
        } else {
            ", DpiLend* lendp"
        };
        let _ = write!(
            out,
            "extern \"C\" uint32_t {prefix}export_{}(Handle* handlep{lend}, const char* scope",
            function.name
        );
        for argument in &function.arguments {
            let _ = write!(out, ", {}", cpp::c_argument(argument));
        }
        if function.returns.is_some() {
            let _ = write!(out, ", {}* result", cpp::returns(function));
        }
        let arguments: Vec<_> = function
            .arguments
            .iter()
            .map(|argument| argument.name.as_str())
            .collect();
        let assign = if function.returns.is_some() {
            "*result = "
        } else {
            ""
        };
        let lending = if model.imports.is_empty() {
            ""
        } else {
            "    const Lending lending{lendp};\n"
        };
        let _ = write!(
            out,
            ") noexcept {{\n{lending}    return enter(handlep, [&] {{\n        \
             const std::string path = std::string{{handlep->modelp->name()}} + \".\" + scope;\n        \
             const svScope scopep = svGetScopeFromName(path.c_str());\n        \
             if (!scopep) {{\n            \
             const std::string message = \"the design has no scope \" + path;\n            \
             handlep->contextp->record(LIGHTSSS_RUNTIME, message.c_str(), \"\", 0, \"\");\n            \
             return;\n        }}\n        \
             const svScope earlier = svSetScope(scopep);\n        \
             {assign}{}::{}({});\n        svSetScope(earlier);\n    }});\n}}\n\n",
            model.class,
            function.name,
            arguments.join(", ")
        );
    }
    out
}

/// The exports' part of the declarations of the C interface.
pub fn declarations(model: &Description) -> Vec<(String, TokenStream)> {
    model
        .exports
        .iter()
        .map(|function| {
            let name = format_ident!("export_{}", function.rust);
            let lend = (!model.imports.is_empty()).then(|| quote!(lend: *mut super::DpiLend,));
            let parameters = function.arguments.iter().map(|argument| {
                let name = dpi::raw_name(argument);
                let ty = dpi::raw_parameter(argument);
                quote!(#name: #ty,)
            });
            let result = function.returns.as_ref().map(|ty| {
                let ty = dpi::raw(ty);
                quote!(result: *mut #ty,)
            });
            let signature = quote!(
                fn #name(
                    model: *mut RawModel, #lend scope: *const c_char, #(#parameters)* #result
                ) -> u32
            );
            (format!("export_{}", function.name), signature)
        })
        .collect()
}

/// The methods.
pub fn exports(model: &Description) -> TokenStream {
    if model.exports.is_empty() {
        return quote!();
    }
    let methods = model.exports.iter().map(|function| method(model, function));
    quote! {
        impl Model { #(#methods)* }
    }
}

fn method(model: &Description, function: &DpiFunction) -> TokenStream {
    let name = ident(&function.rust);
    let foreign = format_ident!("export_{}", function.rust);
    let mut doc = format!(
        " DPI export `{}`, at {}.\n\n # Errors\n A [`Halt`](rt::Halt), as from `eval`.",
        function.name, function.source
    );
    let (scope_parameter, scope) = if let [scope] = &function.scopes[..] {
        let scope = Literal::c_string(&std::ffi::CString::new(scope.as_str()).unwrap_or_default());
        (quote!(), quote!(#scope))
    } else {
        let scopes: Vec<_> = function
            .scopes
            .iter()
            .map(|scope| format!("`{scope}`"))
            .collect();
        let _ = write!(doc, "\n\n `scope` is one of {}.", scopes.join(", "));
        (quote!(scope: &::core::ffi::CStr,), quote!(scope))
    };
    let (dpi_parameter, lend, lend_argument, finish) = if model.imports.is_empty() {
        (
            quote!(),
            quote!(),
            quote!(),
            quote!(if status == rt::ffi::OK),
        )
    } else {
        let send = (model.abilities.threads > 1).then(|| quote!(+ ::core::marker::Send));
        (
            quote!(dpi: &mut (dyn Dpi #send + '_),),
            dpi::lend(model),
            quote!(&raw mut lend,),
            quote!(env.resume(); if status == rt::ffi::OK),
        )
    };
    let parameters = function.arguments.iter().map(|argument| {
        let name = ident(&argument.rust);
        let ty = dpi::parameter_type(argument);
        quote!(#name: #ty,)
    });
    let (mut before, mut passed, mut after) = (Vec::new(), Vec::new(), Vec::new());
    for argument in &function.arguments {
        let (prepare, pass, give_back) = crossing(argument);
        before.push(prepare);
        passed.push(pass);
        after.push(give_back);
    }
    let Returned {
        ty: returns,
        place: result,
        pass: pass_result,
        value,
    } = returned(function.returns.as_ref());
    quote! {
        #[doc = #doc]
        pub fn #name(
            &mut self, #dpi_parameter #scope_parameter #(#parameters)*
        ) -> ::core::result::Result<#returns, ::std::boxed::Box<rt::Halt>> {
            #lend
            #(#before)*
            #result
            /// SAFETY: the model is live, this is its thread, and what is pointed to outlives the
            /// call and has the sizes that the design declares.
            let status = unsafe {
                ffi::#foreign(
                    self.raw.as_ptr(), #lend_argument #scope.as_ptr(), #(#passed,)* #pass_result
                )
            };
            #(#after)*
            #finish {
                Ok(#value)
            } else {
                Err(self.halt())
            }
        }
    }
}

/// How a result comes back.
struct Returned {
    ty: TokenStream,
    place: TokenStream,
    pass: TokenStream,
    value: TokenStream,
}

fn returned(ty: Option<&DpiType>) -> Returned {
    match ty {
        None => Returned {
            ty: quote!(()),
            place: quote!(),
            pass: quote!(),
            value: quote!(()),
        },
        Some(ty) => {
            let rust = dpi::scalar(ty);
            let (initial, value) = match ty {
                DpiType::Text => (
                    quote!(c"".as_ptr()),
                    quote! {{
                        /// SAFETY: the design gave a C string, which lives until its next export.
                        unsafe { ::core::ffi::CStr::from_ptr(result) }.to_owned()
                    }},
                ),
                DpiType::Bit | DpiType::Logic => (quote!(0_u8), quote!(result & 1 == 1)),
                DpiType::Chandle => (quote!(rt::Chandle::default()), quote!(result)),
                _ => (
                    quote!(<#rust as ::core::default::Default>::default()),
                    quote!(result),
                ),
            };
            Returned {
                ty: rust,
                place: quote!(let mut result = #initial;),
                pass: quote!(&raw mut result),
                value,
            }
        }
    }
}

/// How an argument goes in, is passed, and comes out again.
fn crossing(argument: &DpiArgument) -> (TokenStream, TokenStream, TokenStream) {
    let name = ident(&argument.rust);
    let raw = dpi::raw_name(argument);
    let output = argument.direction != Direction::In;
    let ty = dpi::scalar(&argument.ty);
    let vector = |width: u32, logic: bool, count: u64, values: TokenStream| {
        let planes = if logic { 2 } else { 1 };
        let total = u64::from(words(width)) * planes * count;
        let total = Literal::u64_unsuffixed(total);
        let (bits, planes) = (
            Literal::u32_unsuffixed(width),
            Literal::u64_unsuffixed(planes),
        );
        let store = quote! {
            let mut #raw = [0_u32; #total];
            /// SAFETY: the array holds the vectors' words.
            unsafe { rt::store_vectors(#values, #raw.as_mut_ptr(), #bits, #planes) };
        };
        (store, bits, planes)
    };
    match &argument.ty {
        DpiType::Vector { width, logic } => {
            let values = if output || *width > 64 {
                quote!(&[*#name])
            } else {
                quote!(&[#name])
            };
            let (store, bits, planes) = vector(*width, *logic, 1, values);
            let back = output.then(|| {
                quote! {
                    /// SAFETY: the design has filled the words.
                    [*#name] = unsafe { rt::load_vectors::<#ty, 1>(#raw.as_ptr(), #bits, #planes) };
                }
            });
            let pass = if output {
                quote!(#raw.as_mut_ptr())
            } else {
                quote!(#raw.as_ptr())
            };
            (store, pass, quote!(#back))
        }
        DpiType::Text if output => (
            quote!(let mut #raw = #name.as_ptr();),
            quote!(&raw mut #raw),
            quote! {
                /// SAFETY: the design left a C string there.
                *#name = unsafe { ::core::ffi::CStr::from_ptr(#raw) }.to_owned();
            },
        ),
        DpiType::Text => (quote!(), quote!(#name.as_ptr()), quote!()),
        DpiType::Bit | DpiType::Logic if output => (
            quote!(let mut #raw = u8::from(*#name);),
            quote!(&raw mut #raw),
            quote!(*#name = #raw & 1 == 1;),
        ),
        DpiType::Bit | DpiType::Logic => (quote!(), quote!(u8::from(#name)), quote!()),
        DpiType::Array { lengths, element } => {
            let count: u64 = lengths.iter().map(|length| u64::from(*length)).product();
            let element_ty = dpi::scalar(element);
            let flat = Literal::u64_unsuffixed(count);
            if let DpiType::Vector { width, logic } = &**element {
                let values = quote!({
                    /// SAFETY: nested arrays lie in memory as the flat one does.
                    unsafe { &*::core::ptr::from_ref(&*#name).cast::<[#element_ty; #flat]>() }
                });
                let (store, bits, planes) = vector(*width, *logic, count, values);
                let back = output.then(|| {
                    quote! {
                        /// SAFETY: the design has filled the words, and nested arrays lie in memory
                        /// as the flat one does.
                        unsafe {
                            *::core::ptr::from_mut(#name).cast::<[#element_ty; #flat]>() =
                                rt::load_vectors(#raw.as_ptr(), #bits, #planes);
                        }
                    }
                });
                let pass = if output {
                    quote!(#raw.as_mut_ptr())
                } else {
                    quote!(#raw.as_ptr())
                };
                return (store, pass, quote!(#back));
            }
            let pass = if output {
                quote!(::core::ptr::from_mut(#name).cast())
            } else {
                quote!(::core::ptr::from_ref(#name).cast())
            };
            (quote!(), pass, quote!())
        }
        DpiType::OpenArray => (quote!(), quote!(::core::ptr::null_mut()), quote!()),
        _ if output => (quote!(), quote!(::core::ptr::from_mut(#name)), quote!()),
        _ => (quote!(), quote!(#name), quote!()),
    }
}
