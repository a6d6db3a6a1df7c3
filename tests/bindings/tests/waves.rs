//! Waveforms and coverage.

use std::path::Path;

use lightsss_runtime::model::{Context, ContextOptions, ModelError};
use lightsss_tests_bindings::{covered, sums, taken, talker, vcd};

/// The times of a file, and its variables' full names.
fn look(path: &Path) -> (Vec<u64>, Vec<String>) {
    let waves = wellen::simple::read(path).expect("a waveform");
    let hierarchy = waves.hierarchy();
    let names = hierarchy
        .all_vars()
        .map(|var| hierarchy[var].full_name(hierarchy))
        .collect();
    (waves.time_table().to_vec(), names)
}

/// Halts by `$stop`.
fn stop(dut: &mut talker::Model) {
    dut.set_what(4);
    for level in [0, 1] {
        dut.set_clk(level);
        let halted = dut.eval();
        assert_eq!(halted.is_err(), level == 1, "{halted:?}");
    }
}

fn run(dut: &mut vcd::Model, times: std::ops::Range<u64>) {
    for at in times {
        dut.set_clk(u8::from(at % 2 == 1));
        dut.eval().expect("no halt");
        dut.dump_trace(at);
    }
}

#[test]
fn traces_one_after_another_with_levels() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let mut dut = vcd::Model::new(&ContextOptions::new()).expect("a model");
    dut.dump_trace(0);
    assert_eq!(dut.trace(), None);

    dut.open_trace(path("all.vcd"), 0).expect("a trace");
    assert_eq!(dut.trace(), Some(&*path("all.vcd")));
    let error = dut
        .open_trace(path("other.vcd"), 0)
        .expect_err("one is open");
    assert!(matches!(error, ModelError::TraceOpen { .. }), "{error}");
    run(&mut dut, 0..10);
    dut.flush_trace();
    let flushed = std::fs::metadata(path("all.vcd")).expect("a file").len();
    assert!(flushed > 100, "{flushed}");
    assert_eq!(
        dut.close_trace().expect("a whole file"),
        Some(path("all.vcd"))
    );
    assert_eq!(dut.close_trace().expect("no file"), None);
    run(&mut dut, 10..12);

    dut.open_trace(path("top.vcd"), 1).expect("a trace");
    run(&mut dut, 12..16);
    // Without a stop in between.
    assert_eq!(
        dut.rotate_trace(path("next.vcd")).expect("a trace"),
        path("top.vcd")
    );
    run(&mut dut, 16..20);
    drop(dut);

    let (times, names) = look(&path("all.vcd"));
    assert_eq!(times, (0..10).collect::<Vec<_>>());
    assert!(
        names.iter().any(|name| name.ends_with("inner.deep")),
        "{names:?}"
    );
    let (times, top) = look(&path("top.vcd"));
    assert_eq!(times, [12, 13, 14, 15]);
    assert!(top.iter().any(|name| name.ends_with("count")), "{top:?}");
    assert!(
        top.iter().all(|name| !name.ends_with("inner.deep")),
        "{top:?}"
    );
    let (times, next) = look(&path("next.vcd"));
    assert_eq!(times, [16, 17, 18, 19]);
    assert_eq!(next, top, "the same levels");
}

#[test]
fn a_halt_writes_out_the_waveforms_of_its_own_context_only() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("wave.vcd");
    let written = || std::fs::metadata(&path).expect("a file").len();
    let context = Context::new(&ContextOptions::new()).expect("a context");
    let mut dut = vcd::Model::in_context(&context).expect("a model");
    dut.open_trace(&path, 0).expect("a trace");
    run(&mut dut, 0..10);
    let before = written();

    // Another thread's model may halt at any time, in the midst of a dump of this one too.
    std::thread::spawn(|| {
        let mut other = talker::Model::new(&ContextOptions::new()).expect("a model");
        stop(&mut other);
    })
    .join()
    .expect("no panic");
    assert_eq!(written(), before);

    let mut beside = talker::Model::in_context(&context).expect("a model");
    stop(&mut beside);
    assert!(written() > before, "{before} bytes before and after");
    // None is left to write out.
    dut.close_trace().expect("a whole file");
    stop(&mut beside);
}

/// Two threads halt without an end while two others write waveforms.
#[test]
fn halts_in_other_threads_leave_waveforms_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    std::thread::scope(|scope| {
        for number in 0..2 {
            let path = folder.path().join(format!("{number}.vcd"));
            scope.spawn(move || {
                let mut dut = vcd::Model::new(&ContextOptions::new()).expect("a model");
                dut.open_trace(&path, 0).expect("a trace");
                run(&mut dut, 0..20_000);
                drop(dut);
                let (times, _) = look(&path);
                assert!(times.into_iter().eq(0..20_000), "{}", path.display());
            });
            scope.spawn(|| {
                let mut other = talker::Model::new(&ContextOptions::new()).expect("a model");
                for _ in 0..2_000 {
                    stop(&mut other);
                }
            });
        }
    });
}

#[test]
fn a_file_that_cannot_be_made_is_an_error() {
    let mut dut = vcd::Model::new(&ContextOptions::new()).expect("a model");
    let error = dut
        .open_trace("/nowhere/wave.vcd", 0)
        .expect_err("no such folder");
    assert!(error.to_string().contains("/nowhere/wave.vcd"), "{error}");
    assert_eq!(dut.trace(), None);
    run(&mut dut, 0..4);
    assert_eq!(dut.count(), 2);
}

#[test]
fn fst_of_a_model_of_another_crate() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("wave.fst");
    let mut dut = sums::Model::new(&ContextOptions::new()).expect("a model");
    dut.open_trace(&path, 0).expect("a trace");
    for at in 0..20 {
        dut.set_clk(u8::from(at % 2 == 1));
        dut.eval().expect("no halt");
        dut.dump_trace(at);
    }
    dut.close_trace().expect("a whole file");
    let (times, names) = look(&path);
    assert_eq!(times.last(), Some(&19));
    assert!(names.iter().any(|name| name.ends_with("sum")), "{names:?}");
}

#[cfg(saif)]
#[test]
fn saif_counts_activity() {
    use lightsss_tests_bindings::saif;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("activity.saif");
    let mut dut = saif::Model::new(&ContextOptions::new()).expect("a model");
    dut.open_trace(&path, 0).expect("a trace");
    for at in 0..20 {
        dut.set_clk(u8::from(at % 2 == 1));
        dut.eval().expect("no halt");
        dut.dump_trace(at);
    }
    dut.close_trace().expect("a whole file");
    let text = std::fs::read_to_string(&path).expect("text");
    assert!(
        text.starts_with("// Generated by verilated_saif\n(SAIFILE") || text.contains("(SAIFILE")
    );
    assert!(text.contains("(INSTANCE below"), "{text}");
    assert!(text.contains("TC 19"), "the clock's changes: {text}");
}

#[test]
fn a_trace_open_at_a_fork_stays_the_originals() {
    use lightsss_runtime::slots::{
        Checkpoint, Choice, ReplayOrder, ReplayOutcome, SlotOptions, Slots, StateHash, When,
        isolated,
    };
    // In a process of its own, which starts this test anew.
    isolated(|| {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("original.vcd");
        let replayed = folder.path().join("replay.vcd");
        let mut dut = vcd::Model::new(&ContextOptions::new()).expect("a model");
        let mut options = SlotOptions::default();
        options.when = When::Cycles(10);
        let mut slots = Slots::new(options).expect("slots");
        dut.open_trace(&path, 0).expect("a trace");
        let mut replay = None;
        for at in 0..50 {
            let hash = || StateHash {
                model: u64::from(dut.count()),
                harness: 0,
            };
            if let Checkpoint::Replay(woken) = slots.offer_with(at, &hash) {
                // The original's is not ours.
                assert_eq!(dut.trace(), None);
                dut.open_trace(&replayed, 0).expect("a trace of its own");
                replay = Some(woken);
            }
            run(&mut dut, at..at + 1);
        }
        if let Some(replay) = replay {
            dut.close_trace().expect("a whole file");
            // The folder is the original's.
            std::mem::forget(folder);
            replay.finish(&ReplayOutcome::SameFailure);
        }
        slots
            .wake(&Choice::Oldest, &ReplayOrder::new(50))
            .expect("a replay");
        run(&mut dut, 50..60);
        dut.close_trace().expect("a whole file");
        let (times, _) = look(&path);
        assert_eq!(times, (0..60).collect::<Vec<_>>());
        let (times, _) = look(&replayed);
        assert_eq!(times.last(), Some(&49));
        assert!(
            times[0] > 0 && times.windows(2).all(|pair| pair[0] + 1 == pair[1]),
            "{times:?}"
        );
    });
}

#[test]
fn coverage_goes_to_a_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("coverage.dat");
    let context = Context::new(&ContextOptions::new()).expect("a context");
    let mut dut = covered::Model::in_context(&context).expect("a model");
    for at in 0..10 {
        dut.set_up(u8::from(at < 6));
        for clock in [0, 1] {
            dut.set_clk(clock);
            dut.eval().expect("no halt");
        }
    }
    dut.write_coverage(&path).expect("a file");
    let text = std::fs::read_to_string(&path).expect("text");
    assert!(text.starts_with("# SystemC::Coverage-3"), "{text}");
    let count = |number: &str| text.lines().filter(|line| line.ends_with(number)).count();
    assert!(
        count("' 6") > 0 && count("' 4") > 0,
        "both branches: {text}"
    );
    let error = dut
        .write_coverage("/nowhere/coverage.dat")
        .expect_err("no such folder");
    assert!(
        error.to_string().contains("/nowhere/coverage.dat"),
        "{error}"
    );
}

#[test]
fn a_folder_of_somebody_else_runs_and_is_saved() {
    use lightsss_runtime::savable::{restore_from_image, save_to_image};
    let mut dut = taken::Model::new(&ContextOptions::new()).expect("a model");
    let step = |dut: &mut taken::Model| {
        for clock in [0, 1] {
            dut.set_clk(clock);
            dut.eval().expect("no halt");
        }
        dut.count()
    };
    for _ in 0..7 {
        step(&mut dut);
    }
    let saved = save_to_image(&dut).expect("saved");
    for _ in 0..5 {
        step(&mut dut);
    }
    assert_eq!((dut.count(), dut.deep()), (12, 60));
    restore_from_image(&mut dut, &saved).expect("restored");
    assert_eq!((dut.count(), dut.deep()), (7, 35));
    assert_eq!(step(&mut dut), 8);
    assert_eq!(taken::CLASS, "Vhanded_over");
}
