//! What a run's slots lack, said once, as soon as it is known: what a replay will not have right, and a
//! slot that could not be taken.

use std::{fs, os::fd::RawFd};

use nix::{
    fcntl::{FcntlArg, FdFlag, fcntl},
    unistd::{getpid, gettid},
};

use super::channel::Channel;
use super::error::CheckpointError;
use crate::process::stderr::say;
use crate::process::{
    descriptors::borrowed,
    files::Descriptors,
    mappings::{MOST_COPIED, Mapping},
};

/// Says it on standard error, if there is anything to be said.
pub(crate) fn say_what_is_shared(open: &Descriptors, mappings: &[Mapping], channel: &Channel) {
    let mut lines = Vec::new();
    for special in &open.special {
        let wrong = special.kind.wrong();
        // What a program is born with, it rarely uses: the pipes of a `make` above it, say.
        if let Some(wrong) =
            wrong.filter(|_| special.number > 2 && !is_inherited(special.number, channel))
        {
            lines.push(format!("file descriptor {} is {wrong}", special.number));
        }
    }
    for mapping in mappings {
        let name = &mapping.name;
        if mapping.is_of_device() {
            lines.push(format!(
                "the mapping of {name} is a device's: a replay shares it with the original"
            ));
        } else if !mapping.is_copied() {
            let most = MOST_COPIED >> 20;
            lines.push(format!(
                "the shared mapping of {name} is, with others, larger than {most} MiB: a replay has it as it \
                 is when it begins, and not as it was at the checkpoint"
            ));
        }
    }
    lines.extend(children().map(|child| {
        format!(
            "process {child} is a child of this one, and none of a replay: `wait` does not find it"
        )
    }));
    if fs::read_to_string("/proc/self/timers").is_ok_and(|timers| !timers.is_empty()) {
        lines.push("timers of `timer_create` are set, and a replay has none".to_owned());
    }
    if !lines.is_empty() {
        let all = lines.join("\nlightsss:   ");
        say(&format!(
            "lightsss: not all of this run can be run again (see docs/limits.md):\nlightsss:   {all}\n"
        ));
    }
}

/// Says on standard error why a slot could not be taken: the run may be one without any.
pub(crate) fn say_that_none_is_taken(cycle: u64, error: &CheckpointError) {
    say(&format!(
        "lightsss: at cycle {cycle}: {error}. The run goes on, and tries again at each checkpoint\n"
    ));
}

/// Whether a descriptor was there before the program: nothing that it opens itself survives an exec,
/// unless it is meant for another program.
fn is_inherited(number: RawFd, channel: &Channel) -> bool {
    let flags = fcntl(borrowed(number), FcntlArg::F_GETFD).unwrap_or_default();
    let survives_exec = !FdFlag::from_bits_retain(flags).contains(FdFlag::FD_CLOEXEC);
    match &channel.inherited {
        Some(inherited) => inherited.contains(&number),
        None => survives_exec,
    }
}

/// The children of this process that are none of ours, with their names.
fn children() -> impl Iterator<Item = String> {
    let path = format!("/proc/{}/task/{}/children", getpid(), gettid());
    let numbers = fs::read_to_string(path).unwrap_or_default();
    let numbers: Vec<String> = numbers.split_whitespace().map(str::to_owned).collect();
    numbers.into_iter().filter_map(|number| {
        let name = fs::read_to_string(format!("/proc/{number}/comm")).ok()?;
        let name = name.trim_end();
        (!name.starts_with("lightsss-")).then(|| format!("{number} (`{name}`)"))
    })
}
