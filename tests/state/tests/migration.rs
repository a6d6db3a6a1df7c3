//! Snapshots of one build of a design in the next: what is refused leaves everything as it was.

use lightsss_runtime::savable::{
    Image, ModelOptions, RestoreError, SectionKind, restore_from_image, restore_from_image_with,
    save_to_image_through_operators,
};
use lightsss_runtime::state::{Parts, Policy, Value};
use lightsss_tests_state::fuse::{next, today};
use lightsss_tests_state::section;

/// The input after which the next build does nothing unusual.
const CALM: u8 = 40;

const ANYTHING: Policy = Policy::ByName {
    most_unmatched: 1.0,
};

/// Today's build, whose `mode` is `mode`.
fn saved(mode: u8) -> today::Harness {
    let mut harness = today::Harness::new(70);
    for x in [1, 2, 3, 4, mode] {
        harness.step(x);
    }
    harness
}

/// A snapshot of [`saved`].
fn snapshot(mode: u8) -> Image {
    saved(mode).image()
}

/// Restores an image under a policy.
fn restore(policy: Policy, harness: &mut next::Harness, image: &Image) -> Result<(), RestoreError> {
    let models = ModelOptions {
        policy,
        ..ModelOptions::default()
    };
    restore_from_image_with(harness, image, models)
}

/// A harness of the next build in mid-run.
fn live() -> next::Harness {
    let mut harness = next::Harness::new(5);
    for x in 10..17 {
        harness.step(x);
    }
    harness
}

/// Refuses the snapshot by name, and holds the harness against what it was.
fn refused(harness: &mut next::Harness, image: &Image) -> String {
    let before = harness.image();
    let time = harness.dut.context().time();
    let error = restore(ANYTHING, harness, image).unwrap_err();
    let after = harness.image();
    assert_eq!(after.stream(), before.stream(), "{error}");
    assert_eq!(section(&after), section(&before), "{error}");
    assert_eq!(harness.dut.context().time(), time);
    error.to_string()
}

#[test]
fn a_model_that_halts_while_it_settles_is_put_back_with_its_harness() {
    for (mode, reason) in [
        (101, "$stop"),
        (102, "mode 102 is not for this build"),
        (103, "converge"),
    ] {
        let mut harness = live();
        let error = refused(&mut harness, &snapshot(mode));
        assert!(error.contains(reason), "{error}");
        // It goes on as one does that was left alone.
        let mut straight = live();
        for x in 20..60 {
            harness.step(x);
            straight.step(x);
        }
        let (ours, theirs) = (harness.dut.state().unwrap(), straight.dut.state().unwrap());
        for signal in theirs.signals() {
            let name = signal.name();
            let values = (ours.peek_all(&name), theirs.peek_all(&name));
            assert_eq!(values.0, values.1, "{name}");
        }
        // And takes a snapshot that it can settle.
        restore(ANYTHING, &mut harness, &snapshot(CALM)).unwrap();
        assert_eq!((harness.before, harness.dut.mode()), (75, CALM));
    }
}

/// The tags of the table and of the stream.
const TABLE: u8 = 1;
const STREAM: u8 = 3;

/// The image with blocks of its model's section changed, as a program may write it that knows the format.
fn forged(image: &Image, change: impl Fn(u8, &mut Vec<u8>)) -> Image {
    let old = section(image);
    let version = u32::from_le_bytes(old[4..8].try_into().unwrap()) as usize;
    let (head, mut rest) = old.split_at(16 + version);
    let mut new = head.to_vec();
    while let [tag, after @ ..] = rest {
        let (length, after) = after.split_at(8);
        let length = u64::from_le_bytes(length.try_into().unwrap());
        let (block, after) = after.split_at(length as usize);
        let mut block = block.to_vec();
        change(*tag, &mut block);
        new.push(*tag);
        new.extend_from_slice(&(block.len() as u64).to_le_bytes());
        new.extend_from_slice(&block);
        rest = after;
    }
    let mut forged = Image::from_parts(image.schema().to_vec(), image.stream().to_vec());
    forged.push_section(SectionKind::Model, "fuse", new);
    forged
}

/// Where in the stream a variable's first byte is, which is 0 or 1.
fn place(name: &str) -> usize {
    // Of one model: the padding in a context differs between two.
    let mut harness = today::Harness::new(70);
    let mut stream = |value: bool| {
        harness.dut.state().unwrap().poke(name, value).unwrap();
        let bytes = section(&harness.image());
        Parts::read(&bytes).unwrap().stream.to_vec()
    };
    let (with, without) = (stream(true), stream(false));
    let differ: Vec<usize> = (0..with.len())
        .filter(|at| with[*at] != without[*at])
        .collect();
    assert_eq!(differ.len(), 1, "{name}: {differ:?}");
    differ[0]
}

#[test]
fn a_value_wider_than_its_signal_is_refused() {
    let good = snapshot(CALM);
    let at = place("phase");
    for (value, fits) in [(7, true), (8, false), (0xff, false)] {
        let image = forged(&good, |tag, block| {
            if tag == STREAM {
                block[at] = value;
            }
        });
        let mut harness = live();
        if fits {
            restore(ANYTHING, &mut harness, &image).unwrap();
            assert_eq!(harness.dut.phase(), value);
        } else {
            let error = refused(&mut harness, &image);
            assert!(
                error.contains("`phase`") && error.contains("logic[2:0]"),
                "{error}"
            );
        }
    }
}

/// The exact way, with a table and, through operators, without one.
#[test]
fn a_value_wider_than_its_signal_is_refused_by_its_own_build() {
    let at = place("phase");
    let named = snapshot(CALM);
    let plain = save_to_image_through_operators(&saved(CALM)).unwrap();
    for good in [named, plain] {
        for (value, fits) in [(7, true), (8, false), (0x80, false)] {
            let image = forged(&good, |tag, block| {
                if tag == STREAM {
                    block[at] = value;
                }
            });
            let mut harness = today::Harness::new(70);
            harness.step(CALM);
            let before = harness.image();
            let restored = restore_from_image(&mut harness, &image);
            if fits {
                restored.unwrap();
                assert_eq!(harness.dut.phase(), value);
                continue;
            }
            let error = restored.unwrap_err().to_string();
            assert!(
                error.contains("`phase`") && error.contains("logic[2:0]"),
                "{error}"
            );
            let after = harness.image();
            assert_eq!(after.stream(), before.stream(), "{error}");
            assert_eq!(section(&after), section(&before), "{error}");
        }
    }
}

/// In a forged table, a C++ bool is a vector of one bit in a byte, and any value is well.
#[test]
fn a_bool_gets_nothing_but_0_or_1() {
    let name = "__Vm_didInit";
    let at = place(name);
    let forge = |value: u8| {
        forged(&snapshot(CALM), |tag, block| match tag {
            TABLE => {
                let name_at = block
                    .windows(name.len())
                    .position(|bytes| bytes == name.as_bytes())
                    .unwrap();
                // Kind, flags and length stand before the name.
                assert_eq!(block[name_at - 3], 3, "no C++ bool");
                block[name_at - 3] = 2;
                block.splice(name_at + name.len()..name_at + name.len(), [0, 0, 1]);
            }
            STREAM => block[at] = value,
            _ => {}
        })
    };
    let error = refused(&mut live(), &forge(2));
    assert!(error.contains(name), "{error}");
    let mut harness = live();
    restore(ANYTHING, &mut harness, &forge(1)).unwrap();
    let state = harness.dut.state().unwrap();
    assert_eq!(state.peek(name).unwrap(), Value::from(true));
}

/// Without a table, only operators read it, and only after the first field was restored.
#[test]
fn a_damaged_stream_without_a_table_leaves_the_harness_as_it_was() {
    let mut harness = today::Harness::new(9);
    harness.step(1);
    let plain = save_to_image_through_operators(&harness).unwrap();
    assert!(!Parts::read(&section(&plain)).unwrap().is_named());
    let at = place("__Vm_didInit");
    let cut = forged(&plain, |tag, block| {
        if tag == STREAM {
            block.pop();
        }
    });
    let no_bool = forged(&plain, |tag, block| {
        if tag == STREAM {
            block[at] = 2;
        }
    });
    for image in [cut, no_bool] {
        let mut harness = today::Harness::new(70);
        harness.step(CALM);
        let before = harness.image();
        let error = restore_from_image(&mut harness, &image).unwrap_err();
        let after = harness.image();
        assert_eq!(after.stream(), before.stream(), "{error}");
        assert_eq!(section(&after), section(&before), "{error}");
        restore_from_image(&mut harness, &plain).unwrap();
        assert_eq!((harness.before, harness.dut.mode()), (10, 1));
    }
}

#[test]
fn a_large_snapshot_does_not_pass_for_a_small_model() {
    // All that the model has but `fuse.level` is there; eight registers of the snapshot are not in the model.
    let image = snapshot(CALM);
    let strict = Policy::ByName {
        most_unmatched: 0.3,
    };
    let mut harness = live();
    let before = section(&harness.image());
    let error = restore(strict, &mut harness, &image).unwrap_err();
    assert!(error.to_string().contains("lacks 8 of its own"), "{error}");
    assert_eq!(section(&harness.image()), before);
    restore(ANYTHING, &mut harness, &image).unwrap();
    let report = harness.dut.migration().unwrap();
    for register in 0..8 {
        assert!(
            report.gone.contains(&format!("fuse.old{register}")),
            "{report}"
        );
    }
}

#[test]
fn a_resized_register_is_named_and_left_as_it_was() {
    let image = snapshot(CALM);
    let mut harness = live();
    let level: u16 = harness.dut.state().unwrap().get("fuse.level").unwrap();
    assert_eq!(level, 0x707);
    restore(ANYTHING, &mut harness, &image).unwrap();
    let report = harness.dut.migration().unwrap();
    let reshaped = [(
        "fuse.level".to_owned(),
        "logic[7:0]".to_owned(),
        "logic[15:0]".to_owned(),
    )];
    // Verilator's own variables may have other shapes, too.
    let mut designs = report.reshaped.clone();
    designs.retain(|(name, _, _)| !name.starts_with("__V"));
    assert_eq!(designs, reshaped);
    assert!(
        report
            .to_string()
            .contains("reshaped: fuse.level, logic[7:0] -> logic[15:0], left as it was"),
        "{report}"
    );
    let state = harness.dut.state().unwrap();
    assert_eq!(state.get::<u16>("fuse.level").unwrap(), level);
    assert_eq!(state.get::<u8>("mode").unwrap(), CALM);
}

#[test]
fn what_is_combinational_is_computed_before_any_evaluation() {
    let image = snapshot(CALM);
    let mut harness = live();
    restore(ANYTHING, &mut harness, &image).unwrap();
    assert!(harness.dut.migration().unwrap().settled);
    // The snapshot holds `mode + 2`, the model had the value of another mode.
    let state = harness.dut.state().unwrap();
    assert_eq!(state.get::<u8>("next_mode").unwrap(), CALM + 1);
    assert_eq!(harness.dut.next_mode(), CALM + 1);
}
