//! A simulation of a counter under a supervisor, which may die in every way.

use std::{fs, io::Write, time::Duration};

use clap::Parser;
use lightsss_runtime::slots::{
    Checkpoint, Interrupt, ReplayOutcome, SlotOptions, SupervisorOptions, When, supervise,
};
use lightsss_tests_slots::{death, deny::deny, exhaust_memory, rust_abort};
use nix::errno::Errno;
use nix::sys::signal::{SigHandler, Signal, signal};
use nix::sys::termios::{SetArg, cfmakeraw, tcgetattr, tcsetattr};
use nix::unistd::{Uid, setuid};

#[derive(Parser)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of the command line"
)]
struct Args {
    /// How the simulation dies: see `death`, or `panic`, `rust abort`, `memory`, `none`.
    #[arg(long, default_value = "none")]
    death: String,
    #[arg(long, default_value_t = 1050)]
    at: u64,
    #[arg(long, default_value_t = 100)]
    every: u64,
    /// Pause of each cycle, in microseconds.
    #[arg(long, default_value_t = 0)]
    slow: u64,
    /// The replay hangs instead of dying.
    #[arg(long)]
    hang: bool,
    /// Deadline of the replay, in milliseconds.
    #[arg(long, default_value_t = 60_000)]
    deadline: u64,
    /// Where the incident goes, as JSON.
    #[arg(long)]
    report: Option<String>,
    /// Ctrl-C shows what the run does.
    #[arg(long)]
    show: bool,
    /// The simulation makes its terminal raw and hides the cursor.
    #[arg(long)]
    raw: bool,
    /// Mebibytes that slots are to leave free.
    #[arg(long, default_value_t = 128)]
    reserve: u64,
    /// Mebibytes that are written between two slots.
    #[arg(long, default_value_t = 0)]
    dirty: usize,
    /// The simulation goes on until all slots have been measured, and dies then.
    #[arg(long)]
    measured: bool,
    /// There are no pidfds.
    #[arg(long)]
    no_pidfd: bool,
    /// Interrupts stay as they were inherited.
    #[arg(long)]
    inherit: bool,
    /// The simulation exits with status 3 on this signal; may be given several times.
    #[arg(long)]
    catch: Vec<i32>,
    /// The simulation becomes this user at a cycle: `USER@CYCLE`.
    #[arg(long)]
    user: Option<String>,
    /// Lines that a replay prints at once.
    #[arg(long, default_value_t = 0)]
    talk: u32,
    /// Exit status of a run that ends well.
    #[arg(long, default_value_t = 0)]
    status: i32,
}

/// What a console of a simulated machine does to the terminal.
fn make_raw() {
    let mut settings = tcgetattr(std::io::stdin()).expect("a terminal");
    cfmakeraw(&mut settings);
    tcsetattr(std::io::stdin(), SetArg::TCSANOW, &settings).expect("a raw terminal");
    print!("\x1b[?25l");
    std::io::stdout().flush().expect("the terminal takes it");
}

/// A shell's background job is born with interrupts ignored; what is tested is how they end a run.
fn interrupts_as_by_default() {
    // SAFETY: no handler is installed, and no other thread is alive that could rely on the old one.
    unsafe { signal(Signal::SIGINT, SigHandler::SigDfl) }.expect("SIGINT has a default");
}

extern "C" fn give_up(_: libc::c_int) {
    // SAFETY: may be called in a handler.
    unsafe { libc::_exit(3) }
}

fn catch(number: i32) {
    let number = Signal::try_from(number).expect("a signal");
    // SAFETY: the handler only calls `_exit`.
    unsafe { signal(number, SigHandler::Handler(give_up)) }.expect("a handler");
}

/// Which user the simulation becomes, and when.
fn user_and_cycle(text: &str) -> (Uid, u64) {
    let (user, cycle) = text.split_once('@').expect("a user and a cycle");
    let user = Uid::from_raw(user.parse().expect("a user's number"));
    (user, cycle.parse().expect("a cycle"))
}

fn main() {
    let args = Args::parse();
    if !args.inherit {
        interrupts_as_by_default();
    }
    if args.no_pidfd {
        deny(libc::SYS_pidfd_open, Errno::ENOSYS);
        deny(libc::SYS_pidfd_send_signal, Errno::ENOSYS);
    }
    let mut options = SupervisorOptions::default();
    if let Some(path) = args.report.clone() {
        options.report = Box::new(move |incident| {
            let mut text = fs::read_to_string(&path).unwrap_or_default();
            text.push_str(&serde_json::to_string(incident).expect("an incident"));
            text.push('\n');
            fs::write(&path, text).expect("the report is written");
        });
    }
    if args.show {
        options.interrupt = Interrupt::Show;
    }
    options.order.deadline = Duration::from_millis(args.deadline);
    options.order.label.push_str("supervised");
    let supervised = supervise(options).expect("a supervisor");
    let mut slot_options = SlotOptions::default();
    slot_options.when = When::Cycles(args.every);
    slot_options.memory.reserve = args.reserve << 20;
    let mut slots = supervised.slots(slot_options);
    if args.raw {
        make_raw();
    }
    args.catch.iter().copied().for_each(catch);
    let user = args.user.as_deref().map(user_and_cycle);
    let mut memory = vec![0_u8; args.dirty << 20];
    let mut replay = None;
    for cycle in 0.. {
        if let Checkpoint::Replay(woken) = slots.offer(cycle) {
            assert_eq!(woken.label, "supervised");
            replay = Some(woken);
            for line in 0..args.talk {
                println!("line {line} of a replay");
            }
        }
        if let Some((user, _)) = user.filter(|(_, at)| *at == cycle) {
            setuid(user).expect("another user");
        }
        if cycle % args.every.max(1) == 0 {
            memory
                .iter_mut()
                .step_by(4096)
                .for_each(|byte| *byte = byte.wrapping_add(1));
        }
        if args.slow > 0 {
            std::thread::sleep(Duration::from_micros(args.slow));
        }
        if let Some(replay) = replay.take_if(|replay| cycle == replay.last_cycle()) {
            replay.note("past the end");
            replay.finish(&ReplayOutcome::NoFailure);
        }
        if cycle == args.at {
            while args.measured
                && !slots.is_replay()
                && slots.list().iter().any(|slot| slot.unshared.is_none())
            {
                std::thread::sleep(Duration::from_millis(10));
                slots.offer(cycle);
            }
            if args.hang && slots.is_replay() {
                std::thread::sleep(Duration::from_hours(1));
            }
            match args.death.as_str() {
                "none" => break,
                "memory" => exhaust_memory(),
                "rust abort" => rust_abort(),
                "panic" => panic!("the harness panics on purpose"),
                how => death(how),
            }
        }
    }
    supervised.finished();
    std::process::exit(args.status);
}
