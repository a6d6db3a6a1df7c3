//! What is written is what `expected` holds: for each design what `describe` says of it, and of a
//! design for each feature the bindings and the shim too. The texts are those of the newest Verilator;
//! `expected/<version>` has what differs with another.
//!
//! After a change that is meant, `LIGHTSSS_BLESS=1` writes the files anew: with the newest version
//! first, then with the others.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use lightsss_tests_models::models::{BUILT, FAILED, VERILATOR};
use lightsss_tests_models::table::{DESIGNS, WRITTEN_OUT};
use similar::TextDiff;

/// The versions whose texts are kept, as their headers state them: the binary of the Python package
/// 5.48.0 was built from later sources and says 5.049.
const PINNED: &[&str] = &["5.006", NEWEST];
const NEWEST: &str = "5.049";

fn written(name: &str) -> Vec<(String, PathBuf)> {
    let out = Path::new(env!("OUT_DIR"));
    let mut all = vec![(format!("{name}.txt"), out.join(format!("{name}.txt")))];
    if WRITTEN_OUT.contains(&name) {
        let shim = format!("{name}_shim.cpp");
        all.push((format!("{name}.rs"), out.join(format!("{name}.rs"))));
        all.push((shim.clone(), out.join(name).join("shim").join(shim)));
    }
    if name == "dpi" {
        all.push((format!("{name}.json"), out.join(format!("{name}.json"))));
    }
    all
}

/// Takes out what differs from machine to machine and says nothing: folders, the fingerprint of all
/// headers, the version.
fn normalised(text: &str) -> String {
    let text = text
        .replace(env!("OUT_DIR"), "$OUT_DIR")
        .replace(env!("CARGO_MANIFEST_DIR"), "$PACKAGE")
        .replace(VERILATOR, "$VERILATOR");
    let fingerprint = text.lines().find_map(|line| {
        let line = line.trim();
        let rust = line.strip_prefix("pub const FINGERPRINT: u64 = ");
        let json = line.strip_prefix("\"fingerprint\": \"");
        let plain = line.strip_prefix("fingerprint  ");
        let value = rust.or(json).or(plain)?.trim_end_matches([';', ',', '"']);
        Some(value.to_owned())
    });
    let text = match &fingerprint {
        Some(value) => text.replace(value, "$FINGERPRINT"),
        None => text,
    };
    let mut out = String::new();
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once("_headers_") {
        out.push_str(before);
        out.push_str("_headers_");
        rest = match after.get(..16) {
            Some(hash) if hash.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
                out.push_str("$FINGERPRINT");
                &after[16..]
            }
            _ => after,
        };
    }
    out + rest
}

/// What another version's text changes in the newest one's.
fn change(common: &str, text: &str) -> String {
    TextDiff::from_lines(common, text)
        .unified_diff()
        .context_radius(0)
        .to_string()
}

/// What is kept of a text: where, and what it has to hold, which is nothing where there is no file.
fn kept(folder: &Path, name: &str, text: &str) -> (PathBuf, String) {
    if VERILATOR == NEWEST {
        return (folder.join(name), text.to_owned());
    }
    let common = std::fs::read_to_string(folder.join(name)).unwrap_or_default();
    let file = folder.join(VERILATOR).join(format!("{name}.diff"));
    (file, change(&common, text))
}

fn bless(file: &Path, text: &str) -> std::io::Result<()> {
    if text.is_empty() {
        return match std::fs::remove_file(file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        };
    }
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(file, text)
}

#[test]
fn every_design_is_built() {
    assert!(FAILED.is_empty(), "{FAILED:#?}");
}

#[test]
fn texts_are_as_expected() {
    if !PINNED.contains(&VERILATOR) {
        println!("no texts of Verilator {VERILATOR} are kept");
        return;
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("expected");
    let blesses = std::env::var_os("LIGHTSSS_BLESS").is_some_and(|value| value == "1");
    let mut differing = Vec::new();
    for (name, path) in BUILT.iter().flat_map(|name| written(name)) {
        let text = std::fs::read_to_string(&path)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let (file, text) = kept(&folder, &name, &normalised(&text));
        if blesses {
            bless(&file, &text)
                .unwrap_or_else(|error| panic!("`{name}` can't be blessed: {error}"));
        }
        let expected = std::fs::read_to_string(&file).unwrap_or_default();
        if expected != text {
            differing.push(format!("{}:\n{}", file.display(), change(&expected, &text)));
        }
    }
    assert!(
        differing.is_empty(),
        "what is generated has changed:\n{}\nset LIGHTSSS_BLESS=1 to accept it, and read the \
         difference that it makes in version control",
        differing.join("\n")
    );
}

#[test]
fn no_text_is_of_a_design_that_is_gone() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("expected");
    let known: BTreeSet<String> = DESIGNS
        .iter()
        .flat_map(|design| written(design.name).into_iter().map(|(name, _)| name))
        .collect();
    let versions = PINNED.iter().map(|version| folder.join(version));
    for folder in std::iter::once(folder.clone()).chain(versions) {
        let entries = std::fs::read_dir(&folder).into_iter().flatten();
        let strangers: Vec<String> = entries
            .filter_map(Result::ok)
            .filter(|entry| entry.path().is_file())
            .filter_map(|entry| entry.file_name().into_string().ok())
            .filter(|name| !known.contains(name.trim_end_matches(".diff")))
            .collect();
        assert!(strangers.is_empty(), "{}: {strangers:?}", folder.display());
    }
}
