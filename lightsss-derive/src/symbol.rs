//! The names of the attributes in `#[savable(...)]`.

/// An attribute's name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Symbol {
    pub name: &'static str,
    /// How it is written, for messages.
    pub usage: &'static str,
}

const fn symbol(name: &'static str, usage: &'static str) -> Symbol {
    Symbol { name, usage }
}

pub const AS_POD: Symbol = symbol("as_pod", "as_pod");
pub const AS_SERDE: Symbol = symbol("as_serde", "as_serde");
pub const BOUND: Symbol = symbol("bound", "bound = \"T: Savable\"");
pub const CRATE: Symbol = symbol("crate", "crate = path::to::lightsss_runtime");
pub const DEFAULT: Symbol = symbol("default", "default` or `default = path::to::function");
pub const RECURSIVE: Symbol = symbol("recursive", "recursive");
pub const RENAME: Symbol = symbol("rename", "rename = \"stored_name\"");
pub const REOPEN: Symbol = symbol("reopen", "reopen");
pub const SINCE: Symbol = symbol("since", "since = 2");
pub const SKIP: Symbol = symbol("skip", "skip");
pub const TRANSPARENT: Symbol = symbol("transparent", "transparent");
pub const UNTIL: Symbol = symbol("until", "until = 2");
pub const UPGRADE: Symbol = symbol("upgrade", "upgrade = path::to::function");
pub const VALIDATE: Symbol = symbol("validate", "validate = path::to::function");
pub const VERSION: Symbol = symbol("version", "version = 2");
pub const WITH: Symbol = symbol("with", "with = path::to::module");

/// What other derives call the same thing.
pub const ALIASES: &[(&str, Symbol)] = &[
    ("ignore", SKIP),
    ("transient", SKIP),
    ("serde", AS_SERDE),
    ("pod", AS_POD),
    ("bytemuck", AS_POD),
    ("start", SINCE),
    ("end", UNTIL),
    ("alias", RENAME),
    ("default_fn", DEFAULT),
    ("from", UPGRADE),
    ("convert", UPGRADE),
    ("check", VALIDATE),
    ("file", REOPEN),
];
