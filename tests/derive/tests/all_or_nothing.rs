//! A restore changes everything or nothing, whatever fails and whenever.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Mutex;

use lightsss_runtime::Savable;
use lightsss_runtime::savable::{
    Image, RestoreErrorKind, SaveErrorKind, restore_from_image, save_to_image,
};
use lightsss_test_derive::saved;

thread_local! {
    /// What the code of `Touchy` does next.
    static MOOD: Cell<Mood> = const { Cell::new(Mood::Good) };
}

#[derive(Clone, Copy, PartialEq)]
enum Mood {
    Good,
    Refuse,
    Panic,
}

/// A field whose own code may fail, after it has changed the value.
#[derive(Debug, Clone, PartialEq, Default)]
struct Touchy(u32);

mod touchy {
    use super::{MOOD, Mood, Touchy};
    use lightsss_runtime::savable::{Reader, RestoreError, SaveError, Writer};

    pub fn save(value: &Touchy, out: &mut Writer<'_>) -> Result<(), SaveError> {
        out.bytes(&value.0.to_le_bytes())
    }

    pub fn restore(value: &mut Touchy, input: &mut Reader<'_>) -> Result<(), RestoreError> {
        value.0 = u32::from_le_bytes(input.array()?);
        match MOOD.replace(Mood::Good) {
            Mood::Good => Ok(()),
            Mood::Refuse => Err(RestoreError::custom("not today")),
            Mood::Panic => panic!("never"),
        }
    }
}

#[derive(Savable, Debug, Clone, PartialEq)]
struct Harness {
    before: Vec<u64>,
    name: String,
    state: State,
    #[savable(with = touchy)]
    touchy: Touchy,
    after: Vec<u64>,
    #[savable(skip)]
    skipped: u8,
}

#[derive(Savable, Debug, Clone, PartialEq)]
enum State {
    Idle,
    Busy(Box<[u8]>),
}

fn harness(seed: u8) -> Harness {
    Harness {
        before: vec![seed.into(); usize::from(seed)],
        name: format!("harness {seed}"),
        state: if seed.is_multiple_of(2) {
            State::Idle
        } else {
            State::Busy([seed; 3].into())
        },
        touchy: Touchy(seed.into()),
        after: vec![seed.into()],
        skipped: seed,
    }
}

#[test]
fn a_refusal_midway_is_undone() {
    let image = saved(&harness(5));
    let mut live = harness(2);
    MOOD.set(Mood::Refuse);
    let error = restore_from_image(&mut live, &image).unwrap_err();
    assert_eq!(error.to_string(), "harness.touchy: not today");
    assert_eq!(live, harness(2));
    restore_from_image(&mut live, &image).unwrap();
    assert_eq!(
        live,
        Harness {
            skipped: 2,
            ..harness(5)
        }
    );
}

#[test]
fn a_panic_midway_is_undone() {
    let image = saved(&harness(5));
    let mut live = harness(2);
    MOOD.set(Mood::Panic);
    let error = restore_from_image(&mut live, &image).unwrap_err();
    assert!(
        matches!(error.kind(), RestoreErrorKind::Panicked(message) if message == "never"),
        "{error}"
    );
    assert_eq!(live, harness(2));
}

#[derive(Savable, Debug, Clone, PartialEq)]
struct Board {
    cycle: u64,
    rings: Vec<Ring>,
}

#[derive(Savable, Debug, Clone, PartialEq)]
#[savable(validate = Ring::validate)]
struct Ring {
    slots: Vec<u8>,
    head: usize,
}

impl Ring {
    fn validate(&self) -> Result<(), String> {
        if self.head < self.slots.len() {
            return Ok(());
        }
        Err(format!(
            "head {} is beyond {} slots",
            self.head,
            self.slots.len()
        ))
    }
}

#[test]
fn validation_sees_the_decoded_value_and_can_refuse_it() {
    let ring = |slots: &[u8], head| Ring {
        slots: slots.to_vec(),
        head,
    };
    let good = Board {
        cycle: 1,
        rings: vec![ring(&[1], 0), ring(&[1, 2], 1)],
    };
    let bad = Board {
        cycle: 2,
        rings: vec![ring(&[1], 0), ring(&[1, 2, 3], 9)],
    };
    for mut live in [
        good.clone(),
        Board {
            cycle: 3,
            rings: vec![],
        },
    ] {
        let kept = live.clone();
        let error = restore_from_image(&mut live, &saved(&bad)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "board.rings[1]: validation failed: head 9 is beyond 3 slots"
        );
        assert_eq!(live, kept);
        restore_from_image(&mut live, &saved(&good)).unwrap();
        assert_eq!(live, good);
    }
}

#[test]
fn every_truncation_is_refused_and_changes_nothing() {
    let image = saved(&harness(5));
    let mut live = harness(2);
    for len in 0..image.stream().len() {
        let cut = Image::from_parts(image.schema().to_vec(), image.stream()[..len].to_vec());
        restore_from_image(&mut live, &cut).unwrap_err();
        assert_eq!(live, harness(2), "cut at {len}");
    }
    let mut long = image.stream().to_vec();
    long.push(0);
    let long = Image::from_parts(image.schema().to_vec(), long);
    let error = restore_from_image(&mut live, &long).unwrap_err();
    assert!(
        matches!(error.kind(), RestoreErrorKind::TrailingBytes { left: 1 }),
        "{error}"
    );
}

#[test]
fn damaged_values_are_named() {
    #[derive(Savable)]
    struct Uart {
        fifo: Vec<(bool, char)>,
        name: String,
    }
    #[derive(Savable)]
    struct Harness {
        uart: Uart,
    }
    let mut live = Harness {
        uart: Uart {
            fifo: vec![(true, 'x'); 4],
            name: "abc".to_owned(),
        },
    };
    let image = saved(&live);
    let damage = |at: usize, byte: u8| {
        let mut stream = image.stream().to_vec();
        stream[at] = byte;
        Image::from_parts(image.schema().to_vec(), stream)
    };
    for (at, byte, message) in [
        (8 + 3 * 5, 7, "harness.uart.fifo[3].0: not a bool: 7"),
        (
            8 + 5 + 4,
            0xff,
            "harness.uart.fifo[1].1: not a char: 4278190200",
        ),
        (
            7,
            1,
            "harness.uart.fifo: snapshot ends early: 360287970189639700 bytes expected, 31 left",
        ),
        (
            8 + 20 + 8,
            0xff,
            "harness.uart.name: not a UTF-8 string: invalid utf-8 sequence of 1 bytes from index 0",
        ),
    ] {
        let error = restore_from_image(&mut live, &damage(at, byte)).unwrap_err();
        assert_eq!(error.to_string(), message);
    }
}

#[test]
fn what_cannot_be_saved_is_named_and_why() {
    #[derive(Savable)]
    struct Harness {
        cycle: u64,
        parts: Vec<Part>,
    }
    #[derive(Savable)]
    struct Part {
        shared: Rc<u8>,
        cell: RefCell<u8>,
        lock: Mutex<u8>,
    }
    let part = || Part {
        shared: Rc::new(1),
        cell: RefCell::new(2),
        lock: Mutex::new(3),
    };
    let mut harness = Harness {
        cycle: 1,
        parts: vec![part(), part()],
    };
    let good = saved(&harness);

    let other = Rc::clone(&harness.parts[1].shared);
    let error = save_to_image(&harness).unwrap_err();
    assert_eq!(error.path(), "harness.parts[1].shared");
    assert!(
        matches!(error.kind(), SaveErrorKind::Shared { owners: 2, weak: 0 }),
        "{error}"
    );
    // A restore would change it for the other owner, or cut the tie: refused before anything changes.
    harness.cycle = 9;
    harness.parts[0].cell.replace(7);
    let error = restore_from_image(&mut harness, &good).unwrap_err();
    assert_eq!(error.path(), "harness.parts[1].shared");
    assert!(
        matches!(
            error.kind(),
            RestoreErrorKind::Shared { owners: 2, weak: 0 }
        ),
        "{error}"
    );
    assert_eq!((harness.cycle, harness.parts[0].cell.take()), (9, 7));
    drop(other);
    restore_from_image(&mut harness, &good).unwrap();
    assert_eq!((harness.cycle, harness.parts[0].cell.take()), (1, 2));

    let weak = Rc::downgrade(&harness.parts[0].shared);
    assert_eq!(
        save_to_image(&harness).unwrap_err().path(),
        "harness.parts[0].shared"
    );
    drop(weak);

    let borrowed = harness.parts[1].cell.borrow_mut();
    let error = save_to_image(&harness).unwrap_err();
    assert_eq!(
        error.to_string(),
        "harness.parts[1].cell: RefCell is in use; release it before saving"
    );
    drop(borrowed);

    let held = harness.parts[0].lock.lock().unwrap();
    let error = save_to_image(&harness).unwrap_err();
    assert_eq!(
        error.to_string(),
        "harness.parts[0].lock: Mutex is in use; release it before saving"
    );
    drop(held);
}

#[test]
fn a_poisoned_lock_is_not_saved_and_restored_sound() {
    let mut lock = Mutex::new(1);
    let good = saved(&lock);
    let poison = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let _held = lock.lock();
        panic!("holder");
    }));
    assert!(poison.is_err());
    assert!(matches!(
        save_to_image(&lock).unwrap_err().kind(),
        SaveErrorKind::Poisoned { .. }
    ));
    restore_from_image(&mut lock, &good).unwrap();
    assert_eq!(*lock.lock().unwrap(), 1);
}

#[test]
#[cfg_attr(miri, ignore = "a million links take an interpreter too long")]
fn chains_beyond_the_limit_are_refused_both_ways() {
    #[derive(Savable)]
    struct Link {
        next: Option<Box<Link>>,
    }
    let chain = |links: u32| {
        (1..links).fold(Link { next: None }, |next, _| Link {
            next: Some(Box::new(next)),
        })
    };
    let deepest = saved(&chain(512));
    let mut live = Link { next: None };
    restore_from_image(&mut live, &deepest).unwrap();
    let error = save_to_image(&chain(1000)).unwrap_err();
    assert!(
        matches!(error.kind(), SaveErrorKind::TooDeep { limit: 512 }),
        "{error}"
    );
    let endless = Image::from_parts(deepest.schema().to_vec(), vec![1; 1_000_000]);
    let error = restore_from_image(&mut live, &endless).unwrap_err();
    assert!(
        matches!(error.kind(), RestoreErrorKind::TooDeep { limit: 512 }),
        "{error}"
    );
}

#[test]
fn a_map_with_the_same_key_twice_is_refused() {
    let image = saved(&vec![(1_u8, 2_u8), (1, 3)]);
    let map = saved(&std::collections::BTreeMap::from([(1_u8, 2_u8)]));
    let twice = Image::from_parts(map.schema().to_vec(), image.stream().to_vec());
    let mut live = std::collections::BTreeMap::from([(9_u8, 9_u8)]);
    restore_from_image(&mut live, &twice).unwrap_err();
    assert_eq!(live, [(9, 9)].into());
}
