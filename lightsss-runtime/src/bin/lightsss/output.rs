//! Text for people or JSON for programs, progress bars, and why a command failed.

use std::error::Error;
use std::fmt;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use indicatif::{ProgressBar, ProgressStyle};
use lightsss_runtime::__private::{printable, steers, with_causes};
use lightsss_runtime::durable::{FlattenError, RestoreFileError, SaveFileError, UnknownPath};
use serde::Serialize;
use serde_json::json;

/// Where results go.
pub(crate) struct Output {
    json: bool,
}

/// Writes a result for people.
pub(crate) type Text<'t> = &'t dyn Fn(&mut dyn Write) -> io::Result<()>;

impl Output {
    pub(crate) fn new(json: bool) -> Self {
        Self { json }
    }

    /// Writes a result as it comes: `text` for people, `value` for programs.
    pub(crate) fn result(&self, value: &impl Serialize, text: Text<'_>) -> Result<(), Failure> {
        let mut out = BufWriter::new(io::stdout().lock());
        let written = if self.json {
            serde_json::to_writer_pretty(Escaped(&mut out), value)
                .map_err(io::Error::from)
                .and_then(|()| out.write_all(b"\n"))
        } else {
            text(&mut out)
        };
        match written.and_then(|()| out.flush()) {
            // Nobody reads on, as with `| head`: then there is nobody to tell.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
            Err(error) => {
                // What is still in the buffer cannot be written either.
                drop(out.into_parts());
                return Err(Failure::Unprinted(error));
            }
            Ok(()) => {}
        }
        Ok(())
    }

    pub(crate) fn failure(&self, failure: &Failure) {
        let text = failure.to_string();
        let unprinted = matches!(failure, Failure::Unprinted(_));
        if self.json && !unprinted {
            let value = json!({ "error": text, "exit_code": failure.code() });
            if self.result(&value, &|_| Ok(())).is_ok() {
                return;
            }
        }
        // Standard error may be closed or full, too; the exit code says that something failed.
        let _ = writeln!(io::stderr(), "lightsss: {}", printable(&text));
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

/// JSON that a terminal shows whole: serde escapes only those below a space.
struct Escaped<W>(W);

impl<W: Write> Write for Escaped<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        // JSON comes in pieces of whole characters. Its own line ends are no part of a text.
        let text = std::str::from_utf8(bytes).map_err(io::Error::other)?;
        let steers = |letter: char| letter != '\n' && steers(letter);
        if !text.contains(steers) {
            return self.0.write_all(bytes);
        }
        for letter in text.chars() {
            if steers(letter) {
                // All of them are in the basic plane.
                write!(self.0, "\\u{:04x}", u32::from(letter))?;
            } else {
                write!(self.0, "{letter}")?;
            }
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// The items of an iterator, as JSON: written one by one.
pub(crate) struct Each<F>(pub(crate) F);

impl<F, I> Serialize for Each<F>
where
    F: Fn() -> I,
    I: Iterator<Item: Serialize>,
{
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq((self.0)())
    }
}

/// A path, for people.
pub(crate) fn path_text(path: &Path) -> String {
    printable(&path.to_string_lossy()).to_string()
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
    /// The result could not be written to standard output.
    Unprinted(io::Error),
    /// Man pages could not be written into a folder.
    Pages(PathBuf, io::Error),
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
            Self::Refused(RestoreFileError::Io { .. })
            | Self::Unwritten(_)
            | Self::Needed(_)
            | Self::Pages(..)
            | Self::Unprinted(_) => 4,
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
            Self::Unprinted(error) => {
                return write!(f, "could not write to standard output: {error}");
            }
            Self::Pages(folder, error) => {
                return write!(
                    f,
                    "could not write man pages into {}: {error}",
                    folder.display()
                );
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
