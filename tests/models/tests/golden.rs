//! What is written for each design, by the oldest and by the newest Verilator, is what
//! `expected/<version>` holds: the description, the bindings, the shim.
//!
//! After a change that is meant, `LIGHTSSS_BLESS=1` writes the files anew.

use std::path::{Path, PathBuf};

use lightsss_tests_models::models::{BUILT, VERILATOR};

/// The versions whose texts are kept.
const PINNED: &[&str] = &["5.006", "5.048"];

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
    let fingerprint = text
        .lines()
        .find_map(|line| line.strip_prefix("pub const FINGERPRINT: u64 = "))
        .map(|value| value.trim_end_matches(';').to_owned());
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

#[test]
fn texts_are_as_expected() {
    if !PINNED.contains(&VERILATOR) {
        return;
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("expected")
        .join(VERILATOR);
    let bless = std::env::var_os("LIGHTSSS_BLESS").is_some_and(|value| value == "1");
    let mut differing = Vec::new();
    let mut expected_names = Vec::new();
    if bless {
        std::fs::create_dir_all(&folder).expect("the folder can be made");
    }
    for (name, path) in BUILT.iter().flat_map(|name| written(name)) {
        let text = std::fs::read_to_string(&path)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let text = normalised(&text);
        let expected = folder.join(&name);
        if bless {
            std::fs::write(&expected, &text).expect("the file can be written");
        } else if std::fs::read_to_string(&expected).is_ok_and(|expected| expected != text)
            || !expected.is_file()
        {
            let at = first_difference(&expected, &text);
            differing.push(format!("{}: {at}", expected.display()));
        }
        expected_names.push(name);
    }
    let strangers: Vec<_> = std::fs::read_dir(&folder)
        .expect("the folder is there")
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| !expected_names.contains(name))
        .collect();
    assert!(
        differing.is_empty(),
        "what is generated has changed:\n{}\nset LIGHTSSS_BLESS=1 to accept it, and read the \
         difference that it makes in version control",
        differing.join("\n")
    );
    assert!(
        strangers.is_empty(),
        "{} holds files of no design: {strangers:?}",
        folder.display()
    );
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
