//! Schema locks: a committed file that remembers layouts, so that none changes without a new version.
//!
//! Put a test beside your types, and commit the file it writes:
//!
//! ```
//! use lightsss_runtime::Savable;
//! use lightsss_runtime::savable::lock;
//!
//! #[derive(Savable)]
//! #[savable(version = 1)]
//! struct Uart {
//!     fifo: Vec<u8>,
//!     divisor: u16,
//! }
//!
//! # fn main() -> Result<(), lock::LockError> {
//! # let folder = std::env::temp_dir().join(format!("lock-example-{}", std::process::id()));
//! # std::fs::create_dir_all(&folder).unwrap();
//! # let path = folder.join("schema.lock");
//! # std::fs::write(&path, lock::text(&[Uart::schema()])).unwrap();
//! // in a #[test]: let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schema.lock");
//! lock::check(path, &[Uart::schema()])?;
//! # std::fs::remove_dir_all(&folder).unwrap();
//! # Ok(())
//! # }
//! ```
//!
//! `LIGHTSSS_BLESS=1 cargo test` writes the file, at first and after each raise of a `version`. A layout
//! that changed under the same version is refused with the field's name, blessed or not.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::path::{Path, PathBuf};

use super::Schema;
use super::describe::{Description, Layout, NodeField, Present};

/// The environment variable that lets [`check`] write the file.
pub const BLESS: &str = "LIGHTSSS_BLESS";

/// Why a lock does not hold.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LockError {
    /// Layouts changed without a new version.
    #[error("{}: {} without a new version:\n{}", path.display(), count(changes.len()), list(changes))]
    Changed {
        /// The lock file.
        path: PathBuf,
        /// What changed, each with its type and field.
        changes: Vec<Change>,
    },
    /// The file does not describe the types as they are, though no version is at fault.
    #[error("{} is out of date ({reason}): run the test again with {BLESS}=1 and commit the file", path.display())]
    Stale {
        /// The lock file.
        path: PathBuf,
        /// What is missing or superfluous.
        reason: String,
    },
    /// A line is not in the format of a lock file.
    #[error("{}:{line}: not a line of a schema lock: {text}", path.display())]
    Unreadable {
        /// The lock file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What it says.
        text: String,
    },
    /// The file cannot be read or written.
    #[error("{}: {error}", path.display())]
    Io {
        /// The lock file.
        path: PathBuf,
        /// The system's answer.
        error: std::io::Error,
    },
}

/// A layout that changed under the same version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The type.
    pub type_name: String,
    /// Its version in the lock.
    pub locked_version: u32,
    /// Its version now.
    pub version: u32,
    /// The field, or the variant and field.
    pub field: String,
    /// The field's type in the lock; `None` where it was not there.
    pub before: Option<String>,
    /// The field's type now; `None` where it is gone.
    pub now: Option<String>,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}: ", self.type_name, self.field)?;
        match (&self.before, &self.now) {
            (Some(before), Some(now)) if before == now => f.write_str("moved"),
            (Some(before), Some(now)) => write!(f, "was {before}, now {now}"),
            (Some(before), None) => write!(f, "removed (was {before})"),
            (None, Some(now)) => write!(f, "added ({now})"),
            (None, None) => f.write_str("changed"),
        }?;
        let next = self.locked_version.max(self.version) + 1;
        write!(
            f,
            "; write `#[savable(version = {next})]` on {}",
            self.type_name
        )
    }
}

fn count(changes: usize) -> String {
    if changes == 1 {
        "a layout changed".to_owned()
    } else {
        format!("{changes} fields changed")
    }
}

fn list(changes: &[Change]) -> String {
    changes
        .iter()
        .map(|change| format!("  {change}"))
        .collect::<Vec<_>>()
        .join("\n")
}

/// A type's layout, as a lock remembers it: fields with their types, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
struct LockedType {
    version: u32,
    fields: Vec<(String, String)>,
}

type Entries = BTreeMap<String, LockedType>;

/// Compares the types behind `schemas`, and all types inside them, with the lock file at `path`.
///
/// With [`BLESS`] set, writes the file, unless a layout changed without a new version.
pub fn check(path: impl AsRef<Path>, schemas: &[&'static Schema]) -> Result<(), LockError> {
    check_with(path.as_ref(), schemas, std::env::var_os(BLESS).is_some())
}

/// As [`check`]; `bless` says whether to write the file.
pub fn check_with(path: &Path, schemas: &[&'static Schema], bless: bool) -> Result<(), LockError> {
    let now = entries(schemas);
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return if bless {
                write(path, &now)
            } else {
                Err(stale(path, "it does not exist"))
            };
        }
        Err(error) => {
            return Err(LockError::Io {
                path: path.to_owned(),
                error,
            });
        }
    };
    let locked = parse(path, &text)?;
    let changes: Vec<Change> = locked
        .iter()
        .filter_map(|(name, before)| Some((name, before, now.get(name)?)))
        .filter(|(_, before, now)| now.version <= before.version && before != now)
        .flat_map(|(name, before, now)| changes(name, before, now))
        .collect();
    if !changes.is_empty() {
        return Err(LockError::Changed {
            path: path.to_owned(),
            changes,
        });
    }
    if locked == now {
        return Ok(());
    }
    if bless {
        return write(path, &now);
    }
    let reason = now
        .iter()
        .find(|(name, entry)| locked.get(*name) != Some(entry))
        .map(|(name, _)| format!("{name} is new or has a new version"))
        .or_else(|| {
            locked
                .keys()
                .find(|name| !now.contains_key(*name))
                .map(|name| format!("{name} is gone"))
        });
    Err(stale(path, &reason.unwrap_or_default()))
}

/// The text of a lock file.
#[must_use]
pub fn text(schemas: &[&'static Schema]) -> String {
    print(&entries(schemas))
}

fn stale(path: &Path, reason: &str) -> LockError {
    LockError::Stale {
        path: path.to_owned(),
        reason: reason.to_owned(),
    }
}

fn write(path: &Path, entries: &Entries) -> Result<(), LockError> {
    std::fs::write(path, print(entries)).map_err(|error| LockError::Io {
        path: path.to_owned(),
        error,
    })
}

/// What differs between two layouts of one version.
fn changes(name: &str, before: &LockedType, now: &LockedType) -> Vec<Change> {
    let change = |field: &str, from: Option<&String>, to: Option<&String>| Change {
        type_name: name.to_owned(),
        locked_version: before.version,
        version: now.version,
        field: field.to_owned(),
        before: from.cloned(),
        now: to.cloned(),
    };
    let find = |entry: &'_ LockedType, field: &str| {
        entry
            .fields
            .iter()
            .find(|(name, _)| name == field)
            .map(|(_, ty)| ty.clone())
    };
    let mut list = Vec::new();
    for (field, ty) in &before.fields {
        let after = find(now, field);
        if after.as_ref() != Some(ty) {
            list.push(change(field, Some(ty), after.as_ref()));
        }
    }
    for (field, ty) in &now.fields {
        if find(before, field).is_none() {
            list.push(change(field, None, Some(ty)));
        }
    }
    if list.is_empty() && before.fields != now.fields {
        // All are there, in another order: name the first that is not where it was.
        let moved = before
            .fields
            .iter()
            .zip(&now.fields)
            .find(|(before, now)| before != now);
        if let Some(((field, ty), _)) = moved {
            list.push(change(field, Some(ty), Some(ty)));
        }
    }
    if list.is_empty() {
        // The version went back, the layout did not change.
        list.push(change(
            "version",
            Some(&before.version.to_string()),
            Some(&now.version.to_string()),
        ));
    }
    list
}

fn entries(schemas: &[&'static Schema]) -> Entries {
    let mut entries = Entries::new();
    for schema in schemas {
        let present = Present::of(schema, schema.name);
        let description = &present.description;
        for (node, type_name) in present.type_names.iter().enumerate() {
            let fields = match &description.nodes[node].layout {
                Layout::Struct(fields) => named_fields(description, "", fields),
                Layout::Enum(variants) => variants
                    .iter()
                    .flat_map(|variant| {
                        let bare = (variant.name.clone(), "variant".to_owned());
                        let prefix = format!("{}.", variant.name);
                        std::iter::once(bare).chain(named_fields(
                            description,
                            &prefix,
                            &variant.fields,
                        ))
                    })
                    .collect(),
                _ => continue,
            };
            let entry = LockedType {
                version: description.nodes[node].version,
                fields,
            };
            let short = short_name(type_name);
            match entries.get(&short) {
                Some(known) if *known != entry => drop(entries.insert(unwrapped(type_name), entry)),
                _ => drop(entries.insert(short, entry)),
            }
        }
    }
    entries
}

fn named_fields(
    description: &Description,
    prefix: &str,
    fields: &[NodeField],
) -> Vec<(String, String)> {
    fields
        .iter()
        .map(|field| {
            let retired = if field.retired { "retired " } else { "" };
            let ty = format!("{retired}{}", description.type_name(field.node));
            (format!("{prefix}{}", field.name), ty)
        })
        .collect()
}

/// A type's name without the owners that store it as it is.
fn unwrapped(type_name: &str) -> String {
    const OWNERS: &[&str] = &[
        "alloc::boxed::Box<",
        "alloc::rc::Rc<",
        "alloc::sync::Arc<",
        "core::cell::Cell<",
        "core::cell::RefCell<",
        "core::cmp::Reverse<",
        "core::num::wrapping::Wrapping<",
        "core::num::saturating::Saturating<",
    ];
    let mut name = type_name;
    while let Some(inner) = OWNERS.iter().find_map(|owner| name.strip_prefix(owner)) {
        name = inner.strip_suffix('>').unwrap_or(inner);
    }
    name.to_owned()
}

/// The same without paths: `a::b::List<c::Item>` is `List<Item>`.
fn short_name(type_name: &str) -> String {
    let mut short = String::new();
    for part in unwrapped(type_name).split_inclusive(|c: char| !(c.is_alphanumeric() || c == '_')) {
        if let Some(path) = part.strip_suffix(':') {
            // A path's `::` is split into a part with a name and a part without.
            if !path.is_empty() {
                let kept = short
                    .trim_end_matches(|c: char| c.is_alphanumeric() || c == '_')
                    .len();
                short.truncate(kept);
            }
        } else {
            short.push_str(part);
        }
    }
    short
}

fn print(entries: &Entries) -> String {
    let mut text = String::from(
        "# Layouts of savable types. Written by the test that checks it, with LIGHTSSS_BLESS=1: do not edit.\n",
    );
    for (name, entry) in entries {
        let _ = write!(text, "\n[{name}] version {}\n", entry.version);
        for (field, ty) in &entry.fields {
            let _ = writeln!(text, "{field}: {ty}");
        }
    }
    text
}

fn parse(path: &Path, text: &str) -> Result<Entries, LockError> {
    let mut entries = Entries::new();
    let mut current: Option<String> = None;
    for (number, line) in text.lines().enumerate() {
        let unreadable = || LockError::Unreadable {
            path: path.to_owned(),
            line: number + 1,
            text: line.to_owned(),
        };
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(head) = line.strip_prefix('[') {
            let (name, version) = head.rsplit_once("] version ").ok_or_else(unreadable)?;
            let version = version.parse().map_err(|_| unreadable())?;
            entries.insert(
                name.to_owned(),
                LockedType {
                    version,
                    fields: Vec::new(),
                },
            );
            current = Some(name.to_owned());
        } else {
            let entry = current.as_ref().and_then(|name| entries.get_mut(name));
            let (field, ty) = line.split_once(": ").ok_or_else(unreadable)?;
            entry
                .ok_or_else(unreadable)?
                .fields
                .push((field.to_owned(), ty.to_owned()));
        }
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::short_name;

    #[test]
    fn names_lose_paths_and_owners() {
        for (long, short) in [
            ("soc::uart::Uart", "Uart"),
            ("alloc::boxed::Box<soc::List<soc::a::Item>>", "List<Item>"),
            ("Uart", "Uart"),
            ("soc::Pair<u8, [soc::x::Y; 3]>", "Pair<u8, [Y; 3]>"),
        ] {
            assert_eq!(short_name(long), short);
        }
    }
}
