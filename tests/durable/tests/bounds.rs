//! What a small file can ask for: no reader takes more time than linear in the file, nor more memory than a multiple of
//! it. One test, since the allocations of another one would be counted too.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use lightsss_runtime::Savable;
use lightsss_runtime::durable::{
    RestoreOptions, Snapshot, contents, diff, restore, unknown_paths, verify,
};
use lightsss_runtime::state::Filter;
use lightsss_tests_durable::craft::{Craft, Section, Shape, Type, field, list, ty};
use lightsss_tests_durable::memory::Counting;

#[global_allocator]
static MEMORY: Counting = Counting::new();

/// Levels of types, each of twice the next.
const LEVELS: usize = 60;

/// The harness into which files are restored: a field that is stored, and one that files do not have.
#[derive(Savable)]
struct Harness {
    cycle: u64,
    #[savable(default)]
    new: u32,
}

/// A chain of types, made by `level` of the number of the next, down to `leaf`.
fn chain(first: usize, level: impl Fn(usize) -> Shape, leaf: Vec<Type>) -> Vec<Type> {
    let mut types: Vec<Type> = (first..first + LEVELS)
        .map(|number| ty("Level", level(number + 1)))
        .collect();
    types.extend(leaf);
    types
}

fn pair(next: usize) -> Shape {
    Shape::Struct(vec![field("a", next), field("b", next)])
}

fn twice(next: usize) -> Shape {
    Shape::Tuple(vec![next as u64; 2])
}

/// A harness of a cycle and of one more field, of the type that follows.
fn beside(types: Vec<Type>) -> Vec<Type> {
    let harness = Shape::Struct(vec![field("cycle", 1), field("gone", 2)]);
    let mut all = vec![ty("Harness", harness), ty("u64", Shape::Primitive(4))];
    all.extend(types);
    all
}

/// A file that asks for much, and what it is called.
type Named = (&'static str, Craft);

fn unit() -> Type {
    ty("unit", Shape::Tuple(Vec::new()))
}

/// Arrays of no texts, as the type behind a chain that begins with `first`.
fn nothing(first: usize) -> Vec<Type> {
    let next = (first + LEVELS + 1) as u64;
    vec![ty("none", Shape::Array(next, 0)), ty("text", Shape::Text)]
}

/// A file of a cycle and of a field of the first of these types, of these values.
fn with(types: Vec<Type>, values: &[u8]) -> Craft {
    Craft::new(&beside(types), [&7_u64.to_le_bytes(), values].concat())
}

fn of(types: Vec<Type>) -> Craft {
    with(types, &[])
}

/// Types whose values take no bytes, any number of times.
fn without_bytes() -> Vec<Named> {
    vec![
        ("structs of units", of(chain(2, pair, vec![unit()]))),
        ("tuples of units", of(chain(2, twice, vec![unit()]))),
        ("structs of [string; 0]", of(chain(2, pair, nothing(2)))),
        ("tuples of [string; 0]", of(chain(2, twice, nothing(2)))),
        (
            "arrays of [string; 0]",
            of(chain(2, |next| Shape::Array(next as u64, 2), nothing(2))),
        ),
        (
            "2^60 units",
            of(vec![ty("many", Shape::Array(3, 1 << 60)), unit()]),
        ),
        (
            "2^60 strings of none",
            of(vec![
                ty("many", Shape::Array(3, 1 << 60)),
                ty("none", Shape::Array(4, 0)),
                ty("text", Shape::Text),
            ]),
        ),
        ("variants of structs of units", {
            let variant = Shape::Enum(vec![("V".to_owned(), vec![field("a", 3)])]);
            let mut types = vec![ty("Choice", variant)];
            types.extend(chain(3, pair, vec![unit()]));
            with(types, &[0])
        }),
        ("a list of structs of units", {
            let mut types = vec![ty("list", Shape::List(1, 3))];
            types.extend(chain(3, pair, vec![unit()]));
            with(types, &list(&vec![vec![0]; 100_000]))
        }),
        ("an option of a retired struct of units", {
            let retired = Shape::Struct(vec![("old".to_owned(), 3, 1)]);
            let mut types = vec![ty("Retired", retired)];
            types.extend(chain(3, pair, vec![unit()]));
            with(types, &[1])
        }),
    ]
}

/// Many fields without bytes, many times.
fn wide() -> Vec<Named> {
    let wide = |count: usize, last: usize| {
        let mut fields: Vec<_> = (0..count)
            .map(|number| field(format!("f{number}"), 4))
            .collect();
        fields.push(field("last", last));
        Shape::Struct(fields)
    };
    vec![
        // 20,000 fields without bytes and one of a byte, 20,000 times.
        ("a list of structs of many units", {
            let types = vec![
                ty("list", Shape::List(0, 3)),
                ty("Wide", wide(20_000, 5)),
                unit(),
                ty("u8", Shape::Primitive(1)),
            ];
            with(types, &list(&vec![vec![1]; 20_000]))
        }),
        ("a list of varying structs of many units", {
            let types = vec![
                ty("list", Shape::List(0, 3)),
                ty("Wide", wide(20_000, 5)),
                unit(),
                ty("option", Shape::Option(4)),
            ];
            with(types, &list(&vec![vec![1]; 20_000]))
        }),
    ]
}

/// Long names, deep types, large values.
fn long_and_deep() -> Vec<Named> {
    vec![]
}

/// Directories that are most of the file.
fn directories() -> Vec<Named> {
    let mut sections = of(vec![unit()]);
    sections
        .sections
        .extend((0..300_000).map(|_| Section::data(3, "", Vec::new())));
    let mut held = with(
        vec![
            ty("array", Shape::Array(3, 100_000)),
            ty("s", Shape::Section(3)),
        ],
        &vec![0; 400_000],
    );
    held.sections.push(Section::data(3, "one", vec![1; 10]));
    let mut labels = of(vec![unit()]);
    labels.labels = (0..400_000)
        .map(|n| (format!("{n:06}"), String::new()))
        .collect();
    let mut models = of(vec![unit()]);
    models.models = vec![(String::new(), 0, String::new()); 400_000];
    vec![
        ("300,000 sections", sections),
        ("one section that is held 100,000 times", held),
        ("400,000 labels", labels),
        ("400,000 models", models),
    ]
}

struct Lab {
    folder: tempfile::TempDir,
}

/// What a reader may take: of time, a second for each MB and one more, in a build that is not optimised; of memory, what
/// `docs/format.md` says.
fn watched(what: &str, len: usize, read: impl FnOnce()) {
    let begun = Instant::now();
    let before = MEMORY.begin();
    read();
    let (took, grown) = (begun.elapsed(), MEMORY.most() - before);
    let most_time = Duration::from_secs(5) + Duration::from_secs(3) * (len >> 20) as u32;
    assert!(took < most_time, "{what}: took {took:?} for {len} bytes");
    let most = (96 << 20) + 16 * len;
    assert!(grown < most, "{what}: {grown} bytes for a file of {len}");
}

impl Lab {
    fn file(&self, name: &str, craft: &Craft) -> (PathBuf, usize) {
        let path = self.folder.path().join(format!("{name}.lsss"));
        let bytes = craft.build();
        std::fs::write(&path, &bytes).unwrap();
        (path, bytes.len())
    }
}

fn open(path: &Path) -> Option<Snapshot> {
    Snapshot::open(path, &RestoreOptions::default()).ok()
}

#[test]
fn no_reader_takes_more_than_its_share() {
    let lab = Lab {
        folder: tempfile::tempdir().unwrap(),
    };
    let plain = Craft::new(&beside(vec![ty("unit", Shape::Tuple(vec![]))]), vec![1; 8]);
    let (plain, _) = lab.file("plain", &plain);
    let files = [without_bytes(), wide(), long_and_deep(), directories()];
    for (name, craft) in files.into_iter().flatten() {
        let (path, len) = lab.file("file", &craft);
        let mut good = false;
        watched(&format!("{name}: verify"), len, || {
            good = open(&path).is_some_and(|mut it| verify(&mut it, &|_| ()).is_ok());
        });
        for (mode, filter) in [
            ("all", Filter::new([""; 0])),
            ("a path", Filter::new(["gone*last"])),
            ("all below", Filter::new(["*"])),
        ] {
            watched(&format!("{name}: show {mode}"), len, || {
                let shown = open(&path).map(|mut it| contents(&mut it, &filter, &|_| ()).is_ok());
                // What is verified can be shown.
                assert!(
                    !good || shown == Some(true),
                    "{name} is good, and not shown"
                );
            });
            for (a, b) in [(&path, &plain), (&plain, &path), (&path, &path)] {
                watched(&format!("{name}: diff {mode}"), len, || {
                    let (Some(mut a), Some(mut b)) = (open(a), open(b)) else {
                        return;
                    };
                    let found = diff(&mut a, &mut b, &filter, &|_| ());
                    assert!(!good || found.is_ok(), "{name} is good, and not compared");
                });
            }
        }
        watched(&format!("{name}: unknown paths"), len, || {
            if let Some(mut snapshot) = open(&path)
                && snapshot.verify(&|_| ()).is_ok()
            {
                let _ = unknown_paths(&[&snapshot], &Filter::new(["no.such"]));
            }
        });
        watched(&format!("{name}: restore"), len, || {
            let mut harness = Harness { cycle: 1, new: 2 };
            let restored = restore(&path, &mut harness).is_ok();
            assert_eq!(harness.cycle == 7, restored, "{name}");
            assert_eq!(harness.new == 2, !restored, "{name}");
        });
    }
}
