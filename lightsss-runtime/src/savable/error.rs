//! Why a save or a restore was refused.

use std::fmt;

/// A save that was refused. The value is unchanged.
#[derive(Debug)]
pub struct SaveError(Box<Refusal<SaveErrorKind>>);

/// A restore that was refused. The value is as it was before.
#[derive(Debug)]
pub struct RestoreError(Box<Refusal<RestoreErrorKind>>);

/// Boxed, so that a `Result` of the hot path is one word.
#[derive(Debug)]
struct Refusal<K> {
    kind: K,
    path: String,
    /// Where in the stream it happened, until the path is known.
    position: Option<usize>,
    /// The type of the value that begins there, where the error is about more than its first part.
    type_name: Option<&'static str>,
}

/// What was wrong in a save.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SaveErrorKind {
    /// A `Rc` or `Arc` with other owners.
    #[error(
        "expected a sole owner, found {owners} owners and {weak} weak references; a copy per owner would be restored: keep the value in one place, or skip the field"
    )]
    Shared {
        /// Strong references.
        owners: usize,
        /// Weak references.
        weak: usize,
    },
    /// A `RefCell` that is mutably borrowed, or a `Mutex` or `RwLock` that is locked.
    #[error("{what} is in use; release it before saving")]
    Busy {
        /// The type.
        what: &'static str,
    },
    /// A lock whose holder panicked.
    #[error(
        "{what} is poisoned by a panic of its holder, its value may be half-changed; clear the poison first"
    )]
    Poisoned {
        /// The type.
        what: &'static str,
    },
    /// A variant that is marked `until`.
    #[error("variant {variant} is not stored since version {until} of its type; use its successor")]
    RetiredVariant {
        /// The variant's name.
        variant: &'static str,
        /// The last version that stored it.
        until: u32,
    },
    /// More levels of nesting than a restore would follow.
    #[error("nested deeper than {limit} levels; keep long chains in a Vec")]
    TooDeep {
        /// The most levels.
        limit: u32,
    },
    /// A file that cannot be found again by its path.
    #[error(
        "file cannot be re-opened after a restore: {reason}; skip the field or keep the file linked"
    )]
    File {
        /// Why.
        reason: String,
    },
    /// The field's own code refused.
    #[error("{0}")]
    Custom(String),
    /// The sink refused the bytes.
    #[error("cannot write the snapshot: {0}")]
    Io(#[from] std::io::Error),
}

/// What was wrong in a restore.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RestoreErrorKind {
    /// The stream ends inside a value.
    #[error("snapshot ends early: {needed} bytes expected, {left} left")]
    Truncated {
        /// Bytes that the value takes.
        needed: u64,
        /// Bytes that are left.
        left: usize,
    },
    /// The stream goes on behind the last value.
    #[error("{left} bytes follow the last value; the snapshot is damaged or of another type")]
    TrailingBytes {
        /// Bytes that are left.
        left: usize,
    },
    /// Bytes that are no value of the type.
    #[error("not a {what}: {found}")]
    Invalid {
        /// The type that was expected.
        what: &'static str,
        /// What was found.
        found: String,
    },
    /// The stored type is not the present one.
    #[error("stored {stored}, now {now}; convert with `upgrade`")]
    Retyped {
        /// The stored type.
        stored: String,
        /// The present type.
        now: String,
    },
    /// A field that the snapshot does not hold.
    #[error("not in the snapshot (stored version {stored_version}); give the field a `default`")]
    Missing {
        /// The version of the type that was stored.
        stored_version: u32,
    },
    /// A field that the stored version should hold.
    #[error(
        "not in the snapshot, though version {stored_version} of its type should hold it (it is there since version {since}); was the layout changed without a new version?"
    )]
    MissingSince {
        /// The version of the type that was stored.
        stored_version: u32,
        /// The version given by `since`.
        since: u32,
    },
    /// A stored variant that the type does not have.
    #[error(
        "stored variant {variant}, which the enum no longer has; keep it with `until` and `upgrade`, or give its successor `rename = \"{variant}\"`"
    )]
    UnknownVariant {
        /// The variant's stored name.
        variant: String,
    },
    /// A snapshot of a newer program.
    #[error(
        "stored by version {stored}, this program knows version {known}; restore it with a newer program"
    )]
    Newer {
        /// The stored version.
        stored: u32,
        /// The version of this program's type.
        known: u32,
    },
    /// The description of the stored schema is not well-formed.
    #[error("schema description is damaged: {0}")]
    Description(&'static str),
    /// More levels of nesting than are followed.
    #[error("nested deeper than {limit} levels")]
    TooDeep {
        /// The most levels.
        limit: u32,
    },
    /// A section that is not there, or not what is expected.
    #[error("section {index}: {problem}")]
    Section {
        /// The section's number.
        index: u32,
        /// What is wrong with it.
        problem: String,
    },
    /// The live value is shared, so that a restore would change it for its other owners.
    #[error(
        "expected a sole owner, found {owners} owners and {weak} weak references; drop the others before the restore, or skip the field"
    )]
    Shared {
        /// Strong references.
        owners: usize,
        /// Weak references.
        weak: usize,
    },
    /// The live value cannot be saved, which a restore does first to be able to put it back.
    #[error("the live value cannot be kept for putting back: {0}")]
    NoUndo(SaveError),
    /// A file that the snapshot names, and that nobody has allowed to be opened.
    #[error(
        "`{path}` is not opened for a snapshot: {open}; have the harness open it first, or allow its folder with \
         `RestoreOptions::files_below` (`--restore-files-below`)"
    )]
    FileNotAllowed {
        /// The file's path.
        path: String,
        /// What is open in its place.
        open: String,
    },
    /// A file that cannot be re-opened.
    #[error("cannot re-open {path}: {error}")]
    File {
        /// The file's path.
        path: String,
        /// The system's answer.
        error: std::io::Error,
    },
    /// A field's own code refused.
    #[error("{0}")]
    Custom(String),
    /// A `validate` function refused the decoded value.
    #[error("validation failed: {0}")]
    Rejected(String),
    /// A field's own code panicked.
    #[error("the field's own code panicked: {0}")]
    Panicked(String),
    /// Putting back what a failed restore had changed failed as well.
    #[error("{cause}; putting the value back failed too: {undo}")]
    NotPutBack {
        /// Why the restore failed.
        cause: Box<RestoreError>,
        /// Why putting back failed.
        undo: Box<RestoreError>,
    },
    /// The source refused to deliver bytes.
    #[error("cannot read the snapshot: {0}")]
    Io(#[from] std::io::Error),
}

macro_rules! refusal {
    ($error:ident, $kind:ident) => {
        impl $error {
            /// An error of a field's own code, with `message`: lower case, no full stop.
            #[cold]
            #[must_use]
            pub fn custom(message: impl fmt::Display) -> Self {
                $kind::Custom(message.to_string()).into()
            }

            /// What was wrong.
            #[must_use]
            pub fn kind(&self) -> &$kind {
                &self.0.kind
            }

            /// The field, as a path from the value that was saved or restored: `uart.fifo[3].parity`. Empty
            /// for that value itself.
            #[must_use]
            pub fn path(&self) -> &str {
                &self.0.path
            }

            #[cold]
            pub(crate) fn at(mut self, position: usize) -> Self {
                self.0.position.get_or_insert(position);
                self
            }

            /// The same at another position: where a value begins, instead of where reading it stopped.
            #[cold]
            pub(crate) fn moved_to(mut self, position: usize) -> Self {
                self.0.position = Some(position);
                self
            }

            pub(crate) fn position(&self) -> Option<usize> {
                self.0.position
            }

            pub(crate) fn with_path(mut self, path: String) -> Self {
                if self.0.path.is_empty() {
                    self.0.path = path;
                }
                self
            }
        }

        impl From<$kind> for $error {
            #[cold]
            fn from(kind: $kind) -> Self {
                $error(Box::new(Refusal {
                    kind,
                    path: String::new(),
                    position: None,
                    type_name: None,
                }))
            }
        }

        impl From<std::io::Error> for $error {
            #[cold]
            fn from(error: std::io::Error) -> Self {
                $kind::Io(error).into()
            }
        }

        impl fmt::Display for $error {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                if !self.0.path.is_empty() {
                    write!(f, "{}: ", self.0.path)?;
                }
                self.0.kind.fmt(f)
            }
        }

        impl std::error::Error for $error {
            fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
                std::error::Error::source(&self.0.kind)
            }
        }
    };
}

impl RestoreError {
    /// About the whole value of the named type at `position`.
    #[cold]
    pub(crate) fn at_type(mut self, position: usize, type_name: &'static str) -> Self {
        if self.0.position.is_none() {
            self.0.position = Some(position);
            self.0.type_name = Some(type_name);
        }
        self
    }

    pub(crate) fn type_name(&self) -> Option<&'static str> {
        self.0.type_name
    }
}

refusal!(SaveError, SaveErrorKind);
refusal!(RestoreError, RestoreErrorKind);
