//! Text for people or JSON for programs, progress bars, and why a command failed.

use std::error::Error;
use std::fmt;
use std::io;
use std::path::Path;

use indicatif::{ProgressBar, ProgressStyle};
use lightsss_runtime::__private::with_causes;
use lightsss_runtime::durable::{FlattenError, RestoreFileError, SaveFileError, UnknownPath};
use serde_json::{Value, json};

/// Where results go.
pub(crate) struct Output {
    json: bool,
}

impl Output {
    pub(crate) fn new(json: bool) -> Self {
        Self { json }
    }

    /// Writes a result: `text` for people, `value` for programs.
    pub(crate) fn result(&self, value: &Value, text: impl fmt::Display) {
        use std::io::Write as _;
        let mut out = io::stdout().lock();
        // Nobody reads on, as with `| head`: then there is nobody to tell.
        let _ = if self.json {
            writeln!(out, "{value:#}")
        } else {
            write!(out, "{text}")
        };
    }

    pub(crate) fn failure(&self, failure: &Failure) {
        let text = failure.to_string();
        if self.json {
            let value = json!({ "error": text, "exit_code": failure.code() });
            self.result(&value, "");
        } else {
            eprintln!("lightsss: {text}");
        }
    }

    /// A bar for `bytes` of work, on a terminal.
    pub(crate) fn bar(&self, what: &str, bytes: u64) -> ProgressBar {
        if self.json || bytes < 32 << 20 {
            return ProgressBar::hidden();
        }
        let template = "{msg} {wide_bar} {bytes}/{total_bytes} {bytes_per_sec} {eta}";
        let style = ProgressStyle::with_template(template);
        let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
        ProgressBar::new(bytes)
            .with_style(style)
            .with_message(what.to_owned())
    }
}

/// Why a command failed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A snapshot was refused.
    Refused(RestoreFileError),
    /// A file could not be written.
    Unwritten(SaveFileError),
    /// A file may not be replaced.
    Needed(FlattenError),
    /// Nothing has the paths that were asked for.
    Unknown(Vec<UnknownPath>),
}

impl Failure {
    /// A folder could not be read.
    pub(crate) fn folder(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| {
            Self::Refused(RestoreFileError::Io {
                action: "read",
                path,
                source,
            })
        }
    }

    /// Fails where there are paths that nothing has.
    pub(crate) fn of_paths(unknown: Vec<UnknownPath>) -> Result<(), Self> {
        if unknown.is_empty() {
            Ok(())
        } else {
            Err(Self::Unknown(unknown))
        }
    }

    pub(crate) fn code(&self) -> u8 {
        match self {
            Self::Unknown(_) => 2,
            Self::Refused(RestoreFileError::Io { .. }) | Self::Unwritten(_) | Self::Needed(_) => 4,
            Self::Refused(_) => 3,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let error: &dyn Error = match self {
            Self::Refused(error) => error,
            Self::Unwritten(error) => error,
            Self::Needed(error) => return write!(f, "{error} (`--output FILE` says where to)"),
            Self::Unknown(paths) => {
                let paths: Vec<String> = paths.iter().map(ToString::to_string).collect();
                return f.write_str(&paths.join("; "));
            }
        };
        f.write_str(&with_causes(error))
    }
}

impl From<RestoreFileError> for Failure {
    fn from(error: RestoreFileError) -> Self {
        Self::Refused(error)
    }
}

impl From<FlattenError> for Failure {
    fn from(error: FlattenError) -> Self {
        match error {
            FlattenError::Restore(error) => Self::Refused(error),
            FlattenError::Save(error) => Self::Unwritten(error),
            FlattenError::Parent { .. } => Self::Needed(error),
        }
    }
}

/// A number of bytes, for people.
pub(crate) fn size(bytes: u64) -> String {
    indicatif::BinaryBytes(bytes).to_string()
}
