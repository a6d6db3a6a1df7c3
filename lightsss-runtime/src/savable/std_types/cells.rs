//! `Cell`, `RefCell`, `Mutex` and `RwLock`.

use std::cell::{Cell, RefCell};
use std::sync::{Mutex, RwLock, TryLockError};

use crate::savable::{
    Construct, Files, Reader, RestoreError, Savable, SaveError, SaveErrorKind, Schema, Size, Writer,
};

impl<T: Savable + Copy> Savable for Cell<T> {
    const SCHEMA: Schema = T::SCHEMA;
    const SIZE: Size = T::SIZE;

    #[inline]
    fn save(&self, out: &mut Writer<'_>) -> Result<(), SaveError> {
        self.get().save(out)
    }

    #[inline]
    fn restore(&mut self, input: &mut Reader<'_>) -> Result<(), RestoreError> {
        self.get_mut().restore(input)
    }

    #[inline]
    fn check(input: &mut Reader<'_>) -> Result<(), RestoreError> {
        T::check(input)
    }
}

impl<T: Construct + Copy> Construct for Cell<T> {
    fn construct(input: &mut Reader<'_>) -> Result<Self, RestoreError> {
        T::construct(input).map(Cell::new)
    }
}

impl<T: Savable> Savable for RefCell<T> {
    const SCHEMA: Schema = T::SCHEMA;
    const SIZE: Size = T::SIZE;

    fn save(&self, out: &mut Writer<'_>) -> Result<(), SaveError> {
        match self.try_borrow() {
            Ok(value) => value.save(out),
            Err(_) => Err(out.error(SaveErrorKind::Busy { what: "RefCell" })),
        }
    }

    fn restore(&mut self, input: &mut Reader<'_>) -> Result<(), RestoreError> {
        self.get_mut().restore(input)
    }

    fn check(input: &mut Reader<'_>) -> Result<(), RestoreError> {
        T::check(input)
    }

    fn files(&mut self, files: &mut Files<'_>) -> Result<(), RestoreError> {
        self.get_mut().files(files)
    }
}

impl<T: Construct> Construct for RefCell<T> {
    fn construct(input: &mut Reader<'_>) -> Result<Self, RestoreError> {
        T::construct(input).map(RefCell::new)
    }
}

macro_rules! lock {
    ($($lock:ident $try:ident,)*) => {$(
        impl<T: Savable> Savable for $lock<T> {
            const SCHEMA: Schema = T::SCHEMA;
            const SIZE: Size = T::SIZE;

            fn save(&self, out: &mut Writer<'_>) -> Result<(), SaveError> {
                match self.$try() {
                    Ok(value) => value.save(out),
                    Err(TryLockError::WouldBlock) => {
                        Err(out.error(SaveErrorKind::Busy { what: stringify!($lock) }))
                    }
                    Err(TryLockError::Poisoned(_)) => {
                        Err(out.error(SaveErrorKind::Poisoned { what: stringify!($lock) }))
                    }
                }
            }

            fn restore(&mut self, input: &mut Reader<'_>) -> Result<(), RestoreError> {
                // The whole value is read anew, which ends what a panic may have left.
                self.clear_poison();
                match self.get_mut() {
                    Ok(value) => value.restore(input),
                    Err(poisoned) => poisoned.into_inner().restore(input),
                }
            }

            fn check(input: &mut Reader<'_>) -> Result<(), RestoreError> {
                T::check(input)
            }

            fn files(&mut self, files: &mut Files<'_>) -> Result<(), RestoreError> {
                match self.get_mut() {
                    Ok(value) => value.files(files),
                    Err(poisoned) => poisoned.into_inner().files(files),
                }
            }
        }

        impl<T: Construct> Construct for $lock<T> {
            fn construct(input: &mut Reader<'_>) -> Result<Self, RestoreError> {
                T::construct(input).map($lock::new)
            }
        }
    )*};
}

lock! { Mutex try_lock, RwLock try_read, }
