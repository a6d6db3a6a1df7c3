//! Runs under the driver that viewers look at.
//!
//! Behind the driver's options: `core=demo`, `core=picorv32` or `core=serv`; or, for the counter without a model,
//! `limit=N`, which fails at that total, and `crash=N`, which aborts at that cycle.

use std::process::ExitCode;

use lightsss_runtime::{RunArgs, run};
use lightsss_tests_timeline::Counter;
use rv32_difftest::program::Work;

fn main() -> ExitCode {
    let args = RunArgs::parse();
    let core = args.args.iter().find_map(|arg| arg.strip_prefix("core="));
    match core {
        Some("demo") => run(args, |_| {
            Ok(rv32_difftest::harness::Harness::new([""; 0], Work::FULL)?)
        }),
        Some("picorv32") => run(args, |_| {
            let settings = picorv32_example::harness::Settings::default();
            Ok(picorv32_example::harness::Harness::new(settings)?)
        }),
        Some("serv") => run(args, |_| {
            let settings = serv_example::harness::Settings::default();
            Ok(serv_example::harness::Harness::new(settings)?)
        }),
        _ => run(args, |args| {
            let mut counter = Counter::new(u64::MAX);
            for arg in &args.args {
                match arg.split_once('=') {
                    Some(("limit", limit)) => counter.limit = limit.parse()?,
                    Some(("crash", cycle)) => counter.crashes_at = cycle.parse()?,
                    _ => {
                        return Err(
                            format!("expected `limit=N` or `crash=N`, found `{arg}`").into()
                        );
                    }
                }
            }
            Ok(counter)
        }),
    }
}
