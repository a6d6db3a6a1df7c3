//! `lightsss completions` and `lightsss man`.

use std::path::PathBuf;

use clap_complete::Shell;

use crate::output::{Failure, Output};

#[derive(Debug, clap::Args)]
pub(crate) struct Completions {
    /// The shell.
    shell: Shell,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Man {
    /// The folder to write to.
    folder: PathBuf,
}

pub(crate) fn completions(
    arguments: &Completions,
    mut command: clap::Command,
    output: &Output,
) -> Result<u8, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut command, "lightsss", &mut script);
    let script = String::from_utf8_lossy(&script).into_owned();
    output.result(&script, &|out| out.write_all(script.as_bytes()))?;
    Ok(0)
}

pub(crate) fn man(arguments: &Man, command: clap::Command, output: &Output) -> Result<u8, Failure> {
    let folder = &arguments.folder;
    let unwritten = |error| Failure::Pages(folder.clone(), error);
    std::fs::create_dir_all(folder).map_err(unwritten)?;
    clap_mangen::generate_to(command, folder).map_err(unwritten)?;
    let text = folder.display().to_string();
    output.result(&text, &|out| writeln!(out, "man pages in {text}"))?;
    Ok(0)
}
