//! Compresses and decompresses frames.

use super::format::{CHUNK, Codec, Malformed};

/// How frames are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    /// Not at all: the fastest, for a disk that is faster than a processor.
    None,
    /// lz4: fast, and half of what zstd saves.
    Lz4,
    /// zstd with a level, from -7 (fastest) to 22 (smallest).
    Zstd(i32),
}

impl Default for Compression {
    /// zstd at level 1.
    fn default() -> Self {
        Self::Zstd(1)
    }
}

/// Compresses frames, one after the other.
pub(super) struct Encoder {
    compression: Compression,
    zstd: Option<zstd::bulk::Compressor<'static>>,
    out: Vec<u8>,
}

impl Encoder {
    pub(super) fn new(compression: Compression) -> std::io::Result<Self> {
        let zstd = match compression {
            Compression::Zstd(level) => Some(zstd::bulk::Compressor::new(level)?),
            Compression::None | Compression::Lz4 => None,
        };
        let out = match compression {
            Compression::None => Vec::new(),
            Compression::Lz4 => vec![0; lz4_flex::block::get_maximum_output_size(CHUNK)],
            Compression::Zstd(_) => vec![0; zstd::zstd_safe::compress_bound(CHUNK)],
        };
        Ok(Self {
            compression,
            zstd,
            out,
        })
    }

    /// Whether [`Self::encode`] needs the frame's bytes side by side.
    pub(super) fn compresses(&self) -> bool {
        self.compression != Compression::None
    }

    /// The stored form of `raw`, at most [`CHUNK`] bytes; `None` if storing them as they are is no longer.
    pub(super) fn encode(&mut self, raw: &[u8]) -> Option<(Codec, &[u8])> {
        let (codec, len) = match self.compression {
            Compression::None => return None,
            Compression::Lz4 => {
                let len = lz4_flex::block::compress_into(raw, &mut self.out).ok()?;
                (Codec::Lz4, len)
            }
            Compression::Zstd(_) => {
                let zstd = self.zstd.as_mut()?;
                let len = zstd.compress_to_buffer(raw, &mut self.out[..]).ok()?;
                (Codec::Zstd, len)
            }
        };
        (len < raw.len()).then(|| (codec, &self.out[..len]))
    }
}

/// Decompresses frames, one after the other.
pub(super) struct Decoder {
    zstd: Option<zstd::bulk::Decompressor<'static>>,
}

impl Decoder {
    pub(super) fn new() -> Self {
        Self { zstd: None }
    }

    /// Decompresses a frame into `raw`, which it must fill.
    pub(super) fn decode(
        &mut self,
        codec: Codec,
        stored: &[u8],
        raw: &mut [u8],
    ) -> Result<(), Malformed> {
        let refused = |error: &dyn std::fmt::Display| {
            Malformed::new("frame", "compressed bytes that can be decompressed", error)
        };
        let len = match codec {
            Codec::Raw => {
                if stored.len() == raw.len() {
                    raw.copy_from_slice(stored);
                }
                stored.len()
            }
            Codec::Zstd => {
                let zstd = match &mut self.zstd {
                    Some(zstd) => zstd,
                    empty => {
                        empty.insert(zstd::bulk::Decompressor::new().map_err(|e| refused(&e))?)
                    }
                };
                zstd.decompress_to_buffer(stored, raw)
                    .map_err(|e| refused(&e))?
            }
            Codec::Lz4 => lz4_flex::block::decompress_into(stored, raw).map_err(|e| refused(&e))?,
        };
        if len == raw.len() {
            Ok(())
        } else {
            Err(Malformed::new(
                "frame",
                format_args!("{} bytes when decompressed", raw.len()),
                len,
            ))
        }
    }
}
