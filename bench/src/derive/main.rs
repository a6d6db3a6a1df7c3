//! What the derive macro costs beside `bitcode`: time of a save and a restore, and time of compilation.

mod compile;
mod harness;
mod registers;

use std::hint::black_box;

use lightsss_bench_rows::{Options, Row, calls_in_turns, pin};
use lightsss_runtime::savable::{Image, restore_from_image, save_into_image};

fn main() {
    let options = Options::from_args();
    compile::row(&options);
    pin();
    let rounds = options.samples(31, 11);
    let value = harness::sample();
    let name = "derive/harness/save/bitcode";
    if options.wants(name) {
        let mut image = Image::new();
        let mut buffer = bitcode::Buffer::new();
        let (ours, theirs) = calls_in_turns(
            rounds,
            || save_into_image(black_box(&value), &mut image).expect("a save"),
            || {
                black_box(buffer.encode(black_box(&value)));
            },
        );
        Row::new(name, "save of a harness", "ns", ours)
            .against("bitcode", theirs)
            .print();
    }
    let name = "derive/harness/restore/bitcode";
    if options.wants(name) {
        let mut image = Image::new();
        save_into_image(&value, &mut image).expect("a save");
        let bytes = bitcode::encode(&value);
        let mut live = value.clone();
        let (ours, theirs) = calls_in_turns(
            rounds,
            || restore_from_image(&mut live, black_box(&image)).expect("a restore"),
            || {
                black_box(bitcode::decode::<harness::Harness>(black_box(&bytes)).expect("a value"));
            },
        );
        assert_eq!(live, value);
        Row::new(name, "verified restore of a harness, in place", "ns", ours)
            .against("bitcode", theirs)
            .note(
                "The type's description is compared and the whole stream is read through before the \
                 first field changes; the peer makes a new value as it reads.",
            )
            .print();
    }
}
