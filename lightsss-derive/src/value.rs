//! Expressions and statements for the value of one field.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{Ident, Type};

use crate::ast::{Field, Impl, SavedField, Stored};
use crate::attr::Filler;
use crate::errors::at;
use crate::types;

impl Impl {
    /// The type and trait whose functions store a `ty`; `own` is the trait where `ty` has them itself.
    fn qualified(self, ty: &Type, own: &str, span: Span) -> TokenStream {
        if let Some(adapter) = self.adapter() {
            return quote_spanned!(span=> <#adapter as __savable::Adapter<#ty>>);
        }
        let own = Ident::new(own, span);
        quote_spanned!(span=> <#ty as __savable::#own>)
    }

    /// The type of the runtime that stores the value instead of its own type.
    pub fn adapter(self) -> Option<TokenStream> {
        match self {
            Self::Savable => None,
            Self::Serde => Some(quote!(__savable::AsSerde)),
            Self::Pod => Some(quote!(__savable::AsPod)),
            Self::PodSlice => Some(quote!(__savable::AsPodSlice)),
            Self::Reopen => Some(quote!(__savable::AsFile)),
        }
    }

    /// The type and trait that hold the constants of a `ty`.
    pub fn constants(self, ty: &Type) -> TokenStream {
        self.qualified(ty, "Savable", Span::call_site())
    }
}

/// The local variable of a field.
pub fn local(field: &Field<'_>) -> Ident {
    format_ident!("__field_{}", field.index)
}

/// A call that fills a field.
pub fn filler(field: &Field<'_>) -> TokenStream {
    let ty = field.ty;
    match field.filler() {
        Filler::Trait => quote_spanned!(at(ty)=> <#ty as __savable::Default>::default()),
        Filler::Function(path) => quote!(#path()),
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
pub fn save(field: SavedField<'_>, value: &TokenStream) -> TokenStream {
    let ty = field.ty;
    let call = match field.stored {
        Stored::By(by) => {
            let by = by.qualified(ty, "Savable", at(ty));
            quote_spanned!(at(ty)=> #by::save(#value, __out))
        }
        Stored::With(module) => quote_spanned!(at(module)=>
            __out.block(|__out| #module::save(#value, __out))
        ),
    };
    let call = nested(&field, &quote!(__out), call);
    quote!(#call?;)
}

/// As [`save`], for a field that may be retired.
pub fn save_or_leave(field: SavedField<'_>, value: &TokenStream) -> TokenStream {
    if field.is_retired() {
        return quote!(__out.byte(0)?;);
    }
    save(field, value)
}

/// A statement that restores into `value`, a mutable reference.
pub fn restore(field: SavedField<'_>, value: &TokenStream) -> TokenStream {
    let ty = field.ty;
    let call = match field.stored {
        Stored::By(by) => {
            let by = by.qualified(ty, "Savable", at(ty));
            quote_spanned!(at(ty)=> #by::restore(#value, __input))
        }
        Stored::With(module) => quote_spanned!(at(module)=>
            __savable::in_block(__input, |__input| #module::restore(#value, __input))
        ),
    };
    read(field, call)
}

/// A statement that goes past a value and verifies it.
pub fn check(field: SavedField<'_>) -> TokenStream {
    let ty = field.ty;
    let call = match field.stored {
        Stored::By(by) => {
            let by = by.qualified(ty, "Savable", at(ty));
            quote_spanned!(at(ty)=> #by::check(__input))
        }
        Stored::With(_) => quote!(__savable::check_block(__input)),
    };
    read(field, call)
}

fn read(field: SavedField<'_>, call: TokenStream) -> TokenStream {
    let call = nested(&field, &quote!(__input), call);
    if field.is_retired() {
        return quote!(if __input.flag()? { #call?; });
    }
    quote!(#call?;)
}

/// A statement that reads a value into the field's local variable.
pub fn construct(field: SavedField<'_>) -> TokenStream {
    let (local, ty) = (local(&field), field.ty);
    let filler = filler(&field);
    let call = match field.stored {
        Stored::By(by) => {
            let by = by.qualified(ty, "Construct", at(ty));
            quote_spanned!(at(ty)=> #by::construct(__input))
        }
        Stored::With(module) => quote_spanned!(at(module)=>
            __savable::in_block(__input, |__input| {
                let mut __value: #ty = #filler;
                #module::restore(&mut __value, __input)?;
                __savable::Result::Ok(__value)
            })
        ),
    };
    let call = nested(&field, &quote!(__input), call);
    if field.is_retired() {
        return quote!(let #local = if __input.flag()? { #call? } else { #filler };);
    }
    quote!(let #local = #call?;)
}

/// A statement that shows the files in `value`, if the field may have any.
pub fn show_files(field: SavedField<'_>, value: &TokenStream) -> Option<TokenStream> {
    let ty = field.ty;
    match field.stored {
        Stored::By(Impl::Savable) if !types::is_plain(ty) => {
            Some(quote_spanned!(at(ty)=> <#ty as __savable::Savable>::files(#value, __files)?;))
        }
        Stored::By(Impl::Reopen) => {
            Some(quote_spanned!(at(ty)=> <#ty as __savable::Reopen>::show(#value, __files)?;))
        }
        _ => None,
    }
}
