//! Strings, byte strings and paths.

use std::borrow::Cow;
use std::ffi::{CString, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use crate::savable::{
    Construct, Link, Reader, RestoreError, Savable, SaveError, Schema, Shape, Size, Writer,
};

fn read_str<'a>(input: &mut Reader<'a>) -> Result<&'a str, RestoreError> {
    let position = input.position();
    let len = input.len(1)?;
    let bytes = input.bytes(len)?;
    std::str::from_utf8(bytes)
        .map_err(|error| input.invalid("UTF-8 string", error).moved_to(position))
}

fn read_bytes<'a>(input: &mut Reader<'a>) -> Result<&'a [u8], RestoreError> {
    let len = input.len(1)?;
    input.bytes(len)
}

fn write_bytes(bytes: &[u8], out: &mut Writer<'_>) -> Result<(), SaveError> {
    out.len(bytes.len())?;
    out.bulk(bytes)
}

const TEXT: Schema = Schema::new("str", Shape::Text);
const BYTES: Schema = Schema::new("bytes", Shape::List(Link::to::<u8>()));

impl Savable for String {
    const SCHEMA: Schema = TEXT;
    const SIZE: Size = Size::at_least(8);

    fn save(&self, out: &mut Writer<'_>) -> Result<(), SaveError> {
        write_bytes(self.as_bytes(), out)
    }

    fn restore(&mut self, input: &mut Reader<'_>) -> Result<(), RestoreError> {
        let text = read_str(input)?;
        self.clear();
        self.push_str(text);
        Ok(())
    }

    fn check(input: &mut Reader<'_>) -> Result<(), RestoreError> {
        read_str(input)?;
        Ok(())
    }
}

impl Construct for String {
    fn construct(input: &mut Reader<'_>) -> Result<Self, RestoreError> {
        read_str(input).map(str::to_owned)
    }
}

/// Types that are made anew from what is read.
macro_rules! replaced {
    ($([$($generics:tt)*] $type:ty: $schema:expr, $read:expr, $bytes:expr;)*) => {$(
        impl<$($generics)*> Savable for $type {
            const SCHEMA: Schema = $schema;
            const SIZE: Size = Size::at_least(8);

            fn save(&self, out: &mut Writer<'_>) -> Result<(), SaveError> {
                let bytes: for<'bytes> fn(&'bytes $type) -> &'bytes [u8] = $bytes;
                write_bytes(bytes(self), out)
            }

            fn restore(&mut self, input: &mut Reader<'_>) -> Result<(), RestoreError> {
                *self = Self::construct(input)?;
                Ok(())
            }

            fn check(input: &mut Reader<'_>) -> Result<(), RestoreError> {
                Self::construct(input)?;
                Ok(())
            }
        }

        impl<$($generics)*> Construct for $type {
            fn construct(input: &mut Reader<'_>) -> Result<Self, RestoreError> {
                let read: fn(&mut Reader<'_>) -> Result<$type, RestoreError> = $read;
                read(input)
            }
        }
    )*};
}

replaced! {
    [] Box<str>: TEXT, |input| read_str(input).map(Box::from), |text| text.as_bytes();
    ['a] Cow<'a, str>: TEXT, |input| read_str(input).map(|text| Cow::Owned(text.to_owned())),
        |text| text.as_bytes();
    ['a] Cow<'a, [u8]>: BYTES, |input| read_bytes(input).map(|bytes| Cow::Owned(bytes.to_owned())),
        |bytes| bytes;
    [] OsString: BYTES, |input| read_bytes(input).map(|bytes| OsString::from_vec(bytes.to_owned())),
        |text| text.as_bytes();
    [] PathBuf: BYTES,
        |input| read_bytes(input).map(|bytes| OsString::from_vec(bytes.to_owned()).into()),
        |path| path.as_os_str().as_bytes();
    [] Box<Path>: BYTES, |input| PathBuf::construct(input).map(PathBuf::into_boxed_path),
        |path| path.as_os_str().as_bytes();
    [] CString: BYTES, read_c_string, |text| text.as_bytes();
}

fn read_c_string(input: &mut Reader<'_>) -> Result<CString, RestoreError> {
    let position = input.position();
    let bytes = read_bytes(input)?;
    CString::new(bytes).map_err(|error| {
        input
            .invalid("C string without NUL", error)
            .moved_to(position)
    })
}
