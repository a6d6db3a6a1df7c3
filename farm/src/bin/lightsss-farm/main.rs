//! The command `lightsss-farm`: campaigns of simulations, on this machine or on a cluster.

mod failure;
mod guard;
mod join;
mod look;
mod manage;
mod place;
mod progress;
mod reproduce;
mod results;
mod run;
mod say;
mod session;
mod snapshots;
mod trace;
mod worker;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Runs campaigns of simulations, on this machine or on a cluster.
#[derive(Debug, Parser)]
#[command(name = "lightsss-farm", version, after_help = EXIT_CODES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "\
Exit codes:
  0    done; every task passed
  1    a task did not pass
  2    the arguments or the plan are wrong
  3    a store, a scheduler or a file failed
  130  interrupted: what has a result keeps it, and the same command goes on";

#[derive(Debug, Subcommand)]
enum Command {
    /// Run a plan; what has a result is not run again
    Run(run::Arguments),
    /// Show the tasks of a campaign and what came of them
    List(manage::List),
    /// Forget the results of tasks that did not pass, so that the next run repeats them
    Retry(manage::Retry),
    /// Forget a campaign and its results, and remove files that nothing in the store needs
    Clean(manage::Clean),
    /// Show what came of a campaign, and write it to files
    Results(results::Arguments),
    /// Trace a run that left a series of snapshots, piece by piece and all at once
    Trace(trace::Arguments),
    /// Bring a task's files into a folder, and run it there
    Reproduce(reproduce::Arguments),
    /// Put a snapshot and its parents into a store
    Put(snapshots::Put),
    /// Bring a snapshot and its parents from a store
    Fetch(snapshots::Fetch),
    /// List the snapshots that were put into a store
    Snapshots(snapshots::Show),
    /// As `lightsss inspect`, of snapshots in stores
    Inspect(look::Arguments),
    /// As `lightsss verify`, of snapshots in stores
    Verify(look::Arguments),
    /// As `lightsss show`, of snapshots in stores
    Show(look::Arguments),
    /// As `lightsss diff`, of snapshots in stores
    Diff(look::Arguments),
    /// Take tasks from a store; started by `run`
    #[command(hide = true)]
    Worker(worker::Arguments),
    /// Run what the workers of `run --detach` left, and write the results; started behind them
    #[command(hide = true)]
    Join(join::Arguments),
    /// Hold the program of a task; started by a worker
    #[command(hide = true)]
    Guard(guard::Arguments),
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Run(arguments) => run::run(&arguments),
        Command::List(arguments) => manage::list(&arguments),
        Command::Retry(arguments) => manage::retry(&arguments),
        Command::Clean(arguments) => manage::clean(&arguments),
        Command::Results(arguments) => results::run(&arguments),
        Command::Trace(arguments) => Ok(trace::run(&arguments)),
        Command::Reproduce(arguments) => reproduce::run(&arguments),
        Command::Put(arguments) => snapshots::put(&arguments),
        Command::Fetch(arguments) => snapshots::fetch(&arguments),
        Command::Snapshots(arguments) => snapshots::show(&arguments),
        Command::Inspect(arguments) => look::run("inspect", &arguments),
        Command::Verify(arguments) => look::run("verify", &arguments),
        Command::Show(arguments) => look::run("show", &arguments),
        Command::Diff(arguments) => look::run("diff", &arguments),
        Command::Worker(arguments) => worker::run(&arguments),
        Command::Join(arguments) => join::run(&arguments),
        Command::Guard(arguments) => guard::run(&arguments),
    };
    match done {
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            eprintln!("lightsss-farm: {failure}");
            ExitCode::from(failure.code())
        }
    }
}
