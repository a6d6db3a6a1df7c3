//! Statements for all fields of a struct or a variant: one for each field, or one for a run of numbers.

use proc_macro2::TokenStream;
use quote::quote;

use crate::ast::Field;
use crate::runs::{self, Part, Piece, parts, pieces};
use crate::value;

/// Saves fields; `place` gives where a field's value is.
pub fn save(fields: &[Field<'_>], place: impl Fn(&Field<'_>) -> TokenStream) -> TokenStream {
    let refer = |field: &Field<'_>| {
        let place = place(field);
        quote!(&#place)
    };
    let parts = parts(fields);
    let saves = parts.iter().map(|part| match part {
        Part::Certain(Piece::Field(field)) => value::save_or_leave(*field, &refer(field)),
        Part::Certain(Piece::Run(run)) => runs::save(run, refer),
        Part::Mixed(fields) => runs::save_mixed(fields, refer),
    });
    quote!(#(#saves)*)
}

/// Restores fields; `place` gives where a field's value is.
pub fn restore(fields: &[Field<'_>], place: impl Fn(&Field<'_>) -> TokenStream) -> TokenStream {
    let parts = parts(fields);
    let restores = parts.iter().map(|part| match part {
        Part::Certain(Piece::Field(field)) => {
            let place = place(field);
            value::restore(*field, &quote!(&mut #place))
        }
        Part::Certain(Piece::Run(run)) => runs::restore(run, &place),
        Part::Mixed(fields) => runs::restore_mixed(fields, &place),
    });
    quote!(#(#restores)*)
}

pub fn check(fields: &[Field<'_>]) -> TokenStream {
    let pieces = pieces(fields);
    let checks = pieces.iter().map(|piece| match piece {
        Piece::Field(field) => value::check(*field),
        Piece::Run(run) => runs::check(run),
    });
    quote!(#(#checks)*)
}

/// Statements that read fields into local variables, and the members made of them.
pub fn construct(fields: &[Field<'_>]) -> (TokenStream, TokenStream) {
    let pieces = pieces(fields);
    let reads = pieces.iter().map(|piece| match piece {
        Piece::Field(field) => value::construct(*field),
        Piece::Run(run) => runs::construct(run),
    });
    let members = fields.iter().map(|field| {
        let member = &field.member;
        let value = match field.stored {
            Some(_) => {
                let local = value::local(field);
                quote!(#local)
            }
            None => value::filler(field),
        };
        quote!(#member: #value)
    });
    (quote!(#(#reads)*), quote!(#(#members),*))
}
