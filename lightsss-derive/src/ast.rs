//! The input as the later stages see it: borrowed from the tokens, with its attributes read.

use std::ops::Deref;

use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Generics, Ident, Index, Member, Path, Type};

use crate::attr::{FieldAttrs, Filler, TypeAttrs, VariantAttrs};
use crate::errors::Errors;
use crate::item::Given;
use crate::types;

/// A type with the derive on it.
pub struct Input<'a> {
    pub ident: &'a Ident,
    pub generics: &'a Generics,
    pub attrs: &'a TypeAttrs,
    pub body: Body<'a>,
}

pub enum Body<'a> {
    Struct(Vec<Field<'a>>),
    Enum(Vec<Variant<'a>>),
}

pub struct Variant<'a> {
    pub ident: &'a Ident,
    pub attrs: VariantAttrs,
    pub fields: Vec<Field<'a>>,
}

pub struct Field<'a> {
    pub member: Member,
    /// Position among the type's or variant's fields.
    pub index: usize,
    pub ty: &'a Type,
    pub attrs: FieldAttrs,
    /// The type leads back to the type around it.
    pub recursive: bool,
    /// How the value is stored; a skipped field has none.
    pub stored: Option<Stored>,
}

/// How a field's value is stored.
pub enum Stored {
    /// By an impl of a trait of the runtime.
    By(Impl),
    /// By the functions of this module.
    With(Path),
}

/// The trait by which a field's value is stored.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Impl {
    Savable,
    Serde,
    Pod,
    PodSlice,
    Reopen,
}

/// A field that is stored.
#[derive(Clone, Copy)]
pub struct SavedField<'a> {
    field: &'a Field<'a>,
    pub stored: &'a Stored,
}

impl<'a> Deref for SavedField<'a> {
    type Target = Field<'a>;

    fn deref(&self) -> &Field<'a> {
        self.field
    }
}

impl SavedField<'_> {
    /// No version of the type stores it any more.
    pub fn is_retired(&self) -> bool {
        self.attrs.until.is_some()
    }
}

/// The fields that are stored, in the order of the stream.
pub fn saved<'a>(fields: &'a [Field<'a>]) -> impl Iterator<Item = SavedField<'a>> {
    fields.iter().filter_map(Field::saved)
}

impl<'a> Input<'a> {
    /// Reads the input; `None` where it cannot be handled at all.
    pub fn read(
        input: &'a DeriveInput,
        attrs: &'a TypeAttrs,
        errors: &mut Errors,
    ) -> Option<Input<'a>> {
        let name = &input.ident;
        let body = match &input.data {
            Data::Struct(data) => Body::Struct(read_fields(&data.fields, name, errors)),
            Data::Enum(data) => Body::Enum(
                data.variants
                    .iter()
                    .map(|variant| Variant {
                        ident: &variant.ident,
                        attrs: VariantAttrs::read(&variant.attrs, errors),
                        fields: read_fields(&variant.fields, name, errors),
                    })
                    .collect(),
            ),
            Data::Union(data) => {
                errors.at(
                    data.union_token,
                    "a union does not say which of its fields is valid: save it by hand, with `impl Savable`",
                );
                return None;
            }
        };
        Some(Input {
            ident: name,
            generics: &input.generics,
            attrs,
            body,
        })
    }

    /// The name in snapshots.
    pub fn stored_name(&self) -> String {
        renamed(self.attrs.rename.as_ref()).unwrap_or_else(|| plain_name(self.ident))
    }

    /// All fields, of all variants.
    pub fn fields(&self) -> Box<dyn Iterator<Item = &Field<'a>> + '_> {
        match &self.body {
            Body::Struct(fields) => Box::new(fields.iter()),
            Body::Enum(variants) => Box::new(variants.iter().flat_map(|variant| &variant.fields)),
        }
    }

    pub fn is_enum(&self) -> bool {
        matches!(self.body, Body::Enum(_))
    }
}

impl Variant<'_> {
    /// The name in snapshots.
    pub fn stored_name(&self) -> String {
        renamed(self.attrs.rename.as_ref()).unwrap_or_else(|| plain_name(self.ident))
    }
}

impl<'a> Field<'a> {
    pub fn saved(&'a self) -> Option<SavedField<'a>> {
        let stored = self.stored.as_ref()?;
        Some(SavedField {
            field: self,
            stored,
        })
    }

    /// The name in snapshots.
    pub fn stored_name(&self) -> String {
        renamed(self.attrs.rename.as_ref()).unwrap_or_else(|| match &self.member {
            Member::Named(ident) => plain_name(ident),
            Member::Unnamed(index) => index.index.to_string(),
        })
    }

    /// What fills the field where nothing is stored; fields without one use their `Default`.
    pub fn filler(&self) -> &Filler {
        self.attrs
            .default
            .as_ref()
            .map_or(&Filler::Trait, |given| &given.value)
    }

    /// The type's text, for what must not depend on the type itself.
    pub fn type_text(&self) -> String {
        self.ty.to_token_stream().to_string()
    }
}

impl Stored {
    /// `check` reports a field with several of these attributes; the first one holds here.
    fn of(attrs: &FieldAttrs, ty: &Type) -> Option<Self> {
        if attrs.skip.is_some() {
            return None;
        }
        if let Some(with) = &attrs.with {
            return Some(Self::With(with.value.clone()));
        }
        Some(Self::By(if attrs.as_serde.is_some() {
            Impl::Serde
        } else if attrs.as_pod.is_some() && types::is_sequence(ty) {
            Impl::PodSlice
        } else if attrs.as_pod.is_some() {
            Impl::Pod
        } else if attrs.reopen.is_some() {
            Impl::Reopen
        } else {
            Impl::Savable
        }))
    }

    /// By the type's own impl of `Savable`.
    pub fn is_own(&self) -> bool {
        matches!(self, Self::By(Impl::Savable))
    }
}

fn read_fields<'a>(fields: &'a syn::Fields, around: &Ident, errors: &mut Errors) -> Vec<Field<'a>> {
    fields
        .iter()
        .enumerate()
        .map(|(index, field)| {
            let attrs = FieldAttrs::read(&field.attrs, errors);
            let member = match &field.ident {
                Some(ident) => Member::Named(ident.clone()),
                None => Member::Unnamed(Index {
                    index: index as u32,
                    span: field.ty.span(),
                }),
            };
            Field {
                member,
                index,
                ty: &field.ty,
                recursive: attrs.recursive.is_some() || types::mentions(&field.ty, around),
                stored: Stored::of(&attrs, &field.ty),
                attrs,
            }
        })
        .collect()
}

fn renamed(rename: Option<&Given<String>>) -> Option<String> {
    rename.map(|rename| rename.value.clone())
}

/// An identifier without `r#`.
pub fn plain_name(ident: &Ident) -> String {
    let name = ident.to_string();
    name.strip_prefix("r#").unwrap_or(&name).to_owned()
}
