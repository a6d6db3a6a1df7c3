//! Arrows between the crates: which one depends on which, and whose sources it takes in.

use std::path::Path;

use anyhow::{Context, Result};

use super::breach::Breach;
use super::sources::{Sources, folder, join};

/// The crates that users depend on, each with those of the workspace that it may depend on.
/// Tests, benchmarks, examples and `xtask` may depend on all, and tests of all on the support crate.
const ALLOWED: [(&str, &[&str]); 5] = [
    ("lightsss-derive", &[]),
    ("lightsss-runtime", &["lightsss-derive"]),
    ("codegen", &[]),
    ("farm", &["lightsss-runtime"]),
    ("capi", &["lightsss-runtime"]),
];

/// What tests of these crates may depend on beside.
const ALLOWED_IN_TESTS: [(&str, &str); 1] = [("capi", "lightsss-codegen")];

const SUPPORT: &str = "lightsss-tests-support";

pub fn check(sources: &Sources) -> Result<Vec<Breach>> {
    let mut breaches = Vec::new();
    for (path, text) in sources.all() {
        if path.ends_with("Cargo.toml") {
            manifest(path, text, &mut breaches)?;
        }
    }
    let crates: Vec<&str> = sources
        .all()
        .filter_map(|(path, _)| path.strip_suffix("/Cargo.toml"))
        .collect();
    for (path, text) in sources.rust() {
        let inside = |of: &&&str| path.starts_with(&format!("{of}/"));
        let Some(home) = crates.iter().filter(inside).max_by_key(|home| home.len()) else {
            continue;
        };
        for named in files_named(text) {
            let target = join(folder(path), named);
            if target.is_none_or(|target| !target.starts_with(&format!("{home}/"))) {
                let why = format!("reads `{named}`, outside its crate {home}: depend on a crate");
                breaches.push(Breach::new(format!("{path} -> {named}"), why));
            }
        }
    }
    Ok(breaches)
}

fn manifest(path: &str, text: &str, breaches: &mut Vec<Breach>) -> Result<()> {
    let home = folder(path);
    let Some((_, allowed)) = ALLOWED.iter().find(|(name, _)| *name == home) else {
        return Ok(());
    };
    let parsed: toml::Table = text
        .parse()
        .with_context(|| format!("could not parse {path}"))?;
    for kind in ["dependencies", "build-dependencies", "dev-dependencies"] {
        let Some(table) = parsed.get(kind).and_then(toml::Value::as_table) else {
            continue;
        };
        for name in table.keys().filter(|name| name.starts_with("lightsss-")) {
            let in_tests = name == SUPPORT || ALLOWED_IN_TESTS.contains(&(home, name));
            let is_allowed = allowed.contains(&name.as_str());
            if !is_allowed && (kind != "dev-dependencies" || !in_tests) {
                let why = format!("`{home}` must not depend on `{name}`, it may on {allowed:?}");
                breaches.push(Breach::new(format!("{path} -> {name}"), why));
            }
        }
    }
    Ok(())
}

/// The Rust sources in `#[path = "..."]` and `include_str!("...")`; they begin at the file's folder.
fn files_named(text: &str) -> impl Iterator<Item = &str> {
    [
        "#[path = \"",
        "include!(\"",
        "include_str!(\"",
        "include_bytes!(\"",
    ]
    .into_iter()
    .flat_map(|head| text.split(head).skip(1))
    .filter_map(|rest| rest.split('"').next())
    .filter(|path| path.starts_with("..") && Path::new(path).extension() == Some("rs".as_ref()))
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::lint::sources::Sources;

    fn keys(sources: &[(&str, &str)]) -> Vec<String> {
        let breaches = check(&Sources::of(sources)).unwrap();
        breaches.into_iter().map(|breach| breach.key).collect()
    }

    #[test]
    fn codegen_that_depends_on_the_runtime_is_a_breach() {
        let manifest = "[dependencies]\nlightsss-runtime.workspace = true\ncc = \"1\"\n";
        let found = keys(&[
            ("codegen/Cargo.toml", manifest),
            ("farm/Cargo.toml", manifest),
        ]);
        assert_eq!(found, ["codegen/Cargo.toml -> lightsss-runtime"]);
    }

    #[test]
    fn a_module_from_another_crate_is_a_breach() {
        let text = "#[path = \"../../a/src/x.rs\"]\nmod x;\n#[path = \"../src/y.rs\"]\nmod y;\n";
        let found = keys(&[
            ("a/Cargo.toml", ""),
            ("b/Cargo.toml", ""),
            ("b/tests/t.rs", text),
        ]);
        assert_eq!(found, ["b/tests/t.rs -> ../../a/src/x.rs"]);
    }
}
