//! Calls to cargo, with the tools that `setup` found.

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::folders::root;
use crate::setup::Tools;

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
