//! Checkpoints on a system that refuses: prints the figures as JSON, and what the run held at its
//! beginning, at its end, and when its slots were dropped.

use std::fs;

use clap::Parser;
use lightsss_runtime::slots::{
    Checkpoint, Choice, ReplayOrder, ReplayOutcome, SlotOptions, Slots, When,
};
use lightsss_tests_slots::deny::deny;
use nix::{
    errno::Errno,
    sys::resource::{Resource, setrlimit},
    unistd::{Uid, setuid},
};

#[derive(Parser)]
struct Args {
    #[arg(long, default_value_t = 10)]
    checkpoints: u64,
    /// Before this checkpoint, forks begin to fail with this errno.
    #[arg(long)]
    fork_fails_from: Option<u64>,
    #[arg(long, default_value = "EAGAIN")]
    fork_fails_with: String,
    /// There are no pidfds.
    #[arg(long)]
    no_pidfd: bool,
    /// Limit of processes of the user (an unprivileged one, who has no others).
    #[arg(long)]
    processes: Option<u64>,
    /// A thread with this name lives on.
    #[arg(long)]
    thread: Option<String>,
    /// Mebibytes that are to stay free.
    #[arg(long)]
    reserve: Option<u64>,
    /// Mebibytes that slots may hold together.
    #[arg(long)]
    budget: Option<u64>,
    /// Mebibytes that are written between two checkpoints.
    #[arg(long, default_value_t = 0)]
    dirty: usize,
    /// Slots to keep.
    #[arg(long, default_value_t = 2)]
    keep: usize,
    /// Checkpoints are ordered one by one, and nothing is offered.
    #[arg(long)]
    by_hand: bool,
    /// Milliseconds between two checkpoints.
    #[arg(long, default_value_t = 0)]
    pause: u64,
}

fn holdings() -> serde_json::Value {
    let status = fs::read_to_string("/proc/self/statm").expect("statm");
    let pages: u64 = status
        .split(' ')
        .nth(1)
        .and_then(|n| n.parse().ok())
        .expect("resident");
    let task = format!("/proc/self/task/{}/children", std::process::id());
    let children = fs::read_to_string(task).expect("children");
    serde_json::json!({
        "descriptors": fs::read_dir("/proc/self/fd").expect("descriptors").count(),
        "resident_kib": pages * 4,
        "children": children.split_whitespace().count(),
    })
}

fn main() {
    let args = Args::parse();
    if args.no_pidfd {
        deny(libc::SYS_pidfd_open, Errno::ENOSYS);
        deny(libc::SYS_pidfd_send_signal, Errno::ENOSYS);
    }
    if let Some(limit) = args.processes {
        setuid(Uid::from_raw(54_321)).expect("another user");
        setrlimit(Resource::RLIMIT_NPROC, limit, limit).expect("a limit");
    }
    let mut options = SlotOptions::default();
    options.when = When::Cycles(1);
    options.keep = lightsss_runtime::slots::Keep::Newest(args.keep);
    if let Some(reserve) = args.reserve {
        options.memory.reserve = reserve << 20;
    }
    options.memory.budget = args.budget.map(|mebibytes| mebibytes << 20);
    let mut slots = Slots::new(options).expect("slots");
    if let Some(name) = args.thread.clone() {
        let thread = std::thread::Builder::new().name(name);
        thread
            .spawn(|| std::thread::sleep(std::time::Duration::from_hours(1)))
            .expect("a thread");
    }
    let mut memory = vec![0_u8; args.dirty << 20];
    let mut early = None;
    for cycle in 0..args.checkpoints {
        if args.fork_fails_from == Some(cycle) {
            let errno = match args.fork_fails_with.as_str() {
                "ENOMEM" => Errno::ENOMEM,
                _ => Errno::EAGAIN,
            };
            deny(libc::SYS_clone, errno);
            deny(libc::SYS_clone3, errno);
        }
        for byte in memory.iter_mut().step_by(4096) {
            *byte = byte.wrapping_add(1);
        }
        let taken = if args.by_hand {
            slots.checkpoint(cycle).expect("a slot")
        } else {
            slots.offer(cycle)
        };
        if let Checkpoint::Replay(replay) = taken {
            replay.finish(&ReplayOutcome::SameFailure);
        }
        let until = std::time::Instant::now() + std::time::Duration::from_millis(args.pause);
        while std::time::Instant::now() < until {
            // Offers between checkpoints are where the budget is looked after.
            if !args.by_hand {
                slots.offer(cycle);
            }
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        if cycle == 100 {
            early = Some(holdings());
        }
    }
    let report = slots.wake(&Choice::Oldest, &ReplayOrder::new(args.checkpoints));
    let stats = slots.stats();
    let full = holdings();
    drop(slots);
    let line = serde_json::json!({
        "replay": report.map_err(|error| error.to_string()),
        "stats": stats,
        "early": early,
        "full": full,
        "late": holdings(),
    });
    println!("{line}");
}
