//! What lies behind the ports: public variables, parameters, DPI both ways.

use std::cell::RefCell;
use std::ffi::{CStr, CString};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use lightsss_runtime::model::{Chandle, Context, ContextOptions, Wide};
use lightsss_tests_bindings::{asks, corners, dpi_exports, internals};

fn options() -> ContextOptions {
    ContextOptions::new()
}

/// What `designs/internals.sv` does, in Rust.
#[derive(Default)]
struct Internals {
    total: u8,
    memory: [u16; 16],
    history: u128,
    inlined: u8,
    kept: u8,
}

impl Internals {
    fn cycle(&mut self, a: u8) {
        self.total = self.total.wrapping_add(a);
        self.history = (self.history << 8 | u128::from(a)) & ((1 << 77) - 1);
        let sum = u16::from(a) + self.memory[usize::from(a >> 4)];
        self.memory[usize::from(a & 15)] = sum & 0x3ff;
        self.inlined = self.inlined.rotate_left(1) ^ a;
        self.kept = self.kept.wrapping_add(a).wrapping_add(3);
    }

    fn y(&self) -> u8 {
        self.total ^ self.inlined ^ self.kept ^ self.memory[2] as u8 ^ (self.history >> 62) as u8
    }
}

fn assert_same(dut: &internals::Model, twin: &Internals) {
    assert_eq!(dut.internals_total(), twin.total);
    assert_eq!(*dut.internals_memory(), twin.memory);
    assert_eq!(dut.internals_history().to_u128(), twin.history);
    assert_eq!(dut.internals_u_inlined_state(), twin.inlined);
    assert_eq!(dut.internals_u_kept_state(), twin.kept);
    assert_eq!(dut.y(), twin.y());
}

fn cycle(dut: &mut internals::Model, a: u8) {
    dut.set_a(a);
    for level in [0, 1] {
        dut.set_clk(level);
        dut.eval().expect("no halt");
    }
}

#[test]
fn public_variables_are_read_and_written() {
    let mut dut = internals::Model::new(&options()).expect("a model");
    let mut twin = Internals::default();
    for at in 0..300_u32 {
        let a = (at.wrapping_mul(2_654_435_761) >> 24) as u8;
        cycle(&mut dut, a);
        twin.cycle(a);
        assert_same(&dut, &twin);
    }
    // What is written is where the design goes on from.
    twin = Internals {
        total: 17,
        memory: std::array::from_fn(|at| at as u16 * 50),
        history: 0x1ab_cdef_0123_4567_89ab,
        inlined: 0x81,
        kept: 200,
    };
    twin.memory[3] = 0x3ff;
    dut.set_internals_total(17);
    dut.set_internals_memory(&std::array::from_fn(|at| at as u16 * 50));
    dut.set_internals_memory_at(3, 0x3ff);
    dut.set_internals_history(Wide::from(twin.history));
    dut.set_internals_u_inlined_state(0x81);
    dut.set_internals_u_kept_state(200);
    dut.eval().expect("no halt");
    assert_same(&dut, &twin);
    for a in 0..50 {
        cycle(&mut dut, a * 5);
        twin.cycle(a * 5);
        assert_same(&dut, &twin);
    }
    assert_eq!(internals::parameters::INTERNALS_DEPTH, 16);
}

#[test]
fn exports_are_methods_of_each_model() {
    let context = Context::new(&options()).expect("a context");
    let mut one = dpi_exports::Model::with_name(&context, c"one").expect("a model");
    let mut two = dpi_exports::Model::with_name(&context, c"two").expect("a model");
    one.eval().expect("no halt");
    two.eval().expect("no halt");
    one.set_state(5).expect("no halt");
    two.set_state(-9).expect("no halt");
    let mut earlier = 0;
    one.add_to_state(7, &mut earlier).expect("no halt");
    assert_eq!(earlier, 5);
    assert_eq!(one.get_state().expect("no halt"), 12);
    assert_eq!(two.get_state().expect("no halt"), -9);
    for level in [0, 1] {
        one.set_a(30);
        one.set_clk(level);
        one.eval().expect("no halt");
    }
    assert_eq!(one.get_state().expect("no halt"), 42);
    let mask = Wide::from(0x3f_u128 << 64 | 1);
    let mut value = Wide::from(0_u32);
    one.wide_of_state(&mask, &mut value).expect("no halt");
    assert_eq!(value.to_u128(), 0x3f << 64 | 0x2a << 32 | 0x2b);
}

#[test]
fn models_of_a_context_have_names_of_their_own() {
    let context = Context::new(&options()).expect("a context");
    let mut one = dpi_exports::Model::in_context(&context).expect("a model");
    let mut two = dpi_exports::Model::in_context(&context).expect("a model");
    let mut three = dpi_exports::Model::in_context(&context).expect("a model");
    for (at, dut) in (1..).zip([&mut one, &mut two, &mut three]) {
        dut.eval().expect("no halt");
        dut.set_state(at).expect("no halt");
    }
    assert_eq!(two.get_state().expect("no halt"), 2);
    assert_eq!(one.get_state().expect("no halt"), 1);
    // A name is free again when its model is gone, and nobody else's scopes are.
    drop(two);
    let mut again = dpi_exports::Model::in_context(&context).expect("a model");
    again.eval().expect("no halt");
    again.set_state(9).expect("no halt");
    drop(one);
    assert_eq!(three.get_state().expect("no halt"), 3);
    assert_eq!(again.get_state().expect("no halt"), 9);
    for name in [c"TOP_2", c"TOP_3.dpi_exports", c""] {
        let error = dpi_exports::Model::with_name(&context, name).expect_err("a name twice");
        let text = error.to_string();
        assert!(text.contains("give each one of its own"), "{text}");
    }
    let alone = Context::new(&options()).expect("a context");
    let mut nameless = dpi_exports::Model::with_name(&alone, c"").expect("a model");
    nameless.eval().expect("no halt");
    nameless.set_state(4).expect("no halt");
    assert_eq!(nameless.get_state().expect("no halt"), 4);
}

#[test]
fn array_parameters_handles_and_escaped_names_are_what_the_design_says() {
    assert_eq!(corners::parameters::CORNERS_LUT, [1, 2, 3, 4, 5]);
    let big = corners::parameters::CORNERS_BIG;
    assert_eq!(big.map(|value| value.to_u128()), [1, 0x5_0000_0000]);
    let mut dut = corners::Model::new(&options()).expect("a model");
    dut.set_x_y(50);
    dut.set_x_y_(8);
    dut.eval().expect("no halt");
    assert_eq!(
        dut.difference(),
        42,
        "`x_y` is the port of that name, `x_y_` is `x-y`"
    );
    let mut earlier = Chandle::default();
    let handle = Chandle(std::ptr::without_provenance_mut(0x1234_5678_9abc));
    assert_eq!(dut.swapped(handle, &mut earlier).expect("no halt"), handle);
    assert_eq!(earlier, Chandle::default());
    let other = Chandle(std::ptr::without_provenance_mut(8));
    assert_eq!(dut.swapped(other, &mut earlier).expect("no halt"), other);
    assert_eq!(earlier, handle);
}

#[test]
fn exports_give_vectors_and_take_arrays_of_strings() {
    let mut dut = corners::Model::new(&options()).expect("a model");
    assert_eq!(dut.narrow(0xffff).expect("no halt"), 0x1ffe_u16);
    let mut earlier = [c""; 3].map(CStr::to_owned);
    let mut last = [[c"!".to_owned()]];
    let mut exchange = |given: [&CStr; 3], last: &mut [[CString; 1]; 1]| {
        let length = dut.exchanged(&given, &mut earlier, last).expect("no halt");
        (
            length,
            earlier
                .clone()
                .map(|text| text.into_string().expect("text")),
        )
    };
    assert_eq!(
        exchange([c"ab", c"", c"c"], &mut last),
        (3, ["", "", ""].map(str::to_owned))
    );
    assert_eq!(last, [[c"c".to_owned()]]);
    let second = exchange([c"", c"", c""], &mut last);
    assert_eq!(second, (1, ["ab!", "!", "c!"].map(str::to_owned)));
}

/// A harness: plain state, which the import reaches through `&mut`.
#[derive(Default)]
struct Harness {
    asked: Vec<i32>,
    panics: bool,
}

impl asks::Dpi for Harness {
    fn ask(&mut self, value: i32) -> i32 {
        assert!(!self.panics, "asked {value} too much");
        self.asked.push(value);
        -value
    }
}

fn ask(dut: &mut asks::Model, harness: &mut Harness, value: u32) {
    dut.set_value(value);
    for level in [0, 1] {
        dut.set_clk(level);
        dut.eval(harness).expect("no halt");
    }
}

/// A model, and what it prints.
fn asking() -> (asks::Model, Rc<RefCell<Vec<String>>>) {
    let dut = asks::Model::new(&options()).expect("a model");
    let lines = Rc::new(RefCell::new(Vec::new()));
    let kept = Rc::clone(&lines);
    dut.context()
        .set_output(move |line| kept.borrow_mut().push(line.to_owned()));
    (dut, lines)
}

#[test]
fn imports_reach_the_harness_that_is_borrowed() {
    let (mut dut, lines) = asking();
    let (mut first, mut second) = (Harness::default(), Harness::default());
    ask(&mut dut, &mut first, 3);
    ask(&mut dut, &mut second, 4);
    ask(&mut dut, &mut first, 5);
    assert_eq!((dut.answer_signed(), dut.asked()), (-5, 3));
    assert_eq!(
        (&first.asked[..], &second.asked[..]),
        (&[3, 5][..], &[4][..])
    );
    dut.finish(&mut second).expect("no halt");
    assert_eq!(second.asked, [4, -1]);
    drop(dut);
    assert_eq!(*lines.borrow(), ["at last 1"]);
}

#[test]
fn a_final_block_asks_nobody_when_the_model_is_dropped() {
    let (mut dut, lines) = asking();
    let mut harness = Harness::default();
    ask(&mut dut, &mut harness, 3);
    drop(dut);
    assert_eq!(harness.asked, [3]);
    // It gets zeros.
    assert_eq!(*lines.borrow(), ["at last 0"]);
}

#[test]
fn a_panic_in_an_import_arrives_after_c_plus_plus_has_unwound() {
    let (mut dut, _lines) = asking();
    let mut harness = Harness::default();
    ask(&mut dut, &mut harness, 3);
    harness.panics = true;
    let panic = catch_unwind(AssertUnwindSafe(|| ask(&mut dut, &mut harness, 9)));
    let said = panic.expect_err("the import panicked");
    let said = said.downcast::<String>().expect("a message");
    assert_eq!(*said, "asked 9 too much");
    // Neither the process nor other models are the worse for it.
    harness.panics = false;
    let (mut other, _lines) = asking();
    ask(&mut other, &mut harness, 6);
    assert_eq!(other.answer_signed(), -6);
    drop(dut);
    // Not even when it panics in a final block.
    harness.panics = true;
    let panic = catch_unwind(AssertUnwindSafe(|| {
        let _ = other.finish(&mut harness);
    }));
    panic.expect_err("the import panicked");
    drop(other);
}
