//! Bindings laid out for people.

use std::io::Write as _;
use std::process::{Command, Stdio};

use crate::error::{Error, Result};

/// Lays out bindings as `rustfmt` does, with its comments.
///
/// # Errors
/// When `rustfmt` is missing, or refuses the text.
pub fn pretty(bindings: &str) -> Result<String> {
    let start = |source| Error::Start {
        program: "rustfmt".to_owned(),
        source,
    };
    let mut formatter = Command::new("rustfmt")
        .args(["--edition", "2024", "--config", "max_width=100"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(start)?;
    if let Some(mut input) = formatter.stdin.take() {
        // A formatter that ends early says why below.
        let _ = input.write_all(bindings.as_bytes());
    }
    let output = formatter.wait_with_output().map_err(start)?;
    let messages = String::from_utf8_lossy(&output.stderr).into_owned();
    if !output.status.success() {
        return Err(Error::Format { messages });
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
