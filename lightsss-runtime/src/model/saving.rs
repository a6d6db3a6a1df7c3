//! Saves and restores a model through Verilator's serialize operators.
//!
//! A model's section begins with a head: `LSSM`, the length of the version text (`u32`), the
//! fingerprint (`u64`), the version text. Blocks follow until the end: a tag (`u8`), a length
//! (`u64`), bytes. All numbers are little endian. Tag 3 is what the operators wrote.

use std::ffi::c_void;
use std::ptr::NonNull;

use super::{Context, ffi, outside};
use crate::savable::{Reader, RestoreError, SaveError, SectionKind, Writer};

/// The tag of the block that the operators wrote.
const STREAM: u8 = 3;

/// The stream, and the other blocks with their tags.
type Blocks<'a> = (&'a [u8], Vec<(u8, &'a [u8])>);

/// What generated code tells about its model.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct SavedModel {
    /// The model's name.
    pub name: &'static str,
    /// The version of Verilator that wrote it.
    pub version: &'static str,
    /// Of its headers.
    pub fingerprint: u64,
}

impl SavedModel {
    /// The head of its sections.
    fn head(&self) -> Vec<u8> {
        let mut head = b"LSSM".to_vec();
        head.extend((self.version.len() as u32).to_le_bytes());
        head.extend(self.fingerprint.to_le_bytes());
        head.extend(self.version.as_bytes());
        head
    }

    /// Writes a section.
    ///
    /// # Errors
    /// What the sink refuses; a model that broke off an evaluation.
    ///
    /// # Safety
    /// `raw` is a live model of `context`, and `save` its function.
    #[inline]
    pub unsafe fn save(
        &self,
        raw: NonNull<ffi::RawModel>,
        context: &Context,
        save: unsafe extern "C" fn(*mut ffi::RawModel, ffi::WriteFn, *mut c_void) -> u32,
        out: &mut Writer<'_>,
    ) -> Result<(), SaveError> {
        let mut bytes: Vec<u8> = Vec::new();
        // SAFETY: by this function's contract; `collect` takes the `Vec` that it is given.
        let status = unsafe { save(raw.as_ptr(), collect, (&raw mut bytes).cast()) };
        if status != ffi::OK {
            let why = context
                .take_halt()
                .map_or_else(String::new, |halt| format!(": {halt}"));
            return Err(SaveError::custom(format!(
                "the model `{}` can't be saved{why}",
                self.name
            )));
        }
        self.write(&bytes, context, out)
    }

    /// Writes the section of a stream.
    pub fn write(
        &self,
        stream: &[u8],
        context: &Context,
        out: &mut Writer<'_>,
    ) -> Result<(), SaveError> {
        out.section(SectionKind::Model, self.name, |out| {
            out.bytes(&self.head())?;
            out.byte(STREAM)?;
            out.bytes(&(stream.len() as u64).to_le_bytes())?;
            out.bulk(stream)?;
            for (tag, block) in outside::save(context) {
                out.byte(tag)?;
                out.bytes(&(block.len() as u64).to_le_bytes())?;
                out.bytes(&block)?;
            }
            Ok(())
        })
    }

    /// Reads a section into the model.
    ///
    /// # Errors
    /// A section of another model, or one that is damaged.
    ///
    /// # Safety
    /// `raw` is a live model of `context`, and `restore` its function.
    #[inline]
    pub unsafe fn restore(
        &self,
        raw: NonNull<ffi::RawModel>,
        context: &Context,
        restore: unsafe extern "C" fn(*mut ffi::RawModel, *const u8, usize) -> u32,
        input: &mut Reader<'_>,
    ) -> Result<(), RestoreError> {
        let section = input.section(SectionKind::Model)?;
        let bytes = section.bytes()?;
        let (stream, outside) = self
            .blocks(&bytes)
            .map_err(|problem| section.refused(problem))?;
        // SAFETY: by this function's contract; the stream lives for the call.
        let status = unsafe { restore(raw.as_ptr(), stream.as_ptr(), stream.len()) };
        if status == ffi::OK {
            return outside
                .into_iter()
                .try_for_each(|(tag, block)| outside::restore(context, tag, block))
                .map_err(|problem| section.refused(problem));
        }
        let why = context
            .take_halt()
            .map_or_else(|| "refused".to_owned(), |halt| halt.message);
        Err(section.refused(why))
    }

    /// Goes past a section and verifies what can be verified without the model.
    pub fn check(&self, input: &mut Reader<'_>) -> Result<(), RestoreError> {
        let section = input.section(SectionKind::Model)?;
        let bytes = section.bytes()?;
        self.blocks(&bytes)
            .map(drop)
            .map_err(|problem| section.refused(problem))
    }

    /// The block that the operators wrote, and the others.
    fn blocks<'a>(&self, bytes: &'a [u8]) -> Result<Blocks<'a>, String> {
        let damaged = || "its head is damaged".to_owned();
        let rest = bytes.strip_prefix(b"LSSM").ok_or_else(damaged)?;
        let (length, rest) = rest.split_first_chunk().ok_or_else(damaged)?;
        let (fingerprint, rest) = rest.split_first_chunk().ok_or_else(damaged)?;
        let length = u32::from_le_bytes(*length) as usize;
        let fingerprint = u64::from_le_bytes(*fingerprint);
        let (version, mut rest) = rest.split_at_checked(length).ok_or_else(damaged)?;
        let version = String::from_utf8_lossy(version);
        if fingerprint != self.fingerprint {
            return Err(format!(
                "saved from another model (fingerprint {fingerprint:016x}, verilator {version}), \
                 expected {:016x} of verilator {}; restore it with the program that saved it",
                self.fingerprint, self.version
            ));
        }
        let mut stream = None;
        let mut outside = Vec::new();
        while let Some((tag, after)) = rest.split_first() {
            let ends_early = || format!("its block {tag} ends early");
            let (length, after) = after.split_first_chunk().ok_or_else(ends_early)?;
            let length = usize::try_from(u64::from_le_bytes(*length)).map_err(|_| ends_early())?;
            let (block, after) = after.split_at_checked(length).ok_or_else(ends_early)?;
            if *tag == STREAM {
                stream = Some(block);
            } else {
                outside::check(*tag, block)?;
                outside.push((*tag, block));
            }
            rest = after;
        }
        match stream {
            Some(stream) => Ok((stream, outside)),
            None => Err("it holds no state of the model".to_owned()),
        }
    }
}

/// Appends to the `Vec<u8>` at `env`.
unsafe extern "C" fn collect(env: *mut c_void, bytes: *const u8, length: usize) {
    // SAFETY: `save` above gives its own vector, which nobody else uses during the call.
    let collected = unsafe { &mut *env.cast::<Vec<u8>>() };
    // SAFETY: the shim hands over `length` bytes that live for the call.
    collected.extend_from_slice(unsafe { std::slice::from_raw_parts(bytes, length) });
}
