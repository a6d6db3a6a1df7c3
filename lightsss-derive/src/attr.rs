//! Reads `#[savable(...)]`: for each place a table of names, each with what reads it.

use syn::meta::ParseNestedMeta;
use syn::{Attribute, Path, Token, WherePredicate};

use crate::errors::Errors;
use crate::item::{Given, Item};
use crate::suggest::nearest;
use crate::symbol::{
    AS_POD, AS_SERDE, BOUND, CRATE, DEFAULT, RECURSIVE, RENAME, REOPEN, SINCE, SKIP, Symbol,
    TRANSPARENT, UNTIL, UPGRADE, VALIDATE, VERSION, WITH,
};

/// What fills a field that has no stored value.
#[derive(Clone)]
pub enum Filler {
    /// `Default::default()`.
    Trait,
    /// The named function.
    Function(Path),
}

/// Attributes of a type.
#[derive(Default)]
pub struct TypeAttrs {
    pub version: Option<Given<u32>>,
    pub rename: Option<Given<String>>,
    pub bound: Option<Given<Vec<WherePredicate>>>,
    pub runtime: Option<Given<Path>>,
    pub transparent: Option<Given<()>>,
    pub validate: Option<Given<Path>>,
    /// The names of all that was given.
    pub given: Vec<Given<Symbol>>,
}

/// Attributes of a variant.
#[derive(Default)]
pub struct VariantAttrs {
    pub rename: Option<Given<String>>,
    pub since: Option<Given<u32>>,
    pub until: Option<Given<u32>>,
    pub upgrade: Option<Given<Path>>,
}

/// Attributes of a field.
#[derive(Default)]
pub struct FieldAttrs {
    pub skip: Option<Given<()>>,
    pub default: Option<Given<Filler>>,
    pub with: Option<Given<Path>>,
    pub as_serde: Option<Given<()>>,
    pub as_pod: Option<Given<()>>,
    pub reopen: Option<Given<()>>,
    pub recursive: Option<Given<()>>,
    pub rename: Option<Given<String>>,
    pub since: Option<Given<u32>>,
    pub until: Option<Given<u32>>,
    pub upgrades: Vec<Given<Path>>,
    /// The names of all that was given.
    pub given: Vec<Given<Symbol>>,
}

/// A name, and what reads the attribute.
type Row<T> = (Symbol, Read<T>);
type Read<T> = fn(&Item<'_, '_>, &mut T) -> syn::Result<()>;

const TYPE: &[Row<TypeAttrs>] = &[
    (RENAME, |item, to| item.set(&mut to.rename, item.text()?)),
    (VERSION, |item, to| {
        item.set(&mut to.version, item.version()?)
    }),
    (VALIDATE, |item, to| {
        item.set(&mut to.validate, item.path()?)
    }),
    (BOUND, |item, to| item.set(&mut to.bound, item.bound()?)),
    (CRATE, |item, to| {
        item.set(&mut to.runtime, item.runtime_path()?)
    }),
    (TRANSPARENT, |item, to| item.flag(&mut to.transparent)),
];

const VARIANT: &[Row<VariantAttrs>] = &[
    (RENAME, |item, to| item.set(&mut to.rename, item.text()?)),
    (SINCE, |item, to| item.set(&mut to.since, item.version()?)),
    (UNTIL, |item, to| item.set(&mut to.until, item.version()?)),
    (UPGRADE, |item, to| item.set(&mut to.upgrade, item.path()?)),
];

const FIELD: &[Row<FieldAttrs>] = &[
    (SKIP, |item, to| item.flag(&mut to.skip)),
    (DEFAULT, |item, to| {
        let filler = if item.meta.input.peek(Token![=]) {
            Filler::Function(item.path()?)
        } else {
            Filler::Trait
        };
        item.set(&mut to.default, filler)
    }),
    (WITH, |item, to| item.set(&mut to.with, item.path()?)),
    (AS_SERDE, |item, to| item.flag(&mut to.as_serde)),
    (AS_POD, |item, to| item.flag(&mut to.as_pod)),
    (REOPEN, |item, to| item.flag(&mut to.reopen)),
    (RECURSIVE, |item, to| item.flag(&mut to.recursive)),
    (RENAME, |item, to| item.set(&mut to.rename, item.text()?)),
    (SINCE, |item, to| item.set(&mut to.since, item.version()?)),
    (UNTIL, |item, to| item.set(&mut to.until, item.version()?)),
    (UPGRADE, |item, to| {
        to.upgrades.push(item.given(item.path()?));
        Ok(())
    }),
];

/// Where an attribute may stand.
pub struct Place {
    name: &'static str,
    pub symbols: fn() -> Vec<Symbol>,
}

pub const PLACES: [Place; 3] = [
    Place {
        name: "type",
        symbols: || symbols(TYPE),
    },
    Place {
        name: "variant",
        symbols: || symbols(VARIANT),
    },
    Place {
        name: "field",
        symbols: || symbols(FIELD),
    },
];

fn symbols<T>(rows: &[Row<T>]) -> Vec<Symbol> {
    rows.iter().map(|(symbol, _)| *symbol).collect()
}

impl TypeAttrs {
    pub fn read(attrs: &[Attribute], errors: &mut Errors) -> Self {
        let mut found = Self::default();
        found.given = read(attrs, "type", TYPE, &mut found, errors);
        found
    }
}

impl VariantAttrs {
    pub fn read(attrs: &[Attribute], errors: &mut Errors) -> Self {
        let mut found = Self::default();
        read(attrs, "variant", VARIANT, &mut found, errors);
        found
    }
}

impl FieldAttrs {
    pub fn read(attrs: &[Attribute], errors: &mut Errors) -> Self {
        let mut found = Self::default();
        found.given = read(attrs, "field", FIELD, &mut found, errors);
        found
    }
}

/// Reads the attributes at one place; mistakes go to `errors`, the rest is read all the same.
///
/// Returns the names that were given, each once, in the order of the table.
fn read<T>(
    attrs: &[Attribute],
    place: &str,
    rows: &[Row<T>],
    found: &mut T,
    errors: &mut Errors,
) -> Vec<Given<Symbol>> {
    let mut given = Vec::new();
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("savable")) {
        if !matches!(attr.meta, syn::Meta::List(_)) {
            errors.at(attr, "expected a list: write `#[savable(skip)]`, say");
            continue;
        }
        let read = attr.parse_nested_meta(|meta| {
            let result = match find(&meta, place, rows) {
                Ok((at, symbol, take)) => {
                    let item = Item {
                        meta: &meta,
                        symbol,
                    };
                    take(&item, found).map(|()| given.push((at, item.given(symbol))))
                }
                Err(error) => skip_value(&meta).map(|()| errors.add(error)),
            };
            if let Err(error) = result {
                errors.add(error);
                skip_rest(&meta)?;
            }
            Ok(())
        });
        if let Err(error) = read {
            errors.add(error);
        }
    }
    given.sort_by_key(|(at, _)| *at);
    given.dedup_by_key(|(at, _)| *at);
    given.into_iter().map(|(_, given)| given).collect()
}

/// The row of the attribute, and its position.
fn find<T>(
    meta: &ParseNestedMeta<'_>,
    place: &str,
    rows: &[Row<T>],
) -> syn::Result<(usize, Symbol, Read<T>)> {
    let name = match meta.path.get_ident() {
        Some(ident) => ident.to_string(),
        None => return Err(meta.error("expected the name of a `savable` attribute")),
    };
    let row = rows.iter().position(|(symbol, _)| symbol.name == name);
    if let Some(at) = row {
        return Ok((at, rows[at].0, rows[at].1));
    }
    let places: Vec<&str> = PLACES
        .iter()
        .filter(|place| (place.symbols)().iter().any(|symbol| symbol.name == name))
        .map(|place| place.name)
        .collect();
    if !places.is_empty() {
        return Err(meta.error(format_args!(
            "`{name}` does not belong on a {place}: it goes on a {}",
            places.join(" or a ")
        )));
    }
    let known = symbols(rows);
    let hint = if let Some(symbol) = nearest(&name, &known) {
        format!("did you mean `{}`?", symbol.usage)
    } else {
        let names: Vec<String> = known
            .iter()
            .map(|symbol| format!("`{}`", symbol.name))
            .collect();
        format!("a {place} takes {}", names.join(", "))
    };
    Err(meta.error(format_args!("unknown attribute `{name}`: {hint}")))
}

/// Goes past the value of an attribute that is not understood.
fn skip_value(meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
    if meta.input.peek(Token![=]) {
        meta.value()?.parse::<syn::Expr>()?;
    } else if meta.input.peek(syn::token::Paren) {
        let content;
        syn::parenthesized!(content in meta.input);
        content.parse::<proc_macro2::TokenStream>()?;
    }
    Ok(())
}

/// Goes on at the next attribute of the list.
fn skip_rest(meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
    while !meta.input.is_empty() && !meta.input.peek(Token![,]) {
        meta.input.parse::<proc_macro2::TokenTree>()?;
    }
    Ok(())
}
