//! `Option`, `Result`, `Ordering` and `Bound`.

use std::cell::OnceCell;
use std::sync::OnceLock;

use crate::savable::{
    Construct, Field, Files, Link, Reader, RestoreError, Savable, SaveError, Schema, Shape, Size,
    Variant, Writer,
};

impl<T: Construct> Savable for Option<T> {
    const SCHEMA: Schema = Schema::new("Option", Shape::Option(Link::to::<T>()));
    const SIZE: Size = Size::at_least(1);

    fn save(&self, out: &mut Writer<'_>) -> Result<(), SaveError> {
        match self {
            None => out.byte(0),
            Some(value) => {
                out.byte(1)?;
                value.save(out)
            }
        }
    }

    fn restore(&mut self, input: &mut Reader<'_>) -> Result<(), RestoreError> {
        match (input.flag()?, &mut *self) {
            (false, _) => *self = None,
            (true, Some(value)) => value.restore(input)?,
            (true, None) => *self = Some(T::construct(input)?),
        }
        Ok(())
    }

    fn check(input: &mut Reader<'_>) -> Result<(), RestoreError> {
        if input.flag()? {
            T::check(input)
        } else {
            Ok(())
        }
    }

    fn files(&mut self, files: &mut Files<'_>) -> Result<(), RestoreError> {
        self.iter_mut().try_for_each(|value| value.files(files))
    }
}

impl<T: Construct> Construct for Option<T> {
    fn construct(input: &mut Reader<'_>) -> Result<Self, RestoreError> {
        if input.flag()? {
            T::construct(input).map(Some)
        } else {
            Ok(None)
        }
    }
}

macro_rules! once {
    ($($once:ident,)*) => {$(
        impl<T: Construct> Savable for $once<T> {
            const SCHEMA: Schema = <Option<T>>::SCHEMA;
            const SIZE: Size = Size::at_least(1);

            fn save(&self, out: &mut Writer<'_>) -> Result<(), SaveError> {
                match self.get() {
                    None => out.byte(0),
                    Some(value) => {
                        out.byte(1)?;
                        value.save(out)
                    }
                }
            }

            fn restore(&mut self, input: &mut Reader<'_>) -> Result<(), RestoreError> {
                match (input.flag()?, self.get_mut()) {
                    (false, _) => *self = $once::new(),
                    (true, Some(value)) => value.restore(input)?,
                    (true, None) => *self = $once::from(T::construct(input)?),
                }
                Ok(())
            }

            fn check(input: &mut Reader<'_>) -> Result<(), RestoreError> {
                <Option<T>>::check(input)
            }

            fn files(&mut self, files: &mut Files<'_>) -> Result<(), RestoreError> {
                self.get_mut().into_iter().try_for_each(|value| value.files(files))
            }
        }

        impl<T: Construct> Construct for $once<T> {
            fn construct(input: &mut Reader<'_>) -> Result<Self, RestoreError> {
                let once = $once::new();
                if input.flag()? {
                    // Just made: nobody else can have set it.
                    let _ = once.set(T::construct(input)?);
                }
                Ok(once)
            }
        }
    )*};
}

once! { OnceCell, OnceLock, }

impl<T: Construct, E: Construct> Savable for Result<T, E> {
    const SCHEMA: Schema = Schema::new(
        "Result",
        Shape::Enum(
            const {
                &[
                    Variant::new("Ok", const { &[Field::new("0", Link::to::<T>())] }),
                    Variant::new("Err", const { &[Field::new("0", Link::to::<E>())] }),
                ]
            },
        ),
    );
    const SIZE: Size = Size::at_least(1);

    fn save(&self, out: &mut Writer<'_>) -> Result<(), SaveError> {
        match self {
            Ok(value) => {
                out.byte(0)?;
                value.save(out)
            }
            Err(error) => {
                out.byte(1)?;
                error.save(out)
            }
        }
    }

    fn restore(&mut self, input: &mut Reader<'_>) -> Result<(), RestoreError> {
        match (input.flag()?, &mut *self) {
            (false, Ok(value)) => value.restore(input)?,
            (true, Err(error)) => error.restore(input)?,
            (false, _) => *self = Ok(T::construct(input)?),
            (true, _) => *self = Err(E::construct(input)?),
        }
        Ok(())
    }

    fn check(input: &mut Reader<'_>) -> Result<(), RestoreError> {
        if input.flag()? {
            E::check(input)
        } else {
            T::check(input)
        }
    }

    fn files(&mut self, files: &mut Files<'_>) -> Result<(), RestoreError> {
        match self {
            Ok(value) => value.files(files),
            Err(error) => error.files(files),
        }
    }
}

impl<T: Construct, E: Construct> Construct for Result<T, E> {
    fn construct(input: &mut Reader<'_>) -> Result<Self, RestoreError> {
        Ok(if input.flag()? {
            Err(E::construct(input)?)
        } else {
            Ok(T::construct(input)?)
        })
    }
}

impl Savable for std::cmp::Ordering {
    const SCHEMA: Schema = Schema::new(
        "Ordering",
        Shape::Enum(&[
            Variant::new("Less", &[]),
            Variant::new("Equal", &[]),
            Variant::new("Greater", &[]),
        ]),
    );
    const SIZE: Size = Size::fixed(1);

    fn save(&self, out: &mut Writer<'_>) -> Result<(), SaveError> {
        out.byte((*self as i8 + 1) as u8)
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

impl Construct for std::cmp::Ordering {
    fn construct(input: &mut Reader<'_>) -> Result<Self, RestoreError> {
        let position = input.position();
        match input.byte()? {
            0 => Ok(Self::Less),
            1 => Ok(Self::Equal),
            2 => Ok(Self::Greater),
            other => Err(input
                .invalid("variant of Ordering", other)
                .moved_to(position)),
        }
    }
}
