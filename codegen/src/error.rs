//! The errors of this crate. Each message says what to do.

use std::path::{Path, PathBuf};

/// The reasons for which bindings cannot be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file could not be read or written.
    #[error("could not {action} {}: {source}", path.display())]
    Io {
        /// The operation.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// A program could not be started.
    #[error("could not start `{program}`: {source}")]
    Start {
        /// The program.
        program: String,
        /// Why not.
        source: std::io::Error,
    },
    /// No Verilator was found.
    #[error(
        "found no Verilator: neither VERILATOR nor VERILATOR_ROOT names one and `verilator` is not \
         on PATH; install the package `verilator` (5.006 or newer)"
    )]
    NoVerilator,
    /// `VERILATOR` or `VERILATOR_ROOT` names something unusable.
    #[error("{variable} names {}, which cannot be used: {reason}", path.display())]
    BadVerilator {
        /// The environment variable.
        variable: &'static str,
        /// What it names.
        path: PathBuf,
        /// Why it cannot be used.
        reason: String,
    },
    /// Verilator is too old.
    #[error("expected Verilator 5.006 or newer, found {found} at {}", root.display())]
    OldVerilator {
        /// Its version.
        found: String,
        /// Its root.
        root: PathBuf,
    },
    /// A folder is to be compiled with another Verilator's headers.
    #[error(
        "{} was written by Verilator {wrote} of {}, and is to be compiled with {found} of {}: \
         verilate it anew, or set VERILATOR_ROOT to the former",
        folder.display(), wrote_root.display(), root.display()
    )]
    WrongVersion {
        /// The folder.
        folder: PathBuf,
        /// The version that wrote it.
        wrote: String,
        /// Its root.
        wrote_root: PathBuf,
        /// The version of the headers.
        found: String,
        /// Their root.
        root: PathBuf,
    },
    /// Verilator refused the design. Its own messages have gone to the standard error output.
    #[error("Verilator refused the model `{model}`; its messages are above{hint}")]
    Verilator {
        /// The model.
        model: String,
        /// The options that would help, if any.
        hint: &'static str,
    },
    /// A folder holds no verilated model, or several.
    #[error(
        "expected one *_classes.mk in {}, found {found}; name the folder that Verilator wrote \
         (--Mdir)",
        folder.display()
    )]
    ObjDir {
        /// The folder.
        folder: PathBuf,
        /// How many.
        found: usize,
    },
    /// A file that Verilator wrote reads otherwise than expected.
    #[error("{}:{line}: expected {expected}, found `{found}`", path.display())]
    Parse {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What was expected.
        expected: String,
        /// What was found.
        found: String,
    },
    /// A port has no Rust type.
    #[error("port `{port}` of `{model}`: {reason}")]
    Port {
        /// The model.
        model: String,
        /// The port.
        port: String,
        /// Why, and what to do.
        reason: String,
    },
    /// A bus that was asked for is none.
    #[error("{kind} bus `{prefix}` of `{model}`: {reason}")]
    Bus {
        /// The model.
        model: String,
        /// The protocol.
        kind: &'static str,
        /// What the ports' names were to begin with.
        prefix: String,
        /// What is missing or otherwise.
        reason: String,
    },
    /// A DPI function has no Rust type.
    #[error("DPI function `{function}` of `{model}`: {reason}")]
    Dpi {
        /// The model.
        model: String,
        /// The function.
        function: String,
        /// Why, and what to do.
        reason: String,
    },
    /// An option contradicts another, or what Verilator wrote.
    #[error("model `{model}`: {reason}")]
    Model {
        /// The model.
        model: String,
        /// Why, and what to do.
        reason: String,
    },
    /// `rustfmt` refused the bindings.
    #[error("rustfmt refused the bindings:\n{messages}")]
    Format {
        /// Its messages.
        messages: String,
    },
    /// No C++ compiler was found.
    #[error("found no C++ compiler: {reason}; install g++ or clang++, or name one with CXX")]
    NoCompiler {
        /// The reason.
        reason: String,
    },
    /// The C++ compiler failed. Its messages have gone to the standard error output, too.
    #[error("the C++ compiler refused {}:\n{messages}", file.display())]
    Compile {
        /// The source.
        file: PathBuf,
        /// Its messages.
        messages: String,
    },
}

impl Error {
    /// The exit code of the command: 3 where a tool is missing or unusable, 4 where a file cannot be
    /// read or written, 1 for everything else.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::NoVerilator
            | Self::BadVerilator { .. }
            | Self::OldVerilator { .. }
            | Self::NoCompiler { .. }
            | Self::Start { .. } => 3,
            Self::Io { .. } => 4,
            _ => 1,
        }
    }
}

/// The result of this crate's functions.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Reads a text file; bytes that are not UTF-8 are replaced.
pub(crate) fn read(path: &Path) -> Result<String> {
    Ok(String::from_utf8(read_bytes(path)?)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
}

/// Reads any file.
pub(crate) fn read_bytes(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(|source| Error::Io {
        action: "read",
        path: path.to_owned(),
        source,
    })
}

/// Writes a text file unless it holds the same already, so that its time is that of its last change.
pub(crate) fn write(path: &Path, text: &str) -> Result<()> {
    write_bytes(path, text.as_bytes())
}

/// As [`write`], for any file.
pub(crate) fn write_bytes(path: &Path, bytes: &[u8]) -> Result<()> {
    if std::fs::read(path).is_ok_and(|old| old == bytes) {
        return Ok(());
    }
    let io = |source| Error::Io {
        action: "write",
        path: path.to_owned(),
        source,
    };
    // Beside it and renamed: never half a file.
    let part = path.with_extension("part");
    std::fs::write(&part, bytes).map_err(io)?;
    std::fs::rename(&part, path).map_err(io)
}

/// Makes a folder and those above it.
pub(crate) fn make_folder(path: &Path) -> Result<()> {
    std::fs::create_dir_all(path).map_err(|source| Error::Io {
        action: "make",
        path: path.to_owned(),
        source,
    })
}
