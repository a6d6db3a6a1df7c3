//! The command `lightsss`: looks at snapshot files, and keeps folders of them in order.

mod chain;
mod diff;
mod documents;
mod flatten;
mod folder;
mod inspect;
mod output;
mod show;
mod verify;

use std::process::ExitCode;

use clap::{CommandFactory as _, Parser, Subcommand};
use lightsss_runtime::durable::RestoreOptions;

use self::output::Output;

/// Looks at durable snapshots, and keeps folders of them in order.
#[derive(Debug, Parser)]
#[command(name = "lightsss", version, after_help = EXIT_CODES)]
struct Arguments {
    /// Write JSON for programs instead of text for people.
    #[arg(long, global = true)]
    json: bool,
    /// The most memory to allocate for the contents of a file, in MiB.
    #[arg(long, global = true, default_value_t = 4096, value_name = "MIB")]
    memory_limit: u64,
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  done; with `diff`, nothing differs
  1  `diff`: something differs
  2  the arguments are wrong; with `diff` and `show`, nothing has a path that was given
  3  a snapshot is damaged, or not a snapshot, or a parent of it is missing
  4  a file, folder or standard output could not be read, written or removed, or may not be replaced";

#[derive(Debug, Subcommand)]
enum Command {
    /// Show what a snapshot says about itself, and its sections.
    Inspect(inspect::Arguments),
    /// Check that snapshots and their parents can be read: every checksum, and all contents.
    Verify(verify::Arguments),
    /// Show what differs between two snapshots: header, harness fields, signals, sections.
    Diff(diff::Arguments),
    /// Show the values of harness fields and of signals.
    Show(show::Arguments),
    /// Make of a snapshot with parents one that stands alone.
    Flatten(flatten::Arguments),
    /// List the snapshots of a folder, oldest first.
    List(folder::ListArguments),
    /// Drop old snapshots of a folder, never the last good one.
    Prune(folder::PruneArguments),
    /// Print completions for a shell.
    Completions(documents::Completions),
    /// Write man pages, one for each command, into a folder.
    Man(documents::Man),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let output = Output::new(arguments.json);
    let options = RestoreOptions {
        memory_limit: arguments.memory_limit.saturating_mul(1 << 20),
        ..RestoreOptions::default()
    };
    let done = match &arguments.command {
        Command::Inspect(arguments) => inspect::run(arguments, &options, &output),
        Command::Verify(arguments) => verify::run(arguments, &options, &output),
        Command::Diff(arguments) => diff::run(arguments, &options, &output),
        Command::Show(arguments) => show::run(arguments, &options, &output),
        Command::Flatten(arguments) => flatten::run(arguments, &options, &output),
        Command::List(arguments) => folder::list(arguments, &output),
        Command::Prune(arguments) => folder::prune(arguments, &output),
        Command::Completions(arguments) => {
            documents::completions(arguments, Arguments::command(), &output)
        }
        Command::Man(arguments) => documents::man(arguments, Arguments::command(), &output),
    };
    match done {
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            output.failure(&failure);
            ExitCode::from(failure.code())
        }
    }
}
