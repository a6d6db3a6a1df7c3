//! Values of fields and ranges of memories, for people and for programs.

use lightsss_runtime::Savable;
use lightsss_runtime::durable::{SaveOptions, save};
use lightsss_runtime::ram::Ram;
use serde_json::Value;

use super::{count, json, lightsss, path};

#[derive(Savable)]
struct Memories {
    cycle: u64,
    rom: Ram,
    dram: Ram,
}

#[test]
fn diff_names_ranges_of_memories() {
    let folder = tempfile::tempdir().unwrap();
    let paths = ["a", "b"].map(|name| folder.path().join(name));
    let mut board = Memories {
        cycle: 0,
        rom: Ram::new(0, 4096).unwrap(),
        dram: Ram::new(0x8000_0000, 64 << 10).unwrap(),
    };
    board.dram.write_bytes(0x8000_0ffe, &[1, 2]).unwrap();
    save(&paths[0], &board, &SaveOptions::new()).unwrap();
    // Over the border of a page, one byte, and a long one.
    let dram = &mut board.dram;
    dram.write_bytes(0x8000_0ffe, &[3, 2, 5, 6]).unwrap();
    dram.write_bytes(0x8000_0fff, &[4]).unwrap();
    dram.write_bytes(0x8000_2000, &[0xff]).unwrap();
    dram.fill(0x8000_3000, 0x1001, 7).unwrap();
    save(&paths[1], &board, &SaveOptions::new()).unwrap();
    let [a, b] = paths.each_ref().map(|file| path(file));

    let (code, text) = lightsss(&["diff", a, b]);
    let zeros = ["00"; 16].join(" ");
    let sevens = ["07"; 16].join(" ");
    let expected = format!(
        "section 3 `ram`: 4102 bytes on 5 pages differ, the first at 0xffe\n\
         memory  dram[0xffe..=0x1001]: 4 bytes: 01 02 00 00 -> 03 04 05 06\n\
         memory  dram[0x2000]: 00 -> ff\n\
         memory  dram[0x3000..=0x4000]: 4097 bytes: {zeros} .. -> {sevens} ..\n"
    );
    assert_eq!((code, text.as_str()), (1, expected.as_str()));
    // By the field's name, too.
    assert_eq!(lightsss(&["diff", a, b, "dram"]), (1, expected));
    assert_eq!(lightsss(&["diff", a, b, "rom"]).0, 0);
    let (_, value) = json(&["diff", a, b]);
    let section = &value["sections"][0];
    assert_eq!(section["field"], "dram");
    let expected = serde_json::json!([
        { "first": 0xffe, "last": 0x1001, "from": "01020000", "to": "03040506" },
        { "first": 0x2000, "last": 0x2000, "from": "00", "to": "ff" },
        { "first": 0x3000, "last": 0x4000, "from": "00".repeat(16), "to": "07".repeat(16) },
    ]);
    assert_eq!(section["ranges"], expected);

    // Every second byte: the text is cut, and says so.
    let scattered = folder.path().join("c");
    for at in 0..30 {
        board.rom.write_bytes(at * 2, &[1]).unwrap();
    }
    save(&scattered, &board, &SaveOptions::new()).unwrap();
    let (_, text) = lightsss(&["diff", b, path(&scattered), "rom"]);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 22, "{text}");
    assert_eq!(lines[20], "memory  rom[0x26]: 00 -> 01");
    assert_eq!(lines[21], "memory  ... and 10 more");
    let (_, value) = json(&["diff", b, path(&scattered), "rom"]);
    assert_eq!(count(&value["sections"][0]["ranges"]), 30);
}

#[derive(Debug, Clone, Savable)]
enum Phase {
    Idle,
    Running { since: u8 },
}

#[derive(Debug, Clone, Savable)]
struct Kinds {
    small: i8,
    large: u64,
    huge: i128,
    real: f32,
    endless: f64,
    flag: bool,
    letter: char,
    text: String,
    absent: Option<u8>,
    phase: Phase,
    list: Vec<u8>,
}

#[test]
fn values_are_numbers_and_texts_for_programs() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("kinds.lsss");
    let mut kinds = Kinds {
        small: -5,
        large: 1 << 53,
        huge: -(1 << 100),
        real: 0.5,
        endless: f64::INFINITY,
        flag: true,
        letter: '\'',
        text: "a \"long\" one, ".repeat(20),
        absent: None,
        phase: Phase::Idle,
        list: Vec::new(),
    };
    save(&file, &kinds, &SaveOptions::new()).unwrap();
    let (code, value) = json(&["show", path(&file)]);
    assert_eq!(code, 0);
    let data: Vec<(&str, &Value)> = value["fields"]
        .as_array()
        .unwrap()
        .iter()
        .map(|field| (field["path"].as_str().unwrap(), &field["data"]))
        .collect();
    let expected = serde_json::json!([
        -5, 9_007_199_254_740_992_u64, "-1267650600228229401496703205376", 0.5, "inf", true, "'",
        kinds.text, null, "Idle", { "items": 0 },
    ]);
    for ((name, found), expected) in data.iter().zip(expected.as_array().unwrap()) {
        assert_eq!(*found, expected, "{name}");
    }
    assert_eq!(data.len(), count(&expected));

    // Between two files, what an option does not hold is null.
    let other = folder.path().join("other.lsss");
    kinds.absent = Some(3);
    kinds.large += 1;
    kinds.phase = Phase::Running { since: 7 };
    save(&other, &kinds, &SaveOptions::new()).unwrap();
    let (code, value) = json(&[
        "diff",
        path(&file),
        path(&other),
        "large",
        "absent",
        "phase",
    ]);
    assert_eq!(code, 1);
    let sides: Vec<[&Value; 2]> = value["fields"]
        .as_array()
        .unwrap()
        .iter()
        .map(|field| [&field["from"], &field["to"]])
        .collect();
    let expected = serde_json::json!([
        [9_007_199_254_740_992_u64, "9007199254740993"],
        [null, 3],
        ["Idle", "Running"],
    ]);
    assert_eq!(serde_json::json!(sides), expected);
}
