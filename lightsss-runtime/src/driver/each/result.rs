//! What came of one run of many.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::task::Task;
use crate::process::serialize::{optional_path, path_text, paths_text};
use crate::slots::ProcessEnd;
use crate::template::{Ended, EndedBy};

/// How a run of many ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It ended well, and wrote all that it was to write.
    Passed,
    /// The harness says that it failed.
    Failed,
    /// It ended by a signal, or by an exit, without saying so.
    Crashed,
    /// It could not be made, or ended well without a file that it was to write.
    Error,
    /// It was killed at its deadline.
    Deadline,
    /// It was ended because the whole command was.
    Interrupted,
}

impl Status {
    pub fn word(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Crashed => "crashed",
            Self::Error => "error",
            Self::Deadline => "deadline",
            Self::Interrupted => "interrupted",
        }
    }
}

/// A line of `results.jsonl`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunResult {
    /// Its name, or its number.
    pub name: String,
    /// Of the file, counted from 1.
    pub line: usize,
    /// The words of the line.
    pub args: Vec<String>,
    pub status: Status,
    /// As a shell gives it: 128 and the signal's number for an end by a signal.
    pub exit_status: i32,
    /// How many cycles it ran.
    pub cycles: Option<u64>,
    /// Its last cycle: that of the failure, if there was one.
    pub end_cycle: Option<u64>,
    /// Wall time from the fork to the end of its last process.
    pub seconds: f64,
    /// Microseconds from the start of the fork to the moment at which it began to step.
    pub start_us: Option<f64>,
    /// What it failed with, or why it was not made.
    pub message: Option<String>,
    /// Where in the sources it crashed, if that is known.
    pub place: Option<String>,
    #[serde(serialize_with = "path_text")]
    pub folder: PathBuf,
    /// What it printed.
    #[serde(serialize_with = "path_text")]
    pub output: PathBuf,
    /// Its report, if it left one.
    #[serde(serialize_with = "optional_path")]
    pub report: Option<PathBuf>,
    /// The waveform, if it wrote one that can be read.
    #[serde(serialize_with = "optional_path")]
    pub wave: Option<PathBuf>,
    /// Whether its replay met the same failure.
    pub reproduced: Option<bool>,
    /// The durable snapshots that it wrote.
    #[serde(serialize_with = "paths_text")]
    pub saved: Vec<PathBuf>,
    /// The command that runs it in a process of its own, in its folder.
    pub command: String,
}

impl RunResult {
    /// Of a run that has ended.
    pub fn of_ended(task: &Task, ended: &Ended) -> Self {
        let report = Report::read(&task.report);
        let status = status(ended, &report);
        let message = match status {
            Status::Passed => None,
            Status::Deadline => Some(format!(
                "not done at its deadline of {} s",
                task.deadline.unwrap_or_default().as_secs_f64()
            )),
            Status::Interrupted => Some("ended with the whole command".to_owned()),
            _ => ended
                .refusal
                .clone()
                .or_else(|| report.message())
                .or_else(|| Some(death(ended.end))),
        };
        Self {
            status,
            exit_status: ended.end.shell_status(),
            cycles: report
                .number("cycles_run")
                .filter(|_| !report.flag("crashed")),
            end_cycle: report.number("end_cycle"),
            seconds: ended.duration.as_secs_f64(),
            start_us: ended.start.map(|start| start.as_nanos() as f64 / 1e3),
            message,
            place: report.text("failure_place"),
            report: report.found().then(|| task.report.clone()),
            wave: report.text("wave").map(PathBuf::from),
            reproduced: report
                .number("replay_from")
                .map(|_| report.flag("reproduced")),
            saved: report.paths("saved"),
            ..Self::new(task)
        }
    }

    /// Of a run that was not started.
    pub fn of_error(task: &Task, message: String) -> Self {
        Self {
            message: Some(message),
            ..Self::new(task)
        }
    }

    fn new(task: &Task) -> Self {
        Self {
            name: task.name.clone(),
            line: task.line.number,
            args: task.line.words.clone(),
            status: Status::Error,
            exit_status: 2,
            cycles: None,
            end_cycle: None,
            seconds: 0.0,
            start_us: None,
            message: None,
            place: None,
            folder: task.folder.clone(),
            output: task.output.clone(),
            report: None,
            wave: None,
            reproduced: None,
            saved: Vec::new(),
            command: task.command(),
        }
    }

    /// Whether it is of this task, and the run is not to be made again.
    pub fn settles(&self, task: &Task) -> bool {
        self.name == task.name && self.args == task.line.words && self.status != Status::Interrupted
    }

    /// What the whole command exits with because of this run; 0 if it passed.
    pub fn command_status(&self) -> u8 {
        match self.status {
            Status::Passed => 0,
            Status::Deadline | Status::Interrupted => 1,
            _ => u8::try_from(self.exit_status)
                .ok()
                .filter(|status| *status > 0)
                .unwrap_or(1),
        }
    }
}

fn status(ended: &Ended, report: &Report) -> Status {
    let well = ended.end == ProcessEnd::Exited(0);
    match (ended.by, ended.end) {
        _ if well && report.flag("passed") => Status::Passed,
        (EndedBy::Deadline, _) => Status::Deadline,
        (EndedBy::Template, _) => Status::Interrupted,
        _ if ended.refusal.is_some() => Status::Error,
        (_, ProcessEnd::Exited(_)) if report.flag("passed") => Status::Error,
        (_, ProcessEnd::Exited(_))
            if report.text("failure").is_some() && !report.flag("crashed") =>
        {
            Status::Failed
        }
        _ => Status::Crashed,
    }
}

fn death(end: ProcessEnd) -> String {
    match end {
        ProcessEnd::Signaled(libc::SIGKILL) => {
            "killed by SIGKILL (if nobody did that, memory was short: look into the kernel's log)"
                .to_owned()
        }
        end => end.to_string(),
    }
}

/// The report that a run left, as far as it goes.
struct Report(Value);

impl Report {
    fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap_or_default();
        Self(serde_json::from_str(&text).unwrap_or_default())
    }

    fn found(&self) -> bool {
        self.0.is_object()
    }

    fn flag(&self, name: &str) -> bool {
        self.0[name].as_bool().unwrap_or_default()
    }

    fn number(&self, name: &str) -> Option<u64> {
        self.0[name].as_u64()
    }

    fn text(&self, name: &str) -> Option<String> {
        self.0[name].as_str().map(str::to_owned)
    }

    fn paths(&self, name: &str) -> Vec<PathBuf> {
        let paths = self.0[name].as_array().into_iter().flatten();
        paths
            .filter_map(|path| path.as_str().map(PathBuf::from))
            .collect()
    }

    /// What it failed with, or what it was to write and did not.
    fn message(&self) -> Option<String> {
        let errors = ["failure", "wave_error", "saved_slot_error"];
        errors.iter().find_map(|name| self.text(name)).or_else(|| {
            self.paths("save_errors")
                .first()
                .map(|error| error.display().to_string())
        })
    }
}
