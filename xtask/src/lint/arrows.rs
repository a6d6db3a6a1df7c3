//! A file imports from its own floor and from lower ones only.

use anyhow::Result;

use super::breach::Breach;
use super::resolve::arrows;
use super::sources::Sources;

/// The folders of one crate's `src`, the lowest first.
struct Floors {
    src: &'static str,
    names: &'static [&'static str],
    /// Files that belong to no floor: they may import everything, and nobody imports them.
    above: &'static [&'static str],
}

const RUNTIME: Floors = Floors {
    src: "lightsss-runtime/src/",
    names: &[
        "process",
        "memory",
        "savable",
        "waveform",
        "model",
        "bus",
        "state",
        "durable",
        "slots",
        "template",
        "simulation",
        "timeline",
        "driver",
    ],
    above: &["lib.rs", "bin/"],
};

/// Folders that must not import each other: from, to, why.
const FORBIDDEN: [(&str, &str, &str); 4] = [
    (
        "codegen/src/emit/",
        "codegen/src/parse/",
        "a writer takes everything from the description",
    ),
    (
        "codegen/src/parse/",
        "codegen/src/describe/",
        "a parser knows only the text that it reads",
    ),
    (
        "codegen/src/parse/",
        "codegen/src/emit/",
        "a parser never writes",
    ),
    (
        "codegen/src/describe/",
        "codegen/src/emit/",
        "the description does not know what is written from it",
    ),
];

pub fn check(sources: &Sources) -> Result<Vec<Breach>> {
    let mut breaches = Vec::new();
    for (path, _) in sources.rust() {
        if let Some(inside) = path.strip_prefix(RUNTIME.src)
            && floor(inside).is_none()
            && !is_above(inside)
        {
            let why = format!(
                "lies on no floor: move it into one of {}",
                RUNTIME.names.join(", ")
            );
            breaches.push(Breach::new(path, why));
        }
    }
    for (from, targets) in arrows(sources, "lightsss-runtime")? {
        for (to, name) in targets {
            let inside = |path: &str| path.strip_prefix(RUNTIME.src).unwrap_or(path).to_owned();
            let (lower, upper) = (inside(&from), inside(&to));
            let why = match (floor(&lower), floor(&upper)) {
                (Some(low), Some(high)) if high > low => format!(
                    "imports `{name}` from `{}`, which lies above `{}`",
                    RUNTIME.names[high], RUNTIME.names[low]
                ),
                (Some(_), None) if is_above(&upper) => {
                    format!("imports `{name}` from the crate's surface")
                }
                _ => continue,
            };
            let why = format!("{why}: move what both need to the lower floor");
            breaches.push(Breach::new(format!("{from} -> {to}"), why));
        }
    }
    for (from, targets) in arrows(sources, "codegen")? {
        for (to, name) in targets {
            for (left, right, reason) in FORBIDDEN {
                if from.starts_with(left) && to.starts_with(right) {
                    let why = format!("imports `{name}`: {reason}");
                    breaches.push(Breach::new(format!("{from} -> {to}"), why));
                }
            }
        }
    }
    Ok(breaches)
}

fn floor(inside: &str) -> Option<usize> {
    let name = inside.split(['/', '.']).next()?;
    RUNTIME.names.iter().position(|floor| *floor == name)
}

fn is_above(inside: &str) -> bool {
    RUNTIME.above.iter().any(|above| inside.starts_with(above))
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::lint::sources::Sources;

    fn keys(sources: &[(&str, &str)]) -> Vec<String> {
        let breaches = check(&Sources::of(sources)).unwrap();
        breaches.into_iter().map(|breach| breach.key).collect()
    }

    const ROOT: (&str, &str) = (
        "lightsss-runtime/src/lib.rs",
        "mod durable; mod slots; pub use slots::Slots;",
    );

    #[test]
    fn an_import_from_a_higher_floor_is_a_breach() {
        let found = keys(&[
            ROOT,
            (
                "lightsss-runtime/src/durable/mod.rs",
                "use crate::slots::Slots;",
            ),
            ("lightsss-runtime/src/slots/mod.rs", "pub struct Slots;"),
        ]);
        let expected = "lightsss-runtime/src/durable/mod.rs -> lightsss-runtime/src/slots/mod.rs";
        assert_eq!(found, [expected]);
    }

    #[test]
    fn a_name_that_is_exported_again_belongs_to_the_file_that_defines_it() {
        let found = keys(&[
            ROOT,
            (
                "lightsss-runtime/src/durable/mod.rs",
                "fn f() { crate::Slots::new(); }",
            ),
            (
                "lightsss-runtime/src/slots/mod.rs",
                "mod slot; pub use slot::Slots;",
            ),
            ("lightsss-runtime/src/slots/slot.rs", "pub struct Slots;"),
        ]);
        let expected = "lightsss-runtime/src/durable/mod.rs -> lightsss-runtime/src/slots/slot.rs";
        assert_eq!(found, [expected]);
    }

    #[test]
    fn an_import_from_a_lower_floor_and_one_in_a_test_are_none() {
        let found = keys(&[
            ROOT,
            (
                "lightsss-runtime/src/durable/mod.rs",
                "pub struct File; #[cfg(test)] mod tests { use crate::slots::Slots; }",
            ),
            (
                "lightsss-runtime/src/slots/mod.rs",
                "use crate::durable::File; pub struct Slots(File);",
            ),
        ]);
        assert!(found.is_empty(), "{found:?}");
    }

    #[test]
    fn a_file_beside_the_floors_is_a_breach() {
        let root = ("lightsss-runtime/src/lib.rs", "mod say;");
        let found = keys(&[root, ("lightsss-runtime/src/say.rs", "")]);
        assert_eq!(found, ["lightsss-runtime/src/say.rs"]);
    }

    #[test]
    fn a_writer_that_imports_a_parser_is_a_breach() {
        let found = keys(&[
            ("codegen/src/lib.rs", "mod emit; mod parse;"),
            (
                "codegen/src/emit/mod.rs",
                "fn f() { crate::parse::port::read(); }",
            ),
            ("codegen/src/parse/mod.rs", "pub mod port;"),
            ("codegen/src/parse/port.rs", "pub fn read() {}"),
        ]);
        assert_eq!(
            found,
            ["codegen/src/emit/mod.rs -> codegen/src/parse/port.rs"]
        );
    }
}
