//! Snapshots that earlier versions wrote, kept in `corpus/`: they load for ever.

use lightsss_runtime::savable::{Image, restore_from_image};
use lightsss_test_derive::corpus::{
    Device, Harness, Parity, Uart, from_bytes, to_bytes, v1, v2, v3,
};
use lightsss_test_derive::saved;

/// Reads a file of the corpus. With `LIGHTSSS_BLESS=1`, a file that does not exist yet is written; one
/// that exists is never written again.
fn file(name: &str, written_today: &Image) -> Image {
    let path = format!("{}/corpus/{name}.snapshot", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("LIGHTSSS_BLESS").is_some() && !std::path::Path::new(&path).exists() {
        std::fs::write(&path, to_bytes(written_today)).unwrap();
    }
    let bytes = std::fs::read(&path).unwrap_or_else(|error| {
        panic!("{path}: {error}; LIGHTSSS_BLESS=1 writes files of new versions")
    });
    assert_eq!(
        to_bytes(written_today),
        bytes,
        "{name}: the same types and values are written in another format than they were"
    );
    from_bytes(&bytes).unwrap()
}

fn live() -> Harness {
    Harness {
        cycle: 5,
        uart: Uart {
            fifo: [9].into(),
            parity: Parity::Even,
        },
        devices: [("old".to_owned(), Device::Absent)].into(),
        seed: [3, 4],
        plusargs: vec!["live".to_owned()],
        limit: Some(7),
        log: vec!["kept".to_owned()],
    }
}

fn loaded(image: &Image) -> Harness {
    let mut harness = live();
    restore_from_image(&mut harness, image).unwrap_or_else(|error| panic!("{error}"));
    harness
}

#[test]
fn version_1() {
    let image = file("v1", &saved(&v1::example()));
    assert_eq!(
        loaded(&image),
        Harness {
            cycle: 3_000_000_000,
            uart: Uart {
                fifo: b"login: ".to_vec().into(),
                parity: Parity::Odd
            },
            devices: [].into(),
            seed: [0xdead_beef, 0],
            plusargs: vec!["+bug".to_owned(), "+seed=7".to_owned()],
            limit: Some(1_000_000),
            log: vec!["kept".to_owned()],
        }
    );
}

#[test]
fn version_2() {
    let image = file("v2", &saved(&v2::example()));
    assert_eq!(
        loaded(&image),
        Harness {
            cycle: 17,
            uart: Uart {
                fifo: [].into(),
                parity: Parity::Even
            },
            devices: [
                (
                    "sda".to_owned(),
                    Device::Disk {
                        blocks: 1 << 40,
                        writable: false
                    }
                ),
                (
                    "sdb".to_owned(),
                    Device::Disk {
                        blocks: 99,
                        writable: false
                    }
                ),
                ("sdc".to_owned(), Device::Absent),
            ]
            .into(),
            seed: [1, 0],
            plusargs: vec![],
            limit: Some(1_000_000),
            log: vec!["kept".to_owned()],
        }
    );
}

#[test]
fn version_3() {
    let (first, second) = v3::example();
    let first = loaded(&file("v3-odd", &saved(&first)));
    let second = loaded(&file("v3-none", &saved(&second)));
    let disk = |writable| {
        [(
            "vda".to_owned(),
            Device::Disk {
                blocks: 8,
                writable,
            },
        )]
        .into()
    };
    let uart = |parity| Uart {
        fifo: [1, 2, 3].into(),
        parity,
    };
    let expected = Harness {
        seed: [u64::MAX, 1],
        limit: Some(1_000_000),
        ..live()
    };
    assert_eq!(
        first,
        Harness {
            cycle: 1,
            uart: uart(Parity::Odd),
            devices: disk(true),
            ..expected
        }
    );
    let expected = Harness {
        seed: [u64::MAX, 1],
        limit: Some(1_000_000),
        ..live()
    };
    assert_eq!(
        second,
        Harness {
            cycle: u64::MAX,
            uart: uart(Parity::None),
            devices: disk(false),
            ..expected
        }
    );
}

#[test]
fn version_4() {
    let harness = Harness {
        plusargs: vec![],
        log: vec![],
        ..live()
    };
    let image = file("v4", &saved(&harness));
    let mut other = Harness {
        plusargs: vec!["untouched".to_owned()],
        ..Harness::default()
    };
    restore_from_image(&mut other, &image).unwrap();
    assert_eq!(
        other,
        Harness {
            plusargs: vec!["untouched".to_owned()],
            ..harness
        }
    );
}
