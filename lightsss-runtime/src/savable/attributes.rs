//! The attributes of `#[derive(Savable)]`, in one table, with an example each.
//!
//! All are written in `#[savable(...)]`, several in one list where you like.
//!
//! | attribute | stands on | says |
//! | --- | --- | --- |
//! | [`skip`](#skip) | field | not saved, never touched by a restore |
//! | [`default`, `default = path`](#default) | field | fills the field where an older snapshot does not hold it, or a skipped one where a value is made anew |
//! | [`with = module`](#with) | field | `module::save` and `module::restore` do it |
//! | [`as_serde`](#as_serde) | field | saved through `serde` |
//! | [`as_pod`](#as_pod) | field | saved as the bytes of a `bytemuck::Pod` |
//! | [`reopen`](#reopen) | field | a file: saved as path and offset, opened again by a restore |
//! | [`rename = "name"`](#rename) | type, variant, field | the name in snapshots |
//! | [`version = N`](#version-since-and-default) | type | the version of the layout, from 1 |
//! | [`since = N`](#version-since-and-default) | variant, field | the first version that stores it |
//! | [`until = N`](#until) | variant, field | the last version that stored it |
//! | [`upgrade = path`](#upgrade) | variant, field | converts what older versions stored |
//! | [`validate = path`](#validate) | type | judges a decoded value before the restore is committed |
//! | [`transparent`](#transparent) | type | stored as its one field |
//! | [`bound = "..."`](#bound) | type | where clause of the impls, in place of the inferred one |
//! | [`recursive`](#recursive) | field | its type leads back to the type around it, by way of another |
//! | [`crate = path`](#crate) | type | where to find `lightsss_runtime` |
//!
//! # skip
//!
//! The field stays as it is in the live object: a handle, a cache, a log.
//!
//! ```
//! # use lightsss_runtime::savable::{restore_from_image, save_to_image};
//! use lightsss_runtime::Savable;
//!
//! #[derive(Savable)]
//! struct Harness {
//!     cycle: u64,
//!     #[savable(skip)]
//!     log: Vec<String>,
//! }
//! # let image = save_to_image(&Harness { cycle: 5, log: vec![] })?;
//! let mut live = Harness { cycle: 9, log: vec!["kept".into()] };
//! restore_from_image(&mut live, &image)?;
//! assert_eq!((live.cycle, live.log.len()), (5, 1));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A `Vec` that grows, or an enum that switches variant, makes new values: there a skipped field takes its
//! `Default`, or what `default = path` gives.
//!
//! # default
//!
//! ```
//! # use lightsss_runtime::Savable;
//! fn all_enabled() -> u32 {
//!     u32::MAX
//! }
//!
//! #[derive(Savable)]
//! struct Plic {
//!     pending: u32,
//!     #[savable(default = all_enabled)]
//!     enabled: u32,
//!     #[savable(default)]
//!     threshold: u8,
//! }
//! ```
//!
//! # with
//!
//! `save` and `restore` write and read a block of their own. `restore` may fail: then the whole value is
//! put back as it was, from an image taken before the restore, which costs a copy of it.
//!
//! ```
//! # use lightsss_runtime::Savable;
//! struct Register(u32); // from a crate without Savable
//!
//! mod register {
//!     use lightsss_runtime::savable::{Reader, RestoreError, SaveError, Writer};
//!
//!     pub fn save(value: &super::Register, out: &mut Writer<'_>) -> Result<(), SaveError> {
//!         out.bytes(&value.0.to_le_bytes())
//!     }
//!
//!     pub fn restore(
//!         value: &mut super::Register,
//!         input: &mut Reader<'_>,
//!     ) -> Result<(), RestoreError> {
//!         value.0 = u32::from_le_bytes(input.array()?);
//!         Ok(())
//!     }
//! }
//!
//! #[derive(Savable)]
//! struct Timer {
//!     #[savable(with = register)]
//!     compare: Register,
//! }
//! # fn main() {}
//! ```
//!
//! # `as_serde`
//!
//! For types of other crates that implement serde's traits: random generators, big numbers, date types.
//! Stored as `MessagePack` with field names; needs the feature `serde`, which is on by default.
//!
//! A save decodes what it has encoded, and refuses a value that would come back as another one. Examples are
//! an option that holds `None` or `()`, and a variant of an untagged enum that reads as another. An inclusive
//! range of one item is refused, since serde does not say whether it is exhausted. The order of sequences and
//! maps is not compared, and fields that serde skips do not come back.
//!
//! ```
//! # use lightsss_runtime::Savable;
//! #[derive(serde::Serialize, serde::Deserialize)]
//! struct Foreign {
//!     state: [u64; 2],
//! }
//!
//! #[derive(Savable)]
//! struct Stimulus {
//!     #[savable(as_serde)]
//!     generator: Foreign,
//! }
//! ```
//!
//! # `as_pod`
//!
//! For `bytemuck::Pod` types and `Vec`s of them: one copy.
//!
//! ```
//! # use lightsss_runtime::Savable;
//! #[derive(Clone, Copy, bytemuck::Pod, bytemuck::Zeroable)]
//! #[repr(C)]
//! struct Descriptor {
//!     address: u64,
//!     length: u32,
//!     flags: u32,
//! }
//!
//! #[derive(Savable)]
//! struct Ring {
//!     #[savable(as_pod)]
//!     descriptors: Vec<Descriptor>,
//!     #[savable(as_pod)]
//!     current: Descriptor,
//! }
//! ```
//!
//! # reopen
//!
//! Stands on `File`, `BufReader<File>` and `BufWriter<File>`. A restore opens the path again, at the stored
//! offset and in the mode in which the field's file is open now. The field must have the same file open, or
//! the caller must allow the file's folder (`RestoreOptions::files_below`): a snapshot is data from a
//! stranger. What the file holds is not part of the snapshot.
//!
//! A replay needs no attribute for its files: [fork slots](crate::slots) put right every regular file that
//! the process has open, from any language. There it reads on from the checkpoint, and what it writes
//! goes nowhere, as the original has written it. A harness that forks without slots has
//! [`note_files`](super::note_files) and [`reopen_files`](super::reopen_files).
//!
//! ```
//! # use lightsss_runtime::Savable;
//! use std::fs::File;
//! use std::io::BufWriter;
//!
//! #[derive(Savable)]
//! struct SdCard {
//!     #[savable(reopen)]
//!     image: File,
//!     #[savable(reopen)]
//!     log: Option<BufWriter<File>>,
//! }
//! ```
//!
//! # rename
//!
//! A field that got a new name keeps the stored one.
//!
//! ```
//! # use lightsss_runtime::Savable;
//! #[derive(Savable)]
//! #[savable(rename = "Uart")]
//! struct Uart16550 {
//!     #[savable(rename = "div")]
//!     divisor: u16,
//! }
//! ```
//!
//! # version, since and default
//!
//! Raise `version` with each change of layout (a [schema lock](super::lock) sees to it), and say since when
//! a field is there. Without `since`, a field with `default` may be missing in any older snapshot.
//!
//! ```
//! # use lightsss_runtime::Savable;
//! #[derive(Savable)]
//! #[savable(version = 2)]
//! struct Uart {
//!     fifo: Vec<u8>,
//!     #[savable(since = 2, default)]
//!     parity: bool,
//! }
//! ```
//!
//! # until
//!
//! A field that is no longer saved, but still filled from snapshots that hold it, is left untouched by
//! others. A field that you delete needs nothing: what is stored of it is skipped.
//!
//! ```
//! # use lightsss_runtime::Savable;
//! #[derive(Savable)]
//! #[savable(version = 3)]
//! struct Uart {
//!     divisor: u16,
//!     #[savable(until = 2)]
//!     baud: u32,
//! }
//! ```
//!
//! # upgrade
//!
//! On a field: a function from an older type of the field to the present one, or to a `Result` of it. It is
//! called where the stored version is below `since`, or the stored type is another; several may be given,
//! for several older types.
//!
//! ```
//! # use lightsss_runtime::Savable;
//! fn from_nanoseconds(old: u64) -> u128 {
//!     u128::from(old) * 1000
//! }
//!
//! #[derive(Savable)]
//! #[savable(version = 2)]
//! struct Clock {
//!     #[savable(since = 2, upgrade = from_nanoseconds)]
//!     picoseconds: u128,
//! }
//! ```
//!
//! On a variant, beside `until`: a function from the enum to the enum, which replaces a variant that only
//! older snapshots hold.
//!
//! ```
//! # use lightsss_runtime::Savable;
//! #[derive(Savable)]
//! #[savable(version = 2)]
//! enum State {
//!     Idle,
//!     #[savable(until = 1, upgrade = State::without_wait)]
//!     Waiting(u32),
//!     Busy { cycles: u32 },
//! }
//!
//! impl State {
//!     fn without_wait(self) -> State {
//!         match self {
//!             State::Waiting(cycles) => State::Busy { cycles },
//!             other => other,
//!         }
//!     }
//! }
//! ```
//!
//! # validate
//!
//! A function of the decoded value; where it refuses, the whole restore is undone.
//!
//! ```
//! # use lightsss_runtime::Savable;
//! #[derive(Savable)]
//! #[savable(validate = Ring::validate)]
//! struct Ring {
//!     slots: Vec<u64>,
//!     head: usize,
//! }
//!
//! impl Ring {
//!     fn validate(&self) -> Result<(), String> {
//!         if self.head < self.slots.len() {
//!             return Ok(());
//!         }
//!         Err(format!("head {} is beyond {} slots", self.head, self.slots.len()))
//!     }
//! }
//! ```
//!
//! # transparent
//!
//! ```
//! # use lightsss_runtime::Savable;
//! #[derive(Savable)]
//! #[savable(transparent)]
//! struct Address(u64);
//!
//! assert_eq!(Address::SCHEMA.fingerprint(), u64::SCHEMA.fingerprint());
//! ```
//!
//! # bound
//!
//! By default each field's type must be savable as it stands. Where that asks too much or too little, say
//! what is needed; nothing is inferred then.
//!
//! ```
//! # use lightsss_runtime::Savable;
//! use lightsss_runtime::savable::Construct;
//!
//! #[derive(Savable)]
//! #[savable(bound = "T: Construct")]
//! struct Fifo<T> {
//!     items: Vec<T>,
//! }
//! ```
//!
//! # recursive
//!
//! A type that contains itself by name is seen by the derive. Where two types contain each other, mark one
//! of the fields.
//!
//! ```
//! # use lightsss_runtime::Savable;
//! #[derive(Savable)]
//! struct Folder {
//!     entries: Vec<Entry>,
//! }
//!
//! #[derive(Savable)]
//! enum Entry {
//!     File(u64),
//!     Folder(#[savable(recursive)] Folder),
//! }
//! ```
//!
//! # crate
//!
//! Where the runtime has another name, as behind a crate of your own that re-exports it.
//!
//! ```
//! use lightsss_runtime as toolkit;
//!
//! #[derive(toolkit::Savable)]
//! #[savable(crate = toolkit)]
//! struct Harness {
//!     cycle: u64,
//! }
//! # fn main() {}
//! ```
