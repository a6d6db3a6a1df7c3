//! Ranges and bounds.

use std::ops::{Range, RangeFrom, RangeInclusive, RangeTo};

use crate::savable::{
    Construct, Field, Link, Reader, RestoreError, Savable, SaveError, Schema, Shape, Size, Writer,
};

macro_rules! range {
    ($($range:ident { $($bound:ident),* } $name:literal,)*) => {$(
        impl<T: Savable> Savable for $range<T> {
            const SCHEMA: Schema = Schema::new(
                $name,
                Shape::Struct(const { &[$(Field::new(stringify!($bound), Link::to::<T>())),*] }),
            );
            const SIZE: Size = Size::NONE$(.then({ let _ = stringify!($bound); T::SIZE }))*;

            #[inline]
            fn save(&self, out: &mut Writer<'_>) -> Result<(), SaveError> {
                $(self.$bound.save(out)?;)*
                Ok(())
            }

            #[inline]
            fn restore(&mut self, input: &mut Reader<'_>) -> Result<(), RestoreError> {
                $(self.$bound.restore(input)?;)*
                Ok(())
            }

            #[inline]
            fn check(input: &mut Reader<'_>) -> Result<(), RestoreError> {
                $({ let _ = stringify!($bound); T::check(input)?; })*
                Ok(())
            }
        }

        impl<T: Construct> Construct for $range<T> {
            fn construct(input: &mut Reader<'_>) -> Result<Self, RestoreError> {
                Ok($range { $($bound: T::construct(input)?),* })
            }
        }
    )*};
}

range! {
    Range { start, end } "Range",
    RangeFrom { start } "RangeFrom",
    RangeTo { end } "RangeTo",
}

impl<T: Construct + PartialOrd> Savable for RangeInclusive<T> {
    const SCHEMA: Schema = <Range<T>>::SCHEMA;
    const SIZE: Size = <Range<T>>::SIZE;

    fn save(&self, out: &mut Writer<'_>) -> Result<(), SaveError> {
        if self.is_empty() && self.start() <= self.end() {
            return Err(SaveError::custom(
                "an inclusive range that was iterated to its end cannot be told from a fresh one; save an Option of it, or its bounds",
            )
            .at(out.position()));
        }
        self.start().save(out)?;
        self.end().save(out)
    }

    fn restore(&mut self, input: &mut Reader<'_>) -> Result<(), RestoreError> {
        *self = Self::construct(input)?;
        Ok(())
    }

    fn check(input: &mut Reader<'_>) -> Result<(), RestoreError> {
        <Range<T>>::check(input)
    }
}

impl<T: Construct + PartialOrd> Construct for RangeInclusive<T> {
    fn construct(input: &mut Reader<'_>) -> Result<Self, RestoreError> {
        Ok(RangeInclusive::new(
            T::construct(input)?,
            T::construct(input)?,
        ))
    }
}
