//! The command `lightsss`, as people and programs call it.

use std::path::{Path, PathBuf};
use std::process::Command;

use lightsss_runtime::Savable;
use lightsss_runtime::durable::{SaveOptions, Series, SeriesOptions, restore, save};
use lightsss_runtime::savable::{
    Reader, RestoreError, SaveError, Schema, SectionKind, Shape, Size, Writer,
};
use serde_json::Value;

#[path = "command/values.rs"]
mod values;

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
    // For programs, the same as numbers.
    let numbers: Vec<[u64; 2]> = value["fields"]
        .as_array()
        .unwrap()
        .iter()
        .map(|field| ["from", "to"].map(|part| field[part].as_u64().unwrap()))
        .collect();
    assert_eq!(numbers, [[1000, 2000], [29, 30], [1000, 2000]]);
    let cycle = &value["header"][0];
    assert_eq!(
        (&cycle["path"], &cycle["to"]),
        (&"cycle".into(), &2000.into())
    );
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
fn flatten_does_not_replace_a_parent() {
    let folder = tempfile::tempdir().unwrap();
    let paths = series(folder.path());
    let contents = |path: &Path| std::fs::read(path).unwrap();
    let before: Vec<Vec<u8>> = paths.iter().map(|path| contents(path)).collect();
    let alone = tempfile::tempdir().unwrap();
    // In place, and over another one's parent.
    for arguments in [
        &["flatten", path(&paths[2])][..],
        &["flatten", path(&paths[3]), "-o", path(&paths[2])],
    ] {
        let (code, text) = lightsss(arguments);
        assert_eq!(code, 4, "{text}");
        for part in [path(&paths[2]), path(&paths[3]), "--output FILE"] {
            assert!(text.contains(part), "{text}");
        }
        let after: Vec<Vec<u8>> = paths.iter().map(|path| contents(path)).collect();
        assert!(before == after);
    }
    assert_eq!(lightsss(&["verify", path(&paths[3])]).0, 0);
    let flat = alone.path().join("flat.lsss");
    assert_eq!(
        lightsss(&["flatten", path(&paths[2]), "-o", path(&flat)]).0,
        0
    );
    // Its child first, then nothing needs it.
    assert_eq!(lightsss(&["flatten", path(&paths[3])]).0, 0);
    assert_eq!(lightsss(&["flatten", path(&paths[2])]).0, 0);
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

/// A model's section, written as `state/stored.rs` and `state/table.rs` say: a register and a memory.
#[derive(Debug)]
struct Model {
    pc: u32,
    ram: [u16; 6],
    tick: u8,
}

impl Model {
    fn section(&self) -> Vec<u8> {
        let text = |text: &str| [&[text.len() as u8], text.as_bytes()].concat();
        // Kind, flags, name, highest and lowest bit with the sign at the bottom, bytes, dimensions.
        let vector = |flags: u8, name: &str, msb: u8, bytes: u8, dimensions: &[u8]| {
            let mut entry = [&[2, flags], &text(name)[..], &[msb * 2, 0, bytes]].concat();
            entry.push(dimensions.len() as u8);
            entry.extend_from_slice(dimensions);
            entry
        };
        let table = [
            &b"LSSTATE\x01"[..],
            &[1],
            &text("Vsoc___024root"),
            &[3],
            &vector(0, "cpu.pc", 31, 4, &[]),
            &vector(0, "ram", 15, 2, &[6]),
            &vector(1, "__Vtick", 0, 1, &[]),
            &[1],
            &text("soc"),
            &[0],
        ]
        .concat();
        let mut stream = self.pc.to_le_bytes().to_vec();
        stream.extend(self.ram.iter().flat_map(|word| word.to_le_bytes()));
        stream.push(self.tick);
        let mut section = b"LSSM".to_vec();
        section.extend(5_u32.to_le_bytes());
        section.extend(7_u64.to_le_bytes());
        section.extend(b"5.048");
        for (tag, block) in [(1_u8, &table), (2, &Vec::new()), (3, &stream)] {
            section.push(tag);
            section.extend((block.len() as u64).to_le_bytes());
            section.extend(block);
        }
        section
    }
}

impl Savable for Model {
    const SCHEMA: Schema = Schema::new("soc", Shape::Section(SectionKind::Model));
    const SIZE: Size = Size::fixed(4);

    fn save(&self, out: &mut Writer<'_>) -> Result<(), SaveError> {
        out.section(SectionKind::Model, "soc", |out| out.bytes(&self.section()))
    }

    fn restore(&mut self, input: &mut Reader<'_>) -> Result<(), RestoreError> {
        Self::check(input)
    }

    fn check(input: &mut Reader<'_>) -> Result<(), RestoreError> {
        input.section(SectionKind::Model).map(drop)
    }
}

#[derive(Debug, Savable)]
struct Board {
    dut: Model,
    cycle: u64,
    uart: Uart,
}

fn boards(folder: &Path) -> [PathBuf; 2] {
    let mut board = Board {
        dut: Model {
            pc: 0x10,
            ram: [7, 7, 7, 1, 2, 3],
            tick: 0,
        },
        cycle: 4,
        uart: Uart {
            fifo: b"ok".to_vec(),
            divisor: 9,
        },
    };
    let paths = ["a", "b"].map(|name| folder.join(name));
    save(&paths[0], &board, &SaveOptions::new()).unwrap();
    board.cycle = 5;
    board.dut = Model {
        pc: 0x14,
        ram: [7, 8, 9, 1, 2, 0xabcd],
        tick: 1,
    };
    save(&paths[1], &board, &SaveOptions::new()).unwrap();
    paths
}

#[test]
fn diff_names_signals() {
    let folder = tempfile::tempdir().unwrap();
    let [a, b] = boards(folder.path());
    let (code, text) = lightsss(&["diff", path(&a), path(&b)]);
    assert_eq!(code, 1);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines[..4],
        [
            "field   cycle: 4 -> 5",
            "signal  soc.cpu.pc[31:0]: 0x0000_0010 -> 0x0000_0014",
            "signal  soc.ram[1..=2]: 2 elements: 0x0007 -> 0x0008, 0x0007 -> 0x0009",
            "signal  soc.ram[5][15:0]: 0x0003 -> 0xabcd",
        ]
    );
    assert!(lines[4].starts_with("section"), "{text}");
    assert_eq!(lines.len(), 5, "{text}");

    let (code, text) = lightsss(&["diff", path(&a), path(&b), "soc.cpu", "cycle"]);
    let expected = "field   cycle: 4 -> 5\nsignal  soc.cpu.pc[31:0]: 0x0000_0010 -> 0x0000_0014\n";
    assert_eq!((code, text.as_str()), (1, expected));
    let (code, text) = lightsss(&["diff", path(&a), path(&b), "uart"]);
    assert_eq!((code, text.as_str()), (0, "nothing differs\n"));
    let (_, text) = lightsss(&["diff", "--helpers", path(&a), path(&b), "*.__V*"]);
    assert_eq!(text, "signal  soc.__Vtick: 0 -> 1\n");

    let (code, value) = json(&["diff", path(&a), path(&b), "soc.ram"]);
    assert_eq!(code, 1);
    let signals = &value["models"][0]["signals"];
    assert_eq!(count(signals), 2);
    assert_eq!(signals[0]["signal"], "soc.ram");
    assert_eq!(signals[0]["first"][0], 1);
    assert_eq!(signals[0]["last"][0], 2);
}

#[test]
fn show_lists_fields_and_signals() {
    let folder = tempfile::tempdir().unwrap();
    let [file, _] = boards(folder.path());
    let (code, text) = lightsss(&["show", path(&file)]);
    assert_eq!(code, 0);
    for line in [
        "field   cycle: 4",
        "field   uart.fifo[1]: 107 (0x6b)",
        "field   uart.divisor: 9",
        "signal  soc.cpu.pc[31:0]: 0x0000_0010",
        "signal  soc.ram[0..=2][15:0]: 0x0007",
        "signal  soc.ram[3][15:0]: 0x0001",
    ] {
        assert!(
            text.lines().any(|found| found == line),
            "{line} is not in\n{text}"
        );
    }
    assert!(!text.contains("__Vtick"), "{text}");
    let (_, text) = lightsss(&["show", path(&file), "uart.divisor", "*.pc"]);
    assert_eq!(
        text,
        "field   uart.divisor: 9\nsignal  soc.cpu.pc[31:0]: 0x0000_0010\n"
    );
    let parts = [
        "uart.fifo[1..8]",
        "soc.cpu.pc[7:4]",
        "soc.ram[0x2..=3][15:0]",
    ];
    let (_, text) = lightsss(&[&["show", path(&file)], &parts[..]].concat());
    assert_eq!(
        text,
        "field   uart.fifo[1]: 107 (0x6b)\nsignal  soc.cpu.pc[7:4]: 0x1\n\
         signal  soc.ram[2][15:0]: 0x0007\nsignal  soc.ram[3][15:0]: 0x0001\n"
    );
    let (_, value) = json(&["show", path(&file), "soc.ram"]);
    assert_eq!(count(&value["models"][0]["signals"]), 4);
    assert_eq!(count(&value["fields"]), 0);
}

#[test]
fn a_path_that_nothing_has_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let [a, b] = boards(folder.path());
    let (a, b) = (path(&a), path(&b));
    for (arguments, expected) in [
        (
            &["diff", a, b, "soc.ramm"][..],
            "no field, signal or section is called `soc.ramm`; did you mean `soc.ram`",
        ),
        (&["show", a, "uart.divisr"], "did you mean `uart.divisor`"),
        (&["diff", a, b, "soc.ram", "cycel"], "did you mean `cycle`"),
        (&["show", a, "*.__Vtick"], "`--helpers`"),
        (&["show", a, "uart.fifo[2]"], "`uart.fifo[2]`"),
        (&["show", a, "zzz"], "`zzz`; look for it among all"),
        (&["diff", a, a, "soc.cpu.pc[32]"], "`soc.cpu.pc[32]`"),
    ] {
        let (code, text) = lightsss(arguments);
        assert_eq!(code, 2, "{arguments:?}: {text}");
        assert!(text.contains(expected), "{arguments:?}: {text}");
        let (code, value) = json(arguments);
        assert_eq!(code, 2);
        assert_eq!(value["exit_code"], 2);
        assert!(value["error"].as_str().unwrap().contains(expected));
    }
    // What is in one of two files only is no mistake.
    let other = &series(folder.path())[0];
    assert_eq!(lightsss(&["diff", a, path(other), "log"]).0, 1);
    for fine in ["dut", "soc", "uart", "*.pc", "uart.fifo[1]", "cycl?"] {
        let (code, text) = lightsss(&["diff", a, a, fine]);
        assert_eq!((code, text.as_str()), (0, "nothing differs\n"), "{fine}");
    }
}
