//! Unpacked structures as ports: a Rust structure for each type.
#![cfg(structs)]

use lightsss_runtime::model::{ContextOptions, Wide};
use lightsss_runtime::savable::{restore_from_image, save_to_image};
use lightsss_tests_bindings::records::{self, types};

fn model() -> records::Model {
    records::Model::new(&ContextOptions::new()).expect("a model")
}

fn item(value: u32) -> types::item_t {
    types::item_t {
        opcode: (value & 15) as u8,
        value,
        wide: Wide::from_words([value, !value, value & 0x7f]),
        ratio: f64::from(value) / 4.0,
        table_of: [[1, 2, 3], [4, 5, (value & 7) as u8]],
    }
}

/// Gives the inputs that belong to a cycle.
fn cycle(dut: &mut records::Model, number: u32) {
    dut.set_given(&item(number));
    dut.set_pair(&[item(number + 100), item(number + 200)]);
    dut.set_loose(&types::anonymous {
        a: (number & 0x7f) as u8,
        b: 3,
    });
    for level in [0, 1] {
        dut.set_clk(level);
        dut.eval().expect("no halt");
    }
}

#[test]
fn structures_go_in_and_come_out_whole() {
    let mut dut = model();
    for number in 5..9 {
        cycle(&mut dut, number);
    }
    let kept = dut.kept();
    assert_eq!(kept.first, item(7));
    assert_eq!(kept.rest, [item(108), item(6)]);
    assert_eq!(kept.valid, 0);
    assert_eq!(dut.chosen()[1][0], item(208));
    assert_eq!(dut.chosen()[0][1], item(207));
    assert_eq!(dut.sum(), 3 + 8 + 7);
    assert_eq!(*dut.records_last(), item(8));
    dut.set_pair_at(1, item(1));
    dut.set_records_last(&item(40));
    cycle(&mut dut, 9);
    assert_eq!(dut.kept().first, item(40));
}

#[test]
#[cfg(debug_assertions)]
#[should_panic(expected = "0x1f does not fit into the 4 bits of `opcode`")]
fn a_member_that_is_too_wide_is_refused() {
    let mut too_wide = item(0);
    too_wide.opcode = 0x1f;
    model().set_given(&too_wide);
}

#[test]
fn structures_are_saved_and_restored() {
    let mut dut = model();
    (0..7).for_each(|number| cycle(&mut dut, number));
    let image = save_to_image(&dut).expect("it can be saved");
    let mut other = model();
    restore_from_image(&mut other, &image).expect("it can be restored");
    for dut in [&mut dut, &mut other] {
        (7..10).for_each(|number| cycle(dut, number));
    }
    assert_eq!(dut.kept(), other.kept());
    assert_eq!(dut.chosen(), other.chosen());
    assert!(other.state().expect("names").peek("kept").is_ok());
}
