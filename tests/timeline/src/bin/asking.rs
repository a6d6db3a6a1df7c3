//! A run of the counter under the driver, which asks about its past when it has failed, crashed, or was interrupted.
//!
//! Behind the driver's options: `limit=N` fails at that total, `crash=N` aborts at that cycle.

use std::process::ExitCode;

use lightsss_runtime::timeline::Condition;
use lightsss_runtime::{RunArgs, run_asking};
use lightsss_tests_timeline::Counter;

fn main() -> ExitCode {
    let make = |args: &RunArgs| {
        let mut counter = Counter::new(u64::MAX);
        for arg in &args.args {
            match arg.split_once('=') {
                Some(("limit", limit)) => counter.limit = limit.parse()?,
                Some(("crash", cycle)) => counter.crashes_at = cycle.parse()?,
                _ => return Err(format!("expected `limit=N` or `crash=N`, found `{arg}`").into()),
            }
        }
        Ok(counter)
    };
    run_asking(RunArgs::parse(), make, |timeline, occasion| {
        eprintln!("asked: {} at {}", occasion.reason, occasion.cycle);
        let end = occasion.cycle;
        match timeline.value("cycle", end) {
            Ok(cycle) => eprintln!("cycle: {}", cycle.to_u128().unwrap_or(0)),
            Err(error) => eprintln!("error: {error}"),
        }
        match timeline.last_change("slow", end + 1) {
            Ok(Some(change)) => eprintln!("slow changed: {}", change.cycle),
            other => eprintln!("slow: {other:?}"),
        }
        let condition: Result<Condition, _> = "cycle % 1000 == 0".parse();
        let last = condition.map_err(Into::into);
        match last.and_then(|condition| timeline.last(&condition, end + 1)) {
            Ok(cycle) => eprintln!("thousands: {cycle:?}"),
            Err(error) => eprintln!("error: {error}"),
        }
    })
}
