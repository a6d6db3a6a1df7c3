//! One attribute of `#[savable(...)]`, and how its value is read.

use syn::meta::ParseNestedMeta;
use syn::parse::Parse;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{LitInt, LitStr, Path, Token, WherePredicate};

use crate::symbol::Symbol;

/// A value and the attribute it came from.
#[derive(Clone)]
pub struct Given<T> {
    pub value: T,
    /// The attribute's path, for messages.
    pub at: Path,
}

/// One attribute of a list, with its value still to be read.
pub struct Item<'a, 'b> {
    pub meta: &'a ParseNestedMeta<'b>,
    pub symbol: Symbol,
}

impl Item<'_, '_> {
    pub fn flag(&self, slot: &mut Option<Given<()>>) -> syn::Result<()> {
        if self.meta.input.peek(Token![=]) {
            // Read past the value, so that the attributes behind it are read too.
            self.meta.value()?.parse::<syn::Expr>()?;
            return Err(self.misused("takes no value"));
        }
        self.set(slot, ())
    }

    pub fn set<T>(&self, slot: &mut Option<Given<T>>, value: T) -> syn::Result<()> {
        if slot.is_some() {
            return Err(self
                .meta
                .error(format_args!("`{}` is given twice", self.symbol.name)));
        }
        *slot = Some(self.given(value));
        Ok(())
    }

    pub fn given<T>(&self, value: T) -> Given<T> {
        Given {
            value,
            at: self.meta.path.clone(),
        }
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
                    self.symbol.name, self.symbol.usage
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

    pub fn path(&self) -> syn::Result<Path> {
        self.value("a path")
    }

    pub fn version(&self) -> syn::Result<u32> {
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

    pub fn text(&self) -> syn::Result<String> {
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
                    self.symbol.name, self.symbol.usage
                ),
            )),
        }
    }

    fn misused(&self, how: impl std::fmt::Display) -> syn::Error {
        self.meta.error(format_args!(
            "`{}` {how}: write `{}`",
            self.symbol.name, self.symbol.usage
        ))
    }

    /// `crate = path`; the path may be a keyword alone, as in `crate = crate`.
    pub fn runtime_path(&self) -> syn::Result<Path> {
        if !self.meta.input.peek(Token![=]) {
            return Err(self.misused("needs a path"));
        }
        let value = self.meta.value()?;
        if value.peek(LitStr) {
            let text: LitStr = value.parse()?;
            return text.parse_with(Path::parse_mod_style);
        }
        value.call(Path::parse_mod_style).map_err(|error| {
            syn::Error::new(
                error.span(),
                format_args!("`crate` needs a path: write `{}`", self.symbol.usage),
            )
        })
    }

    pub fn bound(&self) -> syn::Result<Vec<WherePredicate>> {
        if !self.meta.input.peek(Token![=]) {
            return Err(self.misused("needs bounds in quotes"));
        }
        let expr = self.expr()?;
        let parsed: Option<Predicates> = match &expr {
            syn::Expr::Lit(syn::ExprLit {
                lit: syn::Lit::Str(text),
                ..
            }) => text.parse().ok(),
            _ => None,
        };
        parsed.map(|list| list.0).ok_or_else(|| {
            syn::Error::new(
                expr.span(),
                format_args!(
                    "`bound` needs bounds in quotes: write `{}`",
                    self.symbol.usage
                ),
            )
        })
    }
}

struct Predicates(Vec<WherePredicate>);

impl Parse for Predicates {
    fn parse(input: syn::parse::ParseStream<'_>) -> syn::Result<Self> {
        let list = Punctuated::<WherePredicate, Token![,]>::parse_terminated(input)?;
        Ok(Predicates(list.into_iter().collect()))
    }
}
