//! What is written for each design (the description, the bindings, the shim) is what `expected`
//! holds: one file for all versions of Verilator, and one in `expected/<version>` where a version's
//! headers lead to another text.
//!
//! After a change that is meant, `LIGHTSSS_BLESS=1` writes the files anew: the common ones with the
//! newest version, the others with theirs.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use lightsss_tests_models::models::{BUILT, VERILATOR};
use lightsss_tests_models::table::DESIGNS;

/// The versions whose texts are kept, as their headers state them: the binary of the Python package
/// 5.48.0 was built from later sources and says 5.049.
const PINNED: &[&str] = &["5.006", "5.030", "5.032", "5.034", "5.038", NEWEST];
const NEWEST: &str = "5.049";

fn written(name: &str) -> [(String, PathBuf); 3] {
    let out = Path::new(env!("OUT_DIR"));
    [
        (format!("{name}.json"), out.join(format!("{name}.json"))),
        (format!("{name}.rs"), out.join(format!("{name}.rs"))),
        (
            format!("{name}_shim.cpp"),
            out.join(name).join("shim").join(format!("{name}_shim.cpp")),
        ),
    ]
}

/// Takes out what differs from machine to machine: folders, and the fingerprint of all headers.
fn normalised(text: &str) -> String {
    let text = text
        .replace(env!("OUT_DIR"), "$OUT_DIR")
        .replace(env!("CARGO_MANIFEST_DIR"), "$PACKAGE");
    let fingerprint = text.lines().find_map(|line| {
        let line = line.trim();
        let rust = line.strip_prefix("pub const FINGERPRINT: u64 = ");
        let json = line.strip_prefix("\"fingerprint\": \"");
        let value = rust.or(json)?.trim_end_matches([';', ',', '"']);
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

/// The file that a version's text is compared with.
fn expected_file(folder: &Path, name: &str) -> PathBuf {
    let own = folder.join(VERILATOR).join(name);
    if own.is_file() {
        own
    } else {
        folder.join(name)
    }
}

/// Writes a text where it belongs: the newest version's is common, another's is kept if it differs.
fn bless(folder: &Path, name: &str, text: &str) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let common = folder.join(name);
    if VERILATOR == NEWEST {
        return std::fs::write(common, text);
    }
    let own = folder.join(VERILATOR).join(name);
    if std::fs::read_to_string(common).is_ok_and(|common| common == text) {
        return match std::fs::remove_file(own) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        };
    }
    std::fs::create_dir_all(folder.join(VERILATOR))?;
    std::fs::write(own, text)
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
        let text = normalised(&text);
        if blesses {
            bless(&folder, &name, &text)
                .unwrap_or_else(|error| panic!("`{name}` can't be blessed: {error}"));
        }
        let expected = expected_file(&folder, &name);
        if std::fs::read_to_string(&expected).map_or(true, |expected| expected != text) {
            let at = first_difference(&expected, &text);
            differing.push(format!("{}: {at}", expected.display()));
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
        .flat_map(|design| written(design.name).map(|(name, _)| name))
        .collect();
    let held = |folder: &Path| -> BTreeSet<String> {
        let entries = std::fs::read_dir(folder).into_iter().flatten();
        entries
            .filter_map(Result::ok)
            .filter(|entry| entry.path().is_file())
            .filter_map(|entry| entry.file_name().into_string().ok())
            .collect()
    };
    let versions = PINNED.iter().map(|version| folder.join(version));
    for folder in std::iter::once(folder.clone()).chain(versions) {
        let held = held(&folder);
        let strangers: Vec<_> = held.difference(&known).collect();
        assert!(strangers.is_empty(), "{}: {strangers:?}", folder.display());
    }
}

fn first_difference(expected: &Path, text: &str) -> String {
    let Ok(expected) = std::fs::read_to_string(expected) else {
        return "is missing".to_owned();
    };
    let lines = expected.lines().zip(text.lines()).enumerate();
    for (number, (old, new)) in lines {
        if old != new {
            return format!("line {}: expected `{old}`, found `{new}`", number + 1);
        }
    }
    "one is longer".to_owned()
}
