//! A trace of pieces is the waveform of the whole run.

mod common;

use common::{CYCLES, EVERY, Run, Trace};
use lightsss_tests_support::same_waves::{Wave, assert_same};

fn is_traced(core: &str, pieces: &[&str], seed: u64) {
    let run = Run::new(&[core]);
    let whole = run.whole();
    let mut random = fastrand::Rng::with_seed(seed);
    for pieces in pieces {
        let trace = Trace {
            pieces,
            ..Trace::default()
        };
        let said = run.trace(&trace, &[]).unwrap();
        let expected = pieces.parse().unwrap_or(CYCLES / EVERY);
        assert_eq!(said.matches(".fst").count(), 1, "{said}");
        // The run ends at a snapshot, so that its end is compared, too.
        assert!(
            said.contains(&format!("equal to the run's at {expected} seams")),
            "{said}"
        );
        assert!(assert_same(&whole, &Wave::read(&run.path("run.fst"))) > 1000);
    }
    for _ in 0..2 {
        let from = random.u64(0..CYCLES - 300);
        let to = random.u64(from + 200..=CYCLES);
        let window = format!("{from}-{to}");
        let trace = Trace {
            window: &window,
            ..Trace::default()
        };
        run.trace(&trace, &[]).unwrap();
        let wave = Wave::read(&run.path("run.fst"));
        let ends = (wave.times()[0], wave.times()[wave.times().len() - 1]);
        assert_eq!(ends, (2 * from, 2 * to - 1), "two times a cycle");
        assert!(assert_same(&whole, &wave) > 100, "{window}");
    }
    let of_the_trace: Vec<String> = run
        .names()
        .into_iter()
        .filter(|name| name.starts_with("run"))
        .collect();
    assert_eq!(of_the_trace, ["run.fst"]);
}

#[test]
fn the_core_of_the_demo_is_traced() {
    is_traced("core=demo", &["2", "3", "7", "-"], 1);
}

#[test]
fn picorv32_is_traced() {
    is_traced("core=picorv32", &["3"], 2);
}

#[test]
fn serv_is_traced() {
    is_traced("core=serv", &["-"], 3);
}

#[test]
fn the_log_of_the_pieces_is_that_of_the_run() {
    let run = Run::new(&["core=demo"]);
    let whole = run.start(&["--slots", "0"]);
    let trace = Trace {
        out: "-",
        log: "log",
        ..Trace::default()
    };
    run.trace(&trace, &[]).unwrap();
    let log = std::fs::read_to_string(run.path("log")).unwrap();
    assert_eq!(log, String::from_utf8(whole.stdout).unwrap());
    assert!(log.lines().count() as u64 >= CYCLES / 100, "{log}");
    assert_eq!(run.names(), ["log", "snapshots"]);
}

#[test]
fn a_run_that_failed_is_traced_to_its_failure() {
    let run = Run::new(&["core=demo", "fail=2300"]);
    let said = run.trace(&Trace::default(), &[]).unwrap();
    let expected = "the run failed at cycle 2300: the core was told to fail";
    assert!(said.contains(expected), "{said}");
    let wave = Wave::read(&run.path("run.fst"));
    assert_eq!(wave.times().last(), Some(&(2 * 2300 - 1)));
    let whole = run.whole();
    assert!(assert_same(&whole, &wave) > 1000);
}

#[test]
fn a_hole_in_the_series_makes_a_longer_piece() {
    let run = Run::new(&["core=demo"]);
    std::fs::remove_file(run.snapshot(900)).unwrap();
    let said = run.trace(&Trace::default(), &[]).unwrap();
    assert!(said.contains("at 7 seams"), "{said}");
    let _ = assert_same(&run.whole(), &Wave::read(&run.path("run.fst")));
}
