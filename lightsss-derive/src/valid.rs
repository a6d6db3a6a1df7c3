//! Rules that span several attributes, fields or variants.

use std::collections::HashMap;

use quote::ToTokens;
use syn::Path;

use crate::ast::{Body, Field, Input, Variant, Way};
use crate::attr::Given;
use crate::errors::Errors;
use crate::refuse;

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
        if matches!(field.way(), Way::Plain) {
            refuse::field(field, errors);
        }
    }
    let saved = fields.iter().filter(|field| field.is_saved());
    unique(
        saved.map(|field| (field.stored_name(), &field.member)),
        "field",
        errors,
    );
}

/// Attributes of a field, by name, with their places.
fn given<'a>(field: &'a Field<'_>) -> Vec<(&'static str, &'a Path)> {
    let attrs = &field.attrs;
    let list: [(&'static str, Option<&Path>); 11] = [
        ("skip", at(attrs.skip.as_ref())),
        ("with", at(attrs.with.as_ref())),
        ("as_serde", at(attrs.as_serde.as_ref())),
        ("as_pod", at(attrs.as_pod.as_ref())),
        ("reopen", at(attrs.reopen.as_ref())),
        ("default", at(attrs.default.as_ref())),
        ("rename", at(attrs.rename.as_ref())),
        ("since", at(attrs.since.as_ref())),
        ("until", at(attrs.until.as_ref())),
        ("recursive", at(attrs.recursive.as_ref())),
        ("upgrade", at(attrs.upgrades.first())),
    ];
    list.into_iter()
        .filter_map(|(name, path)| Some((name, path?)))
        .collect()
}

fn at<T>(given: Option<&Given<T>>) -> Option<&Path> {
    given.map(|given| &given.at)
}

/// A field is saved in one way, and a skipped one in none.
fn ways(field: &Field<'_>, errors: &mut Errors) {
    let given = given(field);
    if field.attrs.skip.is_some() {
        for (name, at) in given
            .iter()
            .filter(|(name, _)| !["skip", "default"].contains(name))
        {
            errors.at(
                at,
                format_args!("a skipped field is not stored: remove `{name}`, or `skip`"),
            );
        }
        return;
    }
    let ways = ["with", "as_serde", "as_pod", "reopen"];
    let mut chosen = given.iter().filter(|(name, _)| ways.contains(name));
    if let Some((first, _)) = chosen.next() {
        for (name, at) in chosen {
            errors.at(
                at,
                format_args!("`{first}` already says how the field is saved: remove `{name}`"),
            );
        }
    }
}

fn versions(field: &Field<'_>, version: Option<u32>, errors: &mut Errors) {
    let attrs = &field.attrs;
    lifetime(attrs.since.as_ref(), attrs.until.as_ref(), version, errors);
    if attrs.skip.is_some() {
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
            "an enum stores its variant, so it can't be transparent: remove `transparent`",
        );
        return;
    };
    for (name, at) in [
        ("version", at(input.attrs.version.as_ref())),
        ("rename", at(input.attrs.rename.as_ref())),
    ] {
        if let Some(at) = at {
            errors.at(
                at,
                format_args!("a transparent type is stored as its field, with that field's `{name}`: remove `{name}`, or `transparent`"),
            );
        }
    }
    let saved: Vec<_> = fields.iter().filter(|field| field.is_saved()).collect();
    if saved.len() != 1 {
        errors.at(
            &transparent.at,
            format_args!("a transparent type is stored as its one field, but {} are stored: skip all others, or remove `transparent`", saved.len()),
        );
    }
    for field in saved {
        for (name, at) in given(field) {
            if ["default", "rename", "since", "until", "upgrade"].contains(&name) {
                errors.at(
                    at,
                    format_args!("a transparent type stores no field of its own for `{name}` to speak of: remove it, or `transparent`"),
                );
            }
        }
    }
}
