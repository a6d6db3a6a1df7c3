//! Integers, floats, `bool`, `char` and their wrappers: little endian, bit-exact.

use std::cmp::Reverse;
use std::num::{NonZero, Saturating, Wrapping};
use std::sync::atomic;

use crate::savable::run::Run;
use crate::savable::scalars::{Scalar, put};
use crate::savable::{
    Construct, Files, Primitive, Reader, RestoreError, Savable, SaveError, Schema, Shape, Size,
    Writer,
};

/// Types with a value for any bytes, whose slices are their bytes.
macro_rules! plain {
    ($($type:ident $primitive:ident,)*) => {$(
        impl Savable for $type {
            const SCHEMA: Schema =
                Schema::new(stringify!($type), Shape::Primitive(Primitive::$primitive));
            const SIZE: Size = Size::plain(size_of::<$type>());
            const FLAT: bool = true;

            #[inline]
            fn save(&self, out: &mut Writer<'_>) -> Result<(), SaveError> {
                out.array(self.to_le_bytes())
            }

            #[inline]
            fn restore(&mut self, input: &mut Reader<'_>) -> Result<(), RestoreError> {
                *self = <$type>::from_le_bytes(input.array()?);
                Ok(())
            }

            #[inline]
            fn save_to_run<'r>(&self, run: &'r mut [u8]) -> &'r mut [u8] {
                put(self, run)
            }

            #[inline]
            fn restore_from_run(&mut self, run: &mut Run<'_>) -> Result<(), RestoreError> {
                *self = run.take()?;
                Ok(())
            }

            #[inline]
            fn check(input: &mut Reader<'_>) -> Result<(), RestoreError> {
                input.skip(size_of::<$type>())
            }

            fn save_slice(items: &[Self], out: &mut Writer<'_>) -> Result<(), SaveError> {
                if cfg!(target_endian = "little") {
                    return out.bulk(bytemuck::cast_slice(items));
                }
                items.iter().try_for_each(|item| item.save(out))
            }

            fn restore_slice(items: &mut [Self], input: &mut Reader<'_>) -> Result<(), RestoreError> {
                let bytes = input.bytes(size_of_val(items))?;
                if cfg!(target_endian = "little") {
                    bytemuck::cast_slice_mut(items).copy_from_slice(bytes);
                    return Ok(());
                }
                for (item, bytes) in items.iter_mut().zip(bytes.as_chunks().0) {
                    *item = <$type>::from_le_bytes(*bytes);
                }
                Ok(())
            }
        }

        impl Construct for $type {
            #[inline]
            fn construct(input: &mut Reader<'_>) -> Result<Self, RestoreError> {
                Ok(<$type>::from_le_bytes(input.array()?))
            }

            fn construct_extend(
                items: &mut Vec<Self>,
                count: usize,
                input: &mut Reader<'_>,
            ) -> Result<(), RestoreError> {
                let bytes = input.bytes(count.saturating_mul(size_of::<$type>()))?;
                items.extend(bytes.as_chunks().0.iter().map(|bytes| <$type>::from_le_bytes(*bytes)));
                Ok(())
            }
        }
    )*};
}

plain! {
    u8 U8, u16 U16, u32 U32, u64 U64, u128 U128,
    i8 I8, i16 I16, i32 I32, i64 I64, i128 I128,
    f32 F32, f64 F64,
}

/// `usize` and `isize`: eight bytes on every machine.
macro_rules! sized {
    ($($type:ident $primitive:ident $stored:ident,)*) => {$(
        impl Savable for $type {
            const SCHEMA: Schema =
                Schema::new(stringify!($type), Shape::Primitive(Primitive::$primitive));
            const SIZE: Size =
                if size_of::<$type>() == 8 { Size::plain(8) } else { Size::fixed(8) };
            const FLAT: bool = true;

            #[inline]
            fn save(&self, out: &mut Writer<'_>) -> Result<(), SaveError> {
                (*self as $stored).save(out)
            }

            #[inline]
            fn restore(&mut self, input: &mut Reader<'_>) -> Result<(), RestoreError> {
                *self = Self::construct(input)?;
                Ok(())
            }

            #[inline]
            fn check(input: &mut Reader<'_>) -> Result<(), RestoreError> {
                Self::construct(input)?;
                Ok(())
            }

            #[inline]
            fn save_to_run<'r>(&self, run: &'r mut [u8]) -> &'r mut [u8] {
                put(self, run)
            }

            #[inline]
            fn restore_from_run(&mut self, run: &mut Run<'_>) -> Result<(), RestoreError> {
                *self = run.take()?;
                Ok(())
            }

            fn save_slice(items: &[Self], out: &mut Writer<'_>) -> Result<(), SaveError> {
                match bytemuck::try_cast_slice::<$type, $stored>(items) {
                    Ok(items) if size_of::<$type>() == 8 => $stored::save_slice(items, out),
                    _ => items.iter().try_for_each(|item| item.save(out)),
                }
            }

            fn restore_slice(items: &mut [Self], input: &mut Reader<'_>) -> Result<(), RestoreError> {
                if size_of::<$type>() == 8
                    && let Ok(items) = bytemuck::try_cast_slice_mut::<$type, $stored>(items)
                {
                    return $stored::restore_slice(items, input);
                }
                items.iter_mut().try_for_each(|item| item.restore(input))
            }
        }

        impl Construct for $type {
            #[inline]
            fn construct(input: &mut Reader<'_>) -> Result<Self, RestoreError> {
                let position = input.position();
                let stored = $stored::construct(input)?;
                $type::try_from(stored).map_err(|_| {
                    input.invalid(concat!(stringify!($type), " of this machine"), stored).moved_to(position)
                })
            }
        }
    )*};
}

sized! { usize Usize u64, isize Isize i64, }

/// Types that are stored as another one, and use only some of its values.
macro_rules! narrowed {
    ($type:ty, $primitive:ident, $stored:ident, $what:literal, $to:expr, $from:expr) => {
        impl Savable for $type {
            const SCHEMA: Schema = Schema::new($what, Shape::Primitive(Primitive::$primitive));
            const SIZE: Size = Size::fixed($stored::SIZE.min());
            const FLAT: bool = true;

            #[inline]
            fn save(&self, out: &mut Writer<'_>) -> Result<(), SaveError> {
                let to: fn($type) -> $stored = $to;
                to(*self).save(out)
            }

            #[inline]
            fn restore(&mut self, input: &mut Reader<'_>) -> Result<(), RestoreError> {
                *self = Self::construct(input)?;
                Ok(())
            }

            #[inline]
            fn check(input: &mut Reader<'_>) -> Result<(), RestoreError> {
                Self::construct(input)?;
                Ok(())
            }

            #[inline]
            fn save_to_run<'r>(&self, run: &'r mut [u8]) -> &'r mut [u8] {
                put(self, run)
            }

            #[inline]
            fn restore_from_run(&mut self, run: &mut Run<'_>) -> Result<(), RestoreError> {
                *self = run.take()?;
                Ok(())
            }
        }

        impl Scalar for $type {
            #[inline]
            fn put(self, to: &mut [u8]) {
                let stored: fn($type) -> $stored = $to;
                stored(self).put(to);
            }

            #[inline]
            fn get(from: &[u8]) -> Option<Self> {
                let own: fn($stored) -> Option<$type> = $from;
                own($stored::get(from)?)
            }
        }

        impl Construct for $type {
            #[inline]
            fn construct(input: &mut Reader<'_>) -> Result<Self, RestoreError> {
                let from: fn($stored) -> Option<$type> = $from;
                let position = input.position();
                let stored = $stored::construct(input)?;
                from(stored).ok_or_else(|| input.invalid($what, stored).moved_to(position))
            }
        }
    };
}

narrowed!(bool, Bool, u8, "bool", u8::from, |byte| (byte <= 1)
    .then_some(byte == 1));
narrowed!(char, Char, u32, "char", u32::from, char::from_u32);

macro_rules! non_zero {
    ($($stored:ident $primitive:ident,)*) => {$(
        narrowed!(
            NonZero<$stored>, $primitive, $stored, "nonzero integer",
            NonZero::get, NonZero::new
        );
    )*};
}

macro_rules! atomics {
    ($($atomic:ident $stored:ident,)*) => {$(
        impl Savable for atomic::$atomic {
            const SCHEMA: Schema = $stored::SCHEMA;
            const SIZE: Size = $stored::SIZE;
            const FLAT: bool = true;

            #[inline]
            fn save(&self, out: &mut Writer<'_>) -> Result<(), SaveError> {
                self.load(atomic::Ordering::SeqCst).save(out)
            }

            #[inline]
            fn save_to_run<'r>(&self, run: &'r mut [u8]) -> &'r mut [u8] {
                put(&self.load(atomic::Ordering::SeqCst), run)
            }

            #[inline]
            fn restore_from_run(&mut self, run: &mut Run<'_>) -> Result<(), RestoreError> {
                self.get_mut().restore_from_run(run)
            }

            #[inline]
            fn restore(&mut self, input: &mut Reader<'_>) -> Result<(), RestoreError> {
                self.get_mut().restore(input)
            }

            #[inline]
            fn check(input: &mut Reader<'_>) -> Result<(), RestoreError> {
                $stored::check(input)
            }
        }

        impl Construct for atomic::$atomic {
            #[inline]
            fn construct(input: &mut Reader<'_>) -> Result<Self, RestoreError> {
                Ok(Self::new($stored::construct(input)?))
            }
        }
    )*};
}

atomics! {
    AtomicBool bool,
    AtomicU8 u8, AtomicU16 u16, AtomicU32 u32, AtomicU64 u64, AtomicUsize usize,
    AtomicI8 i8, AtomicI16 i16, AtomicI32 i32, AtomicI64 i64, AtomicIsize isize,
}

macro_rules! newtypes {
    ($($type:ident,)*) => {$(
        impl<T: Savable> Savable for $type<T> {
            const SCHEMA: Schema = T::SCHEMA;
            const SIZE: Size = T::SIZE;
            const FLAT: bool = T::FLAT;

            #[inline]
            fn save(&self, out: &mut Writer<'_>) -> Result<(), SaveError> {
                self.0.save(out)
            }

            #[inline]
            fn save_to_run<'r>(&self, run: &'r mut [u8]) -> &'r mut [u8] {
                self.0.save_to_run(run)
            }

            #[inline]
            fn restore_from_run(&mut self, run: &mut Run<'_>) -> Result<(), RestoreError> {
                self.0.restore_from_run(run)
            }

            #[inline]
            fn restore(&mut self, input: &mut Reader<'_>) -> Result<(), RestoreError> {
                self.0.restore(input)
            }

            #[inline]
            fn check(input: &mut Reader<'_>) -> Result<(), RestoreError> {
                T::check(input)
            }

            fn files(&mut self, files: &mut Files<'_>) -> Result<(), RestoreError> {
                self.0.files(files)
            }
        }

        impl<T: Construct> Construct for $type<T> {
            #[inline]
            fn construct(input: &mut Reader<'_>) -> Result<Self, RestoreError> {
                T::construct(input).map($type)
            }
        }
    )*};
}

newtypes! { Wrapping, Saturating, Reverse, }

non_zero! {
    u8 U8, u16 U16, u32 U32, u64 U64, u128 U128, usize Usize,
    i8 I8, i16 I16, i32 I32, i64 I64, i128 I128, isize Isize,
}
