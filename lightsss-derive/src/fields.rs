//! Writes the statements of fields: one each, or one for a run of numbers.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use crate::ast::{Field, Way};
use crate::errors::at;
use crate::runs::{self, Part, Piece, local, parts, pieces};
use crate::schema;

/// Saves fields; `place` gives where a field's value is.
pub fn save_fields(fields: &[Field<'_>], place: impl Fn(&Field<'_>) -> TokenStream) -> TokenStream {
    let refer = |field: &Field<'_>| {
        let place = place(field);
        quote!(&#place)
    };
    let parts = parts(fields);
    let saves = parts.iter().map(|part| match part {
        Part::Certain(Piece::Field(field)) => save_field(field, &refer(field)),
        Part::Certain(Piece::Run(run)) => runs::save(run, refer),
        Part::Mixed(fields) => runs::save_mixed(fields, refer),
    });
    quote!(#(#saves)*)
}

/// Restores fields; `place` gives where a field's value is.
pub fn restore_fields(
    fields: &[Field<'_>],
    place: impl Fn(&Field<'_>) -> TokenStream,
) -> TokenStream {
    let parts = parts(fields);
    let restores = parts.iter().map(|part| match part {
        Part::Certain(Piece::Field(field)) => {
            let place = place(field);
            restore_field(field, &quote!(&mut #place))
        }
        Part::Certain(Piece::Run(run)) => runs::restore(run, &place),
        Part::Mixed(fields) => runs::restore_mixed(fields, &place),
    });
    quote!(#(#restores)*)
}

/// The type that saves a field in a way of its own.
pub fn adapter(way: &Way<'_>) -> TokenStream {
    match way {
        Way::Serde => quote!(__savable::AsSerde),
        Way::Pod => quote!(__savable::AsPod),
        Way::PodSlice => quote!(__savable::AsPodSlice),
        Way::Reopen => quote!(__savable::AsFile),
        Way::Skip | Way::Plain | Way::With(_) => quote!(),
    }
}

/// Counts the levels of a value that may contain its own kind.
fn nested(field: &Field<'_>, stream: &TokenStream, call: TokenStream) -> TokenStream {
    if field.recursive {
        quote!(#stream.nested(|#stream| #call))
    } else {
        call
    }
}

/// A statement that saves `value`, a reference.
pub fn save_value(field: &Field<'_>, value: &TokenStream) -> TokenStream {
    let ty = field.ty;
    let call = match field.way() {
        Way::Plain | Way::Skip => {
            quote_spanned!(at(ty)=> <#ty as __savable::Savable>::save(#value, __out))
        }
        Way::With(module) => quote_spanned!(at(module)=>
            __out.block(|__out| #module::save(#value, __out))
        ),
        way => {
            let adapter = adapter(&way);
            quote_spanned!(at(ty)=> <#adapter as __savable::Adapter<#ty>>::save(#value, __out))
        }
    };
    let call = nested(field, &quote!(__out), call);
    quote!(#call?;)
}

fn save_field(field: &Field<'_>, value: &TokenStream) -> TokenStream {
    if field.attrs.until.is_some() {
        return quote!(__out.byte(0)?;);
    }
    save_value(field, value)
}

/// A statement that restores into `value`, a mutable reference.
fn restore_field(field: &Field<'_>, value: &TokenStream) -> TokenStream {
    let ty = field.ty;
    let call = match field.way() {
        Way::Plain | Way::Skip => {
            quote_spanned!(at(ty)=> <#ty as __savable::Savable>::restore(#value, __input))
        }
        Way::With(module) => quote_spanned!(at(module)=>
            __savable::in_block(__input, |__input| #module::restore(#value, __input))
        ),
        way => {
            let adapter = adapter(&way);
            quote_spanned!(at(ty)=>
                <#adapter as __savable::Adapter<#ty>>::restore(#value, __input)
            )
        }
    };
    let call = nested(field, &quote!(__input), call);
    if field.attrs.until.is_some() {
        return quote!(if __input.flag()? { #call?; });
    }
    quote!(#call?;)
}

pub fn check_fields(fields: &[Field<'_>]) -> TokenStream {
    let pieces = pieces(fields);
    let checks = pieces.iter().map(|piece| match piece {
        Piece::Field(field) => check_field(field),
        Piece::Run(run) => runs::check(run),
    });
    quote!(#(#checks)*)
}

fn check_field(field: &Field<'_>) -> TokenStream {
    let ty = field.ty;
    let call = match field.way() {
        Way::Plain | Way::Skip => {
            quote_spanned!(at(ty)=> <#ty as __savable::Savable>::check(__input))
        }
        Way::With(_) => quote!(__savable::check_block(__input)),
        way => {
            let adapter = adapter(&way);
            quote_spanned!(at(ty)=> <#adapter as __savable::Adapter<#ty>>::check(__input))
        }
    };
    let call = nested(field, &quote!(__input), call);
    if field.attrs.until.is_some() {
        return quote!(if __input.flag()? { #call?; });
    }
    quote!(#call?;)
}

/// Statements that read fields into local variables, and the members made of them.
pub fn construct_fields(fields: &[Field<'_>]) -> (TokenStream, TokenStream) {
    let pieces = pieces(fields);
    let reads = pieces.iter().map(|piece| match piece {
        Piece::Field(field) => construct_field(field),
        Piece::Run(run) => runs::construct(run),
    });
    let members = fields.iter().map(|field| {
        let (member, local) = (&field.member, local(field));
        if field.is_saved() {
            return quote!(#member: #local);
        }
        let filler = schema::filler(field);
        quote!(#member: #filler)
    });
    (quote!(#(#reads)*), quote!(#(#members),*))
}

fn construct_field(field: &Field<'_>) -> TokenStream {
    let (local, ty) = (local(field), field.ty);
    let filler = schema::filler(field);
    let call = match field.way() {
        Way::Plain | Way::Skip => {
            quote_spanned!(at(ty)=> <#ty as __savable::Construct>::construct(__input))
        }
        Way::With(module) => quote_spanned!(at(module)=>
            __savable::in_block(__input, |__input| {
                let mut __value: #ty = #filler;
                #module::restore(&mut __value, __input)?;
                __savable::Result::Ok(__value)
            })
        ),
        way => {
            let adapter = adapter(&way);
            quote_spanned!(at(ty)=> <#adapter as __savable::Adapter<#ty>>::construct(__input))
        }
    };
    let call = nested(field, &quote!(__input), call);
    if field.attrs.until.is_some() {
        return quote!(let #local = if __input.flag()? { #call? } else { #filler };);
    }
    quote!(let #local = #call?;)
}

/// A statement that shows the files in `value`, if the field may have any.
pub fn show_files(field: &Field<'_>, value: &TokenStream) -> Option<TokenStream> {
    let ty = field.ty;
    match field.way() {
        Way::Plain if !crate::refuse::is_plain(ty) => {
            Some(quote_spanned!(at(ty)=> <#ty as __savable::Savable>::files(#value, __files)?;))
        }
        Way::Reopen => {
            Some(quote_spanned!(at(ty)=> <#ty as __savable::Reopen>::show(#value, __files)?;))
        }
        _ => None,
    }
}
