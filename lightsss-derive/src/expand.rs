//! Writes the impls: flat lists of calls, so that the compiler has little to do.

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};
use syn::Generics;

use crate::ast::{Body, Input, Variant};
use crate::errors::at;
use crate::{bodies, bound, dummy, fields, runs, schema};

/// The impls of a type without mistakes.
pub fn impls(input: &Input<'_>) -> TokenStream {
    let savable = savable_impl(input);
    let construct = construct_impl(input);
    dummy::wrap(input.attrs, &quote!(#savable #construct))
}

/// The head of an impl: generics, type and where clause.
struct Head<'a> {
    generics: &'a Generics,
    ident: &'a Ident,
    predicates: Vec<TokenStream>,
}

impl Head<'_> {
    fn write(&self, name: &TokenStream, body: &TokenStream) -> TokenStream {
        let ident = self.ident;
        let (impl_generics, ty_generics, where_clause) = self.generics.split_for_impl();
        let own = where_clause.map(|clause| clause.predicates.iter().collect::<Vec<_>>());
        let own = own.into_iter().flatten();
        let predicates = &self.predicates;
        quote! {
            #[automatically_derived]
            impl #impl_generics __savable::#name for #ident #ty_generics
            where #(#own,)* #(#predicates,)*
            {
                #body
            }
        }
    }
}

fn savable_impl(input: &Input<'_>) -> TokenStream {
    let head = Head {
        generics: input.generics,
        ident: input.ident,
        predicates: bound::savable(input),
    };
    let schema = schema::schema(input);
    let size = schema::size(input);
    let flat = flat_items(input);
    let inline = is_small(input).then(|| quote!(#[inline]));
    let bodies::Bodies {
        save,
        restore,
        check,
        files,
    } = match &input.body {
        Body::Struct(fields) => bodies::of_struct(fields),
        Body::Enum(variants) => bodies::of_enum(variants),
    };
    let validate = validate(input, &quote!(self));
    let start = validate
        .as_ref()
        .map(|_| quote!(let __start = __input.position();));
    head.write(
        &quote!(Savable),
        &quote! {
            #schema
            #size
            #flat
            #inline
            fn save(&self, __out: &mut __savable::Writer<'_>)
                -> __savable::Result<(), __savable::SaveError>
            {
                #save
                __savable::Result::Ok(())
            }
            #inline
            fn restore(&mut self, __input: &mut __savable::Reader<'_>)
                -> __savable::Result<(), __savable::RestoreError>
            {
                #start
                #restore
                #validate
                __savable::Result::Ok(())
            }
            #inline
            fn check(__input: &mut __savable::Reader<'_>)
                -> __savable::Result<(), __savable::RestoreError>
            {
                #check
                __savable::Result::Ok(())
            }
            #files
        },
    )
}

/// What lets a type made of numbers be part of its owner's runs.
fn flat_items(input: &Input<'_>) -> TokenStream {
    let Some(flat) = runs::flat(input) else {
        return quote!();
    };
    let (save, restore) = match &input.body {
        Body::Struct(fields) => (runs::save_to_run(fields), runs::restore_from_run(fields)),
        Body::Enum(variants) => bare_enum_in_run(variants),
    };
    quote! {
        const FLAT: bool = #flat;
        #[inline]
        fn save_to_run<'__run>(&self, __run: &'__run mut [u8]) -> &'__run mut [u8] {
            #save
        }
        #[inline]
        fn restore_from_run(&mut self, __run: &mut __savable::Run<'_>)
            -> __savable::Result<(), __savable::RestoreError>
        {
            #restore
        }
    }
}

/// Bodies of `save_to_run` and `restore_from_run` of an enum without fields.
fn bare_enum_in_run(variants: &[Variant<'_>]) -> (TokenStream, TokenStream) {
    let count = variants.len();
    let tags = variants.iter().enumerate().map(|(tag, variant)| {
        let (ident, tag) = (variant.ident, tag as u32);
        quote!(Self::#ident { .. } => #tag,)
    });
    (
        quote! {
            let __tag = match self { #(#tags)* };
            __savable::put_tag::<#count>(__tag, __run)
        },
        quote! {
            let mut __input = __run.reader(const { <Self as __savable::Savable>::SIZE.min() });
            *self = <Self as __savable::Construct>::construct(&mut __input)?;
            __savable::Result::Ok(())
        },
    )
}

/// A newtype, or an enum without fields, costs what it holds.
fn is_small(input: &Input<'_>) -> bool {
    match &input.body {
        Body::Struct(fields) => fields.len() == 1,
        Body::Enum(variants) => variants.iter().all(|variant| variant.fields.is_empty()),
    }
}

fn construct_impl(input: &Input<'_>) -> TokenStream {
    let head = Head {
        generics: input.generics,
        ident: input.ident,
        predicates: bound::construct(input),
    };
    let value = match &input.body {
        Body::Struct(fields) => {
            let (reads, members) = fields::construct(fields);
            quote!({ #reads Self { #members } })
        }
        Body::Enum(variants) => {
            let count = variants.len();
            let arms = variants.iter().enumerate().map(|(tag, variant)| {
                let (ident, tag) = (variant.ident, tag as u32);
                let (reads, members) = fields::construct(&variant.fields);
                quote!(#tag => { #reads Self::#ident { #members } })
            });
            quote! {
                match __savable::read_tag::<#count>(__input)? {
                    #(#arms)*
                    __tag => return __savable::Result::Err(__savable::no_variant(__input, __tag)),
                }
            }
        }
    };
    let validate = validate(input, &quote!(&__value));
    let start = validate
        .as_ref()
        .map(|_| quote!(let __start = __input.position();));
    head.write(
        &quote!(Construct),
        &quote! {
            fn construct(__input: &mut __savable::Reader<'_>)
                -> __savable::Result<Self, __savable::RestoreError>
            {
                #start
                let __value = #value;
                #validate
                __savable::Result::Ok(__value)
            }
        },
    )
}

fn validate(input: &Input<'_>, value: &TokenStream) -> Option<TokenStream> {
    let given = input.attrs.validate.as_ref()?;
    let (path, name) = (&given.value, input.stored_name());
    Some(quote_spanned!(at(&given.at)=> __savable::validate(#value, #path, __start, #name)?;))
}
