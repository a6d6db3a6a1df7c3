//! Questions to a harness whose every state is known.

use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use lightsss_runtime::slots::isolated;
use lightsss_runtime::state::{Filter, Value};
use lightsss_runtime::timeline::{Condition, Ended, QueryError, Sample, Timeline};
use lightsss_tests_timeline::{Counter, slow, timeline_of};

/// The total grows by 3 in 3 cycles: the run fails at cycle 10,000 or so.
const LIMIT: u64 = 10_000;

fn number(sample: &Sample) -> u128 {
    sample.to_u128().unwrap_or_else(|| panic!("{sample}"))
}

fn asked(ask: impl FnOnce(&mut Timeline, u64)) {
    isolated(|| {
        let run = Counter::new(LIMIT).run(1000, 20);
        ask(&mut timeline_of(&run), run.1);
    });
}

fn condition(text: &str) -> Condition {
    text.parse().unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn values_at_any_cycle_are_those_of_the_run() {
    asked(|timeline, end| {
        let mut random = fastrand::Rng::with_seed(7);
        let first = timeline.first_cycle().unwrap();
        for _ in 0..200 {
            let cycle = random.u64(first..=end);
            let values = timeline.values_at(&["slow", "cycle"], cycle).unwrap();
            assert_eq!(number(&values[0]), u128::from(slow(cycle)), "{cycle}");
            assert_eq!(number(&values[1]), u128::from(cycle));
        }
        let total = timeline.value("total", end).unwrap();
        assert!(
            number(&total) >= u128::from(LIMIT),
            "behind the failed step"
        );
        let signed = timeline.value("signed", first + 5).unwrap();
        let expected = Value::Signed(-i128::from(first) - 5);
        assert_eq!(signed, Sample::One(expected));
    });
}

#[test]
fn changes_are_found_backwards_and_forwards() {
    asked(|timeline, end| {
        let first = timeline.first_cycle().unwrap();
        let mut random = fastrand::Rng::with_seed(8);
        for _ in 0..100 {
            let cycle = random.u64(first + 10..=end);
            let last = timeline.last_change("slow", cycle).unwrap().unwrap();
            assert_eq!(last.cycle, (cycle - 1) / 7 * 7, "before {cycle}");
            assert_eq!(number(&last.to), u128::from(slow(last.cycle)));
            assert_eq!(number(&last.from), u128::from(slow(last.cycle - 1)));
            let next = timeline.next_change("slow", cycle - 9).unwrap().unwrap();
            assert_eq!(next.cycle, (cycle - 9) / 7 * 7 + 7);
        }
        let none = timeline.last_change("limit", end).unwrap();
        assert_eq!(none, None, "it never changes");
    });
}

#[test]
fn conditions_hold_where_they_do() {
    asked(|timeline, end| {
        let first = timeline.first_cycle().unwrap();
        let at = |remainder: u64| move |cycle: &u64| cycle / 7 % 5 == remainder && cycle % 7 == 3;
        let three = condition("slow == 3000 && cycle % 7 == 3");
        let mut random = fastrand::Rng::with_seed(9);
        for _ in 0..50 {
            let cycle = random.u64(first..=end);
            let expected = (first..cycle).rev().find(at(3));
            assert_eq!(timeline.last(&three, cycle).unwrap(), expected, "{cycle}");
            let expected = (cycle..=end).find(at(3));
            assert_eq!(timeline.first(&three, cycle).unwrap(), expected, "{cycle}");
        }
        assert_eq!(
            timeline.first(&condition("cycle >= 0"), 0).unwrap(),
            Some(first)
        );
        assert_eq!(timeline.last(&condition("cycle < 0"), end).unwrap(), None);
        let risen = timeline
            .last(&condition("rose(slow)"), end)
            .unwrap()
            .unwrap();
        assert_eq!((slow(risen - 1), slow(risen)), (0, 1000));
    });
}

#[test]
fn values_of_a_stretch_are_its_changes() {
    asked(|timeline, _| {
        let values = timeline.values(&["slow", "list[0]"], 2500..5200).unwrap();
        assert_eq!(values[0].changes[0].0, 2500);
        for cycle in 2500..=5200 {
            let found = values[0].at(cycle).unwrap();
            assert_eq!(number(found), u128::from(slow(cycle)), "{cycle}");
        }
        assert_eq!(values[0].changes.len(), 1 + (5200 / 7 - 2500 / 7));
        assert_eq!(values[1].changes.len(), 1);
    });
}

#[test]
fn states_are_compared_by_name() {
    asked(|timeline, end| {
        let (a, b) = (
            timeline.state(end - 7).unwrap(),
            timeline.state(end).unwrap(),
        );
        let diff = a.diff(&b, &Filter::default()).unwrap();
        let paths: Vec<&str> = diff.fields.iter().map(|field| &*field.path).collect();
        assert_eq!(paths, ["cycle", "slow", "total", "signed"]);
        assert_eq!(b.get("cycle").unwrap().to_u128(), Some(u128::from(end)));
    });
}

#[test]
fn what_was_printed_is_printed_again_for_the_asker() {
    asked(|timeline, _| {
        let output = timeline.output(2950..3150).unwrap();
        assert_eq!(output, "cycle 3000\ncycle 3100\n");
    });
}

#[test]
fn a_branch_is_another_run_and_leaves_this_one_as_it_is() {
    asked(|timeline, end| {
        let same = timeline.branch(end - 50, &[], end + 500).unwrap();
        let Some(Ended::Failed(message)) = same.ended() else {
            panic!("{:?}", same.ended());
        };
        assert_eq!((same.end_cycle(), &**message), (end, "the total is 10000"));
        let sets = [("limit", Value::Signed(20_000))];
        let mut branch = timeline.branch(end - 50, &sets, end + 500).unwrap();
        assert_eq!(branch.ended(), Some(&Ended::Reached));
        assert_eq!(branch.first_cycle().unwrap(), end - 50);
        let total = branch.value("total", end + 300).unwrap();
        assert!(number(&total) > 10_000);
        assert_eq!(number(&timeline.value("limit", end).unwrap()), 10_000);
        let a = timeline.state(end).unwrap();
        let diff = a
            .diff(&branch.state(end).unwrap(), &Filter::default())
            .unwrap();
        assert_eq!(diff.fields.len(), 1, "{:?}", diff.fields);
        let error = timeline.branch(end - 50, &[("slow", Value::Signed(-1))], end);
        assert!(
            error
                .unwrap_err()
                .to_string()
                .contains("cannot be set to -1")
        );
    });
}

#[test]
fn names_that_nothing_has_are_met_with_names_like_them() {
    asked(|timeline, end| {
        let error = timeline.value("totl", end).unwrap_err().to_string();
        assert_eq!(
            error,
            "no signal or field is called `totl`; did you mean `total`?"
        );
        let error = timeline.first(&condition("slou == 1"), 0).unwrap_err();
        assert!(matches!(error, QueryError::UnknownName { .. }), "{error}");
        let (names, more) = timeline.signals("", 100).unwrap();
        assert!(!more && names.iter().any(|one| one.name == "list[2]"));
        let error = timeline.value("slow", end + 1).unwrap_err();
        assert!(matches!(error, QueryError::OutOfRange { .. }), "{error}");
        assert_eq!(
            number(&timeline.value("slow", end).unwrap()),
            u128::from(slow(end))
        );
    });
}

#[test]
fn a_replay_that_goes_another_way_is_an_error_with_names() {
    isolated(|| {
        let mut counter = Counter::new(LIMIT);
        counter.leaks_at = 4321;
        let run = counter.run(1000, 20);
        let mut timeline = timeline_of(&run);
        let error = timeline.last_change("slow", 5001).unwrap_err();
        let QueryError::Diverged {
            equal_at,
            differs_at,
            names,
        } = error
        else {
            panic!("{error}");
        };
        assert_eq!((equal_at, differs_at), (4000, 5000));
        assert!(
            names.iter().any(|name| name.starts_with("total: ")),
            "{names:?}"
        );
        timeline.last_change("slow", 4001).unwrap().unwrap();
    });
}

#[test]
fn an_answer_of_a_replay_that_left_the_way_later_is_found_out() {
    isolated(|| {
        let mut counter = Counter::new(LIMIT);
        counter.leaks_at = 4321;
        let run = counter.run(1000, 20);
        let mut timeline = timeline_of(&run);
        timeline.set_side_by_side(2);
        timeline.value("slow", 2500).unwrap();
        timeline.verify().unwrap();
        // Before it meets the end of the interval, nothing tells that the total is another one.
        timeline.value("total", 4500).unwrap();
        let error = timeline.verify().unwrap_err();
        assert!(
            matches!(
                error,
                QueryError::Diverged {
                    differs_at: 5000,
                    ..
                }
            ),
            "{error}"
        );
        timeline.value("slow", 2500).unwrap();
    });
}

#[test]
fn a_process_that_is_killed_is_woken_again() {
    asked(|timeline, end| {
        let cycle = end - 1234;
        timeline.value("slow", cycle).unwrap();
        for _ in 0..3 {
            assert!(kill_all_replays() > 0);
            let value = timeline.value("slow", cycle).unwrap();
            assert_eq!(number(&value), u128::from(slow(cycle)));
            let change = timeline.last_change("slow", cycle).unwrap().unwrap();
            assert_eq!(change.cycle, (cycle - 1) / 7 * 7);
        }
    });
}

#[test]
fn nothing_is_left_when_a_timeline_is_dropped() {
    isolated(|| {
        let run = Counter::new(LIMIT).run(1000, 20);
        let slots = below(std::process::id()).len();
        let mut timeline = timeline_of(&run);
        for cycle in [run.1, 3000, 2999, 7000] {
            timeline.value("slow", cycle).unwrap();
        }
        let branch = timeline.branch(5000, &[], 6000).unwrap();
        assert!(below(std::process::id()).len() > slots + 4);
        drop((timeline, branch));
        let begun = Instant::now();
        while below(std::process::id()).len() > slots {
            assert!(
                begun.elapsed() < Duration::from_secs(20),
                "processes are left"
            );
            std::thread::sleep(Duration::from_millis(2));
        }
    });
}

/// All processes below one, with their names.
fn below(pid: u32) -> Vec<(u32, String)> {
    let path = format!("/proc/{pid}/task/{pid}/children");
    let children = std::fs::read_to_string(path).unwrap_or_default();
    let children = children
        .split_whitespace()
        .filter_map(|pid| pid.parse().ok());
    children
        .flat_map(|child| {
            let name = std::fs::read_to_string(format!("/proc/{child}/comm"));
            let mut all = below(child);
            all.push((child, name.unwrap_or_default().trim().to_owned()));
            all
        })
        .collect()
}

/// Kills the processes that answer; says how many.
fn kill_all_replays() -> usize {
    let replays = below(std::process::id()).into_iter();
    let replays = replays.filter(|(_, name)| name == "lightsss-replay");
    let killed = replays.map(|(pid, _)| kill(Pid::from_raw(pid.cast_signed()), Signal::SIGKILL));
    killed.flatten().count()
}

#[test]
fn a_query_is_cancelled_and_the_next_one_is_not() {
    isolated(|| {
        let run = Counter::new(20_000_000).run(15_000_000, 3);
        let mut timeline = timeline_of(&run);
        let begun = Instant::now();
        timeline.set_interrupted(move || begun.elapsed() > Duration::from_millis(60));
        let slow = condition("signed == 1 && total == 1");
        assert_eq!(timeline.last(&slow, run.1), Err(QueryError::Cancelled));
        assert!(begun.elapsed() < Duration::from_secs(5));
        timeline.set_interrupted(|| false);
        timeline.value("cycle", run.1).unwrap();
    });
}
