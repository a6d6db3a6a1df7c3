//! Impls in the place of those of a type with mistakes, so that the mistakes are all that is reported.

use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

use crate::attr::TypeAttrs;
use crate::dummy;

pub fn stubs(input: &DeriveInput, attrs: &TypeAttrs) -> TokenStream {
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
    dummy::wrap(attrs, &stubs)
}
