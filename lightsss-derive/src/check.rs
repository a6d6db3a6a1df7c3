//! Rules that span several attributes, fields or variants.
//!
//! - `ways`: a field is stored in one way, and a skipped one in none
//! - `versions`: a field that came later says what fills it, and a retired one has no `upgrade`
//! - `check_variant`: an `upgrade` replaces a variant that is no longer stored
//! - `lifetime`: `since` and `until` name versions of the type, in order
//! - `refuse::ty`: the type of a stored field can be stored
//! - `unique`: no two fields, and no two variants, are stored under one name
//! - `transparent`: a transparent type stores one field, and nothing else

use std::collections::HashMap;

use quote::ToTokens;

use crate::ast::{Body, Field, Input, Stored, Variant, saved};
use crate::errors::Errors;
use crate::item::Given;
use crate::refuse;
use crate::symbol::{
    AS_POD, AS_SERDE, DEFAULT, RENAME, REOPEN, SINCE, SKIP, Symbol, UNTIL, UPGRADE, VERSION, WITH,
};

pub fn check(input: &Input<'_>, errors: &mut Errors) {
    let version = input.attrs.version.as_ref().map(|given| given.value);
    match &input.body {
        Body::Struct(fields) => check_fields(fields, version, errors),
        Body::Enum(variants) => {
            for variant in variants {
                check_variant(variant, version, errors);
                check_fields(&variant.fields, version, errors);
            }
            unique(
                variants.iter().map(|v| (v.stored_name(), v.ident)),
                "variant",
                errors,
            );
        }
    }
    transparent(input, errors);
}

fn check_fields(fields: &[Field<'_>], version: Option<u32>, errors: &mut Errors) {
    for field in fields {
        ways(field, errors);
        versions(field, version, errors);
        if field.stored.as_ref().is_some_and(Stored::is_own) {
            refuse::ty(field.ty, errors);
        }
    }
    let fields = fields.iter().filter(|field| field.stored.is_some());
    unique(
        fields.map(|field| (field.stored_name(), &field.member)),
        "field",
        errors,
    );
}

fn ways(field: &Field<'_>, errors: &mut Errors) {
    if field.stored.is_none() {
        for given in among_others(&field.attrs.given, &[SKIP, DEFAULT]) {
            errors.at(
                &given.at,
                format_args!(
                    "a skipped field is not stored: remove `{}`, or `skip`",
                    given.value.name
                ),
            );
        }
        return;
    }
    let mut chosen = among(&field.attrs.given, &[WITH, AS_SERDE, AS_POD, REOPEN]);
    if let Some(first) = chosen.next() {
        for given in chosen {
            errors.at(
                &given.at,
                format_args!(
                    "`{}` already says how the field is saved: remove `{}`",
                    first.value.name, given.value.name
                ),
            );
        }
    }
}

fn among<'a>(
    given: &'a [Given<Symbol>],
    symbols: &'a [Symbol],
) -> impl Iterator<Item = &'a Given<Symbol>> {
    given.iter().filter(|given| symbols.contains(&given.value))
}

fn among_others<'a>(
    given: &'a [Given<Symbol>],
    symbols: &'a [Symbol],
) -> impl Iterator<Item = &'a Given<Symbol>> {
    given.iter().filter(|given| !symbols.contains(&given.value))
}

fn versions(field: &Field<'_>, version: Option<u32>, errors: &mut Errors) {
    let attrs = &field.attrs;
    lifetime(attrs.since.as_ref(), attrs.until.as_ref(), version, errors);
    if field.stored.is_none() {
        return;
    }
    if let Some(since) = &attrs.since
        && since.value > 1
        && attrs.default.is_none()
        && attrs.upgrades.is_empty()
    {
        errors.at(
            &since.at,
            format_args!(
                "snapshots before version {} do not hold this field: add `default` or `default = path::to::function` to fill it, or `upgrade = path::to::function` to convert what they hold under its name",
                since.value
            ),
        );
    }
    if attrs.until.is_some()
        && let Some(upgrade) = attrs.upgrades.first()
    {
        errors.at(
            &upgrade.at,
            "a field that is no longer stored is read as it was: move `upgrade` to the field that takes its place",
        );
    }
}

fn check_variant(variant: &Variant<'_>, version: Option<u32>, errors: &mut Errors) {
    let attrs = &variant.attrs;
    lifetime(attrs.since.as_ref(), attrs.until.as_ref(), version, errors);
    if let (Some(upgrade), None) = (&attrs.upgrade, &attrs.until) {
        errors.at(
            &upgrade.at,
            "`upgrade` replaces a variant that is no longer stored: add `until = N`, the last version that stored it",
        );
    }
}

fn lifetime(
    since: Option<&Given<u32>>,
    until: Option<&Given<u32>>,
    version: Option<u32>,
    errors: &mut Errors,
) {
    for (name, given) in [("since", since), ("until", until)] {
        if let (Some(given), None) = (given, version) {
            errors.at(
                &given.at,
                format_args!(
                    "`{name}` counts versions of the type: write `#[savable(version = N)]` on it"
                ),
            );
        }
    }
    let Some(version) = version else { return };
    if let Some(since) = since
        && since.value > version
    {
        errors.at(
            &since.at,
            format_args!(
                "since version {}, but the type is at version {version}: raise its `version`",
                since.value
            ),
        );
    }
    if let Some(until) = until
        && until.value >= version
    {
        errors.at(
            &until.at,
            format_args!(
                "until version {}, but the type is at version {version}: raise its `version` to {} at least",
                until.value,
                until.value.saturating_add(1)
            ),
        );
    }
    if let (Some(since), Some(until)) = (since, until)
        && since.value > until.value
    {
        errors.at(
            &until.at,
            format_args!(
                "until version {}, before it began: `since` is {}",
                until.value, since.value
            ),
        );
    }
}

fn unique<'a, T: ToTokens + 'a>(
    names: impl Iterator<Item = (String, &'a T)>,
    what: &str,
    errors: &mut Errors,
) {
    let mut seen: HashMap<String, String> = HashMap::new();
    for (name, tokens) in names {
        let shown = tokens.to_token_stream().to_string();
        if let Some(first) = seen.get(&name) {
            errors.at(
                tokens,
                format_args!("stored as `{name}`, as {what} `{first}` already is: give one of them another `rename`"),
            );
        } else {
            seen.insert(name, shown);
        }
    }
}

fn transparent(input: &Input<'_>, errors: &mut Errors) {
    let Some(transparent) = &input.attrs.transparent else {
        return;
    };
    let Body::Struct(fields) = &input.body else {
        errors.at(
            &transparent.at,
            "an enum stores its variant, so it cannot be transparent: remove `transparent`",
        );
        return;
    };
    for given in among(&input.attrs.given, &[VERSION, RENAME]) {
        errors.at(
            &given.at,
            format_args!(
                "a transparent type is stored as its field, with that field's `{0}`: remove `{0}`, or `transparent`",
                given.value.name
            ),
        );
    }
    let saved: Vec<_> = saved(fields).collect();
    if saved.len() != 1 {
        errors.at(
            &transparent.at,
            format_args!("a transparent type is stored as its one field, but {} are stored: skip all others, or remove `transparent`", saved.len()),
        );
    }
    for field in saved {
        for given in among(
            &field.attrs.given,
            &[DEFAULT, RENAME, SINCE, UNTIL, UPGRADE],
        ) {
            errors.at(
                &given.at,
                format_args!(
                    "a transparent type stores no field of its own for `{}` to speak of: remove it, or `transparent`",
                    given.value.name
                ),
            );
        }
    }
}
