//! Foreign code that runs in the midst of an evaluation, and does there what it likes.

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use lightsss_runtime::model::{Context, ContextOptions, Halt, HaltKind};
use lightsss_runtime::savable::{SectionKind, Sink, save_to, save_to_image};
use lightsss_tests_bindings::{asks, logger, talker, tells};

const HELLO: u8 = 1;
const ERROR: u8 = 5;

fn context() -> Context {
    Context::new(&ContextOptions::new()).expect("a context")
}

fn named(context: &Context, name: &std::ffi::CStr) -> talker::Model {
    talker::Model::with_name(context, name).expect("a model")
}

fn cycle(dut: &mut talker::Model, what: u8) -> Result<(), Box<Halt>> {
    dut.set_what(what);
    dut.set_clk(0);
    dut.eval()?;
    dut.set_clk(1);
    dut.eval()
}

type Lines = Rc<RefCell<Vec<String>>>;

#[test]
fn a_sink_takes_itself_off() {
    let context = context();
    let mut dut = named(&context, c"a");
    let (inside, seen) = (context.clone(), Rc::new(Cell::new(0)));
    let (count, data) = (Rc::clone(&seen), vec![7_u8; 5000]);
    context.set_output(move |_| {
        inside.reset_output();
        count.set(count.get() + data.len());
    });
    cycle(&mut dut, HELLO).expect("no halt");
    cycle(&mut dut, HELLO).expect("no halt");
    assert_eq!(seen.get(), 5000);
}

#[test]
fn a_sink_puts_another_in_its_place() {
    let context = context();
    let mut dut = named(&context, c"a");
    let (lines, inside) = (Lines::default(), context.clone());
    let kept = Rc::clone(&lines);
    context.set_output(move |_| {
        let second = Rc::clone(&kept);
        inside.set_output(move |line| second.borrow_mut().push(format!("second {line}")));
        kept.borrow_mut().push("first".to_owned());
    });
    cycle(&mut dut, HELLO).expect("no halt");
    cycle(&mut dut, HELLO).expect("no halt");
    assert_eq!(*lines.borrow(), ["first", "second hello at 0"]);
}

#[test]
fn a_sink_evaluates_another_model_whose_lines_come_next() {
    let context = context();
    let mut dut = named(&context, c"a");
    let mut other = named(&context, c"b");
    let lines = Lines::default();
    let kept = Rc::clone(&lines);
    context.set_output(move |line| {
        let mut lines = kept.borrow_mut();
        if lines.is_empty() {
            cycle(&mut other, 8).expect("no halt");
        }
        lines.push(line.to_owned());
    });
    cycle(&mut dut, HELLO).expect("no halt");
    assert_eq!(*lines.borrow(), ["hello at 0", "one", "two"]);
}

#[test]
fn a_sink_makes_and_drops_models_of_its_context() {
    let context = context();
    let mut dut = named(&context, c"a");
    let (inside, lines) = (context.clone(), Lines::default());
    let kept = Rc::clone(&lines);
    context.set_output(move |line| {
        if kept.borrow().is_empty() {
            kept.borrow_mut().push("made".to_owned());
            let mut made = named(&inside, c"made");
            cycle(&mut made, HELLO).expect("no halt");
        }
        kept.borrow_mut().push(line.to_owned());
    });
    cycle(&mut dut, HELLO).expect("no halt");
    // What the model made there says in its `final` block comes too.
    let expected = ["made", "hello at 0", "hello at 0", "the end"];
    assert_eq!(*lines.borrow(), expected);
}

#[test]
fn the_drop_of_a_sink_sets_another() {
    struct SetsAnother(Context, Lines);
    impl Drop for SetsAnother {
        fn drop(&mut self) {
            let lines = Rc::clone(&self.1);
            self.0
                .set_output(move |line| lines.borrow_mut().push(format!("dropped {line}")));
        }
    }
    let context = context();
    let mut dut = named(&context, c"a");
    let lines = Lines::default();
    let sets = SetsAnother(context.clone(), Rc::clone(&lines));
    context.set_output(move |_| {
        let _ = &sets;
    });
    context.set_output(|_| panic!("it was replaced"));
    cycle(&mut dut, HELLO).expect("no halt");
    assert_eq!(*lines.borrow(), ["dropped hello at 0"]);
}

/// A payload whose `drop` panics, with another of the kind.
struct PanicsInDrop;
impl Drop for PanicsInDrop {
    fn drop(&mut self) {
        std::panic::panic_any(PanicsInDrop);
    }
}

#[test]
fn a_panic_in_a_sink_goes_no_further_whatever_it_carries() {
    let context = context();
    let mut dut = named(&context, c"a");
    let count = Rc::new(Cell::new(0));
    let seen = Rc::clone(&count);
    context.set_output(move |_| {
        seen.set(seen.get() + 1);
        std::panic::panic_any(PanicsInDrop);
    });
    cycle(&mut dut, HELLO).expect("no halt");
    cycle(&mut dut, HELLO).expect("no halt");
    assert_eq!(count.get(), 2);
}

#[test]
fn a_halt_in_a_sink_does_not_replace_the_halt_that_waits() {
    let context = context();
    let mut dut = named(&context, c"a");
    let mut other = named(&context, c"b");
    let inner = Rc::new(RefCell::new(None));
    let kept = Rc::clone(&inner);
    context.set_output(move |_| {
        if kept.borrow().is_none() {
            let result = cycle(&mut other, HELLO).map_err(|halt| halt.kind);
            *kept.borrow_mut() = Some(result);
        }
    });
    let outer = cycle(&mut dut, ERROR).expect_err("its own error");
    assert_eq!(outer.kind, HaltKind::Error);
    assert_eq!(outer.message, "bad 0");
    assert_eq!(*inner.borrow(), Some(Ok(())), "the other has no error");
}

/// Panics in every import; or evaluates others there.
struct Asked<F: FnMut(i32) -> i32>(F);
impl<F: FnMut(i32) -> i32> asks::Dpi for Asked<F> {
    fn ask(&mut self, value: i32) -> i32 {
        (self.0)(value)
    }
}

fn ask(dut: &mut asks::Model, dpi: &mut dyn asks::Dpi) -> Result<(), Box<Halt>> {
    dut.set_clk(0);
    dut.eval(dpi)?;
    dut.set_clk(1);
    dut.eval(dpi)
}

#[test]
fn a_panic_in_an_import_goes_on_whatever_it_carries() {
    let mut dut = asks::Model::new(&ContextOptions::new()).expect("a model");
    let mut dpi = Asked(|_| std::panic::panic_any(PanicsInDrop));
    let panicked = catch_unwind(AssertUnwindSafe(|| ask(&mut dut, &mut dpi)));
    let payload = panicked.expect_err("the import's panic");
    assert!(payload.is::<PanicsInDrop>());
    std::mem::forget(payload);
    let halt = dut.eval(&mut dpi).expect_err("it broke off");
    assert_eq!(halt.kind, HaltKind::Runtime);
}

/// Evaluates another model of the context in the import.
struct Tells {
    other: talker::Model,
    seen: Vec<Result<(), HaltKind>>,
}

impl tells::Dpi for Tells {
    fn tell(&mut self, value: i32) -> i32 {
        let result = cycle(&mut self.other, HELLO);
        self.seen.push(result.map_err(|halt| halt.kind));
        value
    }
}

#[test]
fn an_import_does_not_take_the_halt_of_the_evaluation_that_it_is_called_from() {
    let context = context();
    let mut dut = tells::Model::in_context(&context).expect("a model");
    let mut dpi = Tells {
        other: named(&context, c"other"),
        seen: Vec::new(),
    };
    dut.set_bad(1);
    dut.eval(&mut dpi).expect("no edge");
    dut.set_clk(1);
    let halt = dut.eval(&mut dpi).expect_err("its own error");
    assert_eq!((halt.kind, &*halt.message), (HaltKind::Error, "bad"));
    assert_eq!(dpi.seen, [Ok(())], "the other has none");
}

#[test]
fn imports_evaluate_models_of_their_own_class_three_deep() {
    fn deep(level: i32) -> i32 {
        if level == 0 {
            return 1;
        }
        let mut dut = asks::Model::new(&ContextOptions::new()).expect("a model");
        dut.set_value(1);
        let mut dpi = Asked(|value| {
            if value < 0 {
                0
            } else {
                10 * deep(level - 1) + value
            }
        });
        ask(&mut dut, &mut dpi).expect("no halt");
        dut.answer() as i32
    }
    assert_eq!(deep(3), 1111);
}

#[test]
fn an_import_that_forgets_a_model_leaks_it_and_no_more() {
    let mut dut = asks::Model::new(&ContextOptions::new()).expect("a model");
    let mut dpi = Asked(|value| {
        let mut forgotten = asks::Model::new(&ContextOptions::new()).expect("a model");
        forgotten.set_value(3);
        ask(&mut forgotten, &mut Asked(|value| value + 1)).expect("no halt");
        let answer = forgotten.answer() as i32;
        std::mem::forget(forgotten);
        value + answer
    });
    ask(&mut dut, &mut dpi).expect("no halt");
    assert_eq!(dut.answer(), 4);
}

/// Reaches for the model whose bytes it is given, then panics.
struct Reaching {
    model: Rc<RefCell<logger::Model>>,
    reached: bool,
}

impl Sink for Reaching {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.reached |= self.model.try_borrow_mut().is_ok();
        assert!(bytes.is_empty(), "the sink");
        Ok(())
    }
    fn begin_section(&mut self, _: SectionKind, _: &str) -> std::io::Result<u32> {
        Ok(0)
    }
    fn end_section(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_sink_of_a_snapshot_cannot_reach_the_model_that_it_is_given() {
    let model = logger::Model::new(&ContextOptions::new()).expect("a model");
    let model = Rc::new(RefCell::new(model));
    let mut sink = Reaching {
        model: Rc::clone(&model),
        reached: false,
    };
    let save = AssertUnwindSafe(|| save_to(&*model.borrow(), &mut sink));
    assert!(catch_unwind(save).is_err(), "it panics at the first byte");
    assert!(!sink.reached);
    save_to_image(&*model.borrow()).expect("a panic has changed nothing");
}
