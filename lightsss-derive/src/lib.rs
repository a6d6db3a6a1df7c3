//! `#[derive(Savable)]`: save and restore code for simulation harnesses.
//!
//! Stages, one file each: `attr` reads attributes, `ast` is the input as the later stages see it,
//! `valid` holds the rules that span several places, `schema` and `expand` write. Mistakes collect in
//! `errors` and are reported together, beside impls that keep the rest of the program quiet.

mod ast;
mod attr;
mod bounds;
mod errors;
mod expand;
mod fields;
#[cfg(test)]
mod golden;
mod refuse;
mod runs;
mod schema;
mod valid;

use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

/// Writes `Savable` (and `Construct`, where all fields have it) for a struct or an enum.
///
/// The attributes are explained, with an example each, in the documentation of
/// `lightsss_runtime::savable::attributes`.
#[proc_macro_derive(Savable, attributes(savable))]
pub fn derive_savable(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let input = syn::parse_macro_input!(input as DeriveInput);
    derive(&input).into()
}

fn derive(input: &DeriveInput) -> TokenStream {
    let mut errors = errors::Errors::default();
    let parsed = ast::Input::read(input, &mut errors);
    if let Some(parsed) = &parsed {
        valid::check(parsed, &mut errors);
    }
    match (errors.finish(), parsed) {
        (None, Some(parsed)) => expand::impls(&parsed),
        (None, None) => TokenStream::new(),
        (Some(messages), _) => {
            let stubs = expand::stubs(input);
            quote!(#messages #stubs)
        }
    }
}
