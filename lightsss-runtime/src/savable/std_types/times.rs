//! `Duration` and `SystemTime`.

use std::time::{Duration, SystemTime};

use crate::savable::{
    Construct, Field, Link, Reader, RestoreError, Savable, SaveError, Schema, Shape, Size, Writer,
};

impl Savable for Duration {
    const SCHEMA: Schema = Schema::new(
        "Duration",
        Shape::Struct(
            const {
                &[
                    Field::new("seconds", Link::to::<u64>()),
                    Field::new("nanoseconds", Link::to::<u32>()),
                ]
            },
        ),
    );
    const SIZE: Size = Size::fixed(12);

    fn save(&self, out: &mut Writer<'_>) -> Result<(), SaveError> {
        self.as_secs().save(out)?;
        self.subsec_nanos().save(out)
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

impl Construct for Duration {
    fn construct(input: &mut Reader<'_>) -> Result<Self, RestoreError> {
        let seconds = u64::construct(input)?;
        let position = input.position();
        let nanoseconds = u32::construct(input)?;
        if nanoseconds >= 1_000_000_000 {
            return Err(input
                .invalid("number of nanoseconds below a second", nanoseconds)
                .moved_to(position));
        }
        Ok(Duration::new(seconds, nanoseconds))
    }
}

impl Savable for SystemTime {
    const SCHEMA: Schema = Schema::new(
        "SystemTime",
        Shape::Struct(
            const {
                &[
                    Field::new("before_1970", Link::to::<bool>()),
                    Field::new("distance", Link::to::<Duration>()),
                ]
            },
        ),
    );
    const SIZE: Size = Size::fixed(13);

    fn save(&self, out: &mut Writer<'_>) -> Result<(), SaveError> {
        let distance = self.duration_since(SystemTime::UNIX_EPOCH);
        distance.is_err().save(out)?;
        distance.unwrap_or_else(|error| error.duration()).save(out)
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

impl Construct for SystemTime {
    fn construct(input: &mut Reader<'_>) -> Result<Self, RestoreError> {
        let position = input.position();
        let before = bool::construct(input)?;
        let distance = Duration::construct(input)?;
        let time = if before {
            SystemTime::UNIX_EPOCH.checked_sub(distance)
        } else {
            SystemTime::UNIX_EPOCH.checked_add(distance)
        };
        time.ok_or_else(|| {
            input
                .invalid("time of this system", format_args!("{distance:?}"))
                .moved_to(position)
        })
    }
}
