//! The constant around what the derive writes: names in it do not reach the user's code.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

use crate::attr::TypeAttrs;

pub fn wrap(attrs: &TypeAttrs, impls: &TokenStream) -> TokenStream {
    let runtime = if let Some(given) = &attrs.runtime {
        given.value.to_token_stream()
    } else {
        quote!(::lightsss_runtime)
    };
    quote! {
        #[doc(hidden)]
        #[allow(
            clippy::all, clippy::pedantic, clippy::restriction,
            deprecated, private_bounds, trivial_bounds, unreachable_code, unused_qualifications, unused_variables,
            non_camel_case_types, non_snake_case, non_upper_case_globals,
        )]
        const _: () = {
            use #runtime::__private::savable as __savable;
            #impls
        };
    }
}
