//! Calls to cargo, with the tools that `setup` found.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::setup::Tools;

/// The workspace's root.
pub fn root() -> PathBuf {
    let manifest = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().map_or(manifest.clone(), PathBuf::from)
}

/// The workspace's `target` folder, honouring `CARGO_TARGET_DIR`.
pub fn target_dir() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// A cargo command that runs at the root, pointed at the Verilator that `tools` names.
pub fn cargo(tools: &Tools, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO"));
    command.args(arguments).current_dir(root());
    if !tools.verilator.environment.is_empty() {
        command.env_remove("VERILATOR").env_remove("VERILATOR_ROOT");
    }
    command.envs(
        tools
            .verilator
            .environment
            .iter()
            .map(|(name, value)| (*name, value)),
    );
    command
}

/// Runs `command`; an exit status other than 0 is an error that names it.
pub fn check(mut command: Command) -> Result<()> {
    let words: Vec<_> = std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    let status = command
        .status()
        .with_context(|| format!("could not start `{}`", words.join(" ")))?;
    if !status.success() {
        bail!("`{}` ended with {status}", words.join(" "));
    }
    Ok(())
}
