#[doc(hidden)]
#[allow(
    clippy::all,
    clippy::pedantic,
    clippy::restriction,
    deprecated,
    private_bounds,
    trivial_bounds,
    unreachable_code,
    unused_qualifications,
    unused_variables,
    non_camel_case_types,
    non_snake_case,
    non_upper_case_globals,
)]
const _: () = {
    use ::lightsss_runtime::__private::savable as __savable;
    #[automatically_derived]
    impl __savable::Savable for Timer {
        const SCHEMA: __savable::Schema = __savable::Schema::new(
            "Timer",
            __savable::Shape::Struct(const {
                &[
                    __savable::Field::new("count", __savable::Link::to::<u32>()),
                    __savable::Field::new("limit", __savable::Link::to::<u32>()),
                    __savable::Field::new("running", __savable::Link::to::<bool>()),
                    __savable::Field::new("name", __savable::Link::to::<String>()),
                    __savable::Field::new("mode", __savable::Link::to::<u8>()),
                ]
            }),
        );
        const SIZE: __savable::Size = __savable::Size::NONE
            .then(<u32 as __savable::Savable>::SIZE)
            .then(<u32 as __savable::Savable>::SIZE)
            .then(<bool as __savable::Savable>::SIZE)
            .then(<String as __savable::Savable>::SIZE)
            .then(<u8 as __savable::Savable>::SIZE);
        fn save(
            &self,
            __out: &mut __savable::Writer<'_>,
        ) -> __savable::Result<(), __savable::SaveError> {
            __savable::reserve::<Self>(__out)?;
            let mut __run = [0_u8; <u32 as __savable::Savable>::SIZE.min()
                + <u32 as __savable::Savable>::SIZE.min()
                + <bool as __savable::Savable>::SIZE.min()];
            let __rest = &mut __run[..];
            let __rest = __savable::put(&self.count, __rest);
            let __rest = __savable::put(&self.limit, __rest);
            let __rest = __savable::put(&self.running, __rest);
            __out.bytes(&__run)?;
            <String as __savable::Savable>::save(&self.name, __out)?;
            <u8 as __savable::Savable>::save(&self.mode, __out)?;
            __savable::Result::Ok(())
        }
        fn restore(
            &mut self,
            __input: &mut __savable::Reader<'_>,
        ) -> __savable::Result<(), __savable::RestoreError> {
            let mut __run = __savable::Run::read(
                __input,
                <u32 as __savable::Savable>::SIZE.min()
                    + <u32 as __savable::Savable>::SIZE.min()
                    + <bool as __savable::Savable>::SIZE.min(),
            )?;
            self.count = __run.take()?;
            self.limit = __run.take()?;
            self.running = __run.take()?;
            <String as __savable::Savable>::restore(&mut self.name, __input)?;
            <u8 as __savable::Savable>::restore(&mut self.mode, __input)?;
            __savable::Result::Ok(())
        }
        fn check(
            __input: &mut __savable::Reader<'_>,
        ) -> __savable::Result<(), __savable::RestoreError> {
            if const { <Self as __savable::Savable>::SIZE.is_plain() } {
                return __input.skip(const { <Self as __savable::Savable>::SIZE.min() });
            }
            let mut __run = __savable::Run::read(
                __input,
                <u32 as __savable::Savable>::SIZE.min()
                    + <u32 as __savable::Savable>::SIZE.min()
                    + <bool as __savable::Savable>::SIZE.min(),
            )?;
            __run.take::<u32>()?;
            __run.take::<u32>()?;
            __run.take::<bool>()?;
            <String as __savable::Savable>::check(__input)?;
            <u8 as __savable::Savable>::check(__input)?;
            __savable::Result::Ok(())
        }
    }
    #[automatically_derived]
    impl __savable::Construct for Timer
    where
        for<'__construct> Vec<Waker>: __savable::Default,
    {
        fn construct(
            __input: &mut __savable::Reader<'_>,
        ) -> __savable::Result<Self, __savable::RestoreError> {
            let __value = {
                let mut __run = __savable::Run::read(
                    __input,
                    <u32 as __savable::Savable>::SIZE.min()
                        + <u32 as __savable::Savable>::SIZE.min()
                        + <bool as __savable::Savable>::SIZE.min(),
                )?;
                let __field_0 = __run.take::<u32>()?;
                let __field_2 = __run.take::<u32>()?;
                let __field_3 = __run.take::<bool>()?;
                let __field_4 = <String as __savable::Construct>::construct(__input)?;
                let __field_5 = <u8 as __savable::Construct>::construct(__input)?;
                Self {
                    count: __field_0,
                    wakers: <Vec<Waker> as __savable::Default>::default(),
                    limit: __field_2,
                    running: __field_3,
                    name: __field_4,
                    mode: __field_5,
                }
            };
            __savable::Result::Ok(__value)
        }
    }
};
