//! Damaged headers and make fragments give errors: never a panic, and never a description other
//! than the right one.
//!
//! What can be told from the text alone: a class that does not end, a line cut short, a port macro
//! whose size does not fit its range, a name declared twice, a variable of the make fragment that is
//! missing, a list that does not end. What cannot: a whole port line that is gone without a trace, a range
//! or a name changed into another that is as good. Those the C++ compiler refuses, because the
//! shim names each port and states its size, and the compiler sees the same header; so a
//! description that differs is wrong only if the header's C++ means something else than the
//! description says. That is what the tests look for: after each damage the parser refuses, or it
//! describes what the damaged text says.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use lightsss_codegen::{Direction, Port, Report, Shape, describe_folder};
use lightsss_tests_models::models::BUILT;

fn verilated(name: &str) -> PathBuf {
    Path::new(env!("OUT_DIR")).join(name).join("verilated")
}

/// A copy of a verilated folder without its sources' contents.
struct Copy {
    folder: tempfile::TempDir,
    name: String,
    class: String,
}

impl Copy {
    fn of(name: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        for entry in std::fs::read_dir(verilated(name)).expect("the design was verilated") {
            let path = entry.expect("the folder can be read").path();
            if path.is_file() {
                let to = folder.path().join(path.file_name().expect("it has a name"));
                std::fs::copy(&path, to).expect("it can be copied");
            }
        }
        let class = describe_folder(name, folder.path())
            .expect("the copy is as good as the original")
            .class;
        Self {
            folder,
            name: name.to_owned(),
            class,
        }
    }

    fn describe(&self) -> Result<Report, lightsss_codegen::Error> {
        describe_folder(&self.name, self.folder.path())
    }

    fn path(&self, suffix: &str) -> PathBuf {
        self.folder.path().join(format!("{}{suffix}", self.class))
    }

    fn read(&self, suffix: &str) -> String {
        std::fs::read_to_string(self.path(suffix)).expect("the file is there")
    }

    fn write(&self, suffix: &str, text: &str) {
        std::fs::write(self.path(suffix), text).expect("it can be written");
    }
}

/// The files that are parsed.
fn parsed_files(copy: &Copy) -> Vec<&'static str> {
    [".h", "_classes.mk", "__Dpi.h", "__Syms.h"]
        .into_iter()
        .filter(|suffix| copy.path(suffix).is_file())
        .collect()
}

#[test]
fn a_header_that_ends_early_is_refused() {
    for name in BUILT {
        let copy = Copy::of(name);
        let text = copy.read(".h");
        let lines: Vec<&str> = text.lines().collect();
        let end = lines
            .iter()
            .rposition(|line| line.starts_with('}'))
            .expect("the class ends");
        for length in 0..end {
            copy.write(".h", &lines[..length].join("\n"));
            let described = copy.describe();
            assert!(
                described.is_err(),
                "`{name}`: a header of {length} lines was taken"
            );
        }
    }
}

#[test]
fn a_make_fragment_that_ends_early_is_refused() {
    for name in BUILT {
        let copy = Copy::of(name);
        let text = copy.read("_classes.mk");
        let right = copy.describe().expect("it is whole");
        let lines: Vec<&str> = text.lines().collect();
        for length in 0..lines.len() {
            copy.write("_classes.mk", &lines[..length].join("\n"));
            if let Ok(described) = copy.describe() {
                assert_eq!(
                    described, right,
                    "`{name}`: a make fragment of {length} lines was taken"
                );
            }
        }
    }
}

/// Each port line damaged in turn, in ways that leave its C++ meaning another or none.
#[test]
fn a_damaged_port_is_refused_or_described_as_the_text_has_it() {
    for name in BUILT {
        let copy = Copy::of(name);
        let text = copy.read(".h");
        let right = copy.describe().expect("it is whole");
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let mut tried = Vec::new();
        for (at, line) in lines.iter().enumerate() {
            let code = line.trim();
            let Some((kind, _)) = code.split_once('&') else {
                continue;
            };
            // One of each kind: `VL_IN8(`, `VL_OUTW((`.
            if !kind.starts_with("VL_") || tried.contains(&kind) {
                continue;
            }
            tried.push(kind);
            for damaged in damages(code) {
                let mut changed = lines.clone();
                changed[at].clone_from(&damaged);
                copy.write(".h", &changed.join("\n"));
                match copy.describe() {
                    Err(_) => {}
                    Ok(described) => assert!(
                        agrees(&described, &damaged) || described == right,
                        "`{name}`: `{damaged}` was taken for something else"
                    ),
                }
            }
        }
    }
}

/// Ways to damage `VL_IN8(&clk,0,0);`.
fn damages(code: &str) -> Vec<String> {
    let mut all: Vec<String> = (1..code.len()).map(|end| code[..end].to_owned()).collect();
    all.extend((1..code.len()).map(|from| code[from..].to_owned()));
    for (at, c) in code.char_indices() {
        let with = |replacement: &str| {
            format!("{}{replacement}{}", &code[..at], &code[at + c.len_utf8()..])
        };
        all.push(with(""));
        all.push(with("#"));
        if c.is_ascii_digit() {
            all.push(with("9"));
            all.push(with("99999999999"));
            all.push(with("-"));
        }
    }
    all
}

/// Whether the description has a port exactly as the line says, judged by other means than the
/// parser's: the text of the macro is put together again from the description.
fn agrees(described: &Report, line: &str) -> bool {
    let plain: String = line.chars().filter(|c| !c.is_whitespace()).collect();
    described
        .ports
        .iter()
        .any(|port| macro_of(port).is_some_and(|text| text == plain))
}

fn macro_of(port: &Port) -> Option<String> {
    let mut shape = &port.shape;
    let mut lengths = String::new();
    while let Shape::Array { length, element } = shape {
        let _ = write!(lengths, "[{length}]");
        shape = element;
    }
    let Shape::Bits { width, msb, lsb } = shape else {
        return None;
    };
    let direction = match port.direction? {
        Direction::In => "IN",
        Direction::Out => "OUT",
        Direction::InOut => "INOUT",
    };
    let (size, words) = match width {
        1..=8 => ("8", String::new()),
        9..=16 => ("16", String::new()),
        17..=32 => ("", String::new()),
        33..=64 => ("64", String::new()),
        _ => ("W", format!(",{}", width.div_ceil(32))),
    };
    let place = if lengths.is_empty() {
        format!("&{}", port.member)
    } else {
        format!("(&{}){lengths}", port.member)
    };
    Some(format!("VL_{direction}{size}({place},{msb},{lsb}{words});"))
}

#[test]
fn garbled_files_never_panic() {
    let mut random = fastrand::Rng::with_seed(0x1157);
    for name in BUILT {
        let copy = Copy::of(name);
        for suffix in parsed_files(&copy) {
            let text = copy.read(suffix);
            for _ in 0..40 {
                copy.write(suffix, &garbled(&text, &mut random));
                // Either will do: what is checked is that it comes back.
                let _ = copy.describe();
            }
            copy.write(suffix, &text);
        }
    }
}

/// Bytes changed, lines swapped, removed, doubled, joined.
fn garbled(text: &str, random: &mut fastrand::Rng) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for _ in 0..random.usize(1..6) {
        let at = random.usize(0..lines.len());
        let other = random.usize(0..lines.len());
        match random.u8(0..6) {
            0 => lines.swap(at, other),
            1 => drop(lines.remove(at)),
            2 => lines.insert(other, lines[at].clone()),
            3 => {
                let bytes: Vec<u8> = lines[at]
                    .bytes()
                    .map(|byte| {
                        if random.u8(0..8) == 0 {
                            random.u8(..)
                        } else {
                            byte
                        }
                    })
                    .collect();
                lines[at] = String::from_utf8_lossy(&bytes).into_owned();
            }
            4 => {
                let end = random.usize(0..=lines[at].chars().count());
                lines[at] = lines[at].chars().take(end).collect();
            }
            _ => {
                let joined = lines[at].repeat(random.usize(1..4));
                lines[at] = joined;
            }
        }
        if lines.is_empty() {
            break;
        }
    }
    lines.join("\n")
}

#[test]
fn reordered_ports_are_described_in_the_new_order() {
    let mut random = fastrand::Rng::with_seed(7);
    for name in BUILT {
        let copy = Copy::of(name);
        let text = copy.read(".h");
        let right = copy.describe().expect("it is whole");
        let mut lines: Vec<&str> = text.lines().collect();
        let places: Vec<usize> = (0..lines.len())
            .filter(|at| {
                let code = lines[*at].trim();
                code.starts_with("VL_IN") || code.starts_with("VL_OUT")
            })
            .collect();
        let mut shuffled: Vec<&str> = places.iter().map(|at| lines[*at]).collect();
        random.shuffle(&mut shuffled);
        for (at, line) in places.iter().zip(shuffled) {
            lines[*at] = line;
        }
        copy.write(".h", &lines.join("\n"));
        let described = copy.describe().expect("the order does not matter");
        for port in &right.ports {
            let found = described
                .ports
                .iter()
                .find(|other| other.member == port.member);
            assert_eq!(
                found.map(|found| (&found.verilog, &found.direction, &found.shape)),
                Some((&port.verilog, &port.direction, &port.shape)),
                "`{name}`"
            );
        }
    }
}
