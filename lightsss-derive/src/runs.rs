//! Runs of numbers: neighbouring fields that are checked and copied as one.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{Ident, Type};

use crate::ast::{Field, Way};
use crate::errors::at;
use crate::refuse;

/// A field by itself, or several numbers side by side.
pub enum Piece<'a> {
    Field(&'a Field<'a>),
    Run(Vec<&'a Field<'a>>),
}

/// Groups the saved fields, in the order of the stream.
pub fn pieces<'a>(fields: &'a [Field<'a>]) -> Vec<Piece<'a>> {
    let mut pieces = Vec::new();
    let saved: Vec<_> = fields.iter().filter(|field| field.is_saved()).collect();
    for group in saved.chunk_by(|a, b| is_number(a) && is_number(b)) {
        match group {
            [field] => pieces.push(Piece::Field(field)),
            run => pieces.push(Piece::Run(run.to_vec())),
        }
    }
    pieces
}

/// By its type's name, as it stands in the source: an alias takes the common way, which writes the same.
fn is_number(field: &Field<'_>) -> bool {
    matches!(field.way(), Way::Plain)
        && field.attrs.until.is_none()
        && matches!(refuse::peel(field.ty), Type::Path(_))
        && refuse::is_plain(field.ty)
        && field.type_text() != "String"
}

/// The local variable of a field.
pub fn local(field: &Field<'_>) -> Ident {
    format_ident!("__field_{}", field.index)
}

/// Bytes of a run.
fn len(run: &[&Field<'_>]) -> TokenStream {
    let types = run.iter().map(|field| field.ty);
    quote!(#(<#types as __savable::Savable>::SIZE.min())+*)
}

/// Saves a run; `value` gives a reference to a field's value.
pub fn save(run: &[&Field<'_>], value: impl Fn(&Field<'_>) -> TokenStream) -> TokenStream {
    let len = len(run);
    let puts = run.iter().map(|field| {
        let value = value(field);
        quote_spanned!(at(field.ty)=> let __rest = __savable::put(#value, __rest);)
    });
    quote! {
        let mut __run = [0_u8; #len];
        let __rest = &mut __run[..];
        #(#puts)*
        __out.bytes(&__run)?;
    }
}

/// Restores a run; `value` gives the place of a field's value.
pub fn restore(run: &[&Field<'_>], value: impl Fn(&Field<'_>) -> TokenStream) -> TokenStream {
    let read = read(run);
    let takes = run.iter().map(|field| {
        let value = value(field);
        quote_spanned!(at(field.ty)=> #value = __run.take()?;)
    });
    quote!(#read #(#takes)*)
}

/// Goes past a run and verifies it.
pub fn check(run: &[&Field<'_>]) -> TokenStream {
    let read = read(run);
    let takes = run.iter().map(|field| {
        let ty = field.ty;
        quote_spanned!(at(ty)=> __run.take::<#ty>()?;)
    });
    quote!(#read #(#takes)*)
}

/// Reads a run into the fields' local variables.
pub fn construct(run: &[&Field<'_>]) -> TokenStream {
    let read = read(run);
    let takes = run.iter().map(|field| {
        let (local, ty) = (local(field), field.ty);
        quote_spanned!(at(ty)=> let #local = __run.take::<#ty>()?;)
    });
    quote!(#read #(#takes)*)
}

fn read(run: &[&Field<'_>]) -> TokenStream {
    let len = len(run).into_token_stream();
    quote!(let mut __run = __savable::Run::read(__input, #len)?;)
}
