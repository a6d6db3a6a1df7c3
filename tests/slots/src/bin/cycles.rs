//! A simulation of a counter without a model, driven by hand: takes slots, fails, wakes one.

use std::time::Duration;

use clap::Parser;
use lightsss_runtime::slots::{
    Checkpoint, Choice, ReplayOrder, ReplayOutcome, SlotOptions, Slots, StateHash, When,
};

#[derive(Parser)]
struct Args {
    #[arg(long, default_value_t = 100)]
    every: u64,
    #[arg(long, default_value_t = 1050)]
    fail_at: u64,
    /// The replay's counter goes wrong at this cycle.
    #[arg(long)]
    diverge_at: Option<u64>,
    #[arg(long, default_value_t = 1)]
    replays: u32,
    /// Pause of each cycle, in microseconds.
    #[arg(long, default_value_t = 0)]
    slow: u64,
}

fn main() {
    let args = Args::parse();
    let mut options = SlotOptions::default();
    options.when = When::Cycles(args.every);
    let mut slots = Slots::new(options).expect("slots");
    let mut replay = None;
    let mut state = 0u64;
    let mut cycle = 0u64;
    loop {
        let hash = || StateHash {
            model: state,
            harness: cycle,
        };
        if let Checkpoint::Replay(woken) = slots.offer_with(cycle, &hash) {
            replay = Some(woken);
        }
        if args.slow > 0 {
            std::thread::sleep(Duration::from_micros(args.slow));
        }
        let diverging = slots.is_replay() && args.diverge_at.is_some_and(|at| cycle >= at);
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1 + u64::from(diverging));
        cycle += 1;
        if cycle == args.fail_at {
            slots.state_at(
                cycle,
                StateHash {
                    model: state,
                    harness: cycle,
                },
            );
            break;
        }
    }
    if let Some(replay) = replay {
        println!("replayed from {} to {cycle}", replay.from_cycle);
        replay.note(&format!("state {state}"));
        slots.settle();
        replay.finish(&ReplayOutcome::SameFailure);
    }
    println!("failed at {cycle} in state {state}");
    let mut order = ReplayOrder::new(cycle);
    order.message.push_str("counter");
    for _ in 0..args.replays {
        match slots.wake(&Choice::Oldest, &order) {
            Ok(report) => println!("{}", serde_json::to_string(&report).expect("a report")),
            Err(error) => println!("no replay: {error}"),
        }
    }
    println!(
        "{}",
        serde_json::to_string(&slots.stats()).expect("figures")
    );
}
