//! Runs: neighbouring numbers, which are checked and copied as one.
//!
//! Numbers that are called by their own names are seen here. Whether a type of another name (an alias, a
//! newtype, a parameter) is made of numbers, the compiler finds out: `Savable::FLAT`.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::Type;

use crate::ast::{Body, Field, Input, SavedField, Variant, saved};
use crate::errors::at;
use crate::types;
use crate::value::local;

/// A field by itself, or several side by side.
pub enum Piece<'a> {
    Field(SavedField<'a>),
    /// Numbers.
    Run(Vec<SavedField<'a>>),
}

/// A piece, or fields that may be numbers: the compiler knows which ones are.
pub enum Part<'a> {
    Certain(Piece<'a>),
    Mixed(Vec<SavedField<'a>>),
}

/// Groups the saved fields, in the order of the stream, by the names of their types.
pub fn pieces<'a>(fields: &'a [Field<'a>]) -> Vec<Piece<'a>> {
    groups(fields, is_number).into_iter().map(piece).collect()
}

/// Groups them for a restore, where the compiler finds the runs that names do not show.
pub fn parts<'a>(fields: &'a [Field<'a>]) -> Vec<Part<'a>> {
    groups(fields, may_be_flat)
        .into_iter()
        .map(|group| {
            if group.len() == 1 || group.iter().all(|field| is_number(*field)) {
                Part::Certain(piece(group))
            } else {
                Part::Mixed(group)
            }
        })
        .collect()
}

fn piece(group: Vec<SavedField<'_>>) -> Piece<'_> {
    match group[..] {
        [field] => Piece::Field(field),
        _ => Piece::Run(group),
    }
}

/// The saved fields, neighbours that belong together in one group.
fn groups<'a>(
    fields: &'a [Field<'a>],
    belongs: impl Fn(SavedField<'_>) -> bool,
) -> Vec<Vec<SavedField<'a>>> {
    let saved: Vec<_> = saved(fields).collect();
    saved
        .chunk_by(|a, b| belongs(*a) && belongs(*b))
        .map(<[_]>::to_vec)
        .collect()
}

/// By its type's name, as it stands in the source.
fn is_number(field: SavedField<'_>) -> bool {
    may_be_flat(field) && types::is_plain(field.ty)
}

/// A name without arguments that is not `String`.
fn may_be_flat(field: SavedField<'_>) -> bool {
    let plain = field.stored.is_own() && !field.is_retired() && !field.recursive;
    let Type::Path(path) = types::peel(field.ty) else {
        return false;
    };
    let last = path.path.segments.last();
    plain && last.is_some_and(|last| last.arguments.is_none() && last.ident != "String")
}

/// Whether the type is made of numbers, as an expression; `None` where its fields' names tell that it is not.
pub fn flat(input: &Input<'_>) -> Option<TokenStream> {
    if input.attrs.validate.is_some() {
        return None;
    }
    match &input.body {
        Body::Struct(fields) => {
            let flat = saved(fields).all(may_be_flat);
            let unknown: Vec<_> = saved(fields)
                .filter(|field| !is_number(*field))
                .map(|field| field.ty)
                .collect();
            flat.then(|| {
                if unknown.is_empty() {
                    quote!(true)
                } else {
                    quote!(#(<#unknown as __savable::Savable>::FLAT)&&*)
                }
            })
        }
        Body::Enum(variants) => {
            let bare =
                |variant: &Variant<'_>| variant.fields.is_empty() && variant.attrs.until.is_none();
            let bare = !variants.is_empty() && variants.iter().all(bare);
            bare.then(|| quote!(true))
        }
    }
}

/// Saves a flat struct's fields into a run.
pub fn save_to_run(fields: &[Field<'_>]) -> TokenStream {
    let puts = saved(fields).map(|field| {
        let (member, ty) = (&field.member, field.ty);
        quote_spanned!(at(ty)=>
            let __run = <#ty as __savable::Savable>::save_to_run(&self.#member, __run);
        )
    });
    quote!(#(#puts)* __run)
}

/// Restores a flat struct's fields from a run.
pub fn restore_from_run(fields: &[Field<'_>]) -> TokenStream {
    let takes = saved(fields).map(|field| {
        let (member, ty) = (&field.member, field.ty);
        quote_spanned!(at(ty)=>
            <#ty as __savable::Savable>::restore_from_run(&mut self.#member, __run)?;
        )
    });
    quote!(#(#takes)* __savable::Result::Ok(()))
}

/// Bytes of a run.
fn len(run: &[SavedField<'_>]) -> TokenStream {
    let types = run.iter().map(|field| field.ty);
    quote!(#(<#types as __savable::Savable>::SIZE.min())+*)
}

/// Saves a run; `value` gives a reference to a field's value.
pub fn save(run: &[SavedField<'_>], value: impl Fn(&Field<'_>) -> TokenStream) -> TokenStream {
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
pub fn restore(run: &[SavedField<'_>], value: impl Fn(&Field<'_>) -> TokenStream) -> TokenStream {
    let read = read(run);
    let takes = run.iter().map(|field| {
        let value = value(field);
        quote_spanned!(at(field.ty)=> #value = __run.take()?;)
    });
    quote!(#read #(#takes)*)
}

/// What the compiler knows of fields: whether each is flat, and its bytes.
fn types(fields: &[SavedField<'_>]) -> TokenStream {
    let types = fields.iter().map(|field| {
        let ty = field.ty;
        quote!(__savable::flat::<#ty>())
    });
    quote!([#(#types),*])
}

/// Saves fields that may be flat; `value` gives a reference to a field's value.
pub fn save_mixed(
    fields: &[SavedField<'_>],
    value: impl Fn(&Field<'_>) -> TokenStream,
) -> TokenStream {
    let types = types(fields);
    let saves = fields.iter().enumerate().map(|(i, field)| {
        let value = value(field);
        quote_spanned!(at(field.ty)=> let __filled =
            __savable::save_in_run(#value, &mut __run, __filled, __ends[#i], __out)?;
        )
    });
    quote! {
        let __ends = const { __savable::run_ends(#types) };
        let mut __run = __savable::RUN_BUFFER;
        let __filled = 0_usize;
        #(#saves)*
    }
}

/// Restores fields that may be flat; `value` gives the place of a field's value.
pub fn restore_mixed(
    fields: &[SavedField<'_>],
    value: impl Fn(&Field<'_>) -> TokenStream,
) -> TokenStream {
    let types = types(fields);
    let restores = fields.iter().enumerate().map(|(i, field)| {
        let value = value(field);
        quote_spanned!(at(field.ty)=>
            __savable::restore_in_run(&mut #value, __runs[#i], &mut __run, __input)?;
        )
    });
    quote! {
        let __runs = const { __savable::runs(#types) };
        let mut __run = __savable::Run::EMPTY;
        #(#restores)*
    }
}

/// Goes past a run and verifies it.
pub fn check(run: &[SavedField<'_>]) -> TokenStream {
    let read = read(run);
    let takes = run.iter().map(|field| {
        let ty = field.ty;
        quote_spanned!(at(ty)=> __run.take::<#ty>()?;)
    });
    quote!(#read #(#takes)*)
}

/// Reads a run into the fields' local variables.
pub fn construct(run: &[SavedField<'_>]) -> TokenStream {
    let read = read(run);
    let takes = run.iter().map(|field| {
        let (local, ty) = (local(field), field.ty);
        quote_spanned!(at(ty)=> let #local = __run.take::<#ty>()?;)
    });
    quote!(#read #(#takes)*)
}

fn read(run: &[SavedField<'_>]) -> TokenStream {
    let len = len(run).into_token_stream();
    quote!(let mut __run = __savable::Run::read(__input, #len)?;)
}
