//! Types that cannot be saved, as far as their spelling tells; `std`'s own types are refused by the runtime,
//! where they are known for what they are.

use syn::{DeriveInput, GenericArgument, PathArguments, Type};

use crate::errors::Errors;
use crate::types::peel;

/// `repr(packed)`: references to its fields cannot be taken.
pub fn packed(input: &DeriveInput, errors: &mut Errors) {
    for attr in input
        .attrs
        .iter()
        .filter(|attr| attr.path().is_ident("repr"))
    {
        // What the compiler does not accept either, it reports itself.
        let _ = attr.parse_nested_meta(|meta| {
            if meta.path.is_ident("packed") {
                errors.add(meta.error(
                    "fields of a packed type cannot be borrowed, which saving needs: remove `packed`, or save the type as a whole with `#[savable(as_pod)]` on the field that holds it",
                ));
            }
            if meta.input.peek(syn::token::Paren) {
                let content;
                syn::parenthesized!(content in meta.input);
                content.parse::<proc_macro2::TokenStream>()?;
            }
            Ok(())
        });
    }
}

/// Refuses the types in a field's type that no snapshot can hold.
pub fn ty(ty: &Type, errors: &mut Errors) {
    match peel(ty) {
        Type::Ptr(_) => errors.at(
            ty,
            "a raw pointer means nothing in another process: save what it points to, rebuild the pointer after a restore, and write `#[savable(skip)]`",
        ),
        Type::Reference(reference) => errors.at(
            ty,
            if matches!(peel(&reference.elem), Type::Path(path) if path.path.is_ident("str")) {
                "a borrowed string cannot be restored into: hold a `String`, or a `Cow<str>`, or write `#[savable(skip)]`"
            } else {
                "a reference's target belongs to someone else, who saves it: hold the value itself, or write `#[savable(skip)]`"
            },
        ),
        Type::FnPtr(_) => errors.at(
            ty,
            "a function pointer is another address in every run: save an enum that names the function, or write `#[savable(skip)]`",
        ),
        Type::TraitObject(_) => errors.at(
            ty,
            "which type is behind `dyn` is not known to a restore: use an enum of the possible types, or write `#[savable(skip)]` or `#[savable(with = module)]`",
        ),
        Type::Array(array) => self::ty(&array.elem, errors),
        Type::Slice(slice) => self::ty(&slice.elem, errors),
        Type::Tuple(tuple) => tuple.elems.iter().for_each(|elem| self::ty(elem, errors)),
        Type::Path(path) if path.qself.is_none() => named(ty, path, errors),
        _ => {}
    }
}

/// Containers that hold what their arguments say.
const CONTAINERS: &[&str] = &[
    "Option",
    "Result",
    "Box",
    "Rc",
    "Arc",
    "Vec",
    "VecDeque",
    "LinkedList",
    "BTreeMap",
    "BTreeSet",
    "HashMap",
    "HashSet",
    "BinaryHeap",
    "Cell",
    "RefCell",
    "Mutex",
    "RwLock",
    "OnceCell",
    "OnceLock",
    "Wrapping",
    "Saturating",
    "Reverse",
    "Range",
    "RangeInclusive",
    "RangeFrom",
    "RangeTo",
];

fn named(ty: &Type, path: &syn::TypePath, errors: &mut Errors) {
    let Some(segment) = path.path.segments.last() else {
        return;
    };
    let name = segment.ident.to_string();
    if name == "RawFd" {
        // An alias of a number, which the types cannot tell.
        errors.at(
            ty,
            "a file descriptor is another number in every process: hold a `std::fs::File` with `#[savable(reopen)]`, or write `#[savable(skip)]`",
        );
        return;
    }
    if CONTAINERS.contains(&name.as_str())
        && let PathArguments::AngleBracketed(arguments) = &segment.arguments
    {
        for argument in &arguments.args {
            if let GenericArgument::Type(argument) = argument {
                self::ty(argument, errors);
            }
        }
    }
}
