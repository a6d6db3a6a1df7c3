//! Runs one task in a folder of its own.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::beat::Beat;
use super::ended::Ended;
use super::error::WorkerError;
use super::examine::{Found, examine};
use super::options::WorkerOptions;
use crate::campaign::Outcome;
use crate::content::Cache;
use crate::file_error::FileError;
use crate::plan::Entry;
use crate::store::{Store, secrets};
use crate::task::Input;

/// How often a running task looks whether it is to stop.
const LOOK: Duration = Duration::from_millis(20);

/// One task to be run.
pub(super) struct Job<'j> {
    pub(super) store: &'j Store,
    pub(super) cache: &'j Cache,
    pub(super) folder: &'j Path,
    pub(super) entry: &'j Entry,
    pub(super) deadline: Option<Duration>,
    pub(super) generation: u32,
    pub(super) options: &'j WorkerOptions,
    pub(super) beat: &'j Beat,
}

/// What came of a job.
pub(super) enum Ran {
    /// The task ended.
    Whole(Box<Outcome>),
    /// It was ended because the worker is to stop, or has lost the task.
    Stopped,
}

impl Job<'_> {
    pub(super) fn run(&self) -> Result<Ran, WorkerError> {
        let task = &self.entry.task;
        let folder = self
            .folder
            .join(format!("{}-{}", task.id().short(), self.generation));
        fs::create_dir(&folder).map_err(FileError::of("make the folder", &folder))?;
        let ran = self.run_in(&folder);
        // A folder that cannot be removed now is removed with the worker's.
        let _ = fs::remove_dir_all(&folder);
        ran
    }

    fn run_in(&self, folder: &Path) -> Result<Ran, WorkerError> {
        let task = &self.entry.task;
        for Input { name, file } in task.inputs.iter().chain([&task.program]) {
            let to = folder.join(name);
            if !to.exists() {
                self.cache.place(self.store, *file, &to)?;
            }
        }
        let started = now();
        let ended = self.hold(folder)?;
        let outcome = |found: Found| Outcome {
            task: task.id(),
            status: found.status,
            exit: found.exit,
            signal: found.signal,
            message: found.message.map(|message| secrets::without(&message)),
            place: found.place,
            cycles: found.cycles,
            started,
            ended: now(),
            worker: self.options.name(),
            host: host(),
            generation: self.generation,
            tail: secrets::without(&found.tail),
            outputs: found.outputs,
        };
        match ended {
            Ended::Stopped => Ok(Ran::Stopped),
            ended => Ok(Ran::Whole(Box::new(outcome(examine(
                self.store,
                task,
                folder,
                &ended,
                self.deadline,
            )?)))),
        }
    }

    /// Runs the program behind a guard, until it ends or is to be stopped.
    fn hold(&self, folder: &Path) -> Result<Ended, WorkerError> {
        let mut guard = self.guard(folder)?;
        let out = guard.stdout.take();
        let (send, said) = mpsc::channel();
        let reader = thread::spawn(move || {
            let mut line = String::new();
            if let Some(out) = out {
                // A guard that was killed says nothing, which is told below.
                let _ = BufReader::new(out).read_line(&mut line);
            }
            let _ = send.send(line);
        });
        let line = loop {
            match said.recv_timeout(LOOK) {
                Ok(line) => break line,
                Err(RecvTimeoutError::Disconnected) => break String::new(),
                Err(RecvTimeoutError::Timeout) => {
                    if self.beat.is_to_stop() || self.beat.is_lost() {
                        drop(guard.stdin.take());
                    }
                }
            }
        };
        drop(guard.stdin.take());
        let status = guard.wait();
        let _ = reader.join();
        serde_json::from_str(&line).map_err(|_| WorkerError::Guard {
            reason: status.map_or_else(
                |error| error.to_string(),
                |status| format!("it ended with {status}"),
            ),
        })
    }

    fn guard(&self, folder: &Path) -> Result<Child, WorkerError> {
        let task = &self.entry.task;
        let (program, arguments) =
            self.options
                .guard
                .split_first()
                .ok_or_else(|| WorkerError::Guard {
                    reason: "no command for it is given".to_owned(),
                })?;
        let mut command = Command::new(program);
        command.args(arguments);
        if let Some(deadline) = self.deadline {
            command.args(["--deadline", &format!("{}ms", deadline.as_millis())]);
        }
        command
            .arg("--")
            .arg(folder.join(&task.program.name))
            .args(&task.arguments)
            .current_dir(folder);
        // A program has no business with the store.
        for (name, _) in std::env::vars_os() {
            if name.to_str().is_some_and(secrets::is_credential) {
                command.env_remove(name);
            }
        }
        command.envs(&task.environment);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        Ok(command.spawn().map_err(FileError::of("start", program))?)
    }
}

fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_millis() as u64
}

fn host() -> String {
    let name = nix::unistd::gethostname().ok();
    name.map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}
