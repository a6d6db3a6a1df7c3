//! Writes the impls: flat lists of calls, so that the compiler has little to do.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{DeriveInput, Generics};

use crate::ast::{Body, Field, Input, Variant};
use crate::attr::TypeAttrs;
use crate::errors::{Errors, at};
use crate::fields::{check_fields, construct_fields, restore_fields, save_fields, show_files};
use crate::runs::{self, local};
use crate::{bounds, schema};

/// The impls of a type without mistakes.
pub fn impls(input: &Input<'_>) -> TokenStream {
    let runtime = runtime(&input.attrs);
    let savable = savable_impl(input);
    let construct = construct_impl(input);
    wrap(&runtime, &quote!(#savable #construct))
}

/// Impls that stand in for those of a type with mistakes, so that the mistakes are all there is to read.
pub fn stubs(input: &DeriveInput) -> TokenStream {
    let attrs = TypeAttrs::read(&input.attrs, &mut Errors::default());
    let runtime = runtime(&attrs);
    let ident = &input.ident;
    let (impl_generics, ty_generics, where_clause) = input.generics.split_for_impl();
    let stubs = quote! {
        impl #impl_generics __savable::Savable for #ident #ty_generics #where_clause {
            const SCHEMA: __savable::Schema =
                __savable::Schema::new("", __savable::Shape::Tuple(&[]));
            fn save(&self, _: &mut __savable::Writer<'_>)
                -> __savable::Result<(), __savable::SaveError> { loop {} }
            fn restore(&mut self, _: &mut __savable::Reader<'_>)
                -> __savable::Result<(), __savable::RestoreError> { loop {} }
            fn check(_: &mut __savable::Reader<'_>)
                -> __savable::Result<(), __savable::RestoreError> { loop {} }
        }
        impl #impl_generics __savable::Construct for #ident #ty_generics #where_clause {
            fn construct(_: &mut __savable::Reader<'_>)
                -> __savable::Result<Self, __savable::RestoreError> { loop {} }
        }
    };
    wrap(&runtime, &stubs)
}

fn runtime(attrs: &TypeAttrs) -> TokenStream {
    if let Some(given) = &attrs.runtime {
        given.value.to_token_stream()
    } else {
        quote!(::lightsss_runtime)
    }
}

fn wrap(runtime: &TokenStream, impls: &TokenStream) -> TokenStream {
    quote! {
        #[doc(hidden)]
        #[allow(
            clippy::all, clippy::pedantic, clippy::restriction,
            deprecated, private_bounds, trivial_bounds, unreachable_code, unused_qualifications, unused_variables,
            non_camel_case_types, non_snake_case, non_upper_case_globals,
        )]
        const _: () = {
            use #runtime::__private::savable as __savable;
            #impls
        };
    }
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
        predicates: bounds::savable(input),
    };
    let schema = schema::schema(input);
    let size = schema::size(input);
    let flat = flat_items(input);
    let inline = is_small(input).then(|| quote!(#[inline]));
    let (save, restore, check, files) = match &input.body {
        Body::Struct(fields) => struct_bodies(fields),
        Body::Enum(variants) => enum_bodies(variants),
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
        predicates: bounds::construct(input),
    };
    let value = match &input.body {
        Body::Struct(fields) => {
            let (reads, members) = construct_fields(fields);
            quote!({ #reads Self { #members } })
        }
        Body::Enum(variants) => {
            let count = variants.len();
            let arms = variants.iter().enumerate().map(|(tag, variant)| {
                let (ident, tag) = (variant.ident, tag as u32);
                let (reads, members) = construct_fields(&variant.fields);
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

/// Bodies of `save`, `restore`, `check`, and the function `files`.
type Bodies = (TokenStream, TokenStream, TokenStream, TokenStream);

fn struct_bodies(fields: &[Field<'_>]) -> Bodies {
    let place = |field: &Field<'_>| {
        let member = &field.member;
        quote!(self.#member)
    };
    let save = save_fields(fields, place);
    let restore = restore_fields(fields, place);
    let files = fields
        .iter()
        .filter(|field| field.is_saved())
        .filter_map(|field| {
            let member = &field.member;
            show_files(field, &quote!(&mut self.#member))
        });
    let check = check_fields(fields);
    (
        quote! {
            __savable::reserve::<Self>(__out)?;
            #save
        },
        restore,
        quote! {
            if const { <Self as __savable::Savable>::SIZE.is_plain() } {
                return __input.skip(const { <Self as __savable::Savable>::SIZE.min() });
            }
            #check
        },
        files_fn(&quote!(#(#files)*)),
    )
}

fn enum_bodies(variants: &[Variant<'_>]) -> Bodies {
    if variants.is_empty() {
        return (
            quote!(match *self {}),
            quote!(match *self {}),
            quote!(__savable::read_tag::<0>(__input)?;),
            quote!(),
        );
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
        let fields = save_fields(&variant.fields, bound);
        quote! {
            #pattern => {
                __savable::write_tag::<#count>(#tag, __out)?;
                #fields
            }
        }
    });
    let restore = numbered().map(|(tag, variant)| {
        let pattern = pattern(variant);
        let restores = restore_fields(&variant.fields, bound);
        quote!((#tag, #pattern) => { #restores })
    });
    let check = numbered().map(|(tag, variant)| {
        let checks = check_fields(&variant.fields);
        quote!(#tag => { #checks })
    });
    let files = variants.iter().filter_map(|variant| {
        let pattern = pattern(variant);
        let saved = variant.fields.iter().filter(|field| field.is_saved());
        let mut files = saved
            .filter_map(|field| show_files(field, &local(field).to_token_stream()))
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
    (
        quote!(match self { #(#save)* }),
        quote! {
            let __before = __savable::mark(__input);
            match (__savable::read_tag::<#count>(__input)?, &mut *self) {
                #(#restore)*
                (_, __slot) => {
                    __savable::rewind(__input, __before);
                    *__slot = <Self as __savable::Construct>::construct(__input)?;
                }
            }
        },
        quote! {
            match __savable::read_tag::<#count>(__input)? {
                #(#check)*
                __tag => return __savable::Result::Err(__savable::no_variant(__input, __tag)),
            }
        },
        files,
    )
}

/// A variant with its saved fields bound to names.
fn pattern(variant: &Variant<'_>) -> TokenStream {
    let ident = variant.ident;
    let fields = variant
        .fields
        .iter()
        .filter(|field| field.is_saved())
        .map(|field| {
            let (member, local) = (&field.member, local(field));
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
