//! A template in a loop of its own: a counter is forked for runs that pass, fail, crash, hang and leave processes.
//!
//! Prints a line for each run that has ended.

use std::process::Command;
use std::time::Duration;

use lightsss_runtime::ram::Ram;
use lightsss_runtime::slots::{
    Checkpoint, Choice, ReplayOrder, ReplayOutcome, SlotOptions, Slots, SupervisorOptions, When,
};
use lightsss_runtime::template::{Ended, Run, RunOptions, RunOutput, Template};
use lightsss_tests_slots::death;

struct Counter {
    cycle: u64,
    state: u64,
    ram: Ram,
    fails: bool,
    dies: bool,
}

impl Counter {
    fn step(&mut self) -> bool {
        self.state = self.state.wrapping_mul(6_364_136_223_846_793_005) + 1;
        let at = self.state % (self.ram.size() - 7);
        self.ram.write_u64(at, self.state).expect("in the memory");
        self.cycle += 1;
        if self.dies && self.cycle == 300 {
            death("segv");
        }
        !(self.fails && self.cycle == 300)
    }
}

impl Drop for Counter {
    fn drop(&mut self) {
        println!("dropped at cycle {}", self.cycle);
    }
}

/// A loop of one's own: slots every 100 cycles, and the replay of a failure.
fn run(mut counter: Counter, run: &Run<'_>) -> u8 {
    let mut options = SlotOptions::default();
    options.when = When::Cycles(100);
    let mut slots = match run.supervised() {
        Some(supervised) => supervised.slots(options),
        None => Slots::new(options).expect("slots"),
    };
    run.begin();
    let mut replay = None;
    let mut good = true;
    while good && counter.cycle < 400 {
        if let Checkpoint::Replay(woken) = slots.offer(counter.cycle) {
            println!("replays from {}", counter.cycle);
            replay = Some(woken);
        }
        good = counter.step();
        if let Some(replay) = replay.take_if(|_| !good) {
            replay.finish(&ReplayOutcome::SameFailure);
        }
    }
    if !good {
        let order = ReplayOrder::new(counter.cycle);
        let report = slots.wake(&Choice::Oldest, &order).expect("a replay");
        println!("the replay: {}", report.outcome);
    }
    println!("state {:#x}", counter.state);
    run.supervised().inspect(|supervised| supervised.finished());
    u8::from(!good)
}

/// One of the run's session, and one that leaves it.
#[expect(clippy::zombie_processes, reason = "nobody waits for them")]
fn leave_processes() {
    let mut away = Command::new("setsid");
    away.args(["sleep", "600"]).spawn().expect("`setsid`");
    Command::new("sleep").arg("600").spawn().expect("`sleep`");
}

fn tell(names: &[&str], ended: &Ended) {
    let start = ended.start.is_some();
    let name = names[usize::try_from(ended.run).expect("few runs")];
    println!(
        "{name}: {}, {:?}, begun {start}, {:?}",
        ended.end, ended.by, ended.refusal
    );
}

fn main() {
    let mut template = Template::new(Counter {
        cycle: 0,
        state: 7,
        ram: Ram::new(0, 4 << 20).expect("memory"),
        fails: false,
        dies: false,
    })
    .expect("a template");
    while template.harness().cycle < 200 {
        template.harness_mut().step();
    }
    let names = [
        "passes", "fails", "dies", "panics", "refuses", "hangs", "killed", "leaves",
    ];
    for name in names {
        let mut options = RunOptions::default();
        options.output = RunOutput::File(format!("{name}.txt").into());
        options.supervisor = (name != "passes").then(SupervisorOptions::default);
        options.deadline = (name == "hangs").then_some(Duration::from_millis(300));
        let started = template.start(options, |mut counter, own| {
            counter.fails = name == "fails";
            counter.dies = name == "dies";
            match name {
                "panics" => panic!("on purpose"),
                "refuses" => {
                    own.refuse("there is nothing to run");
                    own.supervised().inspect(|supervised| supervised.finished());
                    return 2;
                }
                "leaves" | "hangs" => leave_processes(),
                _ => {}
            }
            while ["hangs", "killed"].contains(&name) {
                std::thread::sleep(Duration::from_mins(1));
            }
            run(counter, own)
        });
        let number = started.expect("a run");
        if name == "killed" {
            template.kill(number);
        }
        if template.running() == 3 {
            tell(&names, &template.wait().expect("one is under way"));
        }
    }
    while let Some(ended) = template.wait() {
        tell(&names, &ended);
    }
    let thread = std::thread::Builder::new().name("clerk".to_owned());
    let clerk = thread.spawn(|| std::thread::sleep(Duration::from_millis(500)));
    let refused = template.start(RunOptions::default(), |_, _| 0);
    println!("{}", refused.expect_err("a thread lives"));
    clerk.expect("a thread").join().expect("it ends");
    println!("cycle {}", template.harness().cycle);
}
