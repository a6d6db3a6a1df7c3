//! `Box`, and `Rc` and `Arc` of one owner.

use std::rc::Rc;
use std::sync::Arc;

use crate::savable::{
    Construct, Files, Reader, RestoreError, RestoreErrorKind, Savable, SaveError, SaveErrorKind,
    Schema, Size, Writer,
};

impl<T: Savable> Savable for Box<T> {
    const SCHEMA: Schema = T::SCHEMA;
    const SIZE: Size = T::SIZE;

    fn save(&self, out: &mut Writer<'_>) -> Result<(), SaveError> {
        T::save(self, out)
    }

    fn restore(&mut self, input: &mut Reader<'_>) -> Result<(), RestoreError> {
        T::restore(self, input)
    }

    fn check(input: &mut Reader<'_>) -> Result<(), RestoreError> {
        T::check(input)
    }

    fn files(&mut self, files: &mut Files<'_>) -> Result<(), RestoreError> {
        T::files(self, files)
    }
}

impl<T: Construct> Construct for Box<T> {
    fn construct(input: &mut Reader<'_>) -> Result<Self, RestoreError> {
        T::construct(input).map(Box::new)
    }
}

/// `Rc` and `Arc`: one owner, or a message. A copy per owner would cut the tie between them in silence.
macro_rules! shared {
    ($($owner:ident [$($bound:tt)*] $inner:ty: $schema:expr, $size:expr, $save:expr, $restore:expr, $check:expr, $construct:expr;)*) => {$(
        impl<$($bound)*> Savable for $owner<$inner> {
            const SCHEMA: Schema = $schema.needs_sole_owner();
            const SIZE: Size = $size;

            fn save(&self, out: &mut Writer<'_>) -> Result<(), SaveError> {
                let (owners, weak) = ($owner::strong_count(self), $owner::weak_count(self));
                if owners != 1 || weak != 0 {
                    return Err(out.error(SaveErrorKind::Shared { owners, weak }));
                }
                $save(self, out)
            }

            fn restore(&mut self, input: &mut Reader<'_>) -> Result<(), RestoreError> {
                if $owner::get_mut(self).is_none() {
                    let (owners, weak) = ($owner::strong_count(self), $owner::weak_count(self));
                    return Err(input.error(RestoreErrorKind::Shared { owners, weak }));
                }
                $restore(self, input)
            }

            fn check(input: &mut Reader<'_>) -> Result<(), RestoreError> {
                $check(input)
            }

            fn files(&mut self, files: &mut Files<'_>) -> Result<(), RestoreError> {
                let _ = files;
                $owner::get_mut(self).map_or(Ok(()), |value| show_files(value, files))
            }
        }
    )*};
}

/// Files of what an owner owns; text has none.
trait ShowFiles {
    fn show(&mut self, files: &mut Files<'_>) -> Result<(), RestoreError>;
}

impl<T: Savable> ShowFiles for T {
    fn show(&mut self, files: &mut Files<'_>) -> Result<(), RestoreError> {
        self.files(files)
    }
}

impl ShowFiles for str {
    fn show(&mut self, _: &mut Files<'_>) -> Result<(), RestoreError> {
        Ok(())
    }
}

fn show_files<T: ShowFiles + ?Sized>(
    value: &mut T,
    files: &mut Files<'_>,
) -> Result<(), RestoreError> {
    value.show(files)
}

macro_rules! shared_family {
    ($($owner:ident,)*) => {$(
        shared! {
            $owner [T: Savable] T: T::SCHEMA, T::SIZE,
                |this: &$owner<T>, out| T::save(this, out),
                |this: &mut $owner<T>, input| $owner::get_mut(this).map_or(Ok(()), |value| value.restore(input)),
                T::check, T::construct;
            $owner [] str: <Box<str>>::SCHEMA, Size::at_least(8),
                |this: &$owner<str>, out: &mut Writer<'_>| {
                    out.len(this.len())?;
                    out.bytes(this.as_bytes())
                },
                |this: &mut $owner<str>, input| {
                    *this = Self::construct(input)?;
                    Ok(())
                },
                <Box<str>>::check, <Box<str>>::construct;
        }

        impl<T: Construct> Construct for $owner<T> {
            fn construct(input: &mut Reader<'_>) -> Result<Self, RestoreError> {
                T::construct(input).map($owner::new)
            }
        }

        impl Construct for $owner<str> {
            fn construct(input: &mut Reader<'_>) -> Result<Self, RestoreError> {
                <Box<str>>::construct(input).map($owner::from)
            }
        }
    )*};
}

shared_family! { Rc, Arc, }
