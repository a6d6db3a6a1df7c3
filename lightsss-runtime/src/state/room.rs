//! How much may be listed of a file that says how much there is.

/// Bytes of memory for what is listed.
#[derive(Debug)]
pub(crate) struct Room {
    left: usize,
    full: bool,
}

/// What an entry of a list takes, beside its texts.
const ENTRY: usize = 256;

impl Room {
    /// For a list of the process's own state.
    pub(crate) fn endless() -> Self {
        Self::new(usize::MAX)
    }

    pub(crate) fn new(bytes: usize) -> Self {
        Self {
            left: bytes,
            full: false,
        }
    }

    /// Takes room for an entry with texts of so many bytes; false, from now on, if there is none.
    pub(crate) fn take(&mut self, texts: usize) -> bool {
        match self.left.checked_sub(texts.saturating_add(ENTRY)) {
            Some(left) if !self.full => self.left = left,
            _ => self.full = true,
        }
        !self.full
    }

    /// Whether something was not listed.
    pub(crate) fn is_full(&self) -> bool {
        self.full
    }
}
