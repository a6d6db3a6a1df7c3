//! Writes a type's constants: `SCHEMA` and `SIZE`.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use crate::ast::{Body, Field, Input, Variant, Way};
use crate::attr::Filler;
use crate::errors::at;
use crate::fields::{adapter, save_value};

/// `const SCHEMA`.
pub fn schema(input: &Input<'_>) -> TokenStream {
    let late = input
        .attrs
        .validate
        .as_ref()
        .map(|_| quote!(.fails_late(true)));
    if input.attrs.transparent.is_some()
        && let Some(field) = input.fields().find(|field| field.is_saved())
    {
        let ty = field.ty;
        let schema = match field.way() {
            Way::Plain | Way::Skip => quote!(<#ty as __savable::Savable>::SCHEMA),
            Way::With(module) => with_schema(module),
            way => {
                let adapter = adapter(&way);
                quote!(<#adapter as __savable::Adapter<#ty>>::SCHEMA)
            }
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
    let since = variant.attrs.since.as_ref().map(|given| {
        let since = given.value;
        quote!(.since(#since))
    });
    let until = variant.attrs.until.as_ref().map(|given| {
        let until = given.value;
        quote!(.until(#until))
    });
    let upgrade = variant.attrs.upgrade.as_ref().map(|given| {
        let path = &given.value;
        quote_spanned!(at(&given.at)=>
            .upgrade(|__input, __out| __savable::upgrade_variant::<Self, _>(#path, __input, __out))
        )
    });
    quote!(__savable::Variant::new(#name, #fields) #since #until #upgrade)
}

fn field_list(fields: &[Field<'_>]) -> TokenStream {
    let fields = fields.iter().filter(|field| field.is_saved()).map(field);
    quote!(const { &[#(#fields),*] })
}

fn field(field: &Field<'_>) -> TokenStream {
    let name = field.stored_name();
    let link = link(field);
    let attrs = &field.attrs;
    let since = attrs.since.as_ref().map(|given| {
        let since = given.value;
        quote!(.since(#since))
    });
    let until = attrs.until.as_ref().map(|given| {
        let until = given.value;
        quote!(.until(#until))
    });
    let fill = attrs
        .default
        .as_ref()
        .filter(|_| attrs.until.is_none())
        .map(|given| {
            let ty = field.ty;
            let value = filler(field);
            let save = save_value(field, &quote!(&__value));
            quote_spanned!(at(&given.at)=> .fill(|__out| {
                let __value: #ty = #value;
                #save
                __savable::Result::Ok(())
            }))
        });
    let upgrades = (!attrs.upgrades.is_empty()).then(|| {
        let upgrades = attrs.upgrades.iter().map(|given| {
            let (path, ty) = (&given.value, field.ty);
            let save = save_value(field, &quote!(__value));
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
    quote!(__savable::Field::new(#name, #link) #since #until #fill #upgrades)
}

/// What fills a field: a call.
pub fn filler(field: &Field<'_>) -> TokenStream {
    let ty = field.ty;
    match field.filler() {
        Filler::Trait => quote_spanned!(at(ty)=> <#ty as __savable::Default>::default()),
        Filler::Function(path) => quote!(#path()),
    }
}

fn link(field: &Field<'_>) -> TokenStream {
    let ty = field.ty;
    match field.way() {
        Way::Plain if field.recursive => {
            let text = field.type_text();
            quote!(__savable::Link::back_to::<#ty>(#text))
        }
        Way::Plain | Way::Skip => quote!(__savable::Link::to::<#ty>()),
        Way::With(module) => {
            let schema = with_schema(module);
            let name = module_name(module);
            quote!(__savable::Link::adapted(|| const { &#schema }, || #name, #name))
        }
        way => {
            let adapter = adapter(&way);
            quote!(__savable::Link::through::<#adapter, #ty>())
        }
    }
}

fn with_schema(module: &syn::Path) -> TokenStream {
    let name = module_name(module);
    quote!(__savable::Schema::new("with", __savable::Shape::Opaque(#name)).fails_late(true))
}

/// The module's own name: where it stands may change without the bytes changing.
fn module_name(module: &syn::Path) -> String {
    module.segments.last().map_or_else(String::new, |segment| {
        crate::attr::plain_name(&segment.ident)
    })
}

/// `const SIZE`.
pub fn size(input: &Input<'_>) -> TokenStream {
    let size = match &input.body {
        Body::Struct(fields) => {
            let sizes = fields
                .iter()
                .filter(|field| field.is_saved())
                .map(field_size);
            quote!(__savable::Size::NONE #(.then(#sizes))*)
        }
        Body::Enum(variants) => {
            let tag = if variants.len() <= 256 { 1_usize } else { 4 };
            let bare = variants
                .iter()
                .all(|v| v.fields.iter().all(|field| !field.is_saved()));
            let kind = if bare {
                quote!(fixed)
            } else {
                quote!(at_least)
            };
            quote!(__savable::Size::#kind(#tag))
        }
    };
    quote!(const SIZE: __savable::Size = #size;)
}

fn field_size(field: &Field<'_>) -> TokenStream {
    let ty = field.ty;
    if field.attrs.until.is_some() {
        return quote!(__savable::Size::at_least(1));
    }
    match field.way() {
        Way::Plain | Way::Skip => quote!(<#ty as __savable::Savable>::SIZE),
        Way::With(_) => quote!(__savable::Size::at_least(8)),
        way => {
            let adapter = adapter(&way);
            quote!(<#adapter as __savable::Adapter<#ty>>::SIZE)
        }
    }
}
