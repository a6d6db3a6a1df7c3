//! What is written is what `expected` holds, for four designs that between them show everything: what `describe`
//! says, the bindings, and the shim. The texts are those of the newest Verilator; `expected/<version>` has what
//! differs with another.
//!
//! After a change that is meant, `LIGHTSSS_BLESS=1` writes the files anew: with the newest version
//! first, then with the others.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use lightsss_tests_models::models::{BUILT, FAILED, VERILATOR};
use lightsss_tests_models::table::{DESIGNS, WRITTEN_OUT};
use similar::TextDiff;

/// The versions whose texts are kept, as their headers state them: the binary of the Python package
/// 5.48.0 was built from later sources and says 5.049.
const PINNED: &[&str] = &["5.006", NEWEST];
const NEWEST: &str = "5.049";

fn written(name: &str) -> Vec<(String, PathBuf)> {
    if !WRITTEN_OUT.contains(&name) {
        return Vec::new();
    }
    let out = Path::new(env!("OUT_DIR"));
    let shim = format!("{name}_shim.cpp");
    let mut all = vec![
        (format!("{name}.txt"), out.join(format!("{name}.txt"))),
        (format!("{name}.rs"), out.join(format!("{name}.rs"))),
        (shim.clone(), out.join(name).join("shim").join(shim)),
    ];
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

/// What is pinned of a text.
fn pinned(name: &str, text: &str) -> String {
    let text = normalised(text);
    let description = ["txt", "json"].map(OsStr::new);
    match Path::new(name).extension() {
        Some(extension) if description.contains(&extension) => without_state(&text),
        _ => text,
    }
}

/// Takes out what is known of the state: how many variables there are differs from version to version,
/// and whether all of them are known is what the round trips test.
fn without_state(text: &str) -> String {
    let mut within = false;
    text.split_inclusive('\n')
        .filter(|line| {
            let begins = line.starts_with("  \"state\":");
            let skipped = within || begins || line.starts_with("state        ");
            within = (begins && line.ends_with("{\n")) || (within && *line != "  },\n");
            !skipped
        })
        .collect()
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
        let text = if Path::new(&name).extension() == Some("rs".as_ref()) {
            lightsss_codegen::pretty(&text).unwrap()
        } else {
            text
        };
        let (file, text) = kept(&folder, &name, &pinned(&name, &text));
        if blesses {
            bless(&file, &text)
                .unwrap_or_else(|error| panic!("`{name}` cannot be blessed: {error}"));
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

/// What Verilator's runtime gives up for is thrown: a call that lets it pass would end the process.
#[test]
fn every_call_into_verilator_is_guarded() {
    const GUARDS: &[&str] = &["enter(", "aside(", "traced(", "lightsss_guarded(", "try {"];
    let calls_method = |body: &str, object: &str| {
        body.split(object).skip(1).any(|rest| {
            let name = rest.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_');
            name.starts_with('(')
        })
    };
    let mut seen = 0;
    for name in BUILT {
        let shim = Path::new(env!("OUT_DIR")).join(format!("{name}/shim/{name}_shim.cpp"));
        let text = std::fs::read_to_string(&shim).expect("it was generated");
        for function in text.split("extern \"C\" ").skip(1) {
            let body = function.split("\n}\n").next().expect("a first piece");
            if !["modelp->", "tracep->", "coveragep()->"]
                .iter()
                .any(|object| calls_method(body, object))
            {
                continue;
            }
            seen += 1;
            assert!(
                GUARDS.iter().any(|guard| body.contains(guard)),
                "not guarded in the shim of `{name}`:\n{body}"
            );
        }
    }
    assert!(
        seen >= 3 * BUILT.len(),
        "only {seen} functions that call Verilator"
    );
}
