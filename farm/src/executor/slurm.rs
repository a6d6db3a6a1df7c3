//! Workers as elements of job arrays of Slurm.

use std::ops::Range;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::error::ExecutorError;
use super::workers::{Executor, Workers};

/// How long workers have to end by themselves, and how often that is looked at.
const GRACE: Duration = Duration::from_secs(10);
const LOOK: Duration = Duration::from_millis(300);

const HINT: &str = "install Slurm's commands on this machine, or choose another executor";

/// Workers as elements of job arrays.
#[derive(Debug, Default)]
pub struct Slurm {
    /// What the user gives `sbatch` beside: partition, memory, time.
    options: Vec<String>,
    jobs: Vec<String>,
}

impl Slurm {
    /// Jobs with these options of `sbatch`.
    #[must_use]
    pub fn new(options: Vec<String>) -> Self {
        Self {
            options,
            jobs: Vec::new(),
        }
    }

    /// The arrays that were submitted.
    #[must_use]
    pub fn jobs(&self) -> &[String] {
        &self.jobs
    }

    /// Submits a command that runs once all workers have ended, however they ended.
    pub fn then(&mut self, name: &str, log: &str, command: &str) -> Result<String, ExecutorError> {
        let mut arguments = self.submission(name, log);
        if !self.jobs.is_empty() {
            arguments.push(format!("--dependency=afterany:{}", self.jobs.join(":")));
        }
        arguments.push(format!("--wrap=exec {command}"));
        call("sbatch", &arguments).map(|said| job(&said))
    }

    fn submission(&self, name: &str, log: &str) -> Vec<String> {
        let mut arguments = vec![
            "--parsable".to_owned(),
            format!("--job-name={name}"),
            format!("--output={log}"),
        ];
        arguments.extend(self.options.iter().cloned());
        arguments
    }
}

impl Executor for Slurm {
    fn start(&mut self, workers: &Workers, numbers: Range<u32>) -> Result<(), ExecutorError> {
        let log = workers.logs.join(format!("{}-%A_%a.log", workers.session));
        let mut arguments =
            self.submission(&format!("farm-{}", workers.session), &log.to_string_lossy());
        arguments.push(format!("--array={}-{}", numbers.start, numbers.end - 1));
        // A worker whose node fails is started again, and gives back what it had.
        arguments.push("--requeue".to_owned());
        arguments.push(format!(
            "--wrap=exec {}",
            workers.shell_command("$SLURM_ARRAY_TASK_ID")
        ));
        self.jobs.push(job(&call("sbatch", &arguments)?));
        Ok(())
    }

    fn alive(&mut self, _: &Workers) -> Result<usize, ExecutorError> {
        if self.jobs.is_empty() {
            return Ok(0);
        }
        let arguments = [
            "--noheader",
            "--array",
            "--format=%T",
            "--jobs",
            &self.jobs.join(","),
        ]
        .map(str::to_owned);
        match call("squeue", &arguments) {
            Ok(said) => {
                let ends = [
                    "COMPLETED",
                    "CANCELLED",
                    "FAILED",
                    "TIMEOUT",
                    "NODE_FAIL",
                    "OUT_OF_MEMORY",
                    "BOOT_FAIL",
                    "DEADLINE",
                ];
                let states = said
                    .lines()
                    .map(str::trim)
                    .filter(|state| !state.is_empty());
                Ok(states.filter(|state| !ends.contains(state)).count())
            }
            // Slurm forgets jobs that ended some time ago.
            Err(ExecutorError::Scheduler { said, .. }) if said.contains("Invalid job id") => Ok(0),
            Err(error) => Err(error),
        }
    }

    fn stop(&mut self, workers: &Workers) -> Result<(), ExecutorError> {
        if self.alive(workers)? == 0 {
            return Ok(());
        }
        // First so that no other begins and that workers give back what they have. A job that has ended meanwhile
        // is unknown, which is as good.
        let jobs = self.jobs.clone();
        let cancel = |options: &[&str]| {
            let options = options.iter().map(|option| (*option).to_owned());
            let arguments: Vec<String> = options.chain(jobs.iter().cloned()).collect();
            match call("scancel", &arguments) {
                Err(ExecutorError::Scheduler { said, .. }) if said.contains("Invalid job id") => {
                    Ok(())
                }
                said => said.map(drop),
            }
        };
        cancel(&["--state=PENDING"])?;
        cancel(&["--batch", "--signal=TERM"])?;
        let until = Instant::now() + GRACE;
        while Instant::now() < until {
            if self.alive(workers)? == 0 {
                return Ok(());
            }
            std::thread::sleep(LOOK);
        }
        cancel(&[])
    }
}

/// The number of a job: `sbatch --parsable` prints `NUMBER` or `NUMBER;CLUSTER`.
fn job(said: &str) -> String {
    let said = said.trim();
    said.split(';').next().unwrap_or(said).to_owned()
}

fn call(program: &str, arguments: &[String]) -> Result<String, ExecutorError> {
    let output = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .map_err(|source| ExecutorError::Start {
            program: program.to_owned(),
            hint: HINT,
            source,
        })?;
    if !output.status.success() {
        return Err(ExecutorError::Scheduler {
            command: program.to_owned(),
            status: output.status.to_string(),
            said: String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        });
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::job;

    #[test]
    fn a_cluster_behind_the_number_is_left_out() {
        assert_eq!(job("12;main\n"), "12");
        assert_eq!(job("12\n"), "12");
    }
}
