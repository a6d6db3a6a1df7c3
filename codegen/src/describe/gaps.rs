//! What a snapshot of a model does not hold. Verilator leaves it out without a word.

use std::path::Path;

use super::dpi::Functions;
use super::{Abilities, DpiFunction, DpiType, Gap, Weight};
use crate::verilator::Version;

/// The first version whose random generator can be reached.
const RANDOM_REACHED: u32 = 30;

/// The calls by which generated sources ask the random generator. Those with a seed of their own
/// keep it in a variable, which is saved.
const RANDOM_CALLS: &[&str] = &[
    "VL_RANDOM_I(",
    "VL_RANDOM_Q(",
    "VL_RANDOM_W(",
    "VL_URANDOM_RANGE_I(",
    "vl_rand64(",
];

/// The call by which they open files, whatever its arguments.
const OPEN_CALLS: &[&str] = &["VL_FOPEN_"];

/// Characters that are rare in generated text, one of which each of these names holds.
const RARE: [char; 3] = ['M', 'P', '6'];

/// Finds the gaps of a model that is or might be savable.
pub fn gaps(
    functions: &Functions,
    abilities: &Abilities,
    version: Version,
    texts: &[(&Path, String)],
) -> Vec<Gap> {
    let mut gaps = Vec::new();
    for library in &functions.libraries {
        gaps.push(Gap {
            what: format!(
                "the state of `{library}`, a block that Verilator made a library of \
                 (`--hierarchical`, `--lib-create`) and does not save"
            ),
            instead: "verilate it as a part of the whole".to_owned(),
            weight: Weight::Refused,
        });
    }
    let calls = |names: &[&str]| texts.iter().any(|(_, text)| mentions(text, names));
    if !version.is_at_least(RANDOM_REACHED) && calls(RANDOM_CALLS) {
        gaps.push(Gap {
            what: format!(
                "the state of the random generator behind `$random` and `$urandom`, which \
                 Verilator {version} keeps out of reach: a restored run draws other numbers"
            ),
            instead: "use Verilator 5.030 or newer, or `$random(seed)` with a seed in the design"
                .to_owned(),
            weight: Weight::Warned,
        });
    }
    let carry: Vec<_> = functions
        .imports
        .iter()
        .chain(&functions.exports)
        .filter(|function| carries_chandle(function))
        .map(|function| format!("`{}`", function.name))
        .collect();
    if !carry.is_empty() {
        gaps.push(Gap {
            what: format!(
                "what the design's `chandle`s point to: it gets them through {}, and a snapshot \
                 holds their addresses",
                carry.join(", ")
            ),
            instead: "give the design numbers and look them up in the harness".to_owned(),
            weight: Weight::Warned,
        });
    }
    if calls(OPEN_CALLS) {
        gaps.push(Gap {
            what: "the contents of files that the design has open, only their names and positions"
                .to_owned(),
            instead: "keep the files where they are".to_owned(),
            weight: Weight::Listed,
        });
    }
    if abilities.trace.is_some() {
        gaps.push(Gap {
            what: "an open trace".to_owned(),
            instead: "open one after a restore".to_owned(),
            weight: Weight::Listed,
        });
    }
    gaps
}

/// Whether generated text has any of the names, each of which holds a rare character.
///
/// Build scripts are compiled without optimisation. A search for a character runs at full speed all the
/// same, in the standard library; one for a string is compiled with this crate.
fn mentions(text: &str, names: &[&str]) -> bool {
    RARE.iter().any(|&rare| {
        let with_it: Vec<(usize, &[u8])> = names
            .iter()
            .filter_map(|name| Some((first_rare(name, rare)?, name.as_bytes())))
            .collect();
        !with_it.is_empty()
            && text.match_indices(rare).any(|(at, _)| {
                with_it.iter().any(|&(before, name)| {
                    let start = at.checked_sub(before);
                    start.is_some_and(|start| text.as_bytes()[start..].starts_with(name))
                })
            })
    })
}

/// Where `rare` stands in a name that holds none of the characters before it in the list.
fn first_rare(name: &str, rare: char) -> Option<usize> {
    let first = RARE.iter().find_map(|&c| Some((c, name.find(c)?)));
    first.filter(|(c, _)| *c == rare).map(|(_, at)| at)
}

/// Of imports that C++ implements: their state is in nobody's hands.
pub fn foreign(functions: &[DpiFunction]) -> Option<Gap> {
    let names: Vec<_> = functions
        .iter()
        .map(|function| format!("`{}`", function.name))
        .collect();
    (!names.is_empty()).then(|| Gap {
        what: format!(
            "the state of the C++ behind the DPI imports {}",
            names.join(", ")
        ),
        instead: "save and restore it from the harness, or use fork slots".to_owned(),
        weight: Weight::Warned,
    })
}

fn carries_chandle(function: &DpiFunction) -> bool {
    let mut types = function
        .arguments
        .iter()
        .map(|argument| &argument.ty)
        .chain(&function.returns);
    types.any(|ty| match ty {
        DpiType::Array { element, .. } => **element == DpiType::Chandle,
        ty => *ty == DpiType::Chandle,
    })
}

#[cfg(test)]
mod tests {
    use super::{OPEN_CALLS, RANDOM_CALLS, RARE, mentions};

    #[test]
    fn names_are_found_wherever_they_stand() {
        let all = [RANDOM_CALLS, OPEN_CALLS].concat();
        for name in &all {
            assert!(name.contains(RARE), "{name}");
            for text in [
                (*name).to_owned(),
                format!("MP6 {name}"),
                format!("M{name}6P"),
                format!("{}{name};", &name[..3]),
                format!("\u{d6}M{name}"),
            ] {
                assert!(mentions(&text, &all), "{text}");
                assert!(mentions(&text, &[name]), "{text}");
                let others: Vec<_> = all.iter().copied().filter(|it| it != name).collect();
                assert!(!mentions(&text, &others), "{text}");
            }
            assert!(!mentions(&name[1..], &all));
            assert!(!mentions(&name[..name.len() - 1], &all));
            assert!(!mentions("", &all));
        }
    }
}
