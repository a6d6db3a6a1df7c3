//! Ways to save a field that are not its type's own: through serde, as plain bytes, as a file.

use super::file_note::path_from_bytes;
use super::files::unopened;
#[cfg(feature = "serde")]
use super::serde_trace::trace;
use super::{
    Construct, Field, FileNote, Link, Reader, Reopen, RestoreError, Savable, SaveError,
    SaveErrorKind, Schema, Shape, Size, Writer,
};

/// Saves and restores a `T` that need not be savable.
pub trait Adapter<T> {
    /// What it writes.
    const SCHEMA: Schema;

    /// How many bytes it writes.
    const SIZE: Size;

    /// The schema, for links between schemas.
    #[must_use]
    fn schema() -> &'static Schema {
        const { &Self::SCHEMA }
    }

    /// Writes the value.
    fn save(value: &T, out: &mut Writer<'_>) -> Result<(), SaveError>;

    /// Reads a value into `value`.
    fn restore(value: &mut T, input: &mut Reader<'_>) -> Result<(), RestoreError> {
        *value = Self::construct(input)?;
        Ok(())
    }

    /// Goes past a value and verifies it.
    fn check(input: &mut Reader<'_>) -> Result<(), RestoreError>;

    /// Reads a new value.
    fn construct(input: &mut Reader<'_>) -> Result<T, RestoreError>;
}

impl Link {
    /// To what an adapter writes for a `T`.
    #[must_use]
    pub const fn through<A: Adapter<T>, T>() -> Link {
        Link::adapted_to(
            A::schema,
            std::any::type_name::<(A, T)>,
            A::SCHEMA.fingerprint(),
        )
    }
}

/// Fields with `as_serde`: a block of `MessagePack`, structs with their field names, so that serde's own
/// means of evolution apply inside.
#[derive(Debug)]
pub struct AsSerde;

/// Types for `as_serde`.
#[cfg(feature = "serde")]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be saved through serde",
    label = "`as_serde` needs `serde::Serialize` and `serde::de::DeserializeOwned`, and no borrowed data"
)]
pub trait SerdeValue: serde::Serialize + serde::de::DeserializeOwned + 'static {}

#[cfg(feature = "serde")]
impl<T: serde::Serialize + serde::de::DeserializeOwned + 'static> SerdeValue for T {}

/// Types for `as_serde`.
#[cfg(not(feature = "serde"))]
#[diagnostic::on_unimplemented(
    message = "`as_serde` needs the feature `serde` of `lightsss-runtime`",
    label = "switch the feature on, or save the field in another way"
)]
pub trait SerdeValue: 'static {}

#[cfg(feature = "serde")]
impl AsSerde {
    /// Holds a value against what its bytes are decoded to.
    fn comes_back<T: SerdeValue>(value: &T, bytes: &[u8]) -> Result<(), String> {
        let as_it_is = trace(value).map_err(|error| error.to_string())?;
        let back: T = Self::decode(bytes).map_err(|error| {
            format!("the value could not be restored: {error}; save the field in another way")
        })?;
        if trace(&back).is_ok_and(|back| back == as_it_is) {
            return Ok(());
        }
        Err(
            "the value would come back as another one: `as_serde` cannot tell an option that holds nothing (`None`, \
             `()`) from an empty one, say; save the field without `as_serde`"
                .to_owned(),
        )
    }

    fn decode<T: SerdeValue>(bytes: &[u8]) -> Result<T, RestoreError> {
        let mut decoder = rmp_serde::Deserializer::from_read_ref(bytes);
        // Each level takes a few frames of stack; the default would allow 1024.
        decoder.set_max_depth(128);
        T::deserialize(&mut decoder).map_err(RestoreError::custom)
    }
}

#[cfg(feature = "serde")]
impl<T: SerdeValue> Adapter<T> for AsSerde {
    const SCHEMA: Schema = Schema::new("serde", Shape::Opaque("MessagePack"));
    const SIZE: Size = Size::at_least(8);

    fn save(value: &T, out: &mut Writer<'_>) -> Result<(), SaveError> {
        let bytes = rmp_serde::to_vec_named(value)
            .map_err(|error| out.error(SaveErrorKind::Custom(error.to_string())))?;
        // What is only looked at is not going to come back.
        if out.keeps() {
            Self::comes_back(value, &bytes).map_err(|why| out.error(SaveErrorKind::Custom(why)))?;
        }
        out.len(bytes.len())?;
        out.bulk(&bytes)
    }

    fn check(input: &mut Reader<'_>) -> Result<(), RestoreError> {
        let position = input.position();
        let value: T = Self::construct(input)?;
        // What was decoded here is what the restore takes: it cannot fail a second time.
        input.stage(position, Box::new(value));
        Ok(())
    }

    fn construct(input: &mut Reader<'_>) -> Result<T, RestoreError> {
        let position = input.position();
        let len = input.len(1)?;
        let bytes = input.bytes(len)?;
        match input.unstage(position) {
            Some(value) => Ok(value),
            None => Self::decode(bytes).map_err(|error| error.at(position)),
        }
    }
}

#[cfg(not(feature = "serde"))]
impl<T: SerdeValue> Adapter<T> for AsSerde {
    const SCHEMA: Schema = Schema::new("serde", Shape::Opaque("MessagePack"));
    const SIZE: Size = Size::at_least(8);

    fn save(_: &T, _: &mut Writer<'_>) -> Result<(), SaveError> {
        Err(SaveError::custom("the feature `serde` is off"))
    }

    fn check(_: &mut Reader<'_>) -> Result<(), RestoreError> {
        Err(RestoreError::custom("the feature `serde` is off"))
    }

    fn construct(_: &mut Reader<'_>) -> Result<T, RestoreError> {
        Err(RestoreError::custom("the feature `serde` is off"))
    }
}

/// Fields with `as_pod`: the bytes of the value as they lie in memory, little endian.
#[derive(Debug)]
pub struct AsPod;

/// Fields with `as_pod` that are a `Vec` or a boxed slice.
#[derive(Debug)]
pub struct AsPodSlice;

/// Types for `as_pod`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not plain old data",
    label = "`as_pod` needs `bytemuck::Pod`, or a `Vec` or `Box<[_]>` of such"
)]
pub trait PodValue: bytemuck::Pod {}

impl<T: bytemuck::Pod> PodValue for T {}

/// Sequences for `as_pod`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a sequence of plain old data",
    label = "`as_pod` needs `bytemuck::Pod`, or a `Vec` or `Box<[_]>` of such"
)]
pub trait PodSlice: AsMut<[Self::Item]> + AsRef<[Self::Item]> + From<Vec<Self::Item>> {
    /// An item.
    type Item: bytemuck::Pod;
}

impl<T: bytemuck::Pod> PodSlice for Vec<T> {
    type Item = T;
}

impl<T: bytemuck::Pod> PodSlice for Box<[T]> {
    type Item = T;
}

fn save_pod(bytes: &[u8], out: &mut Writer<'_>) -> Result<(), SaveError> {
    const {
        assert!(
            cfg!(target_endian = "little"),
            "as_pod stores bytes as they lie, little endian"
        );
    }
    out.len(bytes.len())?;
    out.bulk(bytes)
}

/// The bytes of plain data that comes next, if `fits` says that they can be its value.
fn read_pod<'a>(
    input: &mut Reader<'a>,
    item: usize,
    fits: impl FnOnce(usize) -> bool,
) -> Result<&'a [u8], RestoreError> {
    let position = input.position();
    let len = input.len(1)?;
    let bytes = input.bytes(len)?;
    if fits(len) {
        return Ok(bytes);
    }
    Err(RestoreError::custom(format_args!(
        "stored {len} bytes of plain data, now items of {item} bytes: convert with `upgrade`"
    ))
    .at(position))
}

impl<T: PodValue> Adapter<T> for AsPod {
    const SCHEMA: Schema = Schema::new("pod", Shape::Opaque("plain old data"));
    const SIZE: Size = Size::at_least(8);

    fn save(value: &T, out: &mut Writer<'_>) -> Result<(), SaveError> {
        save_pod(bytemuck::bytes_of(value), out)
    }

    fn check(input: &mut Reader<'_>) -> Result<(), RestoreError> {
        read_pod(input, size_of::<T>(), |len| len == size_of::<T>())?;
        Ok(())
    }

    fn construct(input: &mut Reader<'_>) -> Result<T, RestoreError> {
        let mut value = T::zeroed();
        let bytes = read_pod(input, size_of::<T>(), |len| len == size_of::<T>())?;
        bytemuck::bytes_of_mut(&mut value).copy_from_slice(bytes);
        Ok(value)
    }
}

/// Whether so many bytes are whole items; items of no size cannot be counted by their bytes.
fn are_items<T>(bytes: usize) -> bool {
    bytes.checked_rem(size_of::<T>()) == Some(0)
}

impl<T: PodSlice> Adapter<T> for AsPodSlice {
    const SCHEMA: Schema = Schema::new("pod", Shape::Opaque("items of plain old data"));
    const SIZE: Size = Size::at_least(8);

    fn save(value: &T, out: &mut Writer<'_>) -> Result<(), SaveError> {
        const {
            assert!(
                size_of::<T::Item>() > 0,
                "items of no size cannot be stored as bytes"
            );
        }
        save_pod(bytemuck::cast_slice(value.as_ref()), out)
    }

    fn restore(value: &mut T, input: &mut Reader<'_>) -> Result<(), RestoreError> {
        let start = input.mark();
        let bytes = read_pod(input, size_of::<T::Item>(), are_items::<T::Item>)?;
        let live: &mut [u8] = bytemuck::cast_slice_mut(value.as_mut());
        if live.len() == bytes.len() {
            live.copy_from_slice(bytes);
            return Ok(());
        }
        input.back_to(start);
        *value = Self::construct(input)?;
        Ok(())
    }

    fn check(input: &mut Reader<'_>) -> Result<(), RestoreError> {
        read_pod(input, size_of::<T::Item>(), are_items::<T::Item>)?;
        Ok(())
    }

    fn construct(input: &mut Reader<'_>) -> Result<T, RestoreError> {
        let bytes = read_pod(input, size_of::<T::Item>(), are_items::<T::Item>)?;
        let items = bytes.chunks_exact(size_of::<T::Item>());
        Ok(items
            .map(bytemuck::pod_read_unaligned)
            .collect::<Vec<_>>()
            .into())
    }
}

/// Fields with `reopen`: a path and where the file stands.
#[derive(Debug)]
pub struct AsFile;

impl AsFile {
    fn write(note: Option<&FileNote>, out: &mut Writer<'_>) -> Result<(), SaveError> {
        let Some(note) = note else { return out.byte(0) };
        out.byte(1)?;
        note.path.save(out)?;
        note.offset.save(out)?;
        [note.read, note.write, note.append].save(out)
    }

    fn read(input: &mut Reader<'_>) -> Result<Option<FileNote>, RestoreError> {
        if !input.flag()? {
            return Ok(None);
        }
        let path = path_from_bytes(Vec::construct(input)?);
        let offset = u64::construct(input)?;
        let mut flag = || bool::construct(input);
        Ok(Some(FileNote {
            path,
            offset,
            read: flag()?,
            write: flag()?,
            append: flag()?,
        }))
    }

    fn open<T: Reopen>(note: Option<&FileNote>, position: usize) -> Result<T, RestoreError> {
        T::open(note).map_err(|error| {
            match note {
                Some(note) => unopened(&note.path, error),
                None => error.into(),
            }
            .at(position)
        })
    }
}

/// An option of: path, offset, and three booleans for the mode.
const NOTE: Schema = Schema::new(
    "File",
    Shape::Struct(
        const {
            &[
                Field::new("path", Link::to::<Vec<u8>>()),
                Field::new("offset", Link::to::<u64>()),
                Field::new("read", Link::to::<bool>()),
                Field::new("write", Link::to::<bool>()),
                Field::new("append", Link::to::<bool>()),
            ]
        },
    ),
);

impl<T: Reopen + 'static> Adapter<T> for AsFile {
    const SCHEMA: Schema = Schema::new(
        "Option",
        Shape::Option(Link::adapted_to(
            || const { &NOTE },
            || "File",
            NOTE.fingerprint(),
        )),
    )
    .holds_files();
    const SIZE: Size = Size::at_least(1);

    fn save(value: &T, out: &mut Writer<'_>) -> Result<(), SaveError> {
        if out.surveys() {
            let place = value.place().ok().flatten();
            return Self::write(place.as_ref(), out);
        }
        if !out.keeps() {
            return out.byte(u8::from(value.is_open()));
        }
        let note = value.note().map_err(|error| {
            out.error(SaveErrorKind::File {
                reason: error.to_string(),
            })
        })?;
        Self::write(note.as_ref(), out)
    }

    fn restore(value: &mut T, input: &mut Reader<'_>) -> Result<(), RestoreError> {
        let new = Self::construct(input)?;
        std::mem::replace(value, new).discard();
        Ok(())
    }

    fn check(input: &mut Reader<'_>) -> Result<(), RestoreError> {
        let position = input.position();
        let file: T = Self::construct(input)?;
        // Opened once, for the restore: it cannot fail a second time.
        input.stage(position, Box::new(file));
        Ok(())
    }

    fn construct(input: &mut Reader<'_>) -> Result<T, RestoreError> {
        let position = input.position();
        let note = Self::read(input)?;
        if let Some(file) = input.unstage(position) {
            return Ok(file);
        }
        let note = note.map(|note| input.allowed_file(position, note));
        Self::open(note.transpose()?.as_ref(), position)
    }
}
