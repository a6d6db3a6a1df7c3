//! Contexts: output, halts, arguments, seeds, time, several models at once.

use std::cell::RefCell;
use std::rc::Rc;

use lightsss_runtime::model::{Context, ContextOptions, Halt, HaltKind, Initial};
use lightsss_tests_bindings::{asks, sums, talker, ticker, vcd};

fn options() -> ContextOptions {
    ContextOptions::new()
}

/// A model and what it says, line by line.
fn talker_of(options: &ContextOptions) -> (talker::Model, Rc<RefCell<Vec<String>>>) {
    let dut = talker::Model::new(options).expect("a model");
    let lines = Rc::new(RefCell::new(Vec::new()));
    let kept = Rc::clone(&lines);
    dut.context()
        .set_output(move |line| kept.borrow_mut().push(line.to_owned()));
    (dut, lines)
}

fn cycle(dut: &mut talker::Model, what: u8) -> Result<(), Box<Halt>> {
    dut.set_what(what);
    dut.set_clk(0);
    dut.eval()?;
    dut.set_clk(1);
    let result = dut.eval();
    dut.set_what(0);
    dut.set_clk(0);
    dut.eval()?;
    result
}

#[test]
fn output_goes_line_by_line_where_the_user_says() {
    let (mut dut, lines) = talker_of(&options());
    dut.context().set_time(12_000);
    cycle(&mut dut, 1).expect("no halt");
    cycle(&mut dut, 2).expect("no halt");
    cycle(&mut dut, 8).expect("no halt");
    assert_eq!(*lines.borrow(), ["hello at 12000", "half one", "two"]);
}

#[test]
fn output_goes_to_a_writer() {
    #[derive(Clone, Default)]
    struct Shared(Rc<RefCell<Vec<u8>>>);
    impl std::io::Write for Shared {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.borrow_mut().write(bytes)
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut dut = talker::Model::new(&options()).expect("a model");
    let written = Shared::default();
    dut.context().set_writer(written.clone());
    cycle(&mut dut, 8).expect("no halt");
    assert_eq!(*written.0.borrow(), b"one\ntwo\n");
    // Back to the standard output: nothing more arrives.
    dut.context().reset_output();
    cycle(&mut dut, 8).expect("no halt");
    assert_eq!(written.0.borrow().len(), 8);
}

#[test]
fn halts_are_values_with_their_place() {
    let (mut dut, _lines) = talker_of(&options().args(["+value=3"]));
    // Early versions write `$fatal` as `$error`.
    let fatal = if talker::VERILATOR == "5.006" {
        HaltKind::Error
    } else {
        HaltKind::Fatal
    };
    for (what, kind, message, line) in [
        (3, HaltKind::Finish, "$finish", 22),
        (4, HaltKind::Stop, "$stop", 23),
        (5, HaltKind::Error, "bad 3", 24),
        (6, fatal, "worse", 25),
        (7, HaltKind::Error, "not seven", 26),
    ] {
        dut.context().set_time(u64::from(what) * 100);
        let halt = cycle(&mut dut, what).expect_err("a halt");
        assert_eq!(halt.kind, kind, "{halt}");
        assert!(halt.message.contains(message), "{halt}");
        assert!(halt.file.ends_with("talker.sv"), "{halt}");
        assert_eq!(halt.line, line, "{halt}");
        assert_eq!(halt.time, u64::from(what) * 100, "{halt}");
        // It goes on: a halt is no end of the process, nor of the model.
        cycle(&mut dut, 0).expect("no halt");
    }
}

#[test]
fn assertions_can_be_turned_off() {
    let (mut dut, _lines) = talker_of(&options().assertions(false));
    cycle(&mut dut, 7).expect("no assertion, no halt");
    dut.context().set_assertions(true);
    cycle(&mut dut, 7).expect_err("an assertion that fails");
}

#[test]
fn final_runs_exactly_once() {
    let ends = |lines: &RefCell<Vec<String>>| {
        lines
            .borrow()
            .iter()
            .filter(|line| *line == "the end")
            .count()
    };
    // When the model is dropped.
    let (dut, lines) = talker_of(&options());
    assert_eq!(ends(&lines), 0);
    drop(dut);
    assert_eq!(ends(&lines), 1);
    // When it is told to, and not again.
    let (mut dut, lines) = talker_of(&options());
    dut.finish().expect("no halt");
    assert_eq!(ends(&lines), 1);
    dut.finish().expect("no halt");
    drop(dut);
    assert_eq!(ends(&lines), 1);
    // After a halt.
    for what in [3, 6] {
        let (mut dut, lines) = talker_of(&options());
        cycle(&mut dut, what).expect_err("a halt");
        drop(dut);
        assert_eq!(ends(&lines), 1);
    }
}

#[test]
fn arguments_seeds_and_units() {
    let (mut dut, _lines) = talker_of(&options().args(["+flag", "+value=42"]));
    dut.eval().expect("no halt");
    assert_eq!((dut.flag(), dut.value()), (1, 42));
    assert_eq!(dut.context().time_precision(), -12);
    assert_eq!(dut.context().time_unit(), -9);
    let draw = |seed: i32| {
        // The generator belongs to the thread, and is seeded by the first model that draws.
        std::thread::spawn(move || {
            let (mut dut, _lines) = talker_of(&options().seed(seed));
            let mut drawn = || {
                cycle(&mut dut, 0).expect("no halt");
                dut.drawn()
            };
            [drawn(), drawn(), drawn()]
        })
        .join()
        .expect("no panic")
    };
    assert_eq!(draw(1), draw(1));
    assert_ne!(draw(1), draw(2));
}

/// What a seeded model draws, until it has drawn `count` times.
#[cfg(generators)]
fn draws(seed: i32, count: usize) -> Vec<u32> {
    let (mut dut, _lines) = talker_of(&options().seed(seed));
    let mut drawn = || {
        cycle(&mut dut, 0).expect("no halt");
        dut.drawn()
    };
    (0..count).map(|_| drawn()).collect()
}

#[cfg(generators)]
#[test]
fn models_of_one_thread_draw_each_its_own() {
    let (first, second) = (draws(7, 20), draws(8, 20));
    let (mut one, _lines) = talker_of(&options().seed(7));
    let (mut two, _lines) = talker_of(&options().seed(8));
    for at in 0..20 {
        cycle(&mut one, 0).expect("no halt");
        // The second begins later, and one that is made in between does not matter.
        if at >= 5 {
            cycle(&mut two, 0).expect("no halt");
            assert_eq!(two.drawn(), second[at - 5], "draw {at}");
            drop(draws(9, 1));
        }
        assert_eq!(one.drawn(), first[at], "draw {at}");
    }
}

#[cfg(generators)]
#[test]
fn seeds_in_other_threads_do_not_matter() {
    use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
    let quiet = draws(7, 1_000);
    let (done, seeds) = (AtomicBool::new(false), AtomicI32::new(0));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                drop(draws(seeds.fetch_add(1, Ordering::Relaxed) + 1, 1));
            }
        });
        // Until the other thread has had its turns, however late it began.
        let mut same = true;
        while same && seeds.load(Ordering::Relaxed) < 100 {
            same = draws(7, 1_000) == quiet;
        }
        // Before anything fails: the other thread waits for it.
        done.store(true, Ordering::Relaxed);
        assert!(same, "another thread's seeds have disturbed this one's");
    });
}

/// A harness whose import evaluates a second model, in a context of its own.
#[derive(Default)]
struct CoSimulation {
    reference: Option<talker::Model>,
}

impl asks::Dpi for CoSimulation {
    fn ask(&mut self, value: i32) -> i32 {
        let what = if value < 0 { 4 } else { value as u8 };
        // Made within the first evaluation.
        let reference = self
            .reference
            .get_or_insert_with(|| talker_of(&options().args(["+value=5"])).0);
        let halt = cycle(reference, what).expect_err("the reference halts");
        assert!(!halt.message.is_empty());
        i32::from(reference.flag()) + value
    }
}

#[test]
fn an_import_may_evaluate_another_model() {
    let mut dut = asks::Model::new(&options()).expect("a model");
    let lines = Rc::new(RefCell::new(Vec::new()));
    let kept = Rc::clone(&lines);
    dut.context()
        .set_output(move |line| kept.borrow_mut().push(line.to_owned()));
    let mut harness = CoSimulation::default();
    for (count, what) in [4, 5, 3, 7].into_iter().enumerate() {
        dut.set_value(what);
        for level in [0, 1] {
            dut.set_clk(level);
            // The other model's halt is not this one's.
            dut.eval(&mut harness).expect("no halt");
        }
        assert_eq!(dut.answer(), what);
        assert_eq!(dut.asked(), count as u32 + 1);
    }
    // What is printed after the import has returned goes where this model's output goes.
    dut.set_value(4);
    dut.finish(&mut harness).expect("no halt");
    assert_eq!(*lines.borrow(), ["at last -1"]);
}

#[test]
fn what_nothing_sets_starts_as_the_context_says() {
    let start = |options: ContextOptions| {
        // In a thread of its own: the generator belongs to the thread.
        std::thread::spawn(move || {
            let (mut dut, _lines) = talker_of(&options);
            dut.eval().expect("no halt");
            *dut.unset()
        })
        .join()
        .expect("no panic")
    };
    let seeded = |seed| start(options().seed(seed).initial(Initial::Random));
    assert_eq!(seeded(1), seeded(1));
    assert_ne!(seeded(1), seeded(2));
    assert_eq!(start(options().initial(Initial::Zeros)).to_u128(), 0);
    let ones = start(options().initial(Initial::Ones)).to_u128();
    assert_eq!(ones, (1 << 100) - 1);
}

#[test]
fn a_timed_model_runs_to_its_next_event() {
    let mut dut = ticker::Model::new(&options()).expect("a model");
    dut.eval().expect("no halt");
    let mut times = Vec::new();
    let halt = loop {
        assert!(dut.events_pending());
        match dut.eval_next() {
            Ok(true) => times.push((dut.context().time(), dut.ticks())),
            Ok(false) => panic!("it waits for nothing"),
            Err(halt) => break halt,
        }
    };
    assert_eq!(halt.kind, HaltKind::Finish);
    assert_eq!(times, [(10, 1), (20, 2), (30, 3), (40, 4)]);
    assert_eq!((halt.time, dut.ticks()), (50, 5));
}

#[test]
fn models_of_several_crates_share_a_context() {
    let context = Context::new(&options()).expect("a context");
    let lines = Rc::new(RefCell::new(Vec::new()));
    let kept = Rc::clone(&lines);
    context.set_output(move |line| kept.borrow_mut().push(line.to_owned()));
    let mut one = sums::Model::with_name(&context, c"one").expect("a model");
    let mut two = talker::Model::with_name(&context, c"two").expect("a model");
    let mut three = vcd::Model::with_name(&context, c"three").expect("a model");
    for at in 1..=20_u64 {
        context.set_time(at * 1000);
        for clock in [0, 1] {
            one.set_clk(clock);
            one.eval().expect("no halt");
            three.set_clk(clock);
            three.eval().expect("no halt");
        }
        cycle(&mut two, u8::from(at == 7)).expect("no halt");
    }
    assert_eq!((one.sum(), three.count()), (60, 20));
    assert_eq!(two.context().time(), 20_000);
    assert_eq!(*lines.borrow(), ["hello at 7000", "sums 30"]);
    // What halts is the context of the model that halted.
    cycle(&mut two, 3).expect_err("a halt");
    one.eval().expect("the halt was taken");
}

#[test]
fn contexts_do_not_share_their_settings() {
    let (mut one, said_by_one) = talker_of(&options().args(["+value=1"]));
    let (mut two, said_by_two) = talker_of(&options().args(["+value=2"]));
    one.context().set_time(1000);
    two.context().set_time(2000);
    cycle(&mut one, 1).expect("no halt");
    cycle(&mut two, 1).expect("no halt");
    let halt = cycle(&mut one, 5).expect_err("a halt");
    assert!(halt.message.contains("bad 1"), "{halt}");
    cycle(&mut two, 0).expect("the other's halt");
    assert_eq!(said_by_one.borrow()[0], "hello at 1000");
    assert_eq!(*said_by_two.borrow(), ["hello at 2000"]);
    assert_eq!((one.value(), two.value()), (1, 2));
}

#[test]
fn each_thread_has_models_of_its_own() {
    let run = |steps: u64| {
        let (mut dut, lines) = talker_of(&options().args([format!("+value={steps}")]));
        let mut other = vcd::Model::new(&options()).expect("a model");
        for at in 0..steps {
            dut.context().set_time(at * 1000);
            cycle(&mut dut, u8::from(at % 100 == 0)).expect("no halt");
            for clock in [0, 1] {
                other.set_clk(clock);
                other.eval().expect("no halt");
            }
        }
        let expected: Vec<_> = (0..steps)
            .step_by(100)
            .map(|at| format!("hello at {}", at * 1000))
            .collect();
        assert_eq!(*lines.borrow(), expected);
        (u64::from(dut.value()), u64::from(other.count()))
    };
    let threads: Vec<_> = (1..=8)
        .map(|number| std::thread::spawn(move || (number * 300, run(number * 300))))
        .collect();
    for thread in threads {
        let (steps, (value, count)) = thread.join().expect("no panic");
        assert_eq!((value, count), (steps, steps & 0xff));
    }
}

#[test]
fn a_model_made_after_time_has_passed_says_why_it_cannot_be() {
    let context = Context::new(&options()).expect("a context");
    let _first = sums::Model::with_name(&context, c"first").expect("a model");
    context.set_time(5);
    // From 5.026 on Verilator refuses it; before, it works.
    if let Err(error) = sums::Model::with_name(&context, c"second") {
        let text = error.to_string();
        assert!(text.contains("`sums` could not be made"), "{text}");
    }
}
