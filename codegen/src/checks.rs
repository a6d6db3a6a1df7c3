//! Refusals and warnings: contradictions between options, and between options and what Verilator
//! wrote. Nothing is changed here.

use crate::describe::state::Table;
use crate::describe::{Description, Weight};
use crate::error::{Error, Result};
use crate::options::Options;

fn error(name: &str, reason: impl Into<String>) -> Error {
    Error::Model {
        model: name.to_owned(),
        reason: reason.into(),
    }
}

/// Options that contradict one another.
pub fn options(name: &str, options: &Options) -> Result<()> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if !name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') || !name.chars().all(plain)
    {
        return Err(error(
            name,
            "its name becomes a module: use letters, digits and `_`",
        ));
    }
    if let Some(prefix) = &options.prefix {
        check_prefix(prefix).map_err(|reason| error(name, reason))?;
    }
    if options.obj_dir.is_some() {
        if let Some(option) = options.only_for_verilator().first() {
            return Err(error(
                name,
                format!(
                    "`{option}` cannot be obeyed in a folder that is verilated already: remove it, \
                     and give it to Verilator where the folder is made"
                ),
            ));
        }
    } else if options.sources.is_empty() && options.filelists.is_empty() {
        return Err(error(
            name,
            "it has no source; add one with `.source(\"rtl/top.sv\")`, or a list of them with `.filelist(\"files.f\")`",
        ));
    }
    if options.savable && options.coverage {
        return Err(error(name, NOT_WITH_COVERAGE));
    }
    Ok(())
}

/// Words of C++, and names of its library's and Verilator's, that no class of the program can have.
const TAKEN: &[&str] = &[
    "alignas",
    "alignof",
    "and",
    "asm",
    "auto",
    "bool",
    "break",
    "case",
    "catch",
    "char",
    "class",
    "const",
    "continue",
    "default",
    "delete",
    "do",
    "double",
    "else",
    "enum",
    "explicit",
    "export",
    "extern",
    "false",
    "float",
    "for",
    "friend",
    "goto",
    "if",
    "inline",
    "int",
    "long",
    "mutable",
    "namespace",
    "new",
    "not",
    "NULL",
    "operator",
    "or",
    "private",
    "protected",
    "public",
    "register",
    "return",
    "short",
    "signed",
    "sizeof",
    "static",
    "std",
    "struct",
    "switch",
    "template",
    "this",
    "throw",
    "true",
    "try",
    "typedef",
    "typeid",
    "typename",
    "union",
    "unsigned",
    "using",
    "Verilated",
    "VerilatedContext",
    "VerilatedModel",
    "VerilatedModule",
    "VerilatedSyms",
    "virtual",
    "void",
    "volatile",
    "while",
    "xor",
];

/// The prefix becomes a class, and the beginning of the names of others.
fn check_prefix(prefix: &str) -> std::result::Result<(), String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let is_name = prefix.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && prefix.chars().all(plain);
    let why = if !is_name {
        "is no name in C++: use letters, digits and `_`"
    } else if TAKEN.contains(&prefix) {
        "has a meaning of its own in C++ or in Verilator: use another name, such as `V` and the module's"
    } else {
        return Ok(());
    };
    Err(format!(
        "its prefix `{prefix}` becomes the class of the model, and {why}"
    ))
}

/// How many places a refusal names.
const NAMED_WAITS: usize = 3;

/// What a model that is to be savable has to do without.
fn not_with_timing(waits: &[String]) -> String {
    let named = waits.iter().take(NAMED_WAITS);
    let mut named = named.cloned().collect::<Vec<_>>().join(", ");
    if waits.len() > NAMED_WAITS {
        named = format!("{named} and at {} more places", waits.len() - NAMED_WAITS);
    }
    let waits = match waits {
        [] => String::new(),
        _ => format!(" while processes wait, as they do {named}"),
    };
    format!(
        "Verilator cannot save a model with `--timing`{waits}: make clocks and delays in the harness and remove \
         `.timing(true)`, or remove `.savable(true)` and use fork slots, which hold such a model whole"
    )
}

/// Refuses a model that is to be savable if one of its processes waits.
pub fn timing(model: &Description) -> Result<()> {
    if model.abilities.timing {
        return Err(error(&model.name, not_with_timing(&model.waits)));
    }
    Ok(())
}

const NOT_WITH_COVERAGE: &str = "Verilator cannot save a model with `--coverage`: remove \
                                 `.coverage(true)`, or `.savable(true)` and use fork slots";

/// Options that contradict what Verilator wrote.
pub fn description(options: &Options, model: &Description) -> Result<()> {
    let error = |reason: String| error(&model.name, reason);
    let abilities = &model.abilities;
    // Up to 5.030 Verilator takes both, and what it writes does not compile or does not hold.
    if abilities.timing && (abilities.savable || model.unsavable.is_some()) {
        return Err(error(not_with_timing(&model.waits)));
    }
    if let Some(reason) = &model.unsavable {
        return Err(error(format!(
            "its save functions do not compile: {reason}; verilate it without `--savable`, and use \
             fork slots"
        )));
    }
    if options.savable && !abilities.savable {
        return Err(error(if options.obj_dir.is_some() {
            "it was to be savable, and the folder is not: verilate it with `--savable`, or remove \
             `.savable(true)` and use fork slots"
                .to_owned()
        } else {
            "it was to be savable, and Verilator wrote no serialize functions for it; its \
             messages say why: change the design, or remove `.savable(true)` and use fork slots"
                .to_owned()
        }));
    }
    if abilities.savable && abilities.coverage {
        return Err(error(NOT_WITH_COVERAGE.to_owned()));
    }
    if abilities.savable
        && !options.incomplete_snapshots
        && let Some(gap) = model.gaps.iter().find(|gap| gap.weight == Weight::Refused)
    {
        return Err(error(format!(
            "a snapshot would not hold {}: {}, or remove `.savable(true)` and use fork slots, \
                 or accept it with `.incomplete_snapshots(true)` (`--incomplete-snapshots`)",
            gap.what, gap.instead
        )));
    }
    if let Some(format) = options.trace
        && abilities.trace != Some(format)
    {
        let found = match abilities.trace {
            Some(found) => format!("it writes {found}"),
            None => "it writes no waveforms".to_owned(),
        };
        return Err(error(format!(
            "it was to write {format}, and {found}: verilate it with `--trace-{}`, or change \
             `.trace(..)`",
            format.to_string().to_lowercase()
        )));
    }
    if let Some(threads) = options.threads
        && threads.max(1) != abilities.threads
    {
        return Err(error(format!(
            "it was to run on {threads} threads, and runs on {}: verilate it with `--threads \
             {threads}`, or change `.threads(..)`",
            abilities.threads
        )));
    }
    for (option, wanted, found) in [
        ("timing", options.timing == Some(true), abilities.timing),
        ("coverage", options.coverage, abilities.coverage),
    ] {
        // A design without delays is written as one without `--timing`, which is as good.
        if wanted && !found && options.obj_dir.is_some() {
            return Err(error(format!(
                "it was to have `--{option}`, and the folder has not: verilate it with \
                 `--{option}`, or remove `.{option}(true)`"
            )));
        }
    }
    if abilities.threads > 1 && !abilities.clone_hooks {
        return Err(error(
            "its threads cannot be released around a fork, which every slot is: Verilator 5.016 or \
             newer can; use one of these, or remove `.threads(..)`"
                .to_owned(),
        ));
    }
    Ok(())
}

/// The state table of a model that a harness in C++ saves: without one Verilator's own operators would have to read
/// what is in a file, and they end the process where they meet what they do not expect.
pub fn harness(model: &Description) -> Result<&Table> {
    let Some(state) = &model.state else {
        return Err(error(
            &model.name,
            "it cannot be saved: verilate it with `--savable`",
        ));
    };
    state.table.as_ref().map_err(|reason| {
        error(
            &model.name,
            format!("it cannot be saved by a harness in C++: its state has no names: {reason}"),
        )
    })
}

/// What works otherwise than one may think.
pub fn warnings(model: &Description) -> Vec<String> {
    if let Some(reason) = &model.unsavable {
        return vec![format!(
            "it is built without save and restore: {reason}; change the design, or remove \
             `.savable(true)` and use fork slots"
        )];
    }
    if !model.abilities.savable {
        return Vec::new();
    }
    let gaps = model.gaps.iter().filter(|gap| gap.weight != Weight::Listed);
    let gaps = gaps.map(|gap| format!("a snapshot does not hold {}: {}", gap.what, gap.instead));
    let state = model
        .state
        .as_ref()
        .and_then(|state| state.table.as_ref().err());
    let nameless =
        state.map(|reason| format!("it is savable, but its state has no names: {reason}"));
    gaps.chain(nameless).collect()
}
