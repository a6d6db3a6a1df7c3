//! What Verilator's own runtime gives up for: a value, wherever it happens, and never the end of the
//! process.

use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;

use lightsss_runtime::model::{Context, ContextOptions, Halt, HaltKind};
use lightsss_tests_bindings::{trouble, vcd};

fn model() -> trouble::Model {
    trouble::Model::new(&ContextOptions::new()).expect("a model")
}

fn cycle(dut: &mut trouble::Model, what: u8) -> Result<(), Box<Halt>> {
    dut.set_what(what);
    for level in [0, 1] {
        dut.set_clk(level);
        dut.eval()?;
    }
    Ok(())
}

/// What is wrong with the file is read when the design reads it, from the working folder.
fn in_folder_with_bad_memory() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("trouble.hex"), "no number at all\n").expect("a file");
    std::env::set_current_dir(folder.path()).expect("it can be entered");
    folder
}

#[test]
fn an_evaluation_that_is_given_up_is_a_halt() {
    let _folder = in_folder_with_bad_memory();
    for (what, message) in [(1, "readmem"), (2, "converge"), (3, "writemem")] {
        let mut dut = model();
        cycle(&mut dut, 0).expect("no halt");
        dut.context().set_time(70);
        let halt = cycle(&mut dut, what).expect_err("it is given up");
        assert_eq!(halt.kind, HaltKind::Runtime, "{halt}");
        assert!(halt.message.contains(message), "{halt}");
        assert_eq!(halt.time, 70, "{halt}");
        // It was left in the middle: it says so, and does not go on from there.
        let halt = cycle(&mut dut, 0).expect_err("it cannot go on");
        assert_eq!(halt.kind, HaltKind::Runtime, "{halt}");
        assert!(halt.message.contains("broke off"), "{halt}");
        assert_eq!(dut.count(), 1);
    }
}

#[test]
fn another_model_of_the_context_goes_on() {
    let context = Context::new(&ContextOptions::new()).expect("a context");
    let mut bad = trouble::Model::with_name(&context, c"bad").expect("a model");
    let mut good = trouble::Model::with_name(&context, c"good").expect("a model");
    cycle(&mut bad, 2).expect_err("it does not come to rest");
    for _ in 0..10 {
        cycle(&mut good, 0).expect("no halt");
    }
    assert_eq!(good.count(), 10);
    drop(bad);
    cycle(&mut good, 0).expect("no halt");
}

#[test]
fn a_final_block_that_is_given_up_is_a_halt_and_runs_once() {
    for by_drop in [false, true] {
        let mut dut = model();
        let lines = Rc::new(RefCell::new(Vec::new()));
        let kept = Rc::clone(&lines);
        dut.context()
            .set_output(move |line| kept.borrow_mut().push(line.to_owned()));
        cycle(&mut dut, 0).expect("no halt");
        dut.set_bad_end(1);
        if !by_drop {
            let halt = dut.finish().expect_err("it is given up");
            assert_eq!(halt.kind, HaltKind::Runtime, "{halt}");
            assert!(halt.message.contains("writemem"), "{halt}");
        }
        drop(dut);
        assert_eq!(*lines.borrow(), ["the end"]);
    }
}

#[test]
fn arguments_that_verilator_refuses_are_an_error() {
    let options = ContextOptions::new().args(["+verilator+no+such+option"]);
    let error = trouble::Model::new(&options).expect_err("no such option");
    assert!(error.to_string().contains("option"), "{error}");
}

/// A disk that is full: each write fails.
const FULL: &str = "/dev/full";

fn count_up(dut: &mut vcd::Model, times: std::ops::Range<u64>) -> Result<(), Box<Halt>> {
    for time in times {
        dut.set_clk(u8::from(time % 2 == 1));
        dut.eval()?;
        dut.dump_trace(time);
    }
    Ok(())
}

#[test]
fn a_waveform_that_cannot_be_written_is_a_halt_and_the_run_goes_on() {
    let mut dut = vcd::Model::new(&ContextOptions::new()).expect("a model");
    dut.open_trace(FULL, 0).expect("it can be opened");
    // What is dumped is buffered at first.
    count_up(&mut dut, 0..10).expect("no halt");
    dut.flush_trace();
    let halt = dut.eval().expect_err("the disk is full");
    assert_eq!(halt.kind, HaltKind::Runtime, "{halt}");
    assert!(halt.message.contains("No space left"), "{halt}");
    // The file is closed, the model is whole.
    assert_eq!(dut.trace(), None);
    count_up(&mut dut, 10..20).expect("no halt");
    assert_eq!(dut.count(), 10);
    // And may be traced into another file.
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("wave.vcd");
    dut.open_trace(&path, 0).expect("a trace");
    count_up(&mut dut, 20..30).expect("no halt");
    let closed = dut.close_trace().expect("a whole file");
    assert_eq!(closed.as_deref(), Some(path.as_path()));
    let text = std::fs::read_to_string(&path).expect("a waveform");
    assert!(text.contains("#29"), "{text}");
}

#[test]
fn a_waveform_fills_the_disk_by_itself() {
    let mut dut = vcd::Model::new(&ContextOptions::new()).expect("a model");
    dut.open_trace(FULL, 0).expect("it can be opened");
    let halt = count_up(&mut dut, 0..1_000_000).expect_err("the disk is full");
    assert!(halt.message.contains("No space left"), "{halt}");
    assert_eq!(dut.trace(), None);
}

#[test]
fn models_end_though_their_waveform_cannot_be_written() {
    // By closing it, by dropping the model, by a halt that writes out what is buffered.
    let mut dut = vcd::Model::new(&ContextOptions::new()).expect("a model");
    dut.open_trace(FULL, 0).expect("it can be opened");
    count_up(&mut dut, 0..10).expect("no halt");
    let error = dut.close_trace().expect_err("the disk is full");
    assert!(error.to_string().contains("No space left"), "{error}");
    assert_eq!(dut.close_trace().expect("said once"), None);
    let halt = dut.eval().expect_err("the disk is full");
    assert!(halt.message.contains("No space left"), "{halt}");
    drop(dut);

    let mut dut = vcd::Model::new(&ContextOptions::new()).expect("a model");
    dut.open_trace(FULL, 0).expect("it can be opened");
    count_up(&mut dut, 0..10).expect("no halt");
    drop(dut);

    let context = Context::new(&ContextOptions::new()).expect("a context");
    let mut traced = vcd::Model::with_name(&context, c"traced").expect("a model");
    let mut bad = trouble::Model::with_name(&context, c"bad").expect("a model");
    traced.open_trace(FULL, 0).expect("it can be opened");
    count_up(&mut traced, 0..10).expect("no halt");
    cycle(&mut bad, 2).expect_err("it does not come to rest");
    assert!(Path::new(FULL).exists());
    // What the other model's halt wrote out in vain is no halt of this evaluation.
    let _ = traced.eval();
    count_up(&mut traced, 10..20).expect("no halt");
}
