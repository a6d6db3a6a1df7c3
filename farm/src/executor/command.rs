//! Workers that a command of the user starts: `bsub ... {command}`, GNU parallel, HyperQueue.

use std::fs::File;
use std::ops::Range;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use super::error::ExecutorError;
use super::workers::{Executor, Workers};
use crate::campaign::{stop_key, worker_end_key, worker_key};

/// How long workers have to end by themselves.
const GRACE: Duration = Duration::from_secs(10);

/// Workers that a command of the user starts. The command may wait for its worker, or only submit it.
#[derive(Debug)]
pub struct CommandExecutor {
    template: String,
    workers: Vec<Started>,
    said: String,
}

/// A command that was started.
#[derive(Debug)]
struct Started {
    number: u32,
    child: Child,
    /// The command has ended well, and its worker may still be to come.
    submitted: bool,
    /// What the store had of the worker, and since when.
    seen: Option<(String, Instant)>,
}

impl CommandExecutor {
    /// Starts each worker with this command of the shell, in which `{command}` stands for the worker's.
    pub fn new(template: &str) -> Result<Self, ExecutorError> {
        if !template.contains("{command}") {
            return Err(ExecutorError::Template {
                template: template.to_owned(),
                reason: "expected `{command}` where the worker's command goes, as in `bsub -n 1 {command}`".to_owned(),
            });
        }
        Ok(Self {
            template: template.to_owned(),
            workers: Vec::new(),
            said: String::new(),
        })
    }
}

impl Executor for CommandExecutor {
    fn start(&mut self, workers: &Workers, numbers: Range<u32>) -> Result<(), ExecutorError> {
        for number in numbers {
            let worker = workers.shell_command(&number.to_string());
            let line = self
                .template
                .replace("{command}", &worker)
                .replace("{number}", &number.to_string());
            let log = workers
                .logs
                .join(format!("{}-{number}.log", workers.session));
            let failed = |source| ExecutorError::Start {
                program: self.template.clone(),
                hint: "look whether the command can be run by hand",
                source,
            };
            let out = File::create(&log).map_err(failed)?;
            let child = Command::new("sh")
                .args(["-c", &line])
                .process_group(0)
                .stdin(Stdio::null())
                .stdout(out.try_clone().map_err(failed)?)
                .stderr(out)
                .spawn()
                .map_err(failed)?;
            self.workers.push(Started {
                number,
                child,
                submitted: false,
                seen: None,
            });
        }
        Ok(())
    }

    fn alive(&mut self, workers: &Workers) -> Result<usize, ExecutorError> {
        let listed = workers
            .store
            .list(&format!("workers/{}", workers.session))?;
        let version = |key: &str| {
            listed
                .iter()
                .find(|l| l.key == key)
                .map(|l| l.version.clone())
        };
        let mut said = std::mem::take(&mut self.said);
        self.workers.retain_mut(|started| {
            match started.child.try_wait() {
                Ok(None) => return true,
                Ok(Some(status)) if status.success() => started.submitted = true,
                Ok(Some(_)) | Err(_) => {
                    let log = workers
                        .logs
                        .join(format!("{}-{}.log", workers.session, started.number));
                    let text = std::fs::read_to_string(log).unwrap_or_default();
                    text.trim().clone_into(&mut said);
                    return false;
                }
            }
            if version(&worker_end_key(&workers.session, started.number)).is_some() {
                return false;
            }
            // One that has not begun waits in a queue, for as long as it takes.
            let Some(version) = version(&worker_key(&workers.session, started.number)) else {
                return started.submitted;
            };
            let seen = started.seen.take().filter(|(before, _)| *before == version);
            let (version, since) = seen.unwrap_or_else(|| (version, Instant::now()));
            started.seen = Some((version, since));
            since.elapsed() <= workers.lease
        });
        self.said = said;
        Ok(self.workers.len())
    }

    fn stop(&mut self, workers: &Workers) -> Result<(), ExecutorError> {
        // Workers look for this, those that begin later too.
        workers.store.replace(&stop_key(&workers.session), "")?;
        let until = Instant::now() + GRACE;
        while Instant::now() < until {
            let waiting = self.alive(workers)?;
            let is_silent = self
                .workers
                .iter()
                .all(|started| started.submitted && started.seen.is_none());
            if waiting == 0 || is_silent {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        for started in &mut self.workers {
            if matches!(started.child.try_wait(), Ok(None)) {
                // The group is the command's, and so is what it waits for.
                let _ = killpg(Pid::from_raw(started.child.id() as i32), Signal::SIGKILL);
                let _ = started.child.wait();
            }
        }
        Ok(())
    }

    fn last_words(&self) -> String {
        self.said.clone()
    }
}
