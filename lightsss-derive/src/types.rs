//! What the spelling of a type tells about it.

use syn::{GenericArgument, Ident, PathArguments, Type};

/// Without the parentheses and invisible groups around it.
pub fn peel(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => peel(&group.elem),
        Type::Paren(paren) => peel(&paren.elem),
        ty => ty,
    }
}

/// Numbers and text, by their names: they hold no files, and can be saved and made anew.
pub fn is_plain(ty: &Type) -> bool {
    const NAMES: &[&str] = &[
        "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize",
        "f32", "f64", "bool", "char", "String",
    ];
    match peel(ty) {
        Type::Path(path) => path
            .path
            .get_ident()
            .is_some_and(|ident| NAMES.iter().any(|name| ident == name)),
        Type::Array(array) => is_plain(&array.elem),
        _ => false,
    }
}

/// A plain type, or a container of such types, by its name.
pub fn is_plain_or_holds_plain(ty: &Type) -> bool {
    const NAMES: &[&str] = &["Option", "Box", "Vec", "VecDeque"];
    if is_plain(ty) {
        return true;
    }
    match peel(ty) {
        Type::Array(array) => is_plain_or_holds_plain(&array.elem),
        Type::Slice(slice) => is_plain_or_holds_plain(&slice.elem),
        Type::Tuple(tuple) => tuple.elems.iter().all(is_plain_or_holds_plain),
        Type::Path(path) => {
            let Some(container) = path.path.segments.first() else {
                return false;
            };
            let PathArguments::AngleBracketed(arguments) = &container.arguments else {
                return false;
            };
            path.path.segments.len() == 1
                && NAMES.iter().any(|name| container.ident == name)
                && arguments.args.iter().all(
                    |argument| matches!(argument, GenericArgument::Type(ty) if is_plain_or_holds_plain(ty)),
                )
        }
        _ => false,
    }
}

/// `Vec<_>` and `Box<[_]>`, by their names.
pub fn is_sequence(ty: &Type) -> bool {
    let Type::Path(path) = peel(ty) else {
        return false;
    };
    path.path
        .segments
        .last()
        .is_some_and(|last| last.ident == "Vec" || last.ident == "Box")
}

/// Whether `ty` names the type around it.
pub fn mentions(ty: &Type, around: &Ident) -> bool {
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
