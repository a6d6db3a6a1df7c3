//! Writes a type's constants: `SCHEMA` and `SIZE`.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use crate::ast::{Body, Field, Input, SavedField, Stored, Variant, plain_name, saved};
use crate::errors::at;
use crate::item::Given;
use crate::value::{self, filler};

/// `const SCHEMA`.
pub fn schema(input: &Input<'_>) -> TokenStream {
    let late = input
        .attrs
        .validate
        .as_ref()
        .map(|_| quote!(.fails_late(true)));
    if input.attrs.transparent.is_some()
        && let Some(field) = input.fields().find_map(Field::saved)
    {
        let schema = match field.stored {
            Stored::By(by) => {
                let by = by.constants(field.ty);
                quote!(#by::SCHEMA)
            }
            Stored::With(module) => with_schema(module),
        };
        return quote!(const SCHEMA: __savable::Schema = #schema #late;);
    }
    let name = input.stored_name();
    let shape = match &input.body {
        Body::Struct(fields) => {
            let fields = field_list(fields);
            quote!(Struct(#fields))
        }
        Body::Enum(variants) => {
            let variants = variants.iter().map(variant);
            quote!(Enum(const { &[#(#variants),*] }))
        }
    };
    let version = input.attrs.version.as_ref().map(|given| {
        let version = given.value;
        quote!(.version(#version))
    });
    quote! {
        const SCHEMA: __savable::Schema =
            __savable::Schema::new(#name, __savable::Shape::#shape) #version #late;
    }
}

fn variant(variant: &Variant<'_>) -> TokenStream {
    let name = variant.stored_name();
    let fields = field_list(&variant.fields);
    let lifetime = lifetime(variant.attrs.since.as_ref(), variant.attrs.until.as_ref());
    let upgrade = variant.attrs.upgrade.as_ref().map(|given| {
        let path = &given.value;
        quote_spanned!(at(&given.at)=>
            .upgrade(|__input, __out| __savable::upgrade_variant::<Self, _>(#path, __input, __out))
        )
    });
    quote!(__savable::Variant::new(#name, #fields) #lifetime #upgrade)
}

fn field_list(fields: &[Field<'_>]) -> TokenStream {
    let fields = saved(fields).map(field);
    quote!(const { &[#(#fields),*] })
}

fn lifetime(since: Option<&Given<u32>>, until: Option<&Given<u32>>) -> TokenStream {
    let since = since.map(|given| given.value).into_iter();
    let until = until.map(|given| given.value).into_iter();
    quote!(#(.since(#since))* #(.until(#until))*)
}

fn field(field: SavedField<'_>) -> TokenStream {
    let name = field.stored_name();
    let link = link(field);
    let attrs = &field.attrs;
    let lifetime = lifetime(attrs.since.as_ref(), attrs.until.as_ref());
    let fill = attrs
        .default
        .as_ref()
        .filter(|_| !field.is_retired())
        .map(|given| {
            let ty = field.ty;
            let value = filler(&field);
            let save = value::save(field, &quote!(&__value));
            quote_spanned!(at(&given.at)=> .fill(|__out| {
                let __value: #ty = #value;
                #save
                __savable::Result::Ok(())
            }))
        });
    let upgrades = (!attrs.upgrades.is_empty()).then(|| {
        let upgrades = attrs.upgrades.iter().map(|given| {
            let (path, ty) = (&given.value, field.ty);
            let save = value::save(field, &quote!(__value));
            quote_spanned!(at(&given.at)=> __savable::upgrade_from(
                #path as fn(_) -> _,
                |__input, __out| __savable::upgrade::<_, #ty, _>(
                    #path,
                    __input,
                    __out,
                    |__value, __out| {
                        #save
                        __savable::Result::Ok(())
                    },
                ),
            ))
        });
        quote!(.upgrades(const { &[#(#upgrades),*] }))
    });
    quote!(__savable::Field::new(#name, #link) #lifetime #fill #upgrades)
}

fn link(field: SavedField<'_>) -> TokenStream {
    let ty = field.ty;
    match field.stored {
        Stored::With(module) => {
            let schema = with_schema(module);
            let name = module_name(module);
            quote!(__savable::Link::adapted(|| const { &#schema }, || #name, #name))
        }
        Stored::By(by) => match by.adapter() {
            Some(adapter) => quote!(__savable::Link::through::<#adapter, #ty>()),
            None if field.recursive => {
                let text = field.type_text();
                quote!(__savable::Link::back_to::<#ty>(#text))
            }
            None => quote!(__savable::Link::to::<#ty>()),
        },
    }
}

fn with_schema(module: &syn::Path) -> TokenStream {
    let name = module_name(module);
    quote!(__savable::Schema::new("with", __savable::Shape::Opaque(#name)).fails_late(true))
}

/// The module's own name: where it stands may change without the bytes changing.
fn module_name(module: &syn::Path) -> String {
    module
        .segments
        .last()
        .map_or_else(String::new, |segment| plain_name(&segment.ident))
}

/// `const SIZE`.
pub fn size(input: &Input<'_>) -> TokenStream {
    let size = match &input.body {
        Body::Struct(fields) => {
            let sizes = saved(fields).map(field_size);
            quote!(__savable::Size::NONE #(.then(#sizes))*)
        }
        Body::Enum(variants) => {
            let count = variants.len();
            let bare = variants
                .iter()
                .all(|variant| saved(&variant.fields).next().is_none());
            let rest = (!bare).then(|| quote!(.then(__savable::Size::at_least(0))));
            quote!(__savable::Size::tag(#count) #rest)
        }
    };
    quote!(const SIZE: __savable::Size = #size;)
}

fn field_size(field: SavedField<'_>) -> TokenStream {
    if field.is_retired() {
        return quote!(__savable::Size::at_least(1));
    }
    match field.stored {
        Stored::By(by) => {
            let by = by.constants(field.ty);
            quote!(#by::SIZE)
        }
        Stored::With(_) => quote!(__savable::Size::at_least(8)),
    }
}
