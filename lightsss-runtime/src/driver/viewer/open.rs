//! Opens the waveform in a viewer after the run, where the user asks for it.

use std::env;
use std::fmt;
use std::io;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use nix::unistd::{AccessFlags, access};

use super::files::Files;

/// A viewer of waveforms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Viewer {
    Surfer,
    Gtkwave,
    /// A command of the shell, which gets the waveform behind its own arguments.
    Command(String),
}

impl Viewer {
    /// As the command line names it.
    pub fn parse(name: &str) -> Self {
        match name {
            "surfer" => Self::Surfer,
            "gtkwave" => Self::Gtkwave,
            command => Self::Command(command.to_owned()),
        }
    }

    /// The program, if it is known by name.
    fn program(&self) -> &str {
        match self {
            Self::Surfer => "surfer",
            Self::Gtkwave => "gtkwave",
            Self::Command(command) => command.split_whitespace().next().unwrap_or_default(),
        }
    }

    /// Looks for the program, before a run of hours.
    ///
    /// # Errors
    ///
    /// It is not there.
    pub fn check(&self) -> Result<(), String> {
        let program = self.program();
        // What else a shell makes of a line is its own business.
        let is_plain = !program.is_empty()
            && program
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_./+".contains(&byte));
        let found = match program {
            "" => false,
            _ if !is_plain => true,
            path if path.contains('/') => is_executable(Path::new(path)),
            name => {
                let folders = env::var_os("PATH").unwrap_or_default();
                env::split_paths(&folders).any(|folder| is_executable(&folder.join(name)))
            }
        };
        if found {
            return Ok(());
        }
        Err(format!(
            "--view: the program `{program}` is not there; install it, or give `surfer`, `gtkwave` or a command of \
             your own"
        ))
    }

    /// The command that opens a waveform in it.
    fn command(&self, wave: &Path) -> Command {
        let files = Files::beside(wave);
        let mut command;
        match self {
            Self::Surfer => {
                command = Command::new("surfer");
                command.arg(wave);
                if files.surfer.exists() {
                    command.arg("-c").arg(files.surfer);
                }
            }
            Self::Gtkwave => {
                command = Command::new("gtkwave");
                command.arg(wave);
                if files.gtkwave.exists() {
                    command.arg(files.gtkwave);
                }
            }
            Self::Command(line) => {
                command = Command::new("sh");
                command
                    .arg("-c")
                    .arg(format!("{line} \"$1\""))
                    .arg("sh")
                    .arg(wave);
            }
        }
        command
    }

    /// Opens the waveform, and does not wait for the viewer.
    ///
    /// # Errors
    ///
    /// What the system says.
    pub fn open(&self, wave: &Path) -> io::Result<()> {
        let mut command = self.command(wave);
        // The terminal is for what comes after the run, and so is its Ctrl-C.
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command.process_group(0).spawn().map(drop)
    }
}

impl fmt::Display for Viewer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Command(command) => f.write_str(command),
            known => f.write_str(known.program()),
        }
    }
}

fn is_executable(path: &Path) -> bool {
    path.is_file() && access(path, AccessFlags::X_OK).is_ok()
}
