//! What goes through serde comes back equal, or is refused when it is saved.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::fmt::Debug;
use std::ops::{Range, RangeInclusive};

use lightsss_runtime::Savable;
use lightsss_runtime::savable::{restore_from_image, save_to_image};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

#[derive(Savable)]
struct Field<T: Serialize + DeserializeOwned + 'static> {
    #[savable(as_serde)]
    value: T,
}

/// Whether a value can be saved; if it can, it must come back as `same` says.
fn trip<T>(value: T, empty: T, same: impl FnOnce(&T, &T) -> bool) -> bool
where
    T: Serialize + DeserializeOwned + Debug + 'static,
{
    let field = Field { value };
    let Ok(image) = save_to_image(&field) else {
        return false;
    };
    let mut back = Field { value: empty };
    restore_from_image(&mut back, &image).unwrap();
    assert!(
        same(&field.value, &back.value),
        "{:?} came back as {:?}",
        field.value,
        back.value
    );
    true
}

/// A value that must come back.
fn comes_back<T>(value: T, empty: T)
where
    T: Serialize + DeserializeOwned + Debug + PartialEq + 'static,
{
    let text = format!("{value:?}");
    assert!(trip(value, empty, |a, b| a == b), "{text} is refused");
}

/// A value that comes back as it is or is refused.
fn equal_or_refused<T>(value: T, empty: T)
where
    T: Serialize + DeserializeOwned + Debug + PartialEq + 'static,
{
    trip(value, empty, |a, b| a == b);
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Unit;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Wrapped(Option<u8>);

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Shape {
    Nothing,
    One(Option<u8>),
    Two(u8, Option<()>),
    Named { a: Option<Option<u8>>, b: f32 },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum Untagged {
    Small(u8),
    Large(u64),
    Text(String),
    Pair { a: u8 },
    MorePairs { a: u8, b: Option<u8> },
    Nothing,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind")]
enum Tagged {
    Nothing,
    Some { value: u64 },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "data")]
enum Adjacent {
    Nothing,
    Maybe(Option<Option<u8>>),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Flat {
    a: u8,
    #[serde(flatten)]
    rest: BTreeMap<String, Option<u64>>,
}

#[test]
fn options_keep_their_levels() {
    for value in [None, Some(0_u8), Some(7)] {
        comes_back(value, Some(1));
        comes_back(Some(value).filter(Option::is_some), None);
        comes_back(Wrapped(value), Wrapped(None));
        comes_back(vec![value, None, value], Vec::new());
        comes_back((value, 1_u8), (None, 0));
    }
    assert!(
        !trip(Some(None::<u8>), None, |a, b| a == b),
        "a lost level is refused"
    );
    assert!(!trip(Some(Some(None::<u8>)), None, |a, b| a == b));
    assert!(!trip(Some(Wrapped(None)), None, |a, b| a == b));
    assert!(!trip(vec![Some(None::<u8>)], Vec::new(), |a, b| a == b));
    assert!(!trip(
        BTreeMap::from([(1, Some(None::<u8>))]),
        BTreeMap::new(),
        |a, b| a == b
    ));
}

#[test]
fn units_in_options_are_refused() {
    assert!(!trip(Some(()), None, |a, b| a == b));
    comes_back(Some(Unit), None);
    assert!(!trip(Shape::Two(1, Some(())), Shape::Nothing, |a, b| a == b));
    comes_back((), ());
    comes_back(None::<()>, Some(()));
    comes_back(Unit, Unit);
    comes_back(vec![(); 3], Vec::new());
}

#[test]
fn ranges_are_not_started_again() {
    comes_back(3_u8..9, 0..1);
    comes_back(
        Range {
            start: 9_u8,
            end: 3,
        },
        0..1,
    );
    let mut range: Range<u64> = 0..3;
    range.by_ref().for_each(drop);
    comes_back(range, 0..9);
    comes_back(2_u32..=9, 0..=0);
    let mut exhausted: RangeInclusive<u32> = 2..=9;
    exhausted.by_ref().for_each(drop);
    let refused = |range: RangeInclusive<u32>| !trip(range, 0..=1, |a, b| a == b);
    assert!(refused(exhausted.clone()));
    assert!(!trip(vec![Some(exhausted)], Vec::new(), |a, b| a == b));
    // Serde cannot tell it from an exhausted one.
    assert!(refused(5..=5));
}

#[test]
fn enums_keep_their_variants() {
    for value in [
        Shape::Nothing,
        Shape::One(None),
        Shape::One(Some(1)),
        Shape::Two(1, None),
        Shape::Named {
            a: Some(Some(1)),
            b: -0.0,
        },
    ] {
        comes_back(value, Shape::Two(0, None));
    }
    let lost = Shape::Named {
        a: Some(None),
        b: 1.0,
    };
    assert!(!trip(lost, Shape::Nothing, |a, b| a == b));
    for value in [
        Untagged::Small(3),
        Untagged::Large(3),
        Untagged::Large(1 << 40),
        Untagged::Text("text".to_owned()),
        Untagged::Pair { a: 1 },
        Untagged::MorePairs { a: 1, b: Some(2) },
        Untagged::MorePairs { a: 1, b: None },
        Untagged::Nothing,
    ] {
        equal_or_refused(value, Untagged::Small(0));
    }
    comes_back(Untagged::Large(1 << 40), Untagged::Small(0));
    for value in [Tagged::Nothing, Tagged::Some { value: 7 }] {
        comes_back(value, Tagged::Nothing);
    }
    for value in [None, Some(None), Some(Some(1))] {
        equal_or_refused(Adjacent::Maybe(value), Adjacent::Nothing);
    }
    comes_back(Adjacent::Nothing, Adjacent::Maybe(None));
}

#[test]
fn numbers_and_texts_keep_every_bit() {
    comes_back(u128::MAX, 0);
    comes_back(i128::MIN, 0);
    comes_back((u64::MAX, i64::MIN, i8::MIN), (0, 0, 0));
    comes_back(
        ('\u{10ffff}', "\0é".to_owned(), true),
        ('a', String::new(), false),
    );
    let bits = |a: &(f32, f64), b: &(f32, f64)| {
        (a.0.to_bits(), a.1.to_bits()) == (b.0.to_bits(), b.1.to_bits())
    };
    for value in [
        (f32::NAN, f64::NAN),
        (-f32::NAN, f64::from_bits(0x7ff0_0000_0000_0001)),
        (f32::NEG_INFINITY, -0.0),
        (f32::MIN_POSITIVE, f64::MAX),
    ] {
        trip(value, (0.0, 0.0), bits);
    }
    assert!(
        trip((f32::NAN, f64::NAN), (0.0, 0.0), bits),
        "a common NaN comes back"
    );
}

#[test]
fn collections_come_back() {
    comes_back(
        HashMap::<u64, String>::new(),
        HashMap::from([(1, "a".to_owned())]),
    );
    let many: HashMap<(i8, Option<u8>), Vec<u8>> = (0..100)
        .map(|n| ((n, (n % 2 == 0).then_some(1)), vec![1; n as usize]))
        .collect();
    comes_back(many, HashMap::new());
    comes_back((0..1000).collect::<HashSet<u32>>(), HashSet::new());
    comes_back(BTreeSet::from([vec![1, 2], vec![]]), BTreeSet::new());
    comes_back(VecDeque::from([Some(1), None]), VecDeque::new());
    comes_back(vec![0_u8; 100_000], Vec::new());
    comes_back([[1_u8; 4]; 4], [[0; 4]; 4]);
    for rest in [
        [("x", Some(1)), ("y", None)],
        [("x", None), ("z", Some(u64::MAX))],
    ] {
        let rest = rest.map(|(name, value)| (name.to_owned(), value));
        comes_back(
            Flat {
                a: 1,
                rest: rest.into(),
            },
            Flat {
                a: 0,
                rest: BTreeMap::new(),
            },
        );
    }
}
