//! A simulation of a counter in the run driver, which fails or dies when it is told to.
//!
//! Behind the options of every run, `fail=CYCLE`, `die=CYCLE` and `panic=CYCLE` say when,
//! `long=BYTES` how long a message it fails with at least; `hook` sets a panic hook of its own, and
//! `pace=MICROSECONDS` how long a cycle takes, and `drag=MILLISECONDS` how much longer in a replay; it
//! writes all over a memory of `ram=MIB`; with `files=FOLDER` it writes a line
//! every ten cycles to a log, which is appended to, and to a table, through a buffer; `sealed` is a
//! counter that cannot be saved; a waveform that is called `.vcd` is one, with two times a cycle; `linger=MILLISECONDS` is how long it takes to save one; `pad=BYTES` is how
//! much more is written to a waveform when it is closed; `thread=NAME` is that of a thread that lives for a
//! minute.
//!
//! A run of `--each` may have `fail`, `die`, `panic` and `pace`, too; `seed=N` changes its state; in cycle `exit=CYCLE`
//! foreign code exits with 7, in cycle `hang=CYCLE` nothing happens any more, and before that `spawn` has started two
//! processes, one in a session of its own; the state is printed every `print=CYCLES`; a word is a plusarg that is printed.

use std::{
    fs::{File, OpenOptions},
    io::{BufWriter, Write},
    path::Path,
    process::{Command, ExitCode},
    time::Duration,
};

use lightsss_runtime::ram::Ram;
use lightsss_runtime::{Failure, ReplayInfo, RunArgs, RunInfo, Savable, Simulation, Step};
use lightsss_tests_slots::death;

/// Whether the state cannot be saved.
#[expect(
    clippy::trivially_copy_pass_by_ref,
    clippy::unnecessary_wraps,
    reason = "as the attribute `with` calls them"
)]
mod sealed {
    use lightsss_runtime::savable::{Reader, RestoreError, SaveError, Writer};

    pub fn save(sealed: &bool, _: &mut Writer<'_>) -> Result<(), SaveError> {
        if *sealed {
            return Err(SaveError::custom("the counter is sealed"));
        }
        Ok(())
    }

    pub fn restore(_: &mut bool, _: &mut Reader<'_>) -> Result<(), RestoreError> {
        Ok(())
    }
}

/// Takes its time to be saved.
mod lingering {
    use std::time::Duration;

    use lightsss_runtime::savable::{Reader, RestoreError, SaveError, Writer};

    #[expect(clippy::unnecessary_wraps, reason = "as the attribute `with` calls it")]
    pub fn save(linger: &Duration, out: &mut Writer<'_>) -> Result<(), SaveError> {
        if out.keeps() {
            std::thread::sleep(*linger);
        }
        Ok(())
    }

    #[expect(clippy::unnecessary_wraps, reason = "as the attribute `with` calls it")]
    pub fn restore(_: &mut Duration, _: &mut Reader<'_>) -> Result<(), RestoreError> {
        Ok(())
    }
}

#[derive(Savable)]
struct Counter {
    cycle: u64,
    state: u64,
    ram: Ram,
    #[savable(with = sealed)]
    sealed: bool,
    #[savable(with = lingering)]
    linger: Duration,
    #[savable(reopen)]
    log: Option<File>,
    #[savable(reopen)]
    table: Option<BufWriter<File>>,
    #[savable(skip)]
    fail_at: Option<u64>,
    #[savable(skip)]
    die_at: Option<u64>,
    #[savable(skip)]
    panic_at: Option<u64>,
    #[savable(skip)]
    exit_at: Option<u64>,
    #[savable(skip)]
    hang_at: Option<u64>,
    #[savable(skip)]
    print_every: Option<u64>,
    #[savable(skip)]
    long: usize,
    #[savable(skip)]
    pace: Duration,
    #[savable(skip)]
    drag: Duration,
    #[savable(skip)]
    dragged: bool,
    /// What a restored run changes its state by.
    #[savable(skip)]
    seed: u64,
    #[savable(skip)]
    pad: usize,
    #[savable(skip)]
    trace: Option<File>,
    #[savable(skip)]
    vcd: bool,
}

/// What a waveform begins with.
const VCD: &str = "$timescale 1ns $end
$scope module TOP $end
$var wire 1 ! clk $end
$var wire 64 # counter [63:0] $end
$upscope $end
$enddefinitions $end
";

impl Counter {
    /// Both halves of the cycle that begins, if a waveform of them is open.
    fn dump(&mut self) -> Result<(), Failure> {
        let (state, time) = (self.state, 2 * self.cycle);
        if let Some(trace) = self.trace.as_mut().filter(|_| self.vcd) {
            write!(trace, "#{time}\n0!\nb{state:b} #\n#{}\n1!\n", time + 1)?;
        }
        Ok(())
    }
}

impl Simulation for Counter {
    fn step(&mut self) -> Result<Step, Failure> {
        self.dump()?;
        let drag = if self.dragged {
            self.drag
        } else {
            Duration::ZERO
        };
        if !(self.pace + drag).is_zero() {
            std::thread::sleep(self.pace + drag);
        }
        self.state = self
            .state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let at = self.state % (self.ram.size() - 7);
        self.ram.write_u64(at, self.state)?;
        if self.die_at == Some(self.cycle) {
            death("segv");
        }
        if self.exit_at == Some(self.cycle) {
            death("exit");
        }
        while self.hang_at == Some(self.cycle) {
            std::thread::sleep(Duration::from_mins(1));
        }
        if self
            .print_every
            .is_some_and(|every| self.cycle.is_multiple_of(every))
        {
            println!("{} {:#x}", self.cycle, self.state);
        }
        assert!(self.panic_at != Some(self.cycle), "the counter panics"); // place: panic
        self.cycle += 1;
        if self.cycle.is_multiple_of(10) {
            for file in [
                self.log.as_mut().map(|file| file as &mut dyn Write),
                self.table.as_mut().map(|file| file as &mut dyn Write),
            ] {
                file.map(|file| writeln!(file, "cycle {}", self.cycle))
                    .transpose()?;
            }
        }
        if self.fail_at == Some(self.cycle) {
            let more = "and so on ".repeat(self.long.div_ceil(10));
            return Err(Failure::new(format!(
                "the counter is {:#x}{more}",
                self.state
            )));
        }
        Ok(Step::Continue)
    }

    fn cycle(&self) -> u64 {
        self.cycle
    }

    fn open_trace(&mut self, wave: &Path) -> Result<(), Failure> {
        let mut trace = File::create(wave)?;
        self.vcd = wave.extension().is_some_and(|its| its == "vcd");
        if self.vcd {
            trace.write_all(VCD.as_bytes())?;
        } else {
            writeln!(trace, "from {}", self.cycle)?;
        }
        self.trace = Some(trace);
        Ok(())
    }

    fn close_trace(&mut self) -> Result<(), Failure> {
        let mut trace = self
            .trace
            .take()
            .ok_or_else(|| Failure::new("no trace is open"))?;
        if !self.vcd {
            writeln!(trace, "to {}", self.cycle)?;
        }
        trace.write_all(&vec![b' '; self.pad])?;
        Ok(())
    }

    fn restored(&mut self) -> Result<(), Failure> {
        self.state ^= self.seed;
        Ok(())
    }

    fn start_run(&mut self, run: &RunInfo) -> Result<(), Failure> {
        for arg in &run.args {
            let (name, value) = arg.split_once('=').unwrap_or((arg, ""));
            let number = || {
                let parsed = value.parse::<u64>();
                parsed.map_err(|_| Failure::new(format!("`{arg}`: expected a number behind `=`")))
            };
            match name {
                "fail" => self.fail_at = Some(number()?),
                "die" => self.die_at = Some(number()?),
                "panic" => self.panic_at = Some(number()?),
                "exit" => self.exit_at = Some(number()?),
                "hang" => self.hang_at = Some(number()?),
                "print" => self.print_every = Some(number()?),
                "pace" => self.pace = Duration::from_micros(number()?),
                "seed" => self.state ^= number()?,
                "spawn" => {
                    for session in [&["sleep"][..], &["setsid", "sleep"]] {
                        Command::new(session[0])
                            .args(&session[1..])
                            .arg("600")
                            .spawn()?;
                    }
                }
                _ if name.starts_with('+') => println!("{arg}"),
                _ => return Err(Failure::new(format!("`{arg}` is not known"))),
            }
        }
        Ok(())
    }

    fn start_replay(&mut self, replay: &ReplayInfo) -> Result<(), Failure> {
        println!("replays from {}", replay.from_cycle);
        self.dragged = true;
        Ok(())
    }
}

fn main() -> ExitCode {
    lightsss_runtime::run(RunArgs::parse(), |args| {
        let number = |name: &str| {
            let mut named = args.args.iter().filter_map(|arg| arg.strip_prefix(name));
            named.next().map(str::parse).transpose()
        };
        let folder = args.args.iter().find_map(|arg| arg.strip_prefix("files="));
        let path = |name: &str| folder.map(|folder| Path::new(folder).join(name));
        if args.args.iter().any(|arg| arg == "hook") {
            std::panic::set_hook(Box::new(|info| {
                eprintln!("the hook of the harness: {info}");
            }));
        }
        let threads = args
            .args
            .iter()
            .filter_map(|arg| arg.strip_prefix("thread="));
        for name in threads {
            let thread = std::thread::Builder::new().name(name.to_owned());
            thread.spawn(|| std::thread::sleep(Duration::from_mins(1)))?;
        }
        let mut append = OpenOptions::new();
        append.create(true).append(true);
        Ok(Counter {
            cycle: 0,
            state: 0,
            ram: Ram::new(0, number("ram=")?.unwrap_or(1) << 20)?,
            sealed: args.args.iter().any(|arg| arg == "sealed"),
            linger: Duration::from_millis(number("linger=")?.unwrap_or(0)),
            log: path("log").map(|path| append.open(path)).transpose()?,
            table: path("table")
                .map(|path| File::create(path).map(BufWriter::new))
                .transpose()?,
            fail_at: number("fail=")?,
            die_at: number("die=")?,
            panic_at: number("panic=")?,
            exit_at: number("exit=")?,
            hang_at: number("hang=")?,
            print_every: number("print=")?,
            long: number("long=")?.unwrap_or(0) as usize,
            pace: Duration::from_micros(number("pace=")?.unwrap_or(0)),
            drag: Duration::from_millis(number("drag=")?.unwrap_or(0)),
            dragged: false,
            seed: number("seed=")?.unwrap_or(0),
            pad: number("pad=")?.unwrap_or(0) as usize,
            trace: None,
            vcd: false,
        })
    })
}
