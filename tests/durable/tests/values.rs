//! A harness's fields are stored as `docs/format.md` says: a reader written from that page alone finds the values.

use std::collections::{BTreeMap, HashMap};
use std::num::NonZero;
use std::path::Path;

use lightsss_runtime::Savable;
use lightsss_runtime::savable::{Image, restore_from_image, save_to_image};
use lightsss_tests_durable::values::{types, values};
use serde_json::{Value, json};

/// The example of the page.
#[derive(Savable, Debug, PartialEq)]
struct Harness {
    cycle: u64,
    uart: Option<Uart>,
    names: BTreeMap<String, Mode>,
}

#[derive(Savable, Debug, PartialEq)]
#[savable(version = 2)]
struct Uart {
    fifo: Vec<u8>,
    #[savable(until = 1)]
    baud: u32,
    parity: (bool, i16),
}

#[derive(Savable, Debug, PartialEq)]
enum Mode {
    Off,
    On { since: u64 },
}

fn example() -> Harness {
    Harness {
        cycle: 1000,
        uart: Some(Uart {
            fifo: b"ok".to_vec(),
            baud: 0,
            parity: (true, -2),
        }),
        names: [
            ("a".to_owned(), Mode::Off),
            ("b".to_owned(), Mode::On { since: 7 }),
        ]
        .into(),
    }
}

/// The blocks of the page's example: the description, the values, and what they mean.
fn page() -> [String; 3] {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/format.md");
    let page = std::fs::read_to_string(page).unwrap();
    let example = page.split("### Fields: an example").nth(1).unwrap();
    let mut blocks = example.split("```").skip(1).step_by(2);
    std::array::from_fn(|_| blocks.next().unwrap().to_owned())
}

/// Bytes in hexadecimal; what stands behind a bar is for people.
fn bytes(block: &str) -> Vec<u8> {
    let words = block
        .lines()
        .flat_map(|line| line.split('|').next().unwrap().split_whitespace());
    words
        .map(|word| u8::from_str_radix(word, 16).unwrap())
        .collect()
}

/// Bytes as the page shows them.
fn dump(bytes: &[u8]) -> String {
    let line = |line: &[u8]| {
        let words: Vec<_> = line.iter().map(|byte| format!("{byte:02x}")).collect();
        let text = line.iter().map(|byte| match byte {
            b'|' | 0..0x20 | 0x7f.. => '.',
            byte => char::from(*byte),
        });
        format!("{:<47} |{}|\n", words.join(" "), text.collect::<String>())
    };
    bytes.chunks(16).map(line).collect()
}

#[test]
fn the_example_is_what_the_page_says() {
    let [description, stream, meaning] = page();
    let (description, stream) = (bytes(&description), bytes(&stream));
    let meaning: Value = serde_json::from_str(meaning.trim_start_matches("json")).unwrap();

    // The library writes the same.
    let image = save_to_image(&example()).unwrap();
    for (ours, the_pages) in [(image.schema(), &description), (image.stream(), &stream)] {
        assert!(ours == the_pages, "the page should have:\n{}", dump(ours));
    }

    let types = types(&description).unwrap();
    assert_eq!(values(&types, &stream).unwrap(), meaning);
    assert_eq!((types[0].name.as_str(), types[0].version), ("Harness", 0));
    let uart = types.iter().find(|ty| ty.name == "Uart").unwrap();
    assert_eq!(uart.version, 2);
    let mut live = Harness {
        cycle: 0,
        uart: None,
        names: BTreeMap::new(),
    };
    restore_from_image(&mut live, &Image::from_parts(description, stream)).unwrap();
    assert_eq!(live, example());
}

/// A value of every layout and of every primitive type.
#[derive(Savable)]
#[allow(
    clippy::option_option,
    clippy::zero_sized_map_values,
    clippy::vec_box,
    reason = "shapes that nobody would choose are stored, too"
)]
struct Everything {
    unsigned: (u8, u16, u32, u64, u128, usize),
    signed: (i8, i16, i32, i64, i128, isize),
    floats: (f32, f64),
    others: (bool, char),
    texts: (String, Vec<u8>),
    nested: Option<Option<NonZero<u8>>>,
    result: Result<u8, String>,
    nothing: Vec<()>,
    pairs: HashMap<u16, ()>,
    array: [[u16; 2]; 3],
    list: Vec<Box<Tree>>,
    #[savable(as_pod)]
    pod: Vec<[u8; 3]>,
}

#[derive(Savable)]
enum Tree {
    Leaf(i8),
    Node(Vec<Tree>),
}

#[test]
fn every_layout_is_as_described() {
    let value = Everything {
        unsigned: (1, 2, 3, 4, 5, 6),
        signed: (-1, -2, -3, -4, -5, -6),
        floats: (0.5, -2.25),
        others: (true, 'ß'),
        texts: ("text".to_owned(), vec![0xff]),
        nested: Some(None),
        result: Err("no".to_owned()),
        nothing: vec![(), ()],
        pairs: [(3, ()), (1, ()), (2, ())].into(),
        array: [[1, 2], [3, 4], [5, 6]],
        list: vec![Box::new(Tree::Node(vec![
            Tree::Leaf(-7),
            Tree::Node(Vec::new()),
        ]))],
        pod: vec![[1, 2, 3], [4, 5, 6]],
    };
    let image = save_to_image(&value).unwrap();
    let read = values(&types(image.schema()).unwrap(), image.stream()).unwrap();
    let leaf = json!({"Leaf": {"0": -7}});
    let empty = json!({"Node": {"0": []}});
    assert_eq!(
        read,
        json!({
            "unsigned": [1, 2, 3, 4, 5, 6],
            "signed": [-1, -2, -3, -4, -5, -6],
            "floats": [0.5, -2.25],
            "others": [true, "ß"],
            "texts": ["text", [255]],
            "nested": [null],
            "result": {"Err": {"0": "no"}},
            "nothing": [[], []],
            "pairs": [[1, []], [2, []], [3, []]],
            "array": [[1, 2], [3, 4], [5, 6]],
            "list": [{"Node": {"0": [leaf, empty]}}],
            "pod": {"items of plain old data": [1, 2, 3, 4, 5, 6]},
        })
    );
}
