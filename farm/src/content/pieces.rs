//! Where a file is cut into pieces.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use fastcdc::v2020::StreamCDC;
use lightsss_runtime::durable::{RestoreOptions, Snapshot};

/// The sizes of pieces of a file that is no snapshot: least, usual and most bytes.
const SIZES: (usize, usize, usize) = (256 << 10, 1 << 20, 4 << 20);

/// The pieces of a file, in their order.
pub(super) fn pieces(path: &Path) -> io::Result<Box<dyn Iterator<Item = io::Result<Vec<u8>>>>> {
    let file = File::open(path)?;
    let snapshot = Snapshot::open(path, &RestoreOptions::default()).ok();
    if let Some(snapshot) = snapshot {
        return Ok(Box::new(Cut {
            file,
            ends: ends(&snapshot).into_iter(),
            at: 0,
        }));
    }
    let (least, usual, most) = SIZES;
    let cut = StreamCDC::new(file, least, usual, most);
    Ok(Box::new(cut.map(|piece| {
        piece.map(|piece| piece.data).map_err(io::Error::other)
    })))
}

/// Where the pieces of a snapshot end: prologue, frames, directory.
fn ends(snapshot: &Snapshot) -> Vec<u64> {
    let most = SIZES.2 as u64;
    let mut ends = Vec::new();
    let mut at = 0;
    let mut until = |end: u64| {
        while end - at > most {
            at += most;
            ends.push(at);
        }
        if end > at {
            at = end;
            ends.push(at);
        }
    };
    for frame in snapshot.frames() {
        until(frame.start);
        until(frame.end);
    }
    until(snapshot.file_len());
    ends
}

struct Cut {
    file: File,
    ends: std::vec::IntoIter<u64>,
    at: u64,
}

impl Iterator for Cut {
    type Item = io::Result<Vec<u8>>;

    fn next(&mut self) -> Option<Self::Item> {
        let end = self.ends.next()?;
        let mut piece = vec![0; (end - self.at) as usize];
        self.at = end;
        Some(self.file.read_exact(&mut piece).map(|()| piece))
    }
}
