//! `lightsss-farm guard`.

use std::time::Duration;

use lightsss_farm::FileError;
use lightsss_farm::worker::guard;

use crate::failure::Failure;
use crate::place::time;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[arg(long, value_parser = time)]
    deadline: Option<Duration>,
    #[arg(last = true)]
    command: Vec<String>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<u8, Failure> {
    guard::run(&arguments.command, arguments.deadline)
        .map_err(FileError::of("hold", arguments.command.join(" ")))?;
    Ok(0)
}
