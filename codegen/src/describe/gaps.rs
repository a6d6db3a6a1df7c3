//! The gaps: parts of a model that a snapshot does not hold. Verilator leaves them out silently.

use super::dpi::{Foreign, Functions};
use super::files::Files;
use super::model::{Abilities, DpiFunction, DpiType, Gap, Weight};
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

/// Finds the gaps of a model that is or might be savable.
pub fn gaps(
    functions: &Functions,
    abilities: &Abilities,
    version: Version,
    files: &Files,
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
    if !version.is_at_least(RANDOM_REACHED) && files.sources_hold(RANDOM_CALLS) {
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
    let ours = |functions: &[DpiFunction]| -> Vec<String> {
        let carry = functions
            .iter()
            .filter(|function| carries_chandle(function));
        carry
            .map(|function| format!("`{}`", function.name))
            .collect()
    };
    let foreign_ones = functions.foreign.iter().filter(|function| function.chandle);
    let mut carry = ours(&functions.imports);
    carry.extend(foreign_ones.map(|function| format!("`{}`", function.name)));
    carry.extend(ours(&functions.exports));
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
    if files.sources_hold(OPEN_CALLS) {
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
    gaps.extend(foreign(&functions.foreign));
    gaps
}

/// The gap of imports that C++ implements: their state is held neither by Verilator nor by Rust.
fn foreign(functions: &[Foreign]) -> Option<Gap> {
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
