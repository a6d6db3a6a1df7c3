//! The header says what the source says.

use std::{env, fs, path::Path};

/// Generates `include/lightsss.h` from the source, and compares it. `LIGHTSSS_BLESS=1` writes it.
#[test]
fn the_header_is_that_of_the_source() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut config = cbindgen::Config::from_file(root.join("cbindgen.toml")).unwrap();
    config.header = Some(fs::read_to_string(root.join("src/lightsss.h.head")).unwrap());
    config.trailer = Some(fs::read_to_string(root.join("src/light_sss.hpp")).unwrap());
    let generated = cbindgen::Builder::new()
        .with_config(config)
        .with_src(root.join("src/lib.rs"))
        .generate()
        .unwrap();
    let mut text = Vec::new();
    generated.write(&mut text);
    let text = String::from_utf8(text).unwrap();
    // A heading of rustdoc's.
    let text = text.replace("//\n// # Safety\n//\n", "//\n");
    let path = root.join("include/lightsss.h");
    if env::var_os("LIGHTSSS_BLESS").is_some() {
        fs::write(&path, &text).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == text,
        "include/lightsss.h differs from the source; look at the difference, and run this test with \
         LIGHTSSS_BLESS=1 to write it"
    );
}
