//! Files of every released format version load, and the example of `docs/format.md` is what the page says.
//!
//! With `LIGHTSSS_BLESS=1` in the environment, missing files of the present version are written, and the example is
//! printed: that is for a new format version only.

use std::fmt::Write as _;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use lightsss_runtime::Savable;
use lightsss_runtime::durable::{
    Compression, FORMAT_VERSION, SaveOptions, Series, SeriesOptions, restore, save,
};
use lightsss_tests_durable::harness::{Bulk, Harness};
use lightsss_tests_durable::layout::Layout;

const RAM: usize = 20_000;

fn blessing() -> bool {
    std::env::var_os("LIGHTSSS_BLESS").is_some()
}

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

fn options() -> SaveOptions {
    SaveOptions::new().threads(NonZeroUsize::MIN)
}

/// The harness of the example.
#[derive(Debug, PartialEq, Savable)]
struct Example {
    cycle: u64,
    ram: Bulk,
}

impl Example {
    fn new() -> Self {
        let mut ram = vec![0; 3 * 4096];
        ram[4096..4101].copy_from_slice(b"hello");
        Self {
            cycle: 1000,
            ram: Bulk(ram),
        }
    }
}

#[test]
fn files_of_every_version_load() {
    for version in 1..=FORMAT_VERSION {
        let folder = corpus().join(format!("v{version}"));
        if blessing() && version == FORMAT_VERSION && !folder.exists() {
            bless(&folder);
        }
        for (number, name) in ["none", "lz4", "zstd"].into_iter().enumerate() {
            let mut harness = Harness::new(99, RAM);
            let header = restore(folder.join(format!("{name}.lsss")), &mut harness).unwrap();
            assert!(harness == Harness::new(number as u64, RAM), "{name}");
            assert_eq!(header.cycle, 1000 + number as u64);
            assert_eq!(header.labels["compression"], name);
        }
        let mut expected = Harness::new(9, RAM);
        for cycle in 0..3 {
            expected.ram.0[5000 * cycle] ^= 0xff;
            let mut harness = Harness::new(99, RAM);
            let file = folder.join(format!("chain-{cycle:020}-00.lsss"));
            let header = restore(file, &mut harness).unwrap();
            assert!(harness == expected, "cycle {cycle}");
            assert_eq!(header.parent.map_or(0, |parent| parent.depth), cycle as u32);
        }
    }
}

fn bless(folder: &Path) {
    std::fs::create_dir_all(folder).unwrap();
    for (number, (name, compression)) in [
        ("none", Compression::None),
        ("lz4", Compression::Lz4),
        ("zstd", Compression::Zstd(19)),
    ]
    .into_iter()
    .enumerate()
    {
        let options = options()
            .compression(compression)
            .cycle(1000 + number as u64)
            .label("compression", name);
        let path = folder.join(format!("{name}.lsss"));
        save(path, &Harness::new(number as u64, RAM), &options).unwrap();
    }
    let series = SeriesOptions {
        name: "chain".into(),
        max_chain: 3,
        ..SeriesOptions::default()
    };
    let mut series = Series::new(folder, series).unwrap();
    let mut harness = Harness::new(9, RAM);
    for cycle in 0..3 {
        harness.ram.0[5000 * cycle as usize] ^= 0xff;
        series.save(&harness, &options().cycle(cycle)).unwrap();
    }
    let example = folder.join("example.lsss");
    let options = options()
        .compression(Compression::None)
        .cycle(1000)
        .time(10_000)
        .label("program", "boot");
    save(&example, &Example::new(), &options).unwrap();
}

/// The bytes of the page's example: lines of an offset, bytes in hexadecimal, and words after a bar. A line of `*`
/// stands for repetitions of the line above it, up to the next offset.
fn example() -> Vec<u8> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/format.md");
    let page = std::fs::read_to_string(page).unwrap();
    let example = page.split("\n## Example").nth(1).unwrap();
    let dump = example.split("```").nth(1).unwrap();
    let mut bytes: Vec<u8> = Vec::new();
    let mut last = Vec::new();
    for line in dump.trim_matches('\n').lines() {
        if line == "*" {
            continue;
        }
        let (offset, rest) = line.split_once(' ').unwrap_or((line, ""));
        let offset = usize::from_str_radix(offset, 16).unwrap();
        while bytes.len() < offset {
            assert!(!last.is_empty(), "nothing to repeat before {line}");
            bytes.extend_from_slice(&last);
        }
        assert_eq!(bytes.len(), offset);
        let words = rest.split('|').next().unwrap().split_whitespace();
        last = words
            .map(|word| u8::from_str_radix(word, 16).unwrap())
            .collect();
        bytes.extend_from_slice(&last);
    }
    bytes
}

#[test]
fn the_example_is_what_the_page_says() {
    if blessing() {
        let file = std::fs::read(corpus().join(format!("v{FORMAT_VERSION}/example.lsss"))).unwrap();
        println!("{}", dump(&file));
    }
    let file = example();
    let kept = corpus().join(format!("v{FORMAT_VERSION}/example.lsss"));
    assert!(
        file == std::fs::read(kept).unwrap(),
        "the page and the file that is kept differ"
    );
    let layout = Layout::read(&file).expect("the example follows the page");
    assert_eq!(layout.harness, "Example");
    assert_eq!((layout.cycle, layout.time), (1000, 10_000));
    assert_eq!(layout.labels, [("program".to_owned(), "boot".to_owned())]);
    let kinds: Vec<u8> = layout.sections.iter().map(|section| section.kind).collect();
    assert_eq!(kinds, [241, 0, 2]);
    // The stream: the cycle, then the number of the memory's section.
    let stream = layout.contents(&file, 1).unwrap();
    assert_eq!(
        stream,
        [&1000_u64.to_le_bytes()[..], &0_u32.to_le_bytes()].concat()
    );
    assert_eq!(layout.sections[2].runs, [(0, 4096), (1, 4096), (0, 4096)]);
    assert_eq!(layout.contents(&file, 2).unwrap(), Example::new().ram.0);
    // The library agrees.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("example.lsss");
    std::fs::write(&path, &file).unwrap();
    let mut restored = Example {
        cycle: 0,
        ram: Bulk(vec![1; 3 * 4096]),
    };
    let header = restore(&path, &mut restored).unwrap();
    assert_eq!(restored, Example::new());
    assert_eq!(header.schema, layout.schema);
    assert_eq!(header.taken_ns, layout.taken_ns);
}

/// A file as the page shows it.
fn dump(file: &[u8]) -> String {
    let mut text = String::new();
    let mut last: &[u8] = &[];
    let mut starred = false;
    for (number, line) in file.chunks(16).enumerate() {
        if line == last {
            if !starred {
                text.push_str("*\n");
            }
            starred = true;
            continue;
        }
        (last, starred) = (line, false);
        let words: Vec<String> = line.iter().map(|byte| format!("{byte:02x}")).collect();
        let graphic = |byte: &u8| {
            if byte.is_ascii_graphic() {
                char::from(*byte)
            } else {
                '.'
            }
        };
        let letters: String = line.iter().map(graphic).collect();
        let words = words.join(" ");
        let _ = writeln!(text, "{:06x} {words:<47} |{letters}|", number * 16);
    }
    text
}
