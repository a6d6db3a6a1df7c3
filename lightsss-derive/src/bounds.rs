//! Where clauses of the impls.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::visit::Visit;
use syn::{GenericParam, Ident, Type};

use crate::ast::{Field, Input, Way};
use crate::attr::Filler;
use crate::errors::at;
use crate::refuse;

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
        if input.is_enum() {
            // Switching variants makes new values.
            predicates.extend(construct_field(input, field, false));
        } else if !field.is_saved() {
            continue;
        } else if field.recursive {
            predicates.extend(
                params_in(input, field.ty).map(|param| quote!(#param: __savable::Construct)),
            );
        } else {
            predicates.extend(savable_field(field));
        }
        if field.attrs.until.is_some() && field.is_saved() {
            predicates.extend(construct_field(input, field, false));
        }
    }
    predicates
}

fn savable_field(field: &Field<'_>) -> Option<TokenStream> {
    let ty = field.ty;
    match field.way() {
        // Numbers, text and what holds them need no proof, which spares the compiler most of the work: under
        // a where clause it evaluates each constant anew.
        Way::Plain if refuse::is_plain_or_holds_plain(ty) => None,
        Way::Plain => Some(quote_spanned!(at(ty)=> #ty: __savable::Savable)),
        Way::Serde => Some(quote_spanned!(at(ty)=> #ty: __savable::SerdeValue)),
        Way::Pod => Some(quote_spanned!(at(ty)=> #ty: __savable::PodValue)),
        Way::PodSlice => Some(quote_spanned!(at(ty)=> #ty: __savable::PodSlice)),
        Way::Reopen => Some(quote_spanned!(at(ty)=> #ty: __savable::Reopen)),
        Way::With(_) | Way::Skip => None,
    }
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
    if field.recursive && field.is_saved() {
        return params_in(input, ty)
            .map(|param| quote!(#binder #param: __savable::Construct))
            .collect();
    }
    let needs_default = matches!(field.filler(), Filler::Trait);
    let mut predicates = Vec::new();
    match field.way() {
        Way::Plain if refuse::is_plain(ty) => {}
        Way::Plain => {
            predicates.push(quote_spanned!(at(ty)=> #binder #ty: __savable::Construct));
        }
        Way::Skip | Way::With(_) => {
            if needs_default {
                predicates.push(quote_spanned!(at(ty)=> #binder #ty: __savable::Default));
            }
        }
        Way::Serde | Way::Pod | Way::PodSlice | Way::Reopen => {
            predicates.extend(savable_field(field));
        }
    }
    if field.attrs.until.is_some() && needs_default {
        predicates.push(quote_spanned!(at(ty)=> #binder #ty: __savable::Default));
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
