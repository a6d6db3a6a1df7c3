//! What a program left, and how it ended: the material of an outcome.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use super::ended::Ended;
use super::error::WorkerError;
use super::guard::{STDERR, STDOUT};
use crate::campaign::{Output, Status};
use crate::content::upload;
use crate::store::Store;
use crate::task::Task;

/// So much of what a program printed is in the outcome; the files are kept if they are longer.
const TAIL: u64 = 4096;

/// What a program left, and how it ended.
pub(super) struct Found {
    pub(super) status: Status,
    pub(super) exit: Option<i32>,
    pub(super) signal: Option<i32>,
    pub(super) message: Option<String>,
    pub(super) place: Option<String>,
    pub(super) cycles: Option<u64>,
    pub(super) tail: String,
    pub(super) outputs: Vec<Output>,
}

/// What is needed of the driver's report.
#[derive(Default, Deserialize)]
struct Report {
    #[serde(default)]
    failure: Option<String>,
    #[serde(default)]
    end_cycle: Option<u64>,
}

/// Looks at what a program left in `folder`, and puts what is to be kept into the store.
pub(super) fn examine(
    store: &Store,
    task: &Task,
    folder: &Path,
    ended: &Ended,
    deadline: Option<Duration>,
) -> Result<Found, WorkerError> {
    let mut names = kept(folder, task);
    for printed in [STDOUT, STDERR] {
        if fs::metadata(folder.join(printed)).is_ok_and(|found| found.len() > TAIL) {
            names.insert(printed.into());
        }
    }
    let mut outputs = Vec::new();
    for name in names {
        let path = folder.join(&name);
        let put = upload(store, &path)?;
        outputs.push(Output {
            name: name.to_string_lossy().into_owned(),
            file: put.file,
            length: put.length,
        });
    }
    let errors = tail(&folder.join(STDERR));
    let report = task
        .report
        .as_ref()
        .and_then(|name| fs::read(folder.join(name)).ok());
    let report: Report = report
        .and_then(|text| serde_json::from_slice(&text).ok())
        .unwrap_or_default();
    let (status, exit, signal) = match ended {
        Ended::Exit(0) => (Status::Passed, Some(0), None),
        Ended::Exit(status) => (Status::Failed, Some(*status), None),
        Ended::Signal(signal) => (Status::Crashed, None, Some(*signal)),
        Ended::Deadline | Ended::Stopped => (Status::Deadline, None, None),
        Ended::NotStarted(_) => (Status::NotRun, None, None),
    };
    let last_line = || said_last(&errors);
    let message = match ended {
        Ended::Exit(0) => None,
        Ended::Exit(status) => report
            .failure
            .or_else(last_line)
            .or_else(|| Some(format!("ended with status {status}"))),
        Ended::Signal(signal) => report
            .failure
            .or_else(|| Some(format!("ended by {}", signal_name(*signal)))),
        Ended::Deadline | Ended::Stopped => Some(format!(
            "took longer than {}",
            humantime::format_duration(deadline.unwrap_or_default())
        )),
        Ended::NotStarted(reason) => Some(format!("could not be started: {reason}")),
    };
    let place = message.as_deref().and_then(place);
    let tail = format!("{}{errors}", tail(&folder.join(STDOUT)));
    Ok(Found {
        status,
        exit,
        signal,
        message,
        place,
        cycles: report.end_cycle,
        tail,
        outputs,
    })
}

/// The last line that says something; of a panic the place and the message.
fn said_last(errors: &str) -> Option<String> {
    let lines: Vec<&str> = errors
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    let panic = lines.iter().rposition(|line| line.contains("panicked at "));
    if let Some(at) = panic {
        let message = lines.get(at + 1).filter(|line| !line.starts_with("note: "));
        let place = lines[at]
            .split_once("panicked at ")
            .map_or(lines[at], |(_, place)| place);
        return Some(
            format!("panicked at {place} {}", message.unwrap_or(&""))
                .trim_end()
                .to_owned(),
        );
    }
    let last = lines.iter().rfind(|line| !line.starts_with("note: "));
    last.map(|line| (*line).to_owned())
}

/// The files that match the task's outputs, without inputs.
fn kept(folder: &Path, task: &Task) -> BTreeSet<PathBuf> {
    let inputs: BTreeSet<&str> = task
        .inputs
        .iter()
        .chain([&task.program])
        .map(|input| input.name.as_str())
        .collect();
    let patterns: Vec<glob::Pattern> = task
        .outputs
        .iter()
        .filter_map(|output| glob::Pattern::new(output).ok())
        .collect();
    let Ok(entries) = fs::read_dir(folder) else {
        return BTreeSet::new();
    };
    entries
        .flatten()
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()))
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| {
            !inputs.contains(name.as_str()) && patterns.iter().any(|pattern| pattern.matches(name))
        })
        .map(PathBuf::from)
        .collect()
}

/// The end of a file, as text.
fn tail(path: &Path) -> String {
    let read = || {
        let mut file = File::open(path)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
        let mut bytes = Vec::new();
        file.take(TAIL).read_to_end(&mut bytes)?;
        std::io::Result::Ok(bytes)
    };
    let bytes = read().unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    text.chars()
        .filter(|c| *c == '\n' || *c == '\t' || !c.is_control())
        .collect()
}

/// `FILE:LINE`, the first that a message names.
fn place(message: &str) -> Option<String> {
    let words = message.split(|c: char| c.is_whitespace() || "()[]`'\",;".contains(c));
    words
        .map(|word| word.trim_end_matches([':', '.']))
        .find_map(|word| {
            let mut parts = word.split(':');
            let (file, line) = (parts.next()?, parts.next()?);
            let is_line = !line.is_empty() && line.bytes().all(|byte| byte.is_ascii_digit());
            (file.contains('.') && is_line).then(|| format!("{file}:{line}"))
        })
}

fn signal_name(signal: i32) -> String {
    nix::sys::signal::Signal::try_from(signal).map_or_else(
        |_| format!("signal {signal}"),
        |signal| signal.as_str().to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::{place, said_last};

    #[test]
    fn a_panic_is_its_place_and_its_message() {
        let said = "before\n\nthread 'main' (12) panicked at src/main.rs:7:5:\nno way\nnote: run with `RUST_BACKTRACE=1`\n";
        let message = said_last(said).unwrap();
        assert_eq!(message, "panicked at src/main.rs:7:5: no way");
        assert_eq!(place(&message).as_deref(), Some("src/main.rs:7"));
        assert_eq!(said_last("one\ntwo\n\n").as_deref(), Some("two"));
        assert_eq!(said_last("\n"), None);
    }

    #[test]
    fn a_place_is_a_file_and_a_line() {
        assert_eq!(
            place("assertion failed at rtl/soc.sv:12: x").as_deref(),
            Some("rtl/soc.sv:12")
        );
        assert_eq!(
            place("panicked at src/main.rs:7:5:").as_deref(),
            Some("src/main.rs:7")
        );
        assert_eq!(place("at cycle 12: x is 3"), None);
        assert_eq!(place("no place"), None);
    }
}
