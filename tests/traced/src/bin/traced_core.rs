//! One of three cores in the run driver: `core=demo`, `core=picorv32` or `core=serv`.
//!
//! It prints a line every hundred cycles. `fail=CYCLE` says when it fails; `pace=MICROSECONDS` how much longer a cycle
//! takes. With `disturb=CYCLE` a trace that goes over this cycle is not exact: the demo's work is chosen anew there.

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use lightsss_runtime::{Failure, RunArgs, Savable, Simulation, Step};

#[derive(Savable)]
struct Core<S: Savable> {
    inner: S,
    #[savable(skip)]
    fail: Option<u64>,
    #[savable(skip)]
    disturb: Option<u64>,
    #[savable(skip)]
    pace: Duration,
}

/// A core that can be disturbed.
trait Disturbed: Simulation {
    fn disturb(&mut self) {}
}

impl Disturbed for picorv32_example::harness::Harness {}
impl Disturbed for serv_example::harness::Harness {}
impl Disturbed for rv32_difftest::harness::Harness {
    fn disturb(&mut self) {
        self.set_work("sort:77".parse().expect("a workload"));
    }
}

impl<S: Disturbed> Simulation for Core<S> {
    fn step(&mut self) -> Result<Step, Failure> {
        let cycle = self.inner.cycle();
        if cycle.is_multiple_of(100) {
            println!("cycle {cycle}");
        }
        if self.fail == Some(cycle) {
            return Err(Failure::new("the core was told to fail"));
        }
        if self.disturb == Some(cycle) {
            self.inner.disturb();
        }
        if !self.pace.is_zero() {
            std::thread::sleep(self.pace);
        }
        self.inner.step()
    }

    fn cycle(&self) -> u64 {
        self.inner.cycle()
    }

    fn open_trace(&mut self, wave: &Path) -> Result<(), Failure> {
        self.inner.open_trace(wave)
    }

    fn close_trace(&mut self) -> Result<(), Failure> {
        self.inner.close_trace()
    }
}

/// The core around `inner`, as the arguments say.
fn core<S: Disturbed>(args: &RunArgs, inner: S) -> Result<Core<S>, Box<dyn Error>> {
    let number = |name: &str| {
        let given = args.args.iter().find_map(|arg| arg.strip_prefix(name));
        given.map(str::parse::<u64>).transpose()
    };
    Ok(Core {
        inner,
        fail: number("fail=")?,
        disturb: number("disturb=")?,
        pace: Duration::from_micros(number("pace=")?.unwrap_or(0)),
    })
}

fn main() -> ExitCode {
    let args = RunArgs::parse();
    let chosen = args.args.iter().find_map(|arg| arg.strip_prefix("core="));
    match chosen {
        Some("picorv32") => lightsss_runtime::run(args, |args| {
            use picorv32_example::harness::{Harness, Settings};
            core(args, Harness::new(Settings::default())?)
        }),
        Some("serv") => lightsss_runtime::run(args, |args| {
            use serv_example::harness::{Harness, Settings};
            core(args, Harness::new(Settings::default())?)
        }),
        _ => lightsss_runtime::run(args, |args| {
            use rv32_difftest::{harness::Harness, program::Work};
            let plusargs = args.args.iter().filter(|arg| arg.starts_with('+'));
            core(args, Harness::new(plusargs, Work::FULL)?)
        }),
    }
}
