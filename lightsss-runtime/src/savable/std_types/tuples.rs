//! Tuples of up to twelve, the unit, and `PhantomData`.

use std::marker::PhantomData;

use crate::savable::{
    Construct, Files, Link, Reader, RestoreError, Savable, SaveError, Schema, Shape, Size, Writer,
};

macro_rules! tuple {
    ($($type:ident $index:tt),*) => {
        impl<$($type: Savable),*> Savable for ($($type,)*) {
            const SCHEMA: Schema =
                Schema::new("tuple", Shape::Tuple(const { &[$(Link::to::<$type>()),*] }));
            const SIZE: Size = Size::NONE$(.then($type::SIZE))*;

            #[inline]
            fn save(&self, _out: &mut Writer<'_>) -> Result<(), SaveError> {
                $(self.$index.save(_out)?;)*
                Ok(())
            }

            #[inline]
            fn restore(&mut self, _input: &mut Reader<'_>) -> Result<(), RestoreError> {
                $(self.$index.restore(_input)?;)*
                Ok(())
            }

            #[inline]
            fn check(input: &mut Reader<'_>) -> Result<(), RestoreError> {
                if Self::SIZE.is_plain() {
                    return input.skip(Self::SIZE.min());
                }
                $($type::check(input)?;)*
                Ok(())
            }

            fn files(&mut self, _files: &mut Files<'_>) -> Result<(), RestoreError> {
                $(self.$index.files(_files)?;)*
                Ok(())
            }
        }

        impl<$($type: Construct),*> Construct for ($($type,)*) {
            #[inline]
            fn construct(_input: &mut Reader<'_>) -> Result<Self, RestoreError> {
                Ok(($($type::construct(_input)?,)*))
            }
        }
    };
}

tuple!();
tuple!(A 0);
tuple!(A 0, B 1);
tuple!(A 0, B 1, C 2);
tuple!(A 0, B 1, C 2, D 3);
tuple!(A 0, B 1, C 2, D 3, E 4);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11);

impl<T: ?Sized> Savable for PhantomData<T> {
    const SCHEMA: Schema = <() as Savable>::SCHEMA;
    const SIZE: Size = Size::NONE;

    fn save(&self, _: &mut Writer<'_>) -> Result<(), SaveError> {
        Ok(())
    }

    fn restore(&mut self, _: &mut Reader<'_>) -> Result<(), RestoreError> {
        Ok(())
    }

    fn check(_: &mut Reader<'_>) -> Result<(), RestoreError> {
        Ok(())
    }
}

impl<T: ?Sized> Construct for PhantomData<T> {
    fn construct(_: &mut Reader<'_>) -> Result<Self, RestoreError> {
        Ok(PhantomData)
    }
}
