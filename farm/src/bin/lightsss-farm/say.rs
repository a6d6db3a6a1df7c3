//! What commands print.

use std::fmt::Arguments;
use std::io::{self, Write as _};

use crate::failure::Failure;
use lightsss_farm::FileError;

/// Prints on standard output. Where nobody reads on, as with `| head`, there is nobody to tell.
pub(crate) fn print(text: Arguments<'_>) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_fmt(text).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        done => Ok(done.map_err(FileError::of("write", "standard output"))?),
    }
}
