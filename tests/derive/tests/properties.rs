//! For any value of any supported type, restoring what was saved gives the value back; for any damage, a
//! restore is refused or gives a whole value, and never half of one.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, VecDeque};
use std::ffi::{CString, OsString};
use std::fmt::Debug;
use std::marker::PhantomData;
use std::num::{NonZero, Wrapping};
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicI16, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, RwLock};
use std::time::{Duration, SystemTime};

use lightsss_runtime::Savable;
use lightsss_runtime::savable::{Image, restore_from_image};
use lightsss_test_derive::saved;
use proptest::collection::{btree_map, btree_set, hash_map, hash_set, vec};
use proptest::option;
use proptest::prelude::*;

/// Restores `from` into `to`, and again into the outcome; compares by the bytes, so that NaNs count.
fn round_trip<T: Savable>(from: &T, to: &mut T) {
    let image = saved(from);
    restore_from_image(to, &image).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(saved(to), image);
    restore_from_image(to, &image).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(saved(to), image);
}

/// The same for types that can be compared.
fn equal_round_trip<T: Savable + PartialEq + Debug>(from: T, mut to: T) {
    round_trip(&from, &mut to);
    assert_eq!(from, to);
}

/// Strings of any characters. Without a regular expression, which takes an interpreter minutes to read.
fn text() -> impl Strategy<Value = String> {
    vec(any::<char>(), 0..32).prop_map(String::from_iter)
}

macro_rules! properties {
    ($($name:ident: $strategy:expr;)*) => {
        proptest! {
            #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 1 } else { 64 }))]
            $(
                #[test]
                fn $name(from in $strategy, to in $strategy) {
                    equal_round_trip(from, to);
                }
            )*
        }
    };
}

properties! {
    unsigned: any::<(u8, u16, u32, u64, u128, usize)>();
    signed: any::<(i8, i16, i32, i64, i128, isize)>();
    bool_and_char: any::<(bool, char, ())>();
    strings: (text(), text());
    options: option::of(option::of((any::<u8>(), option::of(text()))));
    results: proptest::result::maybe_ok(vec(any::<u16>(), 0..40), text());
    boxes: any::<(Box<u32>, Box<(u8, Box<i64>)>)>();
    boxed_slices: vec(any::<u32>(), 0..40).prop_map(Vec::into_boxed_slice);
    boxed_strings: text().prop_map(String::into_boxed_str);
    vectors: vec(any::<u64>(), 0..100);
    vectors_of_vectors: vec(vec(any::<(bool, i16)>(), 0..5), 0..9);
    vectors_of_nothing: vec(Just(()), 0..100);
    deques: vec(text(), 0..20).prop_map(|items| {
        let mut deque: VecDeque<String> = items.into();
        deque.rotate_left(deque.len() / 2);
        deque
    });
    arrays: any::<[[u16; 3]; 7]>();
    large_arrays: vec(any::<u8>(), 300).prop_map(|items| <[u8; 300]>::try_from(items).unwrap());
    arrays_of_strings: [text(), text(), text(), text()];
    tuples: (any::<(u8, (u16, i8))>(), text(), any::<([bool; 3], char, Option<u8>, u64, (), i128, u8)>());
    tree_maps: btree_map(any::<i16>(), text(), 0..30);
    tree_maps_by_string: btree_map(text(), vec(any::<u8>(), 0..4), 0..10);
    hash_maps: hash_map(any::<u64>(), (any::<u8>(), text()), 0..30);
    hash_maps_by_nothing: hash_map(Just(()), any::<u8>(), 0..2);
    tree_sets: btree_set(any::<(i32, char)>(), 0..30);
    hash_sets: hash_set(text(), 0..30);
    cells: any::<(u64, Vec<u8>)>().prop_map(|(a, b)| (Cell::new(a), RefCell::new(b)));
    owners: (any::<u64>(), vec(any::<u8>(), 0..40), text())
        .prop_map(|(a, b, c)| (Rc::new(a), Arc::new(b), Rc::<str>::from(c.clone()), Arc::<str>::from(c)));
    nonzero: any::<(NonZero<u8>, NonZero<u64>, NonZero<i32>, NonZero<u128>, NonZero<usize>)>();
    wrapping: any::<(u32, i8)>().prop_map(|(a, b)| (Wrapping(a), std::num::Saturating(b), std::cmp::Reverse(a)));
    durations: any::<Duration>();
    ranges: any::<(u8, u64)>().prop_map(|(a, b)| (a..7, b.., ..a, 3..=b));
    orderings: any::<i8>().prop_map(|a| a.cmp(&0));
    paths: vec(any::<u8>(), 0..30)
        .prop_map(|bytes| (PathBuf::from(OsString::from_vec(bytes.clone())), OsString::from_vec(bytes)));
    c_strings: vec(1..=255_u8, 0..30).prop_map(|bytes| CString::new(bytes).unwrap());
    once: option::of(text()).prop_map(|value| value.map_or_else(OnceCell::new, OnceCell::from));
    phantom: any::<u8>().prop_map(|number| (number, PhantomData::<*const u8>));
    borrowed_or_owned: text().prop_map(std::borrow::Cow::<'static, str>::Owned);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 1 } else { 64 }))]

    #[test]
    fn floats_keep_every_bit(from: (u32, u64, Vec<u64>), to: Vec<u64>) {
        let floats = |bits: &[u64]| bits.iter().map(|bits| f64::from_bits(*bits)).collect::<Vec<_>>();
        let from = (f32::from_bits(from.0), f64::from_bits(from.1), floats(&from.2));
        let mut live = (0_f32, 0_f64, floats(&to));
        round_trip(&from, &mut live);
        prop_assert_eq!(from.0.to_bits(), live.0.to_bits());
        prop_assert_eq!(from.1.to_bits(), live.1.to_bits());
        let bits = |floats: &[f64]| floats.iter().map(|float| float.to_bits()).collect::<Vec<_>>();
        prop_assert_eq!(bits(&from.2), bits(&live.2));
    }

    #[test]
    fn atomics_and_locks(a: bool, b: u64, c: i16, d in text()) {
        let from = (AtomicBool::new(a), AtomicU64::new(b), AtomicI16::new(c), Mutex::new(d.clone()), RwLock::new(b));
        let mut to = (AtomicBool::new(false), AtomicU64::new(0), AtomicI16::new(0), Mutex::new(String::new()), RwLock::new(0));
        round_trip(&from, &mut to);
        prop_assert_eq!(to.0.load(Ordering::Relaxed), a);
        prop_assert_eq!(to.1.load(Ordering::Relaxed), b);
        prop_assert_eq!(to.2.load(Ordering::Relaxed), c);
        prop_assert_eq!(to.3.into_inner().unwrap(), d);
        prop_assert_eq!(to.4.into_inner().unwrap(), b);
    }

    #[test]
    fn heaps_keep_their_items(from: Vec<i32>, to: Vec<i32>) {
        let mut live = BinaryHeap::from(to);
        round_trip(&BinaryHeap::from(from.clone()), &mut live);
        let mut from = from;
        from.sort_unstable();
        prop_assert_eq!(live.into_sorted_vec(), from);
    }

    #[test]
    fn times_of_day(seconds in 0..1_u64 << 33, nanoseconds in 0..1_000_000_000_u32, before: bool) {
        let distance = Duration::new(seconds, nanoseconds);
        let time = if before { SystemTime::UNIX_EPOCH - distance } else { SystemTime::UNIX_EPOCH + distance };
        equal_round_trip(time, SystemTime::UNIX_EPOCH);
    }

    /// The order of a hash map differs from run to run; what is stored does not.
    #[test]
    fn hash_maps_are_stored_in_one_order(entries in vec((text(), any::<u8>()), 0..40)) {
        let map: HashMap<String, u8> = entries.iter().cloned().collect();
        let mut other: HashMap<String, u8> = HashMap::with_capacity(1000);
        let mut pairs: Vec<_> = map.iter().collect();
        pairs.reverse();
        other.extend(pairs.into_iter().map(|(key, value)| (key.clone(), *value)));
        prop_assert_eq!(saved(&map), saved(&other));
        let set: HashSet<String> = map.into_keys().collect();
        let again: HashSet<String> = set.iter().cloned().collect();
        prop_assert_eq!(saved(&set), saved(&again));
    }
}

/// Derived types that nest each other and themselves.
#[derive(Savable, Debug, Clone, PartialEq)]
struct Harness<T> {
    cycle: u64,
    flags: [bool; 5],
    ports: (u8, i32, char),
    bus: Vec<Transfer>,
    names: BTreeMap<String, Option<Transfer>>,
    extra: T,
    tree: Tree,
    done: BTreeSet<u16>,
    window: Address,
    mode: Mode,
    #[savable(as_pod)]
    descriptors: Vec<[u32; 3]>,
    #[savable(as_serde)]
    foreign: BTreeMap<u8, Option<String>>,
}

/// A number by another name.
#[derive(Savable, Debug, Clone, PartialEq)]
struct Address(u64);

#[derive(Savable, Debug, Clone, PartialEq)]
enum Mode {
    Off,
    On,
}

#[derive(Savable, Debug, Clone, PartialEq)]
enum Transfer {
    Idle,
    Read(u64, u8),
    Write {
        address: u64,
        data: Vec<u8>,
        strobe: Option<u8>,
    },
    Wrapped(Box<Transfer>),
}

#[derive(Savable, Debug, Clone, PartialEq)]
enum Tree {
    Leaf(i32),
    Node(Vec<Tree>),
}

fn transfer() -> impl Strategy<Value = Transfer> {
    let leaf = prop_oneof![
        Just(Transfer::Idle),
        any::<(u64, u8)>().prop_map(|(address, len)| Transfer::Read(address, len)),
        any::<(u64, Vec<u8>, Option<u8>)>().prop_map(|(address, data, strobe)| Transfer::Write {
            address,
            data,
            strobe
        }),
    ];
    leaf.prop_recursive(3, 4, 1, |inner| {
        inner.prop_map(|inner| Transfer::Wrapped(Box::new(inner)))
    })
}

fn tree() -> impl Strategy<Value = Tree> {
    any::<i32>()
        .prop_map(Tree::Leaf)
        .prop_recursive(4, 30, 5, |inner| vec(inner, 0..5).prop_map(Tree::Node))
}

fn harness() -> impl Strategy<Value = Harness<(Option<String>, [u16; 2])>> {
    (
        any::<(u64, [bool; 5], (u8, i32, char), [u16; 2], BTreeSet<u16>)>(),
        option::of(text()),
        any::<(u64, bool, Vec<[u32; 3]>)>(),
        btree_map(any::<u8>(), option::of(text()), 0..4),
        vec(transfer(), 0..6),
        btree_map(text(), option::of(transfer()), 0..4),
        tree(),
    )
        .prop_map(
            |((cycle, flags, ports, words, done), name, devices, foreign, bus, names, tree)| {
                Harness {
                    cycle,
                    flags,
                    ports,
                    bus,
                    names,
                    extra: (name, words),
                    tree,
                    done,
                    window: Address(devices.0),
                    mode: if devices.1 { Mode::On } else { Mode::Off },
                    descriptors: devices.2,
                    foreign,
                }
            },
        )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 1 } else { 256 }))]

    #[test]
    fn nests_of_derived_types(from in harness(), to in harness()) {
        equal_round_trip(from, to);
    }

    /// Bytes changed, removed, inserted, exchanged: in the stream and in the description.
    #[test]
    fn damage_never_panics_and_never_changes_half(
        from in harness(),
        live in harness(),
        damages in vec((any::<bool>(), any::<prop::sample::Index>(), 0..5_u8, any::<u8>()), 1..6),
    ) {
        let image = saved(&from);
        let (mut schema, mut stream) = (image.schema().to_vec(), image.stream().to_vec());
        for (in_stream, at, how, byte) in damages {
            let bytes = if in_stream { &mut stream } else { &mut schema };
            if bytes.is_empty() {
                continue;
            }
            let at = at.index(bytes.len());
            match how {
                0 => bytes[at] = byte,
                1 => bytes[at] ^= 1 << (byte % 8),
                2 => drop(bytes.remove(at)),
                3 => bytes.insert(at, byte),
                _ => bytes.truncate(at),
            }
        }
        let mut target = live.clone();
        match restore_from_image(&mut target, &Image::from_parts(schema, stream)) {
            // What passed is a whole value: it can be saved and restored again.
            Ok(()) => equal_round_trip(target, live),
            Err(_) => prop_assert_eq!(target, live),
        }
    }

    /// Bytes that no program wrote.
    #[test]
    fn noise_is_refused(schema: Vec<u8>, stream: Vec<u8>, live in harness()) {
        let mut target = live.clone();
        prop_assert!(restore_from_image(&mut target, &Image::from_parts(schema, stream.clone())).is_err());
        prop_assert_eq!(&target, &live);
        let known = Image::from_parts(saved(&live).schema().to_vec(), stream);
        if restore_from_image(&mut target, &known).is_err() {
            prop_assert_eq!(target, live);
        }
    }
}
