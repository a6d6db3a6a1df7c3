//! Every shape of type: saved, and restored in place.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::marker::PhantomData;

use lightsss_runtime::Savable;
use lightsss_test_derive::transfer;

fn round_trip<T: Savable + PartialEq + std::fmt::Debug>(from: T, mut to: T) {
    assert_ne!(from, to, "the test must change something");
    transfer(&from, &mut to).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(from, to);
}

#[derive(Savable, Debug, PartialEq, Clone, Default)]
struct Named {
    a: u32,
    b: String,
    c: Vec<u64>,
}

#[derive(Savable, Debug, PartialEq, Clone, Default)]
struct Tuple(u8, i64, [u16; 3]);

#[derive(Savable, Debug, PartialEq, Clone, Default)]
struct Unit;

#[derive(Savable, Debug, PartialEq, Clone)]
#[repr(i16)]
enum Shape {
    Unit = -4,
    Tuple(u8, String) = 7,
    Named { x: Named, y: Option<Box<Shape>> } = 300,
    Empty() = 301,
    Braces {} = 302,
}

#[derive(Savable, Debug, PartialEq, Clone, Copy)]
enum Bare {
    Low = 0,
    High = 1 << 7,
}

#[derive(Savable, Debug, PartialEq, Clone)]
enum Never {}

#[derive(Savable, Debug, PartialEq, Clone)]
struct Generic<T, U: Clone, const N: usize>
where
    U: std::fmt::Debug,
{
    items: Vec<T>,
    fixed: [U; N],
    phantom: PhantomData<*const T>,
}

#[derive(Savable, Debug, PartialEq, Clone)]
struct Associated<I: Iterator> {
    last: Option<I::Item>,
    #[savable(skip)]
    iterator: I,
}

#[derive(Savable, Debug, PartialEq, Clone)]
struct List<T> {
    value: T,
    next: Option<Box<List<T>>>,
}

#[derive(Savable, Debug, PartialEq, Clone)]
enum Expression {
    Number(i64),
    Sum(Vec<Expression>),
    Negative(Box<Self>),
}

#[derive(Savable, Debug, PartialEq, Clone, Default)]
struct Folder {
    files: BTreeMap<String, Entry>,
}

#[derive(Savable, Debug, PartialEq, Clone)]
enum Entry {
    File(u64),
    Folder(#[savable(recursive)] Folder),
}

#[derive(Savable, Debug, PartialEq, Clone)]
struct Borrowing<'a> {
    name: std::borrow::Cow<'a, str>,
    #[savable(skip)]
    label: &'a str,
}

fn named(seed: u32) -> Named {
    Named {
        a: seed,
        b: format!("name {seed}"),
        c: (0..u64::from(seed)).collect(),
    }
}

#[test]
fn structs() {
    round_trip(named(3), named(5));
    round_trip(Tuple(1, -2, [3, 4, 5]), Tuple::default());
    let mut unit = Unit;
    transfer(&Unit, &mut unit).unwrap();
}

#[test]
fn enums_keep_or_switch_variants() {
    let values = [
        Shape::Unit,
        Shape::Tuple(9, "nine".into()),
        Shape::Tuple(8, "eight".into()),
        Shape::Named {
            x: named(4),
            y: Some(Box::new(Shape::Unit)),
        },
        Shape::Named {
            x: named(2),
            y: None,
        },
        Shape::Empty(),
        Shape::Braces {},
    ];
    for from in &values {
        for to in &values {
            let mut value = to.clone();
            transfer(from, &mut value).unwrap();
            assert_eq!(from, &value);
        }
    }
    round_trip(Bare::High, Bare::Low);
    round_trip(None::<Option<Never>>, Some(None));
}

#[test]
fn generics() {
    round_trip(
        Generic::<_, _, 2> {
            items: vec![1_u8, 2],
            fixed: ['a', 'b'],
            phantom: PhantomData,
        },
        Generic {
            items: vec![],
            fixed: ['x', 'y'],
            phantom: PhantomData,
        },
    );
    let mut to = Associated {
        last: None,
        iterator: vec![1_u16].into_iter().rev().count()..9,
    };
    transfer(
        &Associated {
            last: Some(7),
            iterator: 0..1,
        },
        &mut to,
    )
    .unwrap();
    assert_eq!((to.last, to.iterator), (Some(7), 1..9));
}

#[test]
fn recursive_types() {
    let list = List {
        value: 1_u8,
        next: Some(Box::new(List {
            value: 2,
            next: None,
        })),
    };
    round_trip(
        list,
        List {
            value: 9,
            next: None,
        },
    );
    let expression = Expression::Sum(vec![
        Expression::Number(-1),
        Expression::Negative(Box::new(Expression::Sum(vec![]))),
    ]);
    round_trip(expression, Expression::Number(0));
    let mut folder = Folder::default();
    folder.files.insert("a".into(), Entry::File(1));
    folder
        .files
        .insert("b".into(), Entry::Folder(folder.clone()));
    round_trip(folder, Folder::default());
}

#[test]
fn lifetimes() {
    let mut to = Borrowing {
        name: "old".into(),
        label: "kept",
    };
    transfer(
        &Borrowing {
            name: "new".into(),
            label: "other",
        },
        &mut to,
    )
    .unwrap();
    assert_eq!(
        to,
        Borrowing {
            name: "new".into(),
            label: "kept"
        }
    );
}

#[test]
fn skipped_fields_are_untouched_at_any_depth() {
    #[derive(Savable, Debug, PartialEq, Clone)]
    struct Inner {
        value: u8,
        #[savable(skip)]
        handle: String,
    }
    #[derive(Savable, Debug, PartialEq)]
    enum Choice {
        One {
            value: u8,
            #[savable(skip)]
            handle: String,
        },
        Two(u8),
    }
    #[derive(Savable)]
    struct Outer {
        vec: Vec<Inner>,
        deque: VecDeque<Inner>,
        array: [Inner; 2],
        map: HashMap<u8, Inner>,
        tree: BTreeMap<String, Inner>,
        option: Option<Inner>,
        choice: Choice,
        boxed: Box<Inner>,
    }
    fn outer(value: u8, handle: &str) -> Outer {
        let inner = Inner {
            value,
            handle: handle.into(),
        };
        Outer {
            vec: vec![inner.clone(); 2],
            deque: vec![inner.clone(); 2].into(),
            array: [inner.clone(), inner.clone()],
            map: [(1, inner.clone())].into(),
            tree: [("k".into(), inner.clone())].into(),
            option: Some(inner.clone()),
            choice: Choice::One {
                value,
                handle: handle.into(),
            },
            boxed: Box::new(inner),
        }
    }
    let mut to = outer(1, "mine");
    transfer(&outer(2, "theirs"), &mut to).unwrap();
    let expected = Inner {
        value: 2,
        handle: "mine".into(),
    };
    assert_eq!(to.vec, [expected.clone(), expected.clone()]);
    assert_eq!(to.deque, [expected.clone(), expected.clone()]);
    assert_eq!(to.array, [expected.clone(), expected.clone()]);
    assert_eq!(to.map[&1], expected);
    assert_eq!(to.tree["k"], expected);
    assert_eq!(to.option.as_ref(), Some(&expected));
    assert_eq!(
        to.choice,
        Choice::One {
            value: 2,
            handle: "mine".into()
        }
    );
    assert_eq!(*to.boxed, expected);
    // A new value takes the skipped field's default.
    to.choice = Choice::Two(1);
    to.vec.clear();
    transfer(&outer(2, "theirs"), &mut to).unwrap();
    assert_eq!(
        to.choice,
        Choice::One {
            value: 2,
            handle: String::new()
        }
    );
    assert_eq!(
        to.vec[0],
        Inner {
            value: 2,
            handle: String::new()
        }
    );
}

#[test]
fn allocations_are_kept() {
    let mut to = named(9);
    to.c.reserve(1000);
    let (vec, string) = (to.c.as_ptr(), to.b.as_ptr());
    transfer(&named(3), &mut to).unwrap();
    assert_eq!((vec, string), (to.c.as_ptr(), to.b.as_ptr()));
    assert_eq!(to, named(3));
}

mod outside {
    pub mod inside {
        #[derive(lightsss_runtime::Savable, Debug, PartialEq)]
        pub(super) struct Private(pub(super) Hidden);
        #[derive(lightsss_runtime::Savable, Debug, PartialEq)]
        pub(super) struct Hidden(pub(super) u8);
    }
    #[test]
    fn private_types() {
        super::round_trip(
            inside::Private(inside::Hidden(1)),
            inside::Private(inside::Hidden(2)),
        );
    }
}

/// What cannot be saved is told by its type, not by its name.
#[test]
fn types_may_have_the_names_of_refused_ones() {
    #[derive(Savable, Debug, PartialEq)]
    struct Receiver(u8);
    #[derive(Savable, Debug, PartialEq)]
    struct File {
        child: Child,
    }
    #[derive(Savable, Debug, PartialEq)]
    enum Child {
        Instant(Receiver),
    }
    round_trip(
        File {
            child: Child::Instant(Receiver(1)),
        },
        File {
            child: Child::Instant(Receiver(2)),
        },
    );
}
