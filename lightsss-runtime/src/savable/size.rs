//! How many bytes a type takes in the stream, as far as its type alone tells.

/// Bytes that a value takes in the stream.
///
/// Known at compile time; used to check lengths before anything is allocated, to reserve space, and to
/// skip plain data in one step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    min: usize,
    fixed: bool,
    plain: bool,
}

impl Size {
    /// Takes no space.
    pub const NONE: Size = Size::plain(0);

    /// Exactly `bytes`; every bit pattern is a value.
    #[must_use]
    pub const fn plain(bytes: usize) -> Size {
        Size {
            min: bytes,
            fixed: true,
            plain: true,
        }
    }

    /// Exactly `bytes`; some bit patterns are refused.
    #[must_use]
    pub const fn fixed(bytes: usize) -> Size {
        Size {
            min: bytes,
            fixed: true,
            plain: false,
        }
    }

    /// At least `bytes`.
    #[must_use]
    pub const fn at_least(bytes: usize) -> Size {
        Size {
            min: bytes,
            fixed: false,
            plain: false,
        }
    }

    /// The tag of an enum.
    #[must_use]
    pub const fn tag(variants: usize) -> Size {
        Size::fixed(tag_size(variants))
    }

    /// This one and `next` behind it.
    #[must_use]
    pub const fn then(self, next: Size) -> Size {
        Size {
            min: self.min.saturating_add(next.min),
            fixed: self.fixed && next.fixed,
            plain: self.plain && next.plain,
        }
    }

    /// `count` of these.
    #[must_use]
    pub const fn times(self, count: usize) -> Size {
        Size {
            min: self.min.saturating_mul(count),
            fixed: self.fixed,
            plain: self.plain,
        }
    }

    /// The least number of bytes.
    #[must_use]
    pub const fn min(self) -> usize {
        self.min
    }

    /// The number of bytes, if the type fixes it.
    #[must_use]
    pub const fn exact(self) -> Option<usize> {
        if self.fixed { Some(self.min) } else { None }
    }

    /// Whether every bit pattern is a value, so that verifying bytes means skipping them.
    #[must_use]
    pub const fn is_plain(self) -> bool {
        self.plain
    }
}

/// Bytes of the tag of an enum with so many variants.
pub(crate) const fn tag_size(variants: usize) -> usize {
    if variants <= 256 { 1 } else { 4 }
}
