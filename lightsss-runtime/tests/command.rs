//! The command `lightsss`, as people and programs call it.

use std::path::{Path, PathBuf};
use std::process::Command;

use lightsss_runtime::Savable;
use lightsss_runtime::durable::{SaveOptions, Series, SeriesOptions, restore};
use serde_json::Value;

#[derive(Debug, Clone, PartialEq, Savable)]
struct Uart {
    fifo: Vec<u8>,
    divisor: u16,
}

#[derive(Debug, Clone, PartialEq, Savable)]
struct Harness {
    cycle: u64,
    uart: Uart,
    log: Vec<u64>,
}

fn harness() -> Harness {
    let noise = |number: u64| number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    Harness {
        cycle: 0,
        uart: Uart {
            fifo: b"boot".to_vec(),
            divisor: 27,
        },
        log: (0..100_000).map(noise).collect(),
    }
}

/// Four snapshots, one the child of the other.
fn series(folder: &Path) -> Vec<PathBuf> {
    let options = SeriesOptions {
        name: "boot".into(),
        max_chain: 3,
        ..SeriesOptions::default()
    };
    let mut series = Series::new(folder, options).unwrap();
    let mut harness = harness();
    let mut paths = Vec::new();
    for cycle in (0..4).map(|number| number * 1000) {
        harness.cycle = cycle;
        harness.uart.divisor += 1;
        harness.log[10] = cycle;
        let options = SaveOptions::new().cycle(cycle).label("program", "linux");
        paths.push(series.save(&harness, &options).unwrap().0);
    }
    paths
}

fn lightsss(arguments: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_lightsss"))
        .args(arguments)
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    let code = output.status.code().unwrap();
    (code, String::from_utf8(text).unwrap())
}

fn json(arguments: &[&str]) -> (i32, Value) {
    let (code, text) = lightsss(&[&["--json"], arguments].concat());
    (code, serde_json::from_str(&text).unwrap())
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn count(list: &Value) -> usize {
    list.as_array().unwrap().len()
}

#[test]
fn inspect_shows_header_and_sections() {
    let folder = tempfile::tempdir().unwrap();
    let paths = series(folder.path());
    let (code, value) = json(&["inspect", path(&paths[2])]);
    assert_eq!(code, 0);
    assert_eq!(value["cycle"], 2000);
    assert_eq!(value["labels"]["program"], "linux");
    assert_eq!(value["parent"]["depth"], 2);
    assert_eq!(value["sections"][1]["kind"], "harness");
    let (code, text) = lightsss(&["inspect", path(&paths[2])]);
    assert_eq!(code, 0);
    let parent = "boot-00000000000000001000-00.lsss";
    for part in ["cycle       2000", "program = linux", parent] {
        assert!(text.contains(part), "{text}");
    }
}

#[test]
fn verify_finds_damage_in_a_parent() {
    let folder = tempfile::tempdir().unwrap();
    let paths = series(folder.path());
    assert_eq!(lightsss(&["verify", path(&paths[3])]).0, 0);
    let mut bytes = std::fs::read(&paths[0]).unwrap();
    bytes[1000] ^= 1;
    std::fs::write(&paths[0], bytes).unwrap();
    let (code, text) = lightsss(&["verify", path(&paths[3])]);
    assert_eq!(code, 3, "{text}");
    assert!(text.contains("is damaged"), "{text}");
    let (code, value) = json(&["verify", path(&paths[3])]);
    assert_eq!((code, &value[0]["good"]), (3, &Value::Bool(false)));
}

#[test]
fn what_is_no_snapshot_or_not_there_has_its_own_code() {
    let folder = tempfile::tempdir().unwrap();
    let other = folder.path().join("other.lsss");
    std::fs::write(&other, [b'x'; 1000]).unwrap();
    let (code, text) = lightsss(&["inspect", path(&other)]);
    assert_eq!(code, 3);
    assert!(text.contains("is not a snapshot"), "{text}");
    let missing = folder.path().join("missing.lsss");
    assert_eq!(lightsss(&["inspect", path(&missing)]).0, 4);
    assert_eq!(lightsss(&["inspect", path(folder.path())]).0, 4);
    assert_eq!(lightsss(&["inspect"]).0, 2);
}

#[test]
fn diff_names_fields() {
    let folder = tempfile::tempdir().unwrap();
    let paths = series(folder.path());
    let (code, value) = json(&["diff", path(&paths[1]), path(&paths[2])]);
    assert_eq!(code, 1);
    let fields: Vec<[&str; 3]> = value["fields"]
        .as_array()
        .unwrap()
        .iter()
        .map(|field| ["path", "a", "b"].map(|part| field[part].as_str().unwrap()))
        .collect();
    let expected = [
        ["cycle", "1000 (0x3e8)", "2000 (0x7d0)"],
        ["uart.divisor", "29 (0x1d)", "30 (0x1e)"],
        ["log[10]", "1000 (0x3e8)", "2000 (0x7d0)"],
    ];
    assert_eq!(fields, expected);
    let (code, text) = lightsss(&["diff", path(&paths[1]), path(&paths[1])]);
    assert_eq!((code, text.as_str()), (0, "nothing differs\n"));
}

#[test]
fn flatten_makes_one_file_of_a_chain() {
    let folder = tempfile::tempdir().unwrap();
    let paths = series(folder.path());
    let alone = tempfile::tempdir().unwrap();
    let flat = alone.path().join("flat.lsss");
    let (code, value) = json(&["flatten", path(&paths[3]), "-o", path(&flat)]);
    assert_eq!((code, &value["parents"]), (0, &Value::from(3)));
    let mut restored = harness();
    restore(&flat, &mut restored).unwrap();
    let seen = (restored.cycle, restored.log[10], restored.uart.divisor);
    assert_eq!(seen, (3000, 3000, 31));
    assert_eq!(lightsss(&["diff", path(&paths[3]), path(&flat)]).0, 0);
}

#[test]
fn list_and_prune_keep_folders_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let paths = series(folder.path());
    let (code, value) = json(&["list", path(folder.path())]);
    let files = value.as_array().unwrap().iter();
    let cycles: Vec<u64> = files.map(|file| file["cycle"].as_u64().unwrap()).collect();
    assert_eq!((code, cycles), (0, vec![0, 1000, 2000, 3000]));
    // The newest needs its parents.
    let prune = ["prune", path(folder.path()), "--keep-last", "1"];
    let (code, value) = json(&prune);
    assert_eq!((code, count(&value["dropped"])), (0, 0));
    // Flattened, it does not.
    assert_eq!(lightsss(&["flatten", path(&paths[3])]).0, 0);
    let (code, value) = json(&[&prune[..], &["--dry-run"]].concat());
    assert_eq!((code, count(&value["dropped"])), (0, 3));
    assert!(paths[0].exists());
    let (code, value) = json(&prune);
    assert_eq!(
        (code, &value["kept"][0]),
        (0, &Value::from(path(&paths[3])))
    );
    assert!(!paths[0].exists() && paths[3].exists());
    let no_rule = lightsss(&["prune", path(folder.path())]);
    assert_eq!(no_rule.0, 2, "{}", no_rule.1);
}
