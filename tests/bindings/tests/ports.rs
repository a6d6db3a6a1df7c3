//! Ports whose header says too little, and values that do not fit.

use lightsss_runtime::model::{ContextOptions, Wide};
use lightsss_tests_bindings::{ports, sums};

fn model() -> ports::Model {
    ports::Model::new(&ContextOptions::new()).expect("a model")
}

#[test]
fn signed_ports_have_signed_accessors() {
    let mut dut = model();
    for value in [-64, -63, -1, 0, 1, 5, 63] {
        dut.set_offset_signed(value);
        assert_eq!(dut.offset_signed(), value);
        assert_eq!(dut.offset(), (value as u8) & 0x7f);
        dut.eval().expect("no halt");
        // -64 has no opposite.
        assert_eq!(
            dut.negated_signed(),
            if value == -64 { -64 } else { -value }
        );
    }
    dut.set_whole_signed(-3);
    assert_eq!(dut.whole(), 0xffff_fffd);
    dut.set_offset(0);
    dut.eval().expect("no halt");
    assert_eq!(dut.negated_signed(), -3);
}

#[test]
fn structures_are_their_bits_and_their_fields() {
    let mut dut = model();
    dut.set_brief_high(0b0101);
    dut.set_brief_low(-2);
    assert_eq!(dut.brief(), 0b010_1110);
    assert_eq!((dut.brief_high(), dut.brief_low()), (5, -2));
    dut.eval().expect("no halt");
    assert_eq!((dut.swapped_high(), dut.swapped_low()), (0b110, -3));

    let body = Wide::<70, 3>::try_from_u128(0x2a_dead_beef_0123_4567).expect("it fits");
    dut.set_packet_body(body);
    dut.set_packet_address(0xcafe_f00d);
    dut.set_packet_inner_delta(-16);
    dut.set_packet_inner_tag(5);
    dut.set_packet_valid(1);
    dut.eval().expect("no halt");
    let expected =
        1 | 0xcafe_f00d << 1 | 5 << 33 | 0b10000 << 36 | 0x2a_dead_beef_0123_4567_u128 << 41;
    assert_eq!(dut.passed().to_u128(), expected);
    assert_eq!(dut.passed_body(), body);
    assert_eq!(dut.passed_inner(), 0b1000_0101);
    assert_eq!((dut.passed_inner_delta(), dut.passed_inner_tag()), (-16, 5));
    assert_eq!((dut.passed_address(), dut.passed_valid()), (0xcafe_f00d, 1));
}

#[test]
fn unions_are_their_bits_and_their_fields() {
    let mut dut = model();
    dut.set_either_number(-2);
    assert_eq!(dut.either(), 0xfffe);
    assert_eq!(
        (dut.either_bytes_high(), dut.either_bytes_low()),
        (0xff, 0xfe)
    );
    dut.set_either_bytes_high(0x7f);
    assert_eq!(dut.either_number(), 0x7ffe);
    dut.eval().expect("no halt");
    assert_eq!((dut.turned(), dut.turned_bytes()), (0xfe7f, 0xfe7f));
    assert_eq!(dut.turned_number(), -0x181);
}

#[test]
fn arrays_reals_strings_keywords_and_pads() {
    let mut dut = model();
    dut.set_terms(&[[1, 2, 3], [4, 5, 6]]);
    dut.set_terms_at(1, 2, 250);
    dut.set_level(1.25);
    dut.set_text("you");
    dut.set_class(0);
    dut.set_drive(1);
    dut.eval().expect("no halt");
    assert_eq!(dut.sums(), &[[1, 3, 5], [7, 9, 255]]);
    assert!((dut.doubled() - 2.5).abs() < f64::EPSILON);
    assert_eq!(dut.greeting(), "hello you");
    assert_eq!(dut.r#fn(), 1);
    assert_eq!(dut.pad(), 0xa);
}

/// Whether this build refuses values that are too wide.
const CHECKED: bool = cfg!(debug_assertions);

fn refused(set: impl FnOnce(&mut ports::Model) + std::panic::UnwindSafe) -> String {
    let panic = std::panic::catch_unwind(|| set(&mut model())).expect_err("a panic");
    panic
        .downcast::<String>()
        .map_or_else(|_| String::new(), |text| *text)
}

#[test]
fn values_that_do_not_fit_are_refused_or_cut() {
    if CHECKED {
        assert!(
            refused(|dut| dut.set_offset(0x80))
                .contains("0x80 does not fit into the 7 bits of `offset`")
        );
        assert!(
            refused(|dut| dut.set_offset_signed(64))
                .contains("64 does not fit into the 7 signed bits")
        );
        assert!(refused(|dut| dut.set_brief_high(16)).contains("field `high` of `brief`"));
        assert!(
            refused(|dut| dut.set_packet_inner_delta(16))
                .contains("field `inner.delta` of `packet`")
        );
    } else {
        let mut dut = model();
        dut.set_offset(0x85);
        assert_eq!(dut.offset(), 5);
        dut.set_offset_signed(64);
        assert_eq!(dut.offset_signed(), -64);
        dut.set_brief_high(0x12);
        assert_eq!((dut.brief_high(), dut.brief_low()), (2, 0));
    }
}

/// The bindings of the second crate are compiled without debug assertions.
#[test]
fn without_debug_assertions_values_that_do_not_fit_are_cut() {
    let mut dut = sums::Model::new(&ContextOptions::new()).expect("a model");
    dut.set_narrow(0x85);
    assert_eq!(dut.narrow(), 5);
    dut.set_level_signed(17);
    assert_eq!((dut.level(), dut.level_signed()), (0b1_0001, -15));
    dut.eval().expect("no halt");
    assert_eq!(dut.echo(), 0b111_0001 ^ 5);
}
