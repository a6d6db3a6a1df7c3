//! Snapshots of older layouts, read by newer types of the same name.
#![allow(dead_code)]

use lightsss_runtime::Savable;
use lightsss_runtime::savable::{RestoreErrorKind, restore_from_image};
use lightsss_test_derive::{restore, saved};

#[test]
fn fields_are_matched_by_name() {
    mod old {
        #[derive(lightsss_runtime::Savable)]
        pub struct Uart {
            pub divisor: u16,
            pub removed: Vec<String>,
            pub fifo: Vec<u8>,
        }
    }
    #[derive(Savable, Debug, PartialEq)]
    struct Uart {
        fifo: Vec<u8>,
        #[savable(default = seven)]
        added: u32,
        #[savable(default)]
        empty: Option<String>,
        #[savable(rename = "divisor")]
        div: u16,
        #[savable(skip)]
        handle: &'static str,
    }
    fn seven() -> u32 {
        7
    }
    let old = old::Uart {
        divisor: 3,
        removed: vec!["gone".into(); 3],
        fifo: vec![1, 2],
    };
    let mut new = Uart {
        fifo: vec![],
        added: 0,
        empty: Some(String::new()),
        div: 0,
        handle: "kept",
    };
    restore(&old, &mut new).unwrap();
    assert_eq!(
        new,
        Uart {
            fifo: vec![1, 2],
            added: 7,
            empty: None,
            div: 3,
            handle: "kept"
        }
    );
}

#[test]
fn the_path_to_a_retyped_field_is_given() {
    mod old {
        use lightsss_runtime::Savable;
        #[derive(Savable)]
        pub struct Harness {
            pub uart: Uart,
        }
        #[derive(Savable)]
        pub struct Uart {
            pub fifo: Vec<Byte>,
        }
        #[derive(Savable)]
        pub enum Byte {
            Good(u16),
            Bad { parity: u8 },
        }
    }
    #[derive(Savable)]
    struct Harness {
        uart: Uart,
    }
    #[derive(Savable)]
    struct Uart {
        fifo: Vec<Byte>,
    }
    #[derive(Savable, PartialEq, Debug)]
    enum Byte {
        Good(u16),
        Bad { parity: bool },
    }
    use old::Byte::{Bad, Good};
    let old = |fifo| old::Harness {
        uart: old::Uart { fifo },
    };
    let mut new = Harness {
        uart: Uart {
            fifo: vec![Byte::Good(9)],
        },
    };
    assert_eq!(
        restore(
            &old(vec![Good(1), Good(2), Good(3), Bad { parity: 1 }]),
            &mut new
        )
        .unwrap_err(),
        "harness.uart.fifo[3]::Bad.parity: stored u8, now bool; convert with `upgrade`"
    );
    assert_eq!(
        new.uart.fifo,
        [Byte::Good(9)],
        "a refused restore changes nothing"
    );
    restore(&old(vec![Good(1), Good(2)]), &mut new).unwrap();
    assert_eq!(new.uart.fifo, [Byte::Good(1), Byte::Good(2)]);
}

#[test]
fn missing_fields_are_named() {
    mod old {
        #[derive(lightsss_runtime::Savable)]
        #[savable(version = 2)]
        pub struct Timer {
            pub now: u64,
        }
    }
    #[derive(Savable)]
    #[savable(rename = "Timer", version = 3)]
    struct WithoutDefault {
        now: u64,
        compare: u64,
    }
    #[derive(Savable)]
    #[savable(rename = "Timer", version = 3)]
    struct SinceBefore {
        now: u64,
        #[savable(since = 2, default)]
        compare: u64,
    }
    let old = old::Timer { now: 1 };
    assert_eq!(
        restore(&old, &mut WithoutDefault { now: 0, compare: 0 }).unwrap_err(),
        "timer.compare: not in the snapshot (stored version 2); give the field a `default`"
    );
    assert_eq!(
        restore(&old, &mut SinceBefore { now: 0, compare: 0 }).unwrap_err(),
        "timer.compare: not in the snapshot, though version 2 of its type should hold it (it is there since version 2); was the layout changed without a new version?"
    );
}

#[test]
fn newer_snapshots_are_refused() {
    mod new {
        #[derive(lightsss_runtime::Savable)]
        #[savable(version = 5)]
        pub struct Timer {
            pub now: u64,
        }
    }
    #[derive(Savable)]
    #[savable(version = 4)]
    struct Timer {
        now: u64,
    }
    assert_eq!(
        restore(&new::Timer { now: 1 }, &mut Timer { now: 0 }).unwrap_err(),
        "timer: stored by version 5, this program knows version 4; restore it with a newer program"
    );
}

#[test]
fn containers_may_change_their_kind() {
    mod old {
        #[derive(lightsss_runtime::Savable)]
        pub struct Harness {
            pub list: Vec<u8>,
            pub map: std::collections::BTreeMap<String, (u8, bool)>,
            pub zero_sized: Vec<()>,
            pub boxed: u64,
        }
    }
    #[derive(Savable, Default, Debug, PartialEq)]
    struct Harness {
        list: std::collections::VecDeque<u8>,
        map: std::collections::HashMap<Box<str>, (u8, bool)>,
        zero_sized: Vec<()>,
        boxed: Box<std::cell::Cell<u64>>,
        #[savable(default)]
        added: u8,
    }
    let old = old::Harness {
        list: vec![1, 2, 3],
        map: [("a".into(), (1, true)), ("b".into(), (2, false))].into(),
        zero_sized: vec![(); 5],
        boxed: 9,
    };
    let mut new = Harness::default();
    restore(&old, &mut new).unwrap();
    assert_eq!(new.list, [1, 2, 3]);
    assert_eq!(new.map["b"], (2, false));
    assert_eq!((new.zero_sized.len(), new.boxed.get()), (5, 9));
}

#[test]
fn arrays_and_tuples_keep_their_number_of_items() {
    let refused = restore(&[1_u8; 3], &mut [1_u8; 4]).unwrap_err();
    assert_eq!(
        refused,
        "stored [u8; 3], now [u8; 4]; convert with `upgrade`"
    );
    let refused = restore(&(1_u8, 2_u8), &mut (1_u8, 2_u16)).unwrap_err();
    assert_eq!(refused, ".1: stored u8, now u16; convert with `upgrade`");
    let kind = restore_from_image(&mut 1_u8, &saved(&true)).unwrap_err();
    assert!(matches!(kind.kind(), RestoreErrorKind::Retyped { .. }));
}

#[test]
fn recursive_types_change_at_every_level() {
    mod old {
        #[derive(lightsss_runtime::Savable)]
        pub struct Node {
            pub value: u8,
            pub next: Option<Box<Node>>,
        }
    }
    #[derive(Savable, Debug, PartialEq)]
    struct Node {
        #[savable(default)]
        added: u16,
        next: Option<Box<Node>>,
        value: u8,
    }
    let old = old::Node {
        value: 1,
        next: Some(Box::new(old::Node {
            value: 2,
            next: None,
        })),
    };
    let mut new = Node {
        added: 3,
        next: None,
        value: 0,
    };
    restore(&old, &mut new).unwrap();
    let inner = Node {
        added: 0,
        next: None,
        value: 2,
    };
    assert_eq!(
        new,
        Node {
            added: 0,
            next: Some(Box::new(inner)),
            value: 1
        }
    );
}

#[test]
fn fingerprints_of_different_layouts_differ() {
    macro_rules! fingerprint {
        ($($body:tt)*) => {{
            #[derive(Savable)]
            $($body)*
            const FINGERPRINT: u64 = T::SCHEMA.fingerprint();
            FINGERPRINT
        }};
    }
    let all = [
        fingerprint! { struct T { a: u8, b: u16 } },
        fingerprint! { struct T { a: u8, c: u16 } },
        fingerprint! { struct T { a: u8, b: u32 } },
        fingerprint! { struct T { b: u16, a: u8 } },
        fingerprint! { struct T { a: u8 } },
        fingerprint! { struct T { a: [u8; 2], b: u16 } },
        fingerprint! { struct T { a: Option<u8>, b: u16 } },
        fingerprint! { struct T { a: u8, b: Vec<T> } },
        fingerprint! { #[savable(version = 2)] struct T { a: u8, b: u16 } },
        fingerprint! { enum T { A(u8), B(u16) } },
        fingerprint! { enum T { A(u8), C(u16) } },
    ];
    let distinct: std::collections::HashSet<u64> = all.into();
    assert_eq!(distinct.len(), all.len());
    // What is not stored does not count, nor where a type stands.
    assert_eq!(
        all[0],
        fingerprint! { struct T { a: Box<u8>, #[savable(skip)] x: String, b: u16 } }
    );
}
