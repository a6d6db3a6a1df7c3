//! A trace holds every change, whatever other traces there are; and one that could not be written whole says so.

use std::path::Path;

use lightsss_runtime::model::{Context, ContextOptions};
use lightsss_runtime::slots::{
    Checkpoint, Choice, ReplayOrder, ReplayOutcome, SlotOptions, Slots, StateHash, When, isolated,
};
use lightsss_tests_bindings::{alu, dumper, sums, vcd};

/// The times at which a variable of a VCD changes.
fn changes(path: &Path, name: &str) -> Vec<u64> {
    let text = std::fs::read_to_string(path).expect("a waveform");
    let code = text.lines().find_map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        (words.first() == Some(&"$var") && words.get(4) == Some(&name)).then(|| words[3].to_owned())
    });
    let code = code.unwrap_or_else(|| panic!("no {name}: {text}"));
    let mut time = 0;
    let mut times = Vec::new();
    for line in text.lines() {
        if let Some(now) = line.strip_prefix('#') {
            time = now.parse().expect("a time");
        } else if line.starts_with('b') && line.split_whitespace().nth(1) == Some(&code) {
            times.push(time);
        }
    }
    times
}

fn dumping(file: &Path) -> dumper::Model {
    let options = ContextOptions::new().args([format!("+dump={}", file.display())]);
    dumper::Model::new(&options).expect("a model")
}

/// Clocks it, so that `sum` changes at each odd time.
fn run(dut: &mut dumper::Model, times: std::ops::Range<u64>) {
    for time in times {
        dut.context().set_time(time);
        dut.set_a(3);
        dut.set_clk(u8::from(time % 2 == 1));
        dut.eval().expect("no halt");
        dut.dump_trace(time);
    }
}

/// The first dump has all values, later ones the changes.
fn expected(from: u64, to: u64) -> Vec<u64> {
    std::iter::once(from)
        .chain((from + 1..to).filter(|time| time % 2 == 1))
        .collect()
}

#[test]
fn a_trace_beside_the_designs_own_is_whole_and_so_is_that() {
    let folder = tempfile::tempdir().expect("a folder");
    let [theirs, ours] = ["theirs.vcd", "ours.vcd"].map(|name| folder.path().join(name));
    let mut dut = dumping(&theirs);
    run(&mut dut, 0..10);
    dut.open_trace(&ours, 0).expect("a trace");
    run(&mut dut, 10..40);
    dut.close_trace().expect("a whole file");
    run(&mut dut, 40..50);
    drop(dut);
    assert_eq!(changes(&ours, "sum"), expected(10, 40));
    assert_eq!(changes(&theirs, "sum"), expected(0, 50));
}

#[test]
fn traces_of_two_models_of_a_context_are_whole_and_hold_one_model_each() {
    let folder = tempfile::tempdir().expect("a folder");
    let [one, two] = ["one.vcd", "two.vcd"].map(|name| folder.path().join(name));
    let context = Context::new(&ContextOptions::new()).expect("a context");
    let mut first = dumper::Model::in_context(&context).expect("a model");
    // One that is gone when the others open theirs.
    drop(vcd::Model::in_context(&context).expect("a model"));
    let mut second = dumper::Model::in_context(&context).expect("a model");
    first.open_trace(&one, 0).expect("a trace");
    second.open_trace(&two, 0).expect("a trace");
    for time in 0..30 {
        run(&mut first, time..time + 1);
        run(&mut second, time..time + 1);
    }
    first.close_trace().expect("a whole file");
    second.close_trace().expect("a whole file");
    for path in [one, two] {
        assert_eq!(changes(&path, "sum"), expected(0, 30));
        let text = std::fs::read_to_string(&path).expect("a waveform");
        let tops = text
            .lines()
            .filter(|line| line.contains("$scope module TOP"));
        assert_eq!(tops.count(), 1, "{text}");
    }
}

#[test]
fn a_replay_leaves_the_designs_own_trace_alone() {
    isolated(|| {
        let folder = tempfile::tempdir().expect("a folder");
        let [theirs, replayed] = ["theirs.vcd", "ours.vcd"].map(|name| folder.path().join(name));
        let mut dut = dumping(&theirs);
        let mut options = SlotOptions::default();
        options.when = When::Cycles(10);
        let mut slots = Slots::new(options).expect("slots");
        let mut replay = None;
        for at in 0..50 {
            let hash = || StateHash {
                model: u64::from(dut.sum()),
                harness: 0,
            };
            if let Checkpoint::Replay(woken) = slots.offer_with(at, &hash) {
                dut.open_trace(&replayed, 0).expect("a trace of its own");
                replay = Some((woken, at));
            }
            run(&mut dut, at..at + 1);
        }
        if let Some((replay, from)) = replay {
            dut.close_trace().expect("a whole file");
            assert_eq!(changes(&replayed, "sum"), expected(from, 50));
            // The folder is the original's.
            std::mem::forget(folder);
            drop(dut);
            replay.finish(&ReplayOutcome::SameFailure);
        }
        let report = slots
            .wake(&Choice::Oldest, &ReplayOrder::new(50))
            .expect("a replay");
        assert_eq!(report.outcome, ReplayOutcome::SameFailure);
        run(&mut dut, 50..60);
        drop(dut);
        assert_eq!(changes(&theirs, "sum"), expected(0, 60));
    });
}

#[test]
fn the_designs_own_trace_outlives_another_model_that_is_in_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let theirs = folder.path().join("theirs.vcd");
    let options = ContextOptions::new().args([format!("+dump={}", theirs.display())]);
    let context = Context::new(&options).expect("a context");
    let other = vcd::Model::in_context(&context).expect("a model");
    let mut dut = dumper::Model::in_context(&context).expect("a model");
    run(&mut dut, 0..10);
    drop(other);
    // What the heap gives out again is not to be found in the trace.
    let junk = vec![0xa5_u8; 1 << 20];
    run(&mut dut, 10..30);
    drop((dut, junk));
    drop(context);
    assert_eq!(changes(&theirs, "sum"), expected(0, 30));
}

/// Fills a waveform with values that no compression makes small.
macro_rules! fill {
    ($dut:expr, $set:ident, $mask:expr, $dpi:expr) => {{
        let mut random = 1_u32;
        for time in 0..40_000_u64 {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            $dut.$set((random >> 24) as u8 & $mask);
            $dut.set_clk(u8::from(time % 2 == 1));
            // A VCD that cannot be written is a halt, too.
            let _ = $dut.eval($dpi);
            $dut.dump_trace(time);
        }
        $dut.close_trace()
            .map(drop)
            .map_err(|error| error.to_string())
    }};
    ($dut:expr, $set:ident, $mask:expr) => {{
        let mut random = 1_u32;
        for time in 0..40_000_u64 {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            $dut.$set((random >> 24) as u8 & $mask);
            $dut.set_clk(u8::from(time % 2 == 1));
            let _ = $dut.eval();
            $dut.dump_trace(time);
        }
        $dut.close_trace()
            .map(drop)
            .map_err(|error| error.to_string())
    }};
}

struct Nothing;
impl alu::Dpi for Nothing {
    fn twist(&mut self, x: i32) -> i32 {
        x
    }
    fn mix(&mut self, x: i32) -> i32 {
        x
    }
}

/// Writes a VCD and an FST into a folder; what came of each.
fn write_both(folder: &Path) -> [Result<(), String>; 2] {
    let options = ContextOptions::new();
    let mut text = alu::Model::new(&options).expect("a model");
    text.open_trace(folder.join("wave.vcd"), 0)
        .expect("a trace");
    let text = fill!(text, set_a, 0xff, &mut Nothing);
    let mut packed = sums::Model::new(&options).expect("a model");
    packed
        .open_trace(folder.join("wave.fst"), 0)
        .expect("a trace");
    [text, fill!(packed, set_narrow, 0x7f)]
}

#[test]
fn a_file_that_may_not_grow_is_an_error_when_it_is_closed() {
    isolated(|| {
        let folder = tempfile::tempdir().expect("a folder");
        assert_eq!(write_both(folder.path()), [Ok(()), Ok(())]);
        let limit = libc::rlimit {
            rlim_cur: 30_000,
            rlim_max: libc::RLIM_INFINITY,
        };
        // SAFETY: plain calls, in a process of this test alone.
        unsafe {
            libc::signal(libc::SIGXFSZ, libc::SIG_IGN);
            assert_eq!(libc::setrlimit(libc::RLIMIT_FSIZE, &raw const limit), 0);
        }
        for result in write_both(folder.path()) {
            let error = result.expect_err("a file that ends early");
            assert!(error.contains("is not whole"), "{error}");
        }
    });
}

#[test]
fn a_full_disk_is_an_error_when_the_file_is_closed() {
    isolated(|| {
        let folder = tempfile::tempdir().expect("a folder");
        let path = std::ffi::CString::new(folder.path().as_os_str().as_encoded_bytes());
        let path = path.expect("a path");
        // SAFETY: C strings that live for the calls. The file system is seen by this process only.
        let mounted = unsafe {
            libc::unshare(libc::CLONE_NEWNS) == 0
                && libc::mount(
                    c"none".as_ptr(),
                    c"/".as_ptr(),
                    std::ptr::null(),
                    libc::MS_REC | libc::MS_PRIVATE,
                    std::ptr::null(),
                ) == 0
                && libc::mount(
                    c"none".as_ptr(),
                    path.as_ptr(),
                    c"tmpfs".as_ptr(),
                    0,
                    c"size=64k".as_ptr().cast(),
                ) == 0
        };
        if !mounted {
            eprintln!("not tried: this user may not mount a small file system");
            return;
        }
        // The temporary files of the writer, too.
        // SAFETY: nobody else reads the environment here.
        unsafe { std::env::set_var("TMPDIR", folder.path()) };
        for result in write_both(folder.path()) {
            let error = result.expect_err("a file that ends early");
            assert!(error.contains("is not whole"), "{error}");
        }
        // Not even the first block finds room.
        std::fs::write(folder.path().join("rest"), vec![1; 64 << 10]).expect_err("a full disk");
        let options = ContextOptions::new();
        let mut dut = sums::Model::new(&options).expect("a model");
        if dut.open_trace(folder.path().join("none.fst"), 0).is_ok() {
            dut.eval().expect("no halt");
            dut.dump_trace(0);
            dut.close_trace().expect_err("a file that ends early");
        }
    });
}
