//! `#[derive(Savable)]`: save and restore code for simulation harnesses.
//!
//! Stages, each in a file: `attr` reads the attributes (`symbol` names them), `ast` is the input as the
//! later stages see it, `check` holds the rules that span several places, `expand` writes the impls.
//! Mistakes collect in `errors` and are reported together, beside `stubs` that keep the rest of the
//! program quiet.

mod ast;
mod attr;
mod bodies;
mod bound;
mod check;
mod dummy;
mod errors;
mod expand;
mod fields;
#[cfg(test)]
mod golden;
mod item;
mod refuse;
mod runs;
mod schema;
mod stubs;
mod suggest;
mod symbol;
mod types;
mod value;

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
    let attrs = attr::TypeAttrs::read(&input.attrs, &mut errors);
    let parsed = ast::Input::read(input, &attrs, &mut errors);
    if let Some(parsed) = &parsed {
        refuse::packed(input, &mut errors);
        check::check(parsed, &mut errors);
    }
    match (errors.finish(), parsed) {
        (None, Some(parsed)) => expand::impls(&parsed),
        (None, None) => TokenStream::new(),
        (Some(messages), _) => {
            let stubs = stubs::stubs(input, &attrs);
            quote!(#messages #stubs)
        }
    }
}
