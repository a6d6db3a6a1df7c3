//! The input as the later stages see it.

use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Generics, Ident, Index, Member, Type};

use crate::attr::{FieldAttrs, Filler, TypeAttrs, VariantAttrs, plain_name};
use crate::errors::Errors;
use crate::refuse;

/// A type with the derive on it.
pub struct Input<'a> {
    pub ident: &'a Ident,
    pub generics: &'a Generics,
    pub attrs: TypeAttrs,
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
}

/// How a field is saved.
pub enum Way<'a> {
    Skip,
    Plain,
    With(&'a syn::Path),
    Serde,
    Pod,
    PodSlice,
    Reopen,
}

impl<'a> Input<'a> {
    /// Reads the input; `None` where it can't be handled at all.
    pub fn read(input: &'a DeriveInput, errors: &mut Errors) -> Option<Input<'a>> {
        let attrs = TypeAttrs::read(&input.attrs, errors);
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
        refuse::packed(input, errors);
        Some(Input {
            ident: name,
            generics: &input.generics,
            attrs,
            body,
        })
    }

    /// The name in snapshots.
    pub fn stored_name(&self) -> String {
        match &self.attrs.rename {
            Some(rename) => rename.value.clone(),
            None => plain_name(self.ident),
        }
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
        match &self.attrs.rename {
            Some(rename) => rename.value.clone(),
            None => plain_name(self.ident),
        }
    }
}

impl Field<'_> {
    /// The name in snapshots.
    pub fn stored_name(&self) -> String {
        match (&self.attrs.rename, &self.member) {
            (Some(rename), _) => rename.value.clone(),
            (None, Member::Named(ident)) => plain_name(ident),
            (None, Member::Unnamed(index)) => index.index.to_string(),
        }
    }

    pub fn way(&self) -> Way<'_> {
        let attrs = &self.attrs;
        if attrs.skip.is_some() {
            Way::Skip
        } else if let Some(with) = &attrs.with {
            Way::With(&with.value)
        } else if attrs.as_serde.is_some() {
            Way::Serde
        } else if attrs.as_pod.is_some() {
            if refuse::is_sequence(self.ty) {
                Way::PodSlice
            } else {
                Way::Pod
            }
        } else if attrs.reopen.is_some() {
            Way::Reopen
        } else {
            Way::Plain
        }
    }

    pub fn is_saved(&self) -> bool {
        self.attrs.skip.is_none()
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
            let recursive = attrs.recursive.is_some() || mentions(&field.ty, around);
            Field {
                member,
                index,
                ty: &field.ty,
                attrs,
                recursive,
            }
        })
        .collect()
}

/// Whether `ty` names the type around it.
fn mentions(ty: &Type, around: &Ident) -> bool {
    struct Search<'a> {
        around: &'a Ident,
        found: bool,
    }
    impl<'a> syn::visit::Visit<'a> for Search<'_> {
        fn visit_type_path(&mut self, path: &'a syn::TypePath) {
            // `Self::Item` and `other::Name` are other types, `Name<..>` and `Self` are this one.
            if path.qself.is_none()
                && let Some(ident) = path.path.segments.last().map(|segment| &segment.ident)
                && path.path.segments.iter().rev().skip(1).all(|segment| {
                    segment.ident == "self" || segment.ident == "crate" || segment.ident == "super"
                })
                && (ident == self.around || ident == "Self")
            {
                self.found = true;
            }
            syn::visit::visit_type_path(self, path);
        }
    }
    let mut search = Search {
        around,
        found: false,
    };
    syn::visit::Visit::visit_type(&mut search, ty);
    search.found
}
