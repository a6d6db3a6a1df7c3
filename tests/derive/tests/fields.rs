//! Ways to save a field: through serde, as plain old data, by hand; and types stored as their one field.

use lightsss_runtime::Savable;
use lightsss_runtime::savable::{Image, restore_from_image};
use lightsss_test_derive::{saved, transfer};
use rand::{RngExt, SeedableRng};

#[derive(Savable)]
struct Stimulus {
    cycle: u64,
    #[savable(as_serde)]
    generator: rand_chacha::ChaCha8Rng,
    #[savable(as_serde)]
    options: std::collections::BTreeMap<String, Option<(i8, f64)>>,
}

#[test]
fn a_random_generator_goes_on_where_it_was() {
    let stimulus = |seed| Stimulus {
        cycle: seed,
        generator: rand_chacha::ChaCha8Rng::seed_from_u64(seed),
        options: [(seed.to_string(), Some((-1, 0.5)))].into(),
    };
    let mut from = stimulus(1);
    let _: [u64; 5] = from.generator.random();
    let mut to = stimulus(2);
    transfer(&from, &mut to).unwrap();
    let numbers = |stimulus: &mut Stimulus| stimulus.generator.random::<[u64; 9]>();
    assert_eq!(numbers(&mut from), numbers(&mut to));
    assert_eq!(from.options, to.options);
}

#[test]
fn damaged_serde_data_is_refused_before_anything_changes() {
    let mut live = Stimulus {
        cycle: 1,
        generator: rand_chacha::ChaCha8Rng::seed_from_u64(1),
        options: [].into(),
    };
    let image = saved(&live);
    let mut stream = image.stream().to_vec();
    stream[16] = 0xc1; // the one byte that MessagePack never uses
    live.cycle = 2;
    let error = restore_from_image(
        &mut live,
        &Image::from_parts(image.schema().to_vec(), stream),
    )
    .unwrap_err();
    assert_eq!((error.path(), live.cycle), ("stimulus.generator", 2));
}

#[derive(Clone, Copy, Debug, PartialEq, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C)]
struct Descriptor {
    address: u64,
    length: u32,
    flags: [u16; 2],
}

#[derive(Savable, Debug, PartialEq, Clone)]
struct Ring {
    #[savable(as_pod)]
    current: Descriptor,
    #[savable(as_pod)]
    all: Vec<Descriptor>,
    #[savable(as_pod)]
    boxed: Box<[u32]>,
}

#[test]
fn plain_old_data() {
    let descriptor = |n| Descriptor {
        address: u64::from(n),
        length: n,
        flags: [1, 2],
    };
    let ring = |n: u32| Ring {
        current: descriptor(n),
        all: (0..n).map(descriptor).collect(),
        boxed: (0..n).collect(),
    };
    for (from, to) in [(3, 5), (5, 3), (4, 4), (0, 1)] {
        let mut live = ring(to);
        transfer(&ring(from), &mut live).unwrap();
        assert_eq!(live, ring(from));
    }
    // In place where the length allows.
    let mut live = ring(4);
    let memory = live.all.as_ptr();
    transfer(&ring(4), &mut live).unwrap();
    assert_eq!(live.all.as_ptr(), memory);

    #[derive(Savable)]
    #[savable(rename = "Ring")]
    struct Other {
        #[savable(as_pod)]
        current: [u64; 9],
        #[savable(as_pod)]
        all: Vec<u8>,
        #[savable(as_pod)]
        boxed: Box<[u32]>,
    }
    let other = Other {
        current: [0; 9],
        all: vec![],
        boxed: [].into(),
    };
    let image = Image::from_parts(
        saved(&live).schema().to_vec(),
        saved(&other).stream().to_vec(),
    );
    let error = restore_from_image(&mut live, &image).unwrap_err();
    assert_eq!(
        error.to_string(),
        "ring.current: stored 72 bytes of plain data, now items of 16 bytes: convert with `upgrade`"
    );
    assert_eq!(live, ring(4));
}

#[test]
fn transparent_types_are_stored_as_their_field() {
    #[derive(Savable, Debug, PartialEq)]
    #[savable(transparent)]
    struct Address {
        value: u64,
        #[savable(skip)]
        name: &'static str,
    }
    let mut live = Address {
        value: 1,
        name: "kept",
    };
    restore_from_image(&mut live, &saved(&7_u64)).unwrap();
    assert_eq!(
        live,
        Address {
            value: 7,
            name: "kept"
        }
    );
    assert_eq!(saved(&live), saved(&7_u64));
}

#[test]
fn values_made_anew_take_their_fields_own_way() {
    #[derive(Savable, Debug, PartialEq, Clone)]
    struct Entry {
        #[savable(as_serde)]
        a: Vec<u8>,
        #[savable(as_pod)]
        b: [u32; 2],
        #[savable(with = by_hand, default = three)]
        c: u8,
        #[savable(skip, default = three)]
        d: u8,
    }
    fn three() -> u8 {
        3
    }
    mod by_hand {
        use lightsss_runtime::savable::{Reader, RestoreError, SaveError, Writer};
        pub fn save(value: &u8, out: &mut Writer<'_>) -> Result<(), SaveError> {
            out.byte(*value)
        }
        /// Adds, to show that it was given the value that `default` named.
        pub fn restore(value: &mut u8, input: &mut Reader<'_>) -> Result<(), RestoreError> {
            *value += input.byte()?;
            Ok(())
        }
    }
    let mut live: Vec<Entry> = vec![];
    transfer(
        &vec![Entry {
            a: vec![1],
            b: [2, 3],
            c: 4,
            d: 5,
        }],
        &mut live,
    )
    .unwrap();
    assert_eq!(
        live,
        [Entry {
            a: vec![1],
            b: [2, 3],
            c: 7,
            d: 3
        }]
    );
}

/// Numbers side by side are copied as one; each still refuses what is no value of its own.
#[derive(Savable, Clone, Debug, Default, PartialEq)]
struct Run {
    before: String,
    count: u32,
    ready: bool,
    letter: char,
    #[savable(skip)]
    seen: u8,
    size: usize,
    half: f32,
}

#[test]
fn a_bad_value_in_a_run_of_numbers_is_named() {
    let run = Run {
        before: "x".to_owned(),
        count: 7,
        ready: true,
        letter: 'é',
        seen: 9,
        size: 11,
        half: 0.5,
    };
    let image = saved(&run);
    let mut live = Run {
        seen: 9,
        ..Run::default()
    };
    restore_from_image(&mut live, &image).unwrap();
    assert_eq!(live, run);

    // A length, one letter, then 4, 1, 4, 8 and 4 bytes.
    let run_start = image.stream().len() - 21;
    for (at, byte, path) in [(4, 2, "run.ready"), (7, 0xff, "run.letter")] {
        let mut stream = image.stream().to_vec();
        stream[run_start + at] = byte;
        let damaged = Image::from_parts(image.schema().to_vec(), stream);
        let error = restore_from_image(&mut live, &damaged).unwrap_err();
        assert_eq!(error.path(), path, "{error}");
        assert_eq!(live, run);
    }
}
