//! The terminal as it was before the run: a simulation that crashes may leave it raw, without echo
//! or with its cursor hidden.

use std::io::{IsTerminal, Write};

use nix::sys::termios::{SetArg, Termios, tcgetattr, tcsetattr};

/// The terminal's settings, if standard input is one.
pub(crate) struct Terminal {
    before: Option<Termios>,
}

impl Terminal {
    pub(crate) fn remember() -> Self {
        Self {
            before: tcgetattr(std::io::stdin()).ok(),
        }
    }

    /// Restores the settings, and shows the cursor.
    pub(crate) fn restore(&self) {
        let Some(before) = &self.before else {
            return;
        };
        // SIGTTOU is blocked in the supervisor, so that this works from the background, too.
        let changed = tcgetattr(std::io::stdin()).is_ok_and(|now| now != *before);
        if changed {
            let _ = tcsetattr(std::io::stdin(), SetArg::TCSADRAIN, before);
        }
        if std::io::stderr().is_terminal() {
            let _ = std::io::stderr().write_all(b"\x1b[?25h");
        }
    }
}
