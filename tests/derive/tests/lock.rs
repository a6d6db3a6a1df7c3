//! The schema lock: what it remembers, and what it refuses.
#![allow(dead_code)]

use lightsss_runtime::Savable;
use lightsss_runtime::savable::Schema;
use lightsss_runtime::savable::lock::{self, LockError};

mod v1 {
    #[derive(lightsss_runtime::Savable)]
    #[savable(version = 1)]
    pub struct Uart {
        pub fifo: Vec<Byte>,
        pub divisor: u16,
    }
    #[derive(lightsss_runtime::Savable)]
    #[savable(version = 1)]
    pub enum Byte {
        Good(u8),
        Bad { parity: u8 },
    }
}

mod unraised {
    #[derive(lightsss_runtime::Savable)]
    #[savable(version = 1)]
    pub struct Uart {
        pub divisor: u16,
        pub fifo: Vec<Byte>,
    }
    #[derive(lightsss_runtime::Savable)]
    #[savable(version = 1)]
    pub enum Byte {
        Good(u8),
        Bad { parity: bool, count: u8 },
    }
}

mod raised {
    #[derive(lightsss_runtime::Savable)]
    #[savable(version = 1)]
    pub struct Uart {
        pub fifo: Vec<Byte>,
        pub divisor: u16,
    }
    #[derive(lightsss_runtime::Savable)]
    #[savable(version = 2)]
    pub enum Byte {
        Good(u8),
        Bad { parity: bool },
    }
}

fn check(path: &std::path::Path, schema: &'static Schema, bless: bool) -> Result<(), String> {
    lock::check_with(path, &[schema], bless).map_err(|error| {
        error
            .to_string()
            .replace(&path.display().to_string(), "schema.lock")
    })
}

#[test]
fn a_lock_is_written_kept_and_raised() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("schema.lock");
    let missing = check(&path, v1::Uart::schema(), false).unwrap_err();
    assert_eq!(
        missing,
        "schema.lock is out of date (it does not exist): run the test again with LIGHTSSS_BLESS=1 and commit the file"
    );
    check(&path, v1::Uart::schema(), true).unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(
        text.split_once("\n\n").unwrap().1,
        "[Byte] version 1\nGood: variant\nGood.0: u8\nBad: variant\nBad.parity: u8\n\n[Uart] version 1\nfifo: list of enum Byte\ndivisor: u16\n"
    );
    check(&path, v1::Uart::schema(), false).unwrap();

    // A changed layout of the same version: refused, blessed or not, with every field's name.
    for bless in [false, true] {
        assert_eq!(
            check(&path, unraised::Uart::schema(), bless).unwrap_err(),
            "schema.lock: 3 fields changed without a new version:\n  \
             Byte.Bad.parity: was u8, now bool; write `#[savable(version = 2)]` on Byte\n  \
             Byte.Bad.count: added (u8); write `#[savable(version = 2)]` on Byte\n  \
             Uart.fifo: moved; write `#[savable(version = 2)]` on Uart"
        );
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);

    // A raised version: out of date until blessed, then the old layout is refused.
    let stale = check(&path, raised::Uart::schema(), false).unwrap_err();
    assert!(
        stale.contains("(Byte is new or has a new version)"),
        "{stale}"
    );
    check(&path, raised::Uart::schema(), true).unwrap();
    check(&path, raised::Uart::schema(), false).unwrap();
    let back = check(&path, v1::Uart::schema(), true).unwrap_err();
    assert!(
        back.contains("Byte.Bad.parity: was bool, now u8; write `#[savable(version = 3)]`"),
        "{back}"
    );
}

#[test]
fn damaged_locks_are_refused_with_their_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("schema.lock");
    for (text, line) in [
        ("a: u8", 1),
        ("[Uart] version x", 1),
        ("[Uart] version 1\n<<<<<<< HEAD", 2),
    ] {
        std::fs::write(&path, text).unwrap();
        let error = lock::check_with(&path, &[v1::Uart::schema()], true).unwrap_err();
        assert!(
            matches!(error, LockError::Unreadable { line: found, .. } if found == line),
            "{error}"
        );
    }
}

/// The corpus' own types are locked in this repository, as a user's would be.
#[test]
fn the_locked_types_of_this_repository_hold() {
    lock::check(
        concat!(env!("CARGO_MANIFEST_DIR"), "/schema.lock"),
        &[lightsss_test_derive::corpus::Harness::schema()],
    )
    .unwrap_or_else(|error| panic!("{error}"));
}
