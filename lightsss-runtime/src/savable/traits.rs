//! The traits of savable types.

use super::run::Run;
use super::{Files, Reader, RestoreError, SaveError, Schema, Size, Writer};

/// A type whose values can be saved, and restored in place.
///
/// Derive it. By hand, write it for types that own bulk state or foreign state; then `save`, `restore`
/// and `check` must walk the same bytes, and [`Savable::SCHEMA`] must describe them.
///
/// ```
/// use lightsss_runtime::Savable;
/// use lightsss_runtime::savable::{restore_from_image, save_to_image};
///
/// #[derive(Savable)]
/// struct Uart {
///     fifo: Vec<u8>,
///     divisor: u16,
/// }
///
/// let mut uart = Uart { fifo: b"boot".to_vec(), divisor: 27 };
/// let image = save_to_image(&uart)?;
/// uart.fifo.clear();
/// restore_from_image(&mut uart, &image)?;
/// assert_eq!(uart.fifo, b"boot");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not savable",
    label = "not savable: it has no `Savable` impl",
    note = "write `#[derive(Savable)]` on `{Self}` if it is yours",
    note = "or on the field: `#[savable(as_serde)]` if it implements serde's traits, `#[savable(with = module)]` to save it by hand, `#[savable(skip)]` to leave it untouched by a restore"
)]
pub trait Savable {
    /// What the type writes.
    const SCHEMA: Schema;

    /// How many bytes the type writes, as far as the type tells.
    const SIZE: Size = Size::at_least(0);

    /// The schema, for links between schemas.
    #[must_use]
    fn schema() -> &'static Schema {
        const { &Self::SCHEMA }
    }

    /// Writes the value.
    fn save(&self, out: &mut Writer<'_>) -> Result<(), SaveError>;

    /// Reads a value into this one; keeps allocations, leaves skipped fields untouched.
    ///
    /// On an error the value may be half-changed: [`restore_from_image`](super::restore_from_image) and
    /// durable snapshots verify first.
    fn restore(&mut self, input: &mut Reader<'_>) -> Result<(), RestoreError>;

    /// Verifies a value and goes past it, without changing anything.
    fn check(input: &mut Reader<'_>) -> Result<(), RestoreError>;

    /// As [`Savable::check`], for what is to be restored into this value: for types that know what they hold at run time
    /// only.
    fn check_for(&self, input: &mut Reader<'_>) -> Result<(), RestoreError> {
        Self::check(input)
    }

    /// Shows the files marked `reopen` to `files`, in the order of the stream.
    fn files(&mut self, files: &mut Files<'_>) -> Result<(), RestoreError> {
        let _ = files;
        Ok(())
    }

    /// Whether the type is a number or made of numbers only, which derived code restores in runs.
    #[doc(hidden)]
    const FLAT: bool = false;

    /// Writes a flat value at the beginning of a run; gives what is left of the run.
    #[doc(hidden)]
    fn save_to_run<'r>(&self, run: &'r mut [u8]) -> &'r mut [u8] {
        // Never called of this type: it is not flat.
        run
    }

    /// Restores a flat value from a run.
    #[doc(hidden)]
    fn restore_from_run(&mut self, run: &mut Run<'_>) -> Result<(), RestoreError> {
        self.restore(&mut run.reader(Self::SIZE.min()))
    }

    /// Writes values that lie side by side.
    fn save_slice(items: &[Self], out: &mut Writer<'_>) -> Result<(), SaveError>
    where
        Self: Sized,
    {
        if let Some(size) = Self::SIZE.exact() {
            out.reserve(items.len().saturating_mul(size))?;
        }
        items.iter().try_for_each(|item| item.save(out))
    }

    /// Reads values that lie side by side.
    fn restore_slice(items: &mut [Self], input: &mut Reader<'_>) -> Result<(), RestoreError>
    where
        Self: Sized,
    {
        items.iter_mut().try_for_each(|item| item.restore(input))
    }
}

/// A savable type whose values can be made anew from a snapshot: what a `Vec` grows by.
///
/// The derive writes it wherever all fields have it, and skipped fields a `Default`.
#[diagnostic::on_unimplemented(
    message = "values of `{Self}` cannot be made anew from a snapshot",
    label = "what is held in a `Vec`, `Option`, map or enum must be `Construct`",
    note = "write `#[derive(Savable)]` on `{Self}` if it is yours",
    note = "models and memories are restored into live objects only: hold them in fields or arrays, not in a `Vec`, `Option` or enum",
    note = "a skipped field needs `Default`, or `#[savable(skip, default = path)]`, for its struct to be made anew",
    note = "types that contain each other need `#[savable(recursive)]` on one of the fields"
)]
pub trait Construct: Savable + Sized {
    /// Reads a new value.
    fn construct(input: &mut Reader<'_>) -> Result<Self, RestoreError>;

    /// Reads `count` values and appends them. The caller has verified that the snapshot has enough bytes.
    fn construct_extend(
        items: &mut Vec<Self>,
        count: usize,
        input: &mut Reader<'_>,
    ) -> Result<(), RestoreError> {
        items.reserve(count);
        for _ in 0..count {
            items.push(Self::construct(input)?);
        }
        Ok(())
    }
}
