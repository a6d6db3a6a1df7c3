//! The slots' own interface, used as a user's tests use it: each body runs in a process of its own.

use std::{
    cell::RefCell,
    fs,
    path::Path,
    rc::Rc,
    thread::sleep,
    time::{Duration, Instant},
};

use lightsss_runtime::slots::{
    Adaptive, Checkpoint, CheckpointError, Choice, Keep, MAX_REPLAYS, Reason, Replay, ReplayOrder,
    ReplayOutcome, SlotOptions, Slots, When,
    hooks::{self, ForkHooks},
    isolated,
};
use nix::{
    sys::wait::{WaitStatus, waitpid},
    unistd::{ForkResult, fork},
};
// As the tests of the runtime itself have it.
use lightsss_tests_support::events::CapturedEvents;

fn slots(when: When, keep: Keep) -> Slots {
    let mut options = SlotOptions::default();
    options.when = when;
    options.keep = keep;
    Slots::new(options).unwrap()
}

/// Takes a slot at each of these cycles; a replay answers with what `answer` makes of it.
fn take_at(slots: &mut Slots, cycles: &[u64], answer: impl Fn(Replay)) {
    for &cycle in cycles {
        if let Checkpoint::Replay(replay) = slots.checkpoint(cycle).unwrap() {
            answer(replay);
        }
    }
}

fn say_nothing(replay: Replay) {
    replay.finish(&ReplayOutcome::NoFailure)
}

/// Waits until `count` files are in the folder; false if they do not come.
fn meet(folder: &Path, own: &str, count: usize) -> bool {
    fs::write(folder.join(own), "").unwrap();
    let begun = Instant::now();
    while fs::read_dir(folder).unwrap().count() < count {
        if begun.elapsed() > Duration::from_mins(1) {
            return false;
        }
        sleep(Duration::from_millis(1));
    }
    true
}

#[test]
fn replays_run_side_by_side_of_one_slot_and_of_several() {
    isolated(|| {
        let folder = tempfile::tempdir().unwrap();
        let mut slots = slots(When::OnDemand, Keep::Newest(2));
        take_at(&mut slots, &[10, 20], |replay| {
            // None of them goes on before all have begun.
            let met = meet(folder.path(), &replay.number.to_string(), 3);
            replay.note(&format!("{} {met}", replay.label));
            replay.finish(&ReplayOutcome::SameFailure);
        });
        let mut order = ReplayOrder::new(25);
        let choices = [Choice::Oldest, Choice::Oldest, Choice::YoungestBeforeEnd(0)];
        let tickets: Vec<_> = choices
            .iter()
            .zip(["a", "b", "c"])
            .map(|(choice, label)| {
                label.clone_into(&mut order.label);
                slots.start(choice, &order).unwrap()
            })
            .collect();
        let reports: Vec<_> = tickets
            .into_iter()
            .map(|ticket| slots.wait(ticket).unwrap())
            .map(|report| (report.from_cycle, report.note, report.outcome))
            .collect();
        let same = |from, note: &str| (from, note.to_owned(), ReplayOutcome::SameFailure);
        let expected = [same(10, "a true"), same(10, "b true"), same(20, "c true")];
        assert_eq!(reports, expected);
        assert_eq!(slots.list().len(), 2, "the slots stay");
    });
}

#[test]
fn a_replay_knows_why_it_runs_and_to_where_and_its_outcome_comes_back() {
    isolated(|| {
        let mut slots = slots(When::OnDemand, Keep::default());
        take_at(&mut slots, &[5], |replay| {
            replay.note(&format!(
                "{:?}, {}, {}; from {} to {} and {}",
                replay.reason,
                replay.message,
                replay.label,
                replay.from_cycle,
                replay.end_cycle,
                replay.last_cycle()
            ));
            replay.progress(77);
            let outcome = match replay.label.as_str() {
                "other" => ReplayOutcome::OtherFailure("at cycle 70: too early".to_owned()),
                "done" => ReplayOutcome::Done,
                "crash" => std::process::exit(3),
                _ => ReplayOutcome::NoFailure,
            };
            replay.finish(&outcome);
        });
        assert!(!slots.is_replay());
        let mut order = ReplayOrder::new(80);
        order.margin = 7;
        order.reason = Reason::Request;
        order.message = "a mismatch".to_owned();
        for (label, shown) in [
            ("other", "another failure came: at cycle 70: too early"),
            ("done", "done"),
            ("crash", "the replay exited with status 3"),
            ("none", "no failure came"),
        ] {
            label.clone_into(&mut order.label);
            let report = slots.wake(&Choice::Oldest, &order).unwrap();
            assert_eq!(report.outcome.to_string(), shown);
            let known = format!("Request, a mismatch, {label}; from 5 to 80 and 87");
            assert_eq!(report.note, known);
            assert_eq!(report.reached_cycle, 77);
        }
        assert_eq!(ReplayOrder::new(0).margin, 100, "as in the original");
    });
}

#[test]
fn the_slot_that_was_chosen_is_the_one_that_wakes() {
    isolated(|| {
        let mut slots = slots(When::OnDemand, Keep::Newest(3));
        if let Checkpoint::Replay(replay) = slots.pin(1, "boot").unwrap() {
            say_nothing(replay);
        }
        take_at(&mut slots, &[10, 20, 30, 40], say_nothing);
        let order = ReplayOrder::new(45);
        let mut from = |choice: Choice| {
            let report = slots.wake(&choice, &order);
            report.map(|report| report.from_cycle)
        };
        assert_eq!(from(Choice::Oldest).unwrap(), 20, "10 had to go");
        assert_eq!(from(Choice::YoungestBeforeEnd(5)).unwrap(), 40);
        assert_eq!(from(Choice::YoungestBeforeEnd(6)).unwrap(), 30);
        assert_eq!(from(Choice::NearestBefore(30)).unwrap(), 20);
        assert_eq!(from(Choice::Named("boot".to_owned())).unwrap(), 1);
        let error = from(Choice::Named("reset".to_owned())).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("1, 20, 30, 40"), "{text}");

        assert!(!slots.unpin("reset"));
        assert!(slots.unpin("boot"));
        assert!(slots.list().iter().all(|slot| slot.name.is_none()));
        let evictions = slots.stats().evictions;
        assert_eq!((evictions.policy, evictions.unpinned), (1, 1));
        slots.clear();
        assert!(slots.list().is_empty());
        assert_eq!(slots.stats().evictions.cleared, 3);
    });
}

/// Notes the moments at which it is called.
#[derive(Clone, Default)]
struct Moments(Rc<RefCell<String>>);

impl ForkHooks for Moments {
    fn before(&mut self) {
        self.0.borrow_mut().push_str("before ");
    }
    fn in_original(&mut self) {
        self.0.borrow_mut().push_str("original ");
    }
    fn in_slot(&mut self) {
        self.0.borrow_mut().push_str("slot ");
    }
    fn in_replay(&mut self) {
        self.0.borrow_mut().push_str("replay ");
    }
}

#[test]
fn hooks_are_called_in_the_process_that_they_are_named_after() {
    isolated(|| {
        let moments = Moments::default();
        let _registration = hooks::register(Box::new(moments.clone()));
        let mut slots = slots(When::OnDemand, Keep::default());
        take_at(&mut slots, &[0], |replay| {
            replay.note(&moments.0.borrow());
            replay.finish(&ReplayOutcome::Done);
        });
        for _ in 0..2 {
            let report = slots.wake(&Choice::Oldest, &ReplayOrder::new(1)).unwrap();
            assert_eq!(report.note, "before slot replay ");
        }
        assert_eq!(*moments.0.borrow(), "before original ");

        // A fork that is refused: what was released is rebuilt.
        let thread = std::thread::Builder::new().name("worker".to_owned());
        let thread = thread.spawn(std::thread::park).unwrap();
        let refused = slots.checkpoint(1).unwrap_err();
        assert!(matches!(refused, CheckpointError::Threads { .. }));
        assert!(refused.to_string().contains("worker"), "{refused}");
        assert_eq!(*moments.0.borrow(), "before original before original ");
        thread.thread().unpark();
        thread.join().unwrap();
        assert!(matches!(slots.checkpoint(2).unwrap(), Checkpoint::Original));
    });
}

#[test]
fn a_process_that_the_harness_forked_off_has_no_say_about_the_slots() {
    isolated(|| {
        let mut options = SlotOptions::default();
        options.when = When::Cycles(1);
        options.keep = Keep::Newest(3);
        options.memory.budget = Some(1 << 20);
        let mut slots = Slots::new(options).unwrap();
        let mut memory = vec![0_u8; 8 << 20];
        for cycle in 0..3 {
            memory.fill(cycle + 1);
            if let Checkpoint::Replay(replay) = slots.offer(cycle.into()) {
                replay.note(&memory[0].to_string());
                say_nothing(replay);
            }
        }
        // Much more than the budget: at the next look slots will be dropped, but not by others.
        slots.measure();
        assert!(slots.stats().extra_bytes > 1 << 20);
        // SAFETY: the process has one thread, as every body of `isolated`.
        match unsafe { fork() }.unwrap() {
            ForkResult::Child => {
                sleep(Duration::from_millis(600));
                let passed = matches!(slots.offer(9), Checkpoint::Passed);
                // SAFETY: ends this process, without the destructors of what is the parent's.
                unsafe { libc::_exit(i32::from(!passed)) }
            }
            ForkResult::Parent { child } => {
                assert_eq!(waitpid(child, None), Ok(WaitStatus::Exited(child, 0)));
            }
        }
        let report = slots.wake(&Choice::Oldest, &ReplayOrder::new(9)).unwrap();
        assert_eq!((report.from_cycle, report.note.as_str()), (0, "1"));
        assert_eq!(slots.list().len(), 3);
    });
}

#[test]
fn what_cannot_be_done_is_said_in_full() {
    isolated(|| {
        for asked in [0, 10_000] {
            let mut options = SlotOptions::default();
            options.places = asked;
            let error = Slots::new(options).unwrap_err().to_string();
            assert!(
                error.starts_with(&format!("slot options ask for {asked} places")),
                "{error}"
            );
        }
        let mut options = SlotOptions::default();
        options.when = When::OnDemand;
        options.places = 2;
        let mut slots = Slots::new(options).unwrap();
        for name in ["first", "second"] {
            if let Checkpoint::Replay(replay) = slots.pin(1, name).unwrap() {
                sleep(Duration::from_millis(400));
                say_nothing(replay);
            }
        }
        let error = slots.checkpoint(2).unwrap_err();
        assert_eq!(
            error.to_string(),
            "all 2 places are held by pinned or replaying slots; unpin one, or set more places"
        );
        let order = ReplayOrder::new(5);
        let error = slots
            .wake(&Choice::Named("third".into()), &order)
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("named \"third\" was asked for, and 2 are held"),
            "{error}"
        );

        let begin = |slots: &mut Slots| slots.start(&Choice::Named("first".into()), &order);
        let tickets: Vec<_> = (0..MAX_REPLAYS)
            .map(|_| begin(&mut slots).unwrap())
            .collect();
        let error = begin(&mut slots).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("{MAX_REPLAYS} replays are under way; wait for one of them first")
        );
        for ticket in tickets {
            assert_eq!(
                slots.wait(ticket).unwrap().outcome,
                ReplayOutcome::NoFailure
            );
        }
        slots.wake(&Choice::Named("first".into()), &order).unwrap();

        // SAFETY: the process has one thread, as every body of `isolated`.
        match unsafe { fork() }.unwrap() {
            ForkResult::Child => {
                let error = slots.checkpoint(3).unwrap_err().to_string();
                let explains = error.ends_with("make new ones after a fork of your own");
                // SAFETY: ends this process, without the destructors of what is the parent's.
                unsafe { libc::_exit(i32::from(!explains)) }
            }
            ForkResult::Parent { child } => {
                assert_eq!(waitpid(child, None), Ok(WaitStatus::Exited(child, 0)));
            }
        }
        assert!(slots.unpin("first"));
        assert!(matches!(slots.checkpoint(4), Ok(Checkpoint::Original)));
    });
}

/// Offers until so many slots were taken.
fn offer_until(slots: &mut Slots, taken: u64) {
    for cycle in 0.. {
        if let Checkpoint::Replay(replay) = slots.offer(cycle) {
            say_nothing(replay);
        }
        if slots.stats().taken == taken {
            return;
        }
        sleep(Duration::from_micros(100));
    }
}

#[test]
fn an_interval_of_wall_time_lies_between_two_slots() {
    isolated(|| {
        let interval = Duration::from_millis(30);
        let mut slots = slots(When::Interval(interval), Keep::default());
        let begun = Instant::now();
        offer_until(&mut slots, 1);
        assert_eq!(slots.list()[0].cycle, 0, "the first offer is taken");
        offer_until(&mut slots, 4);
        assert!(begun.elapsed() >= 3 * interval);
    });
}

/// Makes each checkpoint as dear as that of a large memory.
struct Dear;

impl ForkHooks for Dear {
    fn before(&mut self) {
        sleep(Duration::from_millis(10));
    }
}

#[test]
fn adaptive_slots_take_no_more_of_the_run_than_their_share() {
    isolated(|| {
        let _registration = hooks::register(Box::new(Dear));
        let adaptive = Adaptive {
            share: 0.2,
            shortest: Duration::ZERO,
            ..Adaptive::default()
        };
        let mut slots = slots(When::Adaptive(adaptive), Keep::default());
        let begun = Instant::now();
        offer_until(&mut slots, 6);
        // Five times 10 ms and the intervals that make them a fifth, at the least.
        assert!(begun.elapsed() >= Duration::from_millis(5 * (10 + 50)));
        let pauses = slots.stats().pause_total_us;
        assert!(pauses >= 60_000.0, "{pauses} us");
        // All but the last pause have been waited for.
        let paid = pauses - slots.stats().pause_max_us.max(10_000.0);
        let run = begun.elapsed().as_secs_f64() * 1e6;
        assert!(paid / run <= 0.2, "{paid} us of {run}");
    });
}

#[test]
fn adaptive_slots_count_what_is_copied_after_a_checkpoint() {
    isolated(|| {
        let mut memory = vec![1_u8; 64 << 20];
        let adaptive = Adaptive {
            share: 0.2,
            shortest: Duration::ZERO,
            ..Adaptive::default()
        };
        let mut slots = slots(When::Adaptive(adaptive), Keep::default());
        let begun = Instant::now();
        let mut cycles = 0;
        while begun.elapsed() < Duration::from_secs(1) {
            if let Checkpoint::Replay(replay) = slots.offer(cycles) {
                say_nothing(replay);
            }
            cycles += 1;
            // The first cycle after a checkpoint copies all of it, which takes longer than many others.
            for page in memory.chunks_mut(4096) {
                page[0] = page[0].wrapping_add(1);
            }
        }
        let figures = slots.stats();
        assert!(figures.taken > 1);
        assert!(
            figures.copy_faults > memory.len() as u64 / 4096,
            "{figures}"
        );
        assert!(cycles > 5 * figures.taken, "{cycles} cycles: {figures}");
    });
}

#[test]
fn figures_and_what_happens_go_through_tracing() {
    isolated(|| {
        let events = CapturedEvents::default();
        tracing::subscriber::with_default(events.clone(), || {
            let mut slots = slots(When::Cycles(1), Keep::Newest(1));
            for cycle in 0..2 {
                assert!(matches!(slots.offer(cycle), Checkpoint::Original));
            }
            let thread = std::thread::Builder::new().name("worker".to_owned());
            let thread = thread.spawn(std::thread::park).unwrap();
            assert!(matches!(slots.offer(2), Checkpoint::Passed));
            thread.thread().unpark();
            thread.join().unwrap();
        });
        let events = events.lines();
        let expected: [&[&str]; 6] = [
            &["DEBUG", "cycle=0", "pid=", "pause=", "slot taken"],
            &["DEBUG", "cycle=0", "why=Policy", "slot dropped"],
            &["DEBUG", "cycle=1", "slot taken"],
            &["WARN", "cycle=2", "worker", "no slot was taken"],
            &[
                "INFO",
                "taken=2",
                "missed=1",
                "pause_p99_us=",
                "copy_faults=",
                "share=",
            ],
            &["DEBUG", "cycle=1", "why=Cleared", "slot dropped"],
        ];
        assert_eq!(events.len(), expected.len(), "{events:#?}");
        for (event, parts) in events.iter().zip(expected) {
            assert!(
                parts.iter().all(|part| event.contains(part)),
                "{event}: {parts:?}"
            );
        }
    });
}
