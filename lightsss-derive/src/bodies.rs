//! Writes the bodies of `save`, `restore` and `check`, and the function `files`.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

use crate::ast::{Field, Variant, saved};
use crate::fields;
use crate::value::{local, show_files};

pub struct Bodies {
    pub save: TokenStream,
    pub restore: TokenStream,
    pub check: TokenStream,
    /// The function `files`, where there are any to show.
    pub files: TokenStream,
}

/// The bodies for a struct.
pub fn of_struct(fields: &[Field<'_>]) -> Bodies {
    let place = |field: &Field<'_>| {
        let member = &field.member;
        quote!(self.#member)
    };
    let save = fields::save(fields, place);
    let restore = fields::restore(fields, place);
    let files = saved(fields).filter_map(|field| {
        let member = &field.member;
        show_files(field, &quote!(&mut self.#member))
    });
    let check = fields::check(fields);
    Bodies {
        save: quote! {
            __savable::reserve::<Self>(__out)?;
            #save
        },
        restore,
        check: quote! {
            if const { <Self as __savable::Savable>::SIZE.is_plain() } {
                return __input.skip(const { <Self as __savable::Savable>::SIZE.min() });
            }
            #check
        },
        files: files_fn(&quote!(#(#files)*)),
    }
}

/// The bodies for an enum.
pub fn of_enum(variants: &[Variant<'_>]) -> Bodies {
    if variants.is_empty() {
        return Bodies {
            save: quote!(match *self {}),
            restore: quote!(match *self {}),
            check: quote!(__savable::read_tag::<0>(__input)?;),
            files: quote!(),
        };
    }
    let count = variants.len();
    let numbered = || {
        variants
            .iter()
            .enumerate()
            .map(|(tag, variant)| (tag as u32, variant))
    };
    let save = numbered().map(|(tag, variant)| {
        let pattern = pattern(variant);
        let ident = variant.ident;
        if let Some(until) = &variant.attrs.until {
            let (name, until) = (variant.stored_name(), until.value);
            return quote! {
                Self::#ident { .. } => {
                    return __savable::Result::Err(__savable::retired_variant(__out, #name, #until));
                }
            };
        }
        let fields = fields::save(&variant.fields, bound);
        quote! {
            #pattern => {
                __savable::write_tag::<#count>(#tag, __out)?;
                #fields
            }
        }
    });
    let restore = numbered().map(|(tag, variant)| {
        let pattern = pattern(variant);
        let restores = fields::restore(&variant.fields, bound);
        quote!((#tag, #pattern) => { #restores })
    });
    let check = numbered().map(|(tag, variant)| {
        let checks = fields::check(&variant.fields);
        quote!(#tag => { #checks })
    });
    let files = variants.iter().filter_map(|variant| {
        let pattern = pattern(variant);
        let mut files = saved(&variant.fields)
            .filter_map(|field| show_files(field, &local(&field).to_token_stream()))
            .peekable();
        files.peek()?;
        Some(quote!(#pattern => { #(#files)* }))
    });
    let files: Vec<_> = files.collect();
    let files = match files.len() {
        0 => quote!(),
        some => {
            let rest = (some < count).then(|| quote!(_ => {}));
            files_fn(&quote!(match self { #(#files)* #rest }))
        }
    };
    Bodies {
        save: quote!(match self { #(#save)* }),
        restore: quote! {
            let __before = __savable::mark(__input);
            match (__savable::read_tag::<#count>(__input)?, &mut *self) {
                #(#restore)*
                (_, __slot) => {
                    __savable::rewind(__input, __before);
                    *__slot = <Self as __savable::Construct>::construct(__input)?;
                }
            }
        },
        check: quote! {
            match __savable::read_tag::<#count>(__input)? {
                #(#check)*
                __tag => return __savable::Result::Err(__savable::no_variant(__input, __tag)),
            }
        },
        files,
    }
}

/// A variant with its saved fields bound to names.
fn pattern(variant: &Variant<'_>) -> TokenStream {
    let ident = variant.ident;
    let fields = saved(&variant.fields).map(|field| {
        let (member, local) = (&field.member, local(&field));
        quote!(#member: #local)
    });
    quote!(Self::#ident { #(#fields,)* .. })
}

/// The place that a pattern's binding refers to.
fn bound(field: &Field<'_>) -> TokenStream {
    let local = local(field);
    quote!(*#local)
}

fn files_fn(body: &TokenStream) -> TokenStream {
    if body.is_empty() {
        return quote!();
    }
    quote! {
        fn files(&mut self, __files: &mut __savable::Files<'_>)
            -> __savable::Result<(), __savable::RestoreError>
        {
            #body
            __savable::Result::Ok(())
        }
    }
}
