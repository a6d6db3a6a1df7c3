//! Reads `#[savable(...)]`: one table of names, one struct per place.

use syn::meta::ParseNestedMeta;
use syn::parse::Parse;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Attribute, Ident, LitInt, LitStr, Path, Token, WherePredicate};

use crate::errors::Errors;

/// Where an attribute may stand.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Type,
    Variant,
    Field,
}

impl Place {
    fn name(self) -> &'static str {
        match self {
            Place::Type => "type",
            Place::Variant => "variant",
            Place::Field => "field",
        }
    }
}

/// An attribute's name, its places and how it is written.
pub struct Spec {
    pub name: &'static str,
    places: &'static [Place],
    usage: &'static str,
}

const fn spec(name: &'static str, places: &'static [Place], usage: &'static str) -> Spec {
    Spec {
        name,
        places,
        usage,
    }
}

/// Every attribute there is.
pub const TABLE: &[Spec] = &[
    spec("skip", &[Place::Field], "skip"),
    spec(
        "default",
        &[Place::Field],
        "default` or `default = path::to::function",
    ),
    spec("with", &[Place::Field], "with = path::to::module"),
    spec("as_serde", &[Place::Field], "as_serde"),
    spec("as_pod", &[Place::Field], "as_pod"),
    spec("reopen", &[Place::Field], "reopen"),
    spec("recursive", &[Place::Field], "recursive"),
    spec(
        "rename",
        &[Place::Type, Place::Variant, Place::Field],
        "rename = \"stored_name\"",
    ),
    spec("since", &[Place::Variant, Place::Field], "since = 2"),
    spec("until", &[Place::Variant, Place::Field], "until = 2"),
    spec(
        "upgrade",
        &[Place::Variant, Place::Field],
        "upgrade = path::to::function",
    ),
    spec("version", &[Place::Type], "version = 2"),
    spec("validate", &[Place::Type], "validate = path::to::function"),
    spec("bound", &[Place::Type], "bound = \"T: Savable\""),
    spec(
        "crate",
        &[Place::Type],
        "crate = path::to::lightsss_runtime",
    ),
    spec("transparent", &[Place::Type], "transparent"),
];

/// A value and the attribute it came from.
#[derive(Clone)]
pub struct Given<T> {
    pub value: T,
    /// The attribute's path, for messages.
    pub at: Path,
}

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
}

/// One attribute of a list, with its value still to be read.
struct Item<'a, 'b> {
    meta: &'a ParseNestedMeta<'b>,
    spec: &'static Spec,
}

impl Item<'_, '_> {
    fn flag(&self, slot: &mut Option<Given<()>>) -> syn::Result<()> {
        if self.meta.input.peek(Token![=]) {
            // Read past the value, so that the attributes behind it are read too.
            self.meta.value()?.parse::<syn::Expr>()?;
            return Err(self.misused("takes no value"));
        }
        self.set(slot, ())
    }

    fn set<T>(&self, slot: &mut Option<Given<T>>, value: T) -> syn::Result<()> {
        if slot.is_some() {
            return Err(self
                .meta
                .error(format_args!("`{}` is given twice", self.spec.name)));
        }
        *slot = Some(Given {
            value,
            at: self.meta.path.clone(),
        });
        Ok(())
    }

    /// The value behind `=`, as a `T`; also as a string that holds a `T`.
    fn value<T: Parse>(&self, what: &str) -> syn::Result<T> {
        if !self.meta.input.peek(Token![=]) {
            return Err(self.misused(format_args!("needs {what}")));
        }
        let expr = self.expr()?;
        let parsed = match &expr {
            syn::Expr::Lit(syn::ExprLit {
                lit: syn::Lit::Str(text),
                ..
            }) => text.parse::<T>(),
            expr => syn::parse2::<T>(quote::ToTokens::to_token_stream(expr)),
        };
        parsed.map_err(|_| {
            syn::Error::new(
                expr.span(),
                format_args!(
                    "`{}` needs {what}: write `{}`",
                    self.spec.name, self.spec.usage
                ),
            )
        })
    }

    /// The expression behind `=`, without the invisible group that a macro's fragment has around it.
    fn expr(&self) -> syn::Result<syn::Expr> {
        let mut expr: syn::Expr = self.meta.value()?.parse()?;
        while let syn::Expr::Group(group) = expr {
            expr = *group.expr;
        }
        Ok(expr)
    }

    fn path(&self) -> syn::Result<Path> {
        self.value("a path")
    }

    fn version(&self) -> syn::Result<u32> {
        let number: LitInt = self.value("a version number")?;
        match number.base10_parse::<u32>() {
            Ok(0) => Err(syn::Error::new(number.span(), "versions count from 1")),
            Ok(u32::MAX) | Err(_) => Err(syn::Error::new(
                number.span(),
                format_args!(
                    "version `{number}` is too large: a version is a u32 below its maximum"
                ),
            )),
            Ok(version) => Ok(version),
        }
    }

    fn text(&self) -> syn::Result<String> {
        if !self.meta.input.peek(Token![=]) {
            return Err(self.misused("needs a string"));
        }
        let expr = self.expr()?;
        match &expr {
            syn::Expr::Lit(syn::ExprLit {
                lit: syn::Lit::Str(text),
                ..
            }) if !text.value().is_empty() => Ok(text.value()),
            _ => Err(syn::Error::new(
                expr.span(),
                format_args!(
                    "`{}` needs a name in quotes: write `{}`",
                    self.spec.name, self.spec.usage
                ),
            )),
        }
    }

    fn misused(&self, how: impl std::fmt::Display) -> syn::Error {
        self.meta.error(format_args!(
            "`{}` {how}: write `{}`",
            self.spec.name, self.spec.usage
        ))
    }
}

/// Reads the attributes at one place; mistakes go to `errors`, the rest is read all the same.
fn read(
    attrs: &[Attribute],
    place: Place,
    errors: &mut Errors,
    mut take: impl FnMut(&Item<'_, '_>) -> syn::Result<()>,
) {
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("savable")) {
        if !matches!(attr.meta, syn::Meta::List(_)) {
            errors.at(attr, "expected a list: write `#[savable(skip)]`, say");
            continue;
        }
        let read = attr.parse_nested_meta(|meta| {
            let result = match find(&meta, place) {
                Ok(spec) => take(&Item { meta: &meta, spec }),
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

fn find(meta: &ParseNestedMeta<'_>, place: Place) -> syn::Result<&'static Spec> {
    let name = match meta.path.get_ident() {
        Some(ident) => ident.to_string(),
        None => return Err(meta.error("expected the name of a `savable` attribute")),
    };
    let Some(spec) = TABLE.iter().find(|spec| spec.name == name) else {
        let near = nearest(&name, place);
        let hint = match near {
            Some(spec) => format!("did you mean `{}`?", spec.usage),
            None => format!("a {} takes {}", place.name(), names(place)),
        };
        return Err(meta.error(format_args!("unknown attribute `{name}`: {hint}")));
    };
    if !spec.places.contains(&place) {
        let places: Vec<&str> = spec.places.iter().map(|place| place.name()).collect();
        return Err(meta.error(format_args!(
            "`{name}` does not belong on a {}: it goes on a {}",
            place.name(),
            places.join(" or a ")
        )));
    }
    Ok(spec)
}

fn names(place: Place) -> String {
    let names: Vec<String> = TABLE
        .iter()
        .filter(|spec| spec.places.contains(&place))
        .map(|spec| format!("`{}`", spec.name))
        .collect();
    names.join(", ")
}

/// What other derives call the same thing.
const ALIASES: &[(&str, &str)] = &[
    ("ignore", "skip"),
    ("transient", "skip"),
    ("serde", "as_serde"),
    ("pod", "as_pod"),
    ("bytemuck", "as_pod"),
    ("start", "since"),
    ("end", "until"),
    ("alias", "rename"),
    ("default_fn", "default"),
    ("from", "upgrade"),
    ("convert", "upgrade"),
    ("check", "validate"),
    ("file", "reopen"),
];

/// The attribute that was meant, if one is near.
fn nearest(name: &str, place: Place) -> Option<&'static Spec> {
    let here = || TABLE.iter().filter(|spec| spec.places.contains(&place));
    let own = here().map(|spec| (spec.name, spec));
    let others = ALIASES
        .iter()
        .filter_map(|(alias, real)| Some((*alias, here().find(|spec| spec.name == *real)?)));
    own.chain(others)
        .map(|(known, spec)| (distance(name, known), known.len(), spec))
        .filter(|(distance, len, _)| *distance <= 1 + len / 4)
        .min_by_key(|(distance, ..)| *distance)
        .map(|(.., spec)| spec)
}

/// Edits (insert, remove, replace a letter) from one word to the other.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

impl TypeAttrs {
    pub fn read(attrs: &[Attribute], errors: &mut Errors) -> TypeAttrs {
        let mut found = TypeAttrs::default();
        read(attrs, Place::Type, errors, |item| match item.spec.name {
            "version" => item.set(&mut found.version, item.version()?),
            "rename" => item.set(&mut found.rename, item.text()?),
            "transparent" => item.flag(&mut found.transparent),
            "validate" => item.set(&mut found.validate, item.path()?),
            "crate" => item.set(&mut found.runtime, runtime_path(item)?),
            _ => {
                let predicates: Predicates = bound(item)?;
                item.set(&mut found.bound, predicates.0)
            }
        });
        found
    }
}

impl VariantAttrs {
    pub fn read(attrs: &[Attribute], errors: &mut Errors) -> VariantAttrs {
        let mut found = VariantAttrs::default();
        read(attrs, Place::Variant, errors, |item| match item.spec.name {
            "rename" => item.set(&mut found.rename, item.text()?),
            "since" => item.set(&mut found.since, item.version()?),
            "until" => item.set(&mut found.until, item.version()?),
            _ => item.set(&mut found.upgrade, item.path()?),
        });
        found
    }
}

impl FieldAttrs {
    pub fn read(attrs: &[Attribute], errors: &mut Errors) -> FieldAttrs {
        let mut found = FieldAttrs::default();
        read(attrs, Place::Field, errors, |item| match item.spec.name {
            "skip" => item.flag(&mut found.skip),
            "default" if item.meta.input.peek(Token![=]) => {
                item.set(&mut found.default, Filler::Function(item.path()?))
            }
            "default" => item.set(&mut found.default, Filler::Trait),
            "with" => item.set(&mut found.with, item.path()?),
            "as_serde" => item.flag(&mut found.as_serde),
            "as_pod" => item.flag(&mut found.as_pod),
            "reopen" => item.flag(&mut found.reopen),
            "recursive" => item.flag(&mut found.recursive),
            "rename" => item.set(&mut found.rename, item.text()?),
            "since" => item.set(&mut found.since, item.version()?),
            "until" => item.set(&mut found.until, item.version()?),
            _ => {
                let value = item.path()?;
                found.upgrades.push(Given {
                    value,
                    at: item.meta.path.clone(),
                });
                Ok(())
            }
        });
        found
    }
}

/// `crate = path`; the path may be a keyword alone, as in `crate = crate`.
fn runtime_path(item: &Item<'_, '_>) -> syn::Result<Path> {
    if !item.meta.input.peek(Token![=]) {
        return Err(item.misused("needs a path"));
    }
    let value = item.meta.value()?;
    if value.peek(LitStr) {
        let text: LitStr = value.parse()?;
        return text.parse_with(Path::parse_mod_style);
    }
    value.call(Path::parse_mod_style).map_err(|error| {
        syn::Error::new(
            error.span(),
            format_args!("`crate` needs a path: write `{}`", item.spec.usage),
        )
    })
}

struct Predicates(Vec<WherePredicate>);

impl Parse for Predicates {
    fn parse(input: syn::parse::ParseStream<'_>) -> syn::Result<Self> {
        let list = Punctuated::<WherePredicate, Token![,]>::parse_terminated(input)?;
        Ok(Predicates(list.into_iter().collect()))
    }
}

fn bound(item: &Item<'_, '_>) -> syn::Result<Predicates> {
    if !item.meta.input.peek(Token![=]) {
        return Err(item.misused("needs bounds in quotes"));
    }
    let expr = item.expr()?;
    let parsed = match &expr {
        syn::Expr::Lit(syn::ExprLit {
            lit: syn::Lit::Str(text),
            ..
        }) => text.parse().ok(),
        _ => None,
    };
    parsed.ok_or_else(|| {
        syn::Error::new(
            expr.span(),
            format_args!(
                "`bound` needs bounds in quotes: write `{}`",
                item.spec.usage
            ),
        )
    })
}

/// An identifier without `r#`.
pub fn plain_name(ident: &Ident) -> String {
    let name = ident.to_string();
    name.strip_prefix("r#").unwrap_or(&name).to_owned()
}
