//! Hands on the folder in which the bindings are, so that this package compiles the same.

use std::path::PathBuf;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = PathBuf::from(std::env::var("DEP_LIGHTSSS_TESTS_MODELS_OUT")?);
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        // A savable model's bindings include its table of states.
        if let (Some("rs" | "state"), Some(name)) = (
            path.extension().and_then(|extension| extension.to_str()),
            path.file_name(),
        ) {
            std::fs::copy(&path, out.join(name))?;
        }
    }
    Ok(())
}
