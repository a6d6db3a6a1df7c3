//! A counter in the run driver, which saves as the options of every run say.
//!
//! Behind these, `fail=CYCLE` fails there, `vanish=CYCLE` removes the folder of the snapshots there, and
//! `hold=MILLISECONDS` is how long a cycle takes. At its end it prints how many descriptors and how many ended children
//! it had at most.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use lightsss_runtime::{Failure, RunArgs, Savable, Simulation, Step};

#[derive(Savable)]
struct Counter {
    cycle: u64,
    state: u64,
    #[savable(skip)]
    arguments: Arguments,
    #[savable(skip)]
    most_descriptors: usize,
    #[savable(skip)]
    most_zombies: usize,
}

/// What the command line says.
struct Arguments {
    last: Option<u64>,
    fail: Option<u64>,
    vanish: Option<u64>,
    hold: Duration,
    folder: PathBuf,
}

impl Simulation for Counter {
    fn step(&mut self) -> Result<Step, Failure> {
        self.most_descriptors = self.most_descriptors.max(descriptors()?);
        self.most_zombies = self.most_zombies.max(zombies()?);
        std::thread::sleep(self.arguments.hold);
        self.state = self.state.wrapping_mul(3).wrapping_add(1);
        self.cycle += 1;
        if self.arguments.vanish == Some(self.cycle) && self.arguments.folder.exists() {
            std::fs::remove_dir_all(&self.arguments.folder)?;
        }
        if self.arguments.fail == Some(self.cycle) {
            return Err(Failure::new("the counter was ordered to fail"));
        }
        if self.arguments.last == Some(self.cycle) {
            eprintln!(
                "descriptors {} zombies {}",
                self.most_descriptors, self.most_zombies
            );
        }
        Ok(Step::Continue)
    }

    fn cycle(&self) -> u64 {
        self.cycle
    }

    fn open_trace(&mut self, wave: &Path) -> Result<(), Failure> {
        std::fs::write(wave, format!("from {}\n", self.cycle))?;
        Ok(())
    }

    fn close_trace(&mut self) -> Result<(), Failure> {
        Ok(())
    }
}

fn descriptors() -> std::io::Result<usize> {
    Ok(std::fs::read_dir("/proc/self/fd")?.count())
}

/// Children of this process that have ended and were not waited for.
fn zombies() -> std::io::Result<usize> {
    let own = std::process::id().to_string();
    let mut zombies = 0;
    for entry in std::fs::read_dir("/proc")? {
        // Others come and go.
        let Ok(text) = std::fs::read_to_string(entry?.path().join("stat")) else {
            continue;
        };
        // Behind the name in brackets: state, parent.
        let mut fields = text
            .rsplit(')')
            .next()
            .unwrap_or_default()
            .split_whitespace();
        zombies += usize::from(fields.next() == Some("Z") && fields.next() == Some(&own));
    }
    Ok(zombies)
}

fn main() -> ExitCode {
    lightsss_runtime::run(RunArgs::parse(), |args| {
        let number = |name: &str| {
            let mut named = args.args.iter().filter_map(|arg| arg.strip_prefix(name));
            named.next().map(str::parse::<u64>).transpose()
        };
        Ok(Counter {
            cycle: 0,
            state: 0,
            arguments: Arguments {
                last: args.max_cycles,
                fail: number("fail=")?,
                vanish: number("vanish=")?,
                hold: Duration::from_millis(number("hold=")?.unwrap_or(0)),
                folder: args.save_dir.clone(),
            },
            most_descriptors: 0,
            most_zombies: 0,
        })
    })
}
