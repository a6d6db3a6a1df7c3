//! Runs whose simulation dies, and what has to come of them: a slot was woken, its replay died
//! likewise at the same cycle, the waveform is there, and nothing is left.

use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs};

use anyhow::{Context, Result, anyhow, ensure};
use fastrand::Rng;
use lightsss_runtime::{Simulation, durable};
use nix::sys::signal::Signal;
use serde_json::Value;

use crate::audit;
use crate::dying::{Dying, PANIC};

/// A way to die, under the name that the dying simulation is told.
struct Death {
    name: &'static str,
    ends: Ends,
}

/// How the simulation ends, as its supervisor sees it.
#[derive(Clone, Copy)]
enum Ends {
    By(Signal),
    With(i32),
    /// Not at all: the driver catches the panic.
    Caught,
}

/// Without the heap that is overrun: whether the C library notices depends on what lies where, and a replay
/// with a waveform has other things there.
const DEATHS: [Death; 15] = [
    death("segv", Ends::By(Signal::SIGSEGV)),
    death("bus", Ends::By(Signal::SIGBUS)),
    death("fpe", Ends::By(Signal::SIGFPE)),
    death("ill", Ends::By(Signal::SIGILL)),
    death("abort", Ends::By(Signal::SIGABRT)),
    death("assert", Ends::By(Signal::SIGABRT)),
    death("noexcept", Ends::By(Signal::SIGABRT)),
    death("terminate", Ends::By(Signal::SIGABRT)),
    death("stack", Ends::By(Signal::SIGABRT)),
    // A panic that C++ would have to unwind.
    death("callback", Ends::By(Signal::SIGABRT)),
    // What the kernel's out-of-memory killer does.
    death("kill", Ends::By(Signal::SIGKILL)),
    death("exit", Ends::With(7)),
    death("exit0", Ends::With(0)),
    death("quick_exit", Ends::With(9)),
    death("panic", Ends::Caught),
];

const fn death(name: &'static str, ends: Ends) -> Death {
    Death { name, ends }
}

impl Ends {
    /// What the report says of it.
    fn in_words(self) -> String {
        match self {
            Self::By(signal) => format!("the simulation was killed by {signal}"),
            Self::With(status) => format!("the simulation exited with status {status}"),
            Self::Caught => "panicked at tests/runs/src/bin/soak/dying.rs:".to_owned(),
        }
    }

    /// The signal and the status by which the supervisor ends: those of the simulation, but a run
    /// that was not done does not look like a pass.
    fn passed_on(self) -> (Option<i32>, Option<i32>) {
        match self {
            Self::By(signal) => (Some(signal as i32), None),
            Self::With(0) | Self::Caught => (None, Some(1)),
            Self::With(status) => (None, Some(status)),
        }
    }
}

/// What came of one.
pub struct Died {
    /// How.
    pub name: &'static str,
    /// Cycles at which its replay was compared with the original.
    pub compared: u64,
}

/// Runs that die, in every way by turns.
pub struct Deaths {
    folder: PathBuf,
    /// Those that are yet to come in this turn.
    waiting: Vec<usize>,
}

/// A run that is to die.
struct Run {
    slots: u64,
    spaced: bool,
    every: u64,
    at: u64,
    saves: bool,
}

impl Run {
    fn new(rng: &mut Rng) -> Self {
        let (slots, every) = (rng.u64(2..6), rng.u64(200..2000));
        Self {
            slots,
            spaced: rng.bool(),
            every,
            // Behind the second checkpoint: the woken slot, and one at which its replay is compared.
            at: every + rng.u64(1..every * (slots + 3)),
            saves: rng.u8(0..3) == 0,
        }
    }

    fn arguments(&self, death: &Death) -> Vec<String> {
        let mut arguments = vec![
            "die".to_owned(),
            "--quiet".to_owned(),
            format!("--slots={}", self.slots),
            format!("--checkpoint-cycles={}", self.every),
            "--wave=wave.fst".to_owned(),
            "--report=report.json".to_owned(),
        ];
        if self.spaced {
            arguments.push("--spaced".to_owned());
            // The oldest, which is always kept.
            arguments.push(format!("--wake-before={}", self.at));
        }
        if self.saves {
            arguments.push("--save-on-failure=saved.lsss".to_owned());
        }
        arguments.extend([death.name.to_owned(), self.at.to_string()]);
        arguments
    }

    /// The files that it leaves.
    fn files(&self) -> Vec<&str> {
        let saved = self.saves.then_some("saved.lsss");
        let mut files = vec!["report.json", "wave.fst", "wave.gtkw", "wave.sucl"];
        files.extend(saved);
        files.sort_unstable();
        files
    }
}

impl Deaths {
    /// Their files go into a folder within this one, for as long as they run.
    pub fn new(folder: &Path) -> Self {
        Self {
            folder: folder.join("death"),
            waiting: Vec::new(),
        }
    }

    /// Lets one run die, and looks at what came of it.
    ///
    /// # Errors
    /// If it is not what has to come of it.
    pub fn one(&mut self, rng: &mut Rng) -> Result<Died> {
        if self.waiting.is_empty() {
            self.waiting = (0..DEATHS.len()).collect();
            rng.shuffle(&mut self.waiting);
        }
        let death = &DEATHS[self.waiting.pop().context("a way to die")?];
        let run = Run::new(rng);
        let arguments = run.arguments(death);
        self.die(&run, death, &arguments)
            .with_context(|| format!("`soak {}`", arguments.join(" ")))
    }

    fn die(&self, run: &Run, death: &Death, arguments: &[String]) -> Result<Died> {
        fs::create_dir(&self.folder)?;
        let before = audit::children()?;
        let output = Command::new(env::current_exe()?)
            .args(arguments)
            .current_dir(&self.folder)
            .env("TMPDIR", &self.folder)
            .env("RUST_BACKTRACE", "0")
            .output()?;
        // At once: what a run leaves behind, its supervisor has taken in before it ended.
        let left = new_in(audit::children()?, &before);
        ensure!(left.is_empty(), "left behind: {}", left.join(", "));
        let died = self
            .check(run, death, &output)
            .with_context(|| String::from_utf8_lossy(&output.stderr).into_owned())?;
        fs::remove_dir_all(&self.folder)?;
        Ok(died)
    }

    fn check(&self, run: &Run, death: &Death, output: &Output) -> Result<Died> {
        let status = output.status;
        ensure!(
            (status.signal(), status.code()) == death.ends.passed_on(),
            "the run ended with {status}"
        );
        let text =
            fs::read_to_string(self.folder.join("report.json")).context("there is no report")?;
        let report: Value = serde_json::from_str(&text)?;
        let compared = check_report(&report, run, death).with_context(|| text.clone())?;
        let mut files = audit::names(&self.folder)?;
        files.sort_unstable();
        ensure!(files == run.files(), "the files left are {files:?}");
        let bytes = fs::metadata(self.folder.join("wave.fst"))?.len();
        ensure!(bytes > 1000, "the waveform has {bytes} bytes");
        if run.saves {
            let mut saved = Dying::new(death.name, run.at)?;
            durable::restore(self.folder.join("saved.lsss"), &mut saved)?;
            ensure!(
                report["replay_from"] == saved.cycle(),
                "the slot saved is of cycle {}: {text}",
                saved.cycle()
            );
        }
        Ok(Died {
            name: death.name,
            compared,
        })
    }
}

/// How many cycles were compared.
fn check_report(report: &Value, run: &Run, death: &Death) -> Result<u64> {
    let failure = report["failure"].as_str().unwrap_or_default();
    ensure!(
        failure.starts_with(&death.ends.in_words()),
        "expected the failure `{}`",
        death.ends.in_words()
    );
    if let Ends::Caught = death.ends {
        ensure!(failure.ends_with(PANIC), "expected the panic `{PANIC}`");
    }
    ensure!(report["end_cycle"] == run.at, "it died at another cycle");
    let crashed = !matches!(death.ends, Ends::Caught);
    ensure!(report["crashed"] == crashed, "expected a crash: {crashed}");
    ensure!(report["reproduced"] == true, "it did not come again");
    ensure!(report["replay_to"] == run.at, "the replay ended elsewhere");
    let from = report["replay_from"].as_u64().context("no replay")?;
    let newest = run.at / run.every * run.every;
    let oldest = if run.spaced {
        0
    } else {
        newest.saturating_sub((run.slots - 1) * run.every)
    };
    // Where memory is short, older ones have gone.
    let short = report["slots"]["evictions"]["memory"] != 0;
    ensure!(
        from == oldest || short && from.is_multiple_of(run.every),
        "expected the slot of cycle {oldest}"
    );
    let equal = report["equality"].as_str().unwrap_or_default();
    equal
        .strip_prefix("equal at all ")
        .and_then(|rest| rest.strip_suffix(" cycles compared")?.parse().ok())
        .filter(|compared| *compared > 0)
        .ok_or_else(|| anyhow!("the replay was not equal"))
}

fn new_in(mut now: Vec<String>, before: &[String]) -> Vec<String> {
    let pid = |text: &str| text.split_whitespace().next().map(str::to_owned);
    now.retain(|text| !before.iter().any(|known| pid(known) == pid(text)));
    now
}
