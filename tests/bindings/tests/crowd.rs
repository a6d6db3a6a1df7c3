//! DPI imports of a model that runs on several threads.

#![cfg(threads)]

use std::cell::RefCell;
use std::ffi::CString;
use std::panic::{AssertUnwindSafe, catch_unwind};

use lightsss_runtime::model::ContextOptions;
use lightsss_runtime::slots::{CheckpointError, SlotOptions, Slots, isolated};
use lightsss_tests_bindings::crowd::{Dpi, Model};

/// A harness: plain state, which imports reach through `&mut`.
#[derive(Default)]
struct Harness {
    calls: u64,
    panics_at: Option<i32>,
    threads: std::collections::HashSet<std::thread::ThreadId>,
}

/// Longer than any string keeps within itself, and other for each lane.
fn name_of(lane: i32) -> String {
    let letter = char::from(b'a' + lane as u8);
    format!("{letter}{lane:040}{letter}")
}

impl Dpi for Harness {
    fn work(&mut self, lane: i32, value: i32) -> i32 {
        self.calls += 1;
        self.threads.insert(std::thread::current().id());
        assert_ne!(self.panics_at, Some(lane), "lane {lane}");
        value.wrapping_mul(lane + 1)
    }

    fn name_of(&mut self, lane: i32) -> CString {
        CString::new(name_of(lane)).expect("no zero")
    }
}

fn cycle(dut: &mut Model, harness: &mut Harness) {
    for level in [0, 1] {
        dut.set_clk(level);
        dut.eval(harness).expect("no halt");
    }
}

#[test]
fn imports_from_all_threads_reach_the_harness_one_at_a_time() {
    const CYCLES: u32 = 2000;
    let mut dut = Model::new(&ContextOptions::new()).expect("a model");
    let mut harness = Harness::default();
    let mut sums = [0_u32; 8];
    for at in 0..CYCLES {
        dut.set_value(at);
        cycle(&mut dut, &mut harness);
        for (lane, sum) in sums.iter_mut().enumerate() {
            *sum = sum.wrapping_add(at.wrapping_mul(lane as u32 + 1));
            let letter = u32::from(b'a') + lane as u32;
            assert_eq!(dut.letters()[lane], letter << 8 | letter, "cycle {at}");
        }
        assert_eq!(*dut.sums(), sums, "cycle {at}");
    }
    assert_eq!(harness.calls, u64::from(CYCLES) * 8);
    assert!(harness.threads.len() > 1, "only one thread called");
}

#[test]
fn a_panic_in_an_import_goes_on_when_the_evaluation_has_ended() {
    let mut dut = Model::new(&ContextOptions::new()).expect("a model");
    let mut harness = Harness {
        panics_at: Some(5),
        ..Harness::default()
    };
    let panic = catch_unwind(AssertUnwindSafe(|| cycle(&mut dut, &mut harness)));
    let panic = panic.expect_err("an import panicked");
    let said = panic.downcast::<String>().expect("a message");
    assert!(said.contains("lane 5"), "{said}");
    // The evaluation went on to its end: the model is whole.
    harness.panics_at = None;
    dut.set_value(3);
    cycle(&mut dut, &mut harness);
    drop(dut);
}

/// From one of its imports, evaluates a model of a context of its own.
#[derive(Default)]
struct Nesting {
    inner: Harness,
    sums: Vec<[u32; 8]>,
}

impl Dpi for Nesting {
    fn work(&mut self, lane: i32, value: i32) -> i32 {
        if self.sums.len() < 20 {
            let mut dut = Model::new(&ContextOptions::new()).expect("a model");
            dut.set_value(value as u32);
            cycle(&mut dut, &mut self.inner);
            self.sums.push(*dut.sums());
        }
        value.wrapping_mul(lane + 1)
    }

    fn name_of(&mut self, lane: i32) -> CString {
        CString::new(name_of(lane)).expect("no zero")
    }
}

#[test]
fn an_import_may_evaluate_a_model_of_its_own_class() {
    let mut dut = Model::new(&ContextOptions::new()).expect("a model");
    let mut nesting = Nesting::default();
    for _ in 0..10 {
        dut.set_value(3);
        for level in [0, 1] {
            dut.set_clk(level);
            dut.eval(&mut nesting).expect("no halt");
        }
    }
    assert_eq!(
        *dut.sums(),
        std::array::from_fn(|lane| 30 * (lane as u32 + 1))
    );
    assert_eq!(nesting.sums.len(), 20);
    assert!(
        nesting
            .sums
            .iter()
            .all(|sums| *sums == std::array::from_fn(|lane| 3 * (lane as u32 + 1)))
    );
    assert_eq!(nesting.inner.calls, 20 * 8);
}

#[test]
fn models_in_several_threads_do_not_disturb_each_other() {
    let threads: Vec<_> = (1..=4_u32)
        .map(|step| {
            std::thread::spawn(move || {
                let mut dut = Model::new(&ContextOptions::new()).expect("a model");
                let mut harness = Harness::default();
                for _ in 0..200 {
                    dut.set_value(step);
                    cycle(&mut dut, &mut harness);
                }
                (step, *dut.sums(), harness.calls)
            })
        })
        .collect();
    for thread in threads {
        let (step, sums, calls) = thread.join().expect("no panic");
        assert_eq!(calls, 200 * 8);
        assert_eq!(
            sums,
            std::array::from_fn(|lane| 200 * step * (lane as u32 + 1))
        );
    }
}

thread_local! {
    /// Where imports that run on the evaluating thread find them: they are of that thread.
    static SLOTS: RefCell<Option<Slots>> = const { RefCell::new(None) };
}

/// Asks for a checkpoint wherever an import runs.
#[derive(Default)]
struct Forks {
    asked: u32,
    refused: u32,
}

impl Dpi for Forks {
    fn work(&mut self, _: i32, value: i32) -> i32 {
        SLOTS.with(|slots| {
            if let Some(slots) = &mut *slots.borrow_mut() {
                self.asked += 1;
                if let Err(CheckpointError::Threads { .. }) = slots.checkpoint(1) {
                    self.refused += 1;
                }
            }
        });
        value
    }
    fn name_of(&mut self, lane: i32) -> CString {
        CString::new(name_of(lane)).expect("no zero byte")
    }
}

#[test]
fn a_checkpoint_in_an_import_is_refused_while_the_pool_is_at_work() {
    isolated(|| {
        SLOTS.set(Some(Slots::new(SlotOptions::default()).expect("slots")));
        let mut dut = Model::new(&ContextOptions::new()).expect("a model");
        let mut forks = Forks::default();
        for value in 0..50 {
            dut.set_value(value);
            for level in [0, 1] {
                dut.set_clk(level);
                dut.eval(&mut forks).expect("no halt");
            }
        }
        assert!(forks.asked > 0, "some imports run on this thread");
        assert_eq!(forks.refused, forks.asked);
        let between = SLOTS.with(|slots| {
            let mut slots = slots.borrow_mut();
            slots.as_mut().expect("slots").checkpoint(2).map(drop)
        });
        between.expect("between evaluations");
        SLOTS.set(None);
    });
}
