//! Where clauses of the impls.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::visit::Visit;
use syn::{GenericParam, Ident, Type};

use crate::ast::{Field, Impl, Input, SavedField, Stored};
use crate::attr::Filler;
use crate::errors::at;
use crate::types;

/// Predicates of `impl Savable`.
///
/// Each field's type is bounded as it stands, generic or not: a type that is not savable is then reported
/// once, at its field, and not again by every call of the bodies.
pub fn savable(input: &Input<'_>) -> Vec<TokenStream> {
    if let Some(bound) = &input.attrs.bound {
        return bound
            .value
            .iter()
            .map(|predicate| quote!(#predicate))
            .collect();
    }
    let mut predicates = Vec::new();
    for field in input.fields() {
        let saved = field.saved();
        if input.is_enum() {
            // Switching variants makes new values.
            predicates.extend(construct_field(input, field, false));
        } else if let Some(saved) = saved {
            if field.recursive {
                predicates.extend(
                    params_in(input, field.ty).map(|param| quote!(#param: __savable::Construct)),
                );
            } else {
                predicates.extend(savable_field(saved));
            }
        }
        if saved.is_some_and(|saved| saved.is_retired()) {
            predicates.extend(construct_field(input, field, false));
        }
    }
    predicates
}

fn savable_field(field: SavedField<'_>) -> Option<TokenStream> {
    match field.stored {
        Stored::By(by) => savable_by(*by, field.ty),
        Stored::With(_) => None,
    }
}

fn savable_by(by: Impl, ty: &Type) -> Option<TokenStream> {
    let bound = match by {
        // Numbers, text and what holds them need no proof, which spares the compiler most of the work: under
        // a where clause it evaluates each constant anew.
        Impl::Savable if types::is_plain_or_holds_plain(ty) => return None,
        Impl::Savable => quote_spanned!(at(ty)=> __savable::Savable),
        Impl::Serde => quote_spanned!(at(ty)=> __savable::SerdeValue),
        Impl::Pod => quote_spanned!(at(ty)=> __savable::PodValue),
        Impl::PodSlice => quote_spanned!(at(ty)=> __savable::PodSlice),
        Impl::Reopen => quote_spanned!(at(ty)=> __savable::Reopen),
    };
    Some(quote_spanned!(at(ty)=> #ty: #bound))
}

/// Predicates of `impl Construct`.
pub fn construct(input: &Input<'_>) -> Vec<TokenStream> {
    let mut predicates = savable(input);
    if input.attrs.bound.is_none() && !input.is_enum() {
        for field in input.fields() {
            predicates.extend(construct_field(input, field, true));
        }
    }
    predicates
}

/// What making a new value of a field needs. `conditional`: where it does not hold, the impl does not
/// apply, instead of being an error; binding a lifetime that is not used keeps the compiler from
/// deciding it on the spot.
fn construct_field(input: &Input<'_>, field: &Field<'_>, conditional: bool) -> Vec<TokenStream> {
    let ty = field.ty;
    let binder = if conditional {
        quote!(for<'__construct>)
    } else {
        quote!()
    };
    if field.recursive && field.stored.is_some() {
        return params_in(input, ty)
            .map(|param| quote!(#binder #param: __savable::Construct))
            .collect();
    }
    let default = matches!(field.filler(), Filler::Trait)
        .then(|| quote_spanned!(at(ty)=> #binder #ty: __savable::Default));
    let mut predicates = Vec::new();
    match &field.stored {
        Some(Stored::By(Impl::Savable)) if types::is_plain(ty) => {}
        Some(Stored::By(Impl::Savable)) => {
            predicates.push(quote_spanned!(at(ty)=> #binder #ty: __savable::Construct));
        }
        Some(Stored::By(by)) => predicates.extend(savable_by(*by, ty)),
        Some(Stored::With(_)) | None => predicates.extend(default.clone()),
    }
    if field.attrs.until.is_some() {
        predicates.extend(default);
    }
    predicates
}

/// The type's parameters that occur in `ty`.
fn params_in<'a>(input: &'a Input<'_>, ty: &Type) -> impl Iterator<Item = &'a Ident> {
    struct Names(Vec<Ident>);
    impl<'a> Visit<'a> for Names {
        fn visit_ident(&mut self, ident: &'a Ident) {
            self.0.push(ident.clone());
        }
    }
    let mut names = Names(Vec::new());
    names.visit_type(ty);
    input
        .generics
        .params
        .iter()
        .filter_map(move |param| match param {
            GenericParam::Type(param) if names.0.contains(&param.ident) => Some(&param.ident),
            _ => None,
        })
}
