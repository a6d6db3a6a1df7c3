//! Workers as processes of this machine.

use std::fs::{self, File};
use std::ops::Range;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::error::ExecutorError;
use super::workers::{Executor, Workers};

/// How long workers have to end by themselves.
const GRACE: Duration = Duration::from_secs(10);

/// Workers as processes of this machine. They end with this process, whatever ends it.
#[derive(Debug, Default)]
pub struct Local {
    children: Vec<(Child, PathBuf)>,
    said: String,
}

impl Local {
    /// No workers yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn reap(&mut self) {
        let mut said = std::mem::take(&mut self.said);
        self.children.retain_mut(|(child, log)| {
            let lives = matches!(child.try_wait(), Ok(None));
            if !lives {
                let text = fs::read_to_string(&*log).unwrap_or_default();
                if !text.trim().is_empty() {
                    text.trim().clone_into(&mut said);
                }
                // What it printed is kept above.
                let _ = fs::remove_file(log);
            }
            lives
        });
        self.said = said;
    }
}

impl Executor for Local {
    fn start(&mut self, workers: &Workers, numbers: Range<u32>) -> Result<(), ExecutorError> {
        let command = workers.command();
        for number in numbers {
            let failed = |source| ExecutorError::Start {
                program: workers.program.display().to_string(),
                hint: "give a folder that can be written to with --cache",
                source,
            };
            let log = workers
                .logs
                .join(format!("{}-{number}.log", workers.session));
            let child = Command::new(&command[0])
                .args(&command[1..])
                .arg(number.to_string())
                .args(["--parent", &std::process::id().to_string()])
                // Ctrl-C is for the command, which then ends its workers.
                .process_group(0)
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(File::create(&log).map_err(failed)?)
                .spawn()
                .map_err(failed)?;
            self.children.push((child, log));
        }
        Ok(())
    }

    fn alive(&mut self, _: &Workers) -> Result<usize, ExecutorError> {
        self.reap();
        Ok(self.children.len())
    }

    fn stop(&mut self, _: &Workers) -> Result<(), ExecutorError> {
        for (child, _) in &self.children {
            // It may have ended at this moment; it is not reaped before, so that the number is still its own.
            let _ = kill(Pid::from_raw(child.id() as i32), Signal::SIGTERM);
        }
        let until = Instant::now() + GRACE;
        while !self.children.is_empty() && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(5));
            self.reap();
        }
        for (child, _) in &mut self.children {
            let _ = child.kill();
            let _ = child.wait();
        }
        self.reap();
        Ok(())
    }

    fn last_words(&self) -> String {
        self.said.clone()
    }
}

impl Drop for Local {
    fn drop(&mut self) {
        for (child, _) in &mut self.children {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
