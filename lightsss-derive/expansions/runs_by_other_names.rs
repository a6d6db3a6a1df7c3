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
    impl<T> __savable::Savable for Timer<T>
    where
        Word: __savable::Savable,
        T: __savable::Savable,
        Mode: __savable::Savable,
        State: __savable::Savable,
        Fifo: __savable::Savable,
    {
        const SCHEMA: __savable::Schema = __savable::Schema::new(
            "Timer",
            __savable::Shape::Struct(const {
                &[
                    __savable::Field::new("count", __savable::Link::to::<Word>()),
                    __savable::Field::new("limit", __savable::Link::to::<T>()),
                    __savable::Field::new("mode", __savable::Link::to::<Mode>()),
                    __savable::Field::new("name", __savable::Link::to::<String>()),
                    __savable::Field::new("state", __savable::Link::to::<State>()),
                    __savable::Field::new("fifo", __savable::Link::to::<Fifo>()),
                ]
            }),
        );
        const SIZE: __savable::Size = __savable::Size::NONE
            .then(<Word as __savable::Savable>::SIZE)
            .then(<T as __savable::Savable>::SIZE)
            .then(<Mode as __savable::Savable>::SIZE)
            .then(<String as __savable::Savable>::SIZE)
            .then(<State as __savable::Savable>::SIZE)
            .then(<Fifo as __savable::Savable>::SIZE);
        fn save(
            &self,
            __out: &mut __savable::Writer<'_>,
        ) -> __savable::Result<(), __savable::SaveError> {
            __savable::reserve::<Self>(__out)?;
            let __ends = const {
                __savable::run_ends([
                    __savable::flat::<Word>(),
                    __savable::flat::<T>(),
                    __savable::flat::<Mode>(),
                ])
            };
            let mut __run = __savable::RUN_BUFFER;
            let __filled = 0_usize;
            let __filled = __savable::save_in_run(
                &self.count,
                &mut __run,
                __filled,
                __ends[0usize],
                __out,
            )?;
            let __filled = __savable::save_in_run(
                &self.limit,
                &mut __run,
                __filled,
                __ends[1usize],
                __out,
            )?;
            let __filled = __savable::save_in_run(
                &self.mode,
                &mut __run,
                __filled,
                __ends[2usize],
                __out,
            )?;
            <String as __savable::Savable>::save(&self.name, __out)?;
            let __ends = const {
                __savable::run_ends([
                    __savable::flat::<State>(),
                    __savable::flat::<Fifo>(),
                ])
            };
            let mut __run = __savable::RUN_BUFFER;
            let __filled = 0_usize;
            let __filled = __savable::save_in_run(
                &self.state,
                &mut __run,
                __filled,
                __ends[0usize],
                __out,
            )?;
            let __filled = __savable::save_in_run(
                &self.fifo,
                &mut __run,
                __filled,
                __ends[1usize],
                __out,
            )?;
            __savable::Result::Ok(())
        }
        fn restore(
            &mut self,
            __input: &mut __savable::Reader<'_>,
        ) -> __savable::Result<(), __savable::RestoreError> {
            let __runs = const {
                __savable::runs([
                    __savable::flat::<Word>(),
                    __savable::flat::<T>(),
                    __savable::flat::<Mode>(),
                ])
            };
            let mut __run = __savable::Run::EMPTY;
            __savable::restore_in_run(
                &mut self.count,
                __runs[0usize],
                &mut __run,
                __input,
            )?;
            __savable::restore_in_run(
                &mut self.limit,
                __runs[1usize],
                &mut __run,
                __input,
            )?;
            __savable::restore_in_run(
                &mut self.mode,
                __runs[2usize],
                &mut __run,
                __input,
            )?;
            <String as __savable::Savable>::restore(&mut self.name, __input)?;
            let __runs = const {
                __savable::runs([__savable::flat::<State>(), __savable::flat::<Fifo>()])
            };
            let mut __run = __savable::Run::EMPTY;
            __savable::restore_in_run(
                &mut self.state,
                __runs[0usize],
                &mut __run,
                __input,
            )?;
            __savable::restore_in_run(
                &mut self.fifo,
                __runs[1usize],
                &mut __run,
                __input,
            )?;
            __savable::Result::Ok(())
        }
        fn check(
            __input: &mut __savable::Reader<'_>,
        ) -> __savable::Result<(), __savable::RestoreError> {
            if const { <Self as __savable::Savable>::SIZE.is_plain() } {
                return __input.skip(const { <Self as __savable::Savable>::SIZE.min() });
            }
            <Word as __savable::Savable>::check(__input)?;
            <T as __savable::Savable>::check(__input)?;
            <Mode as __savable::Savable>::check(__input)?;
            <String as __savable::Savable>::check(__input)?;
            <State as __savable::Savable>::check(__input)?;
            <Fifo as __savable::Savable>::check(__input)?;
            __savable::Result::Ok(())
        }
        fn files(
            &mut self,
            __files: &mut __savable::Files<'_>,
        ) -> __savable::Result<(), __savable::RestoreError> {
            <Word as __savable::Savable>::files(&mut self.count, __files)?;
            <T as __savable::Savable>::files(&mut self.limit, __files)?;
            <Mode as __savable::Savable>::files(&mut self.mode, __files)?;
            <State as __savable::Savable>::files(&mut self.state, __files)?;
            <Fifo as __savable::Savable>::files(&mut self.fifo, __files)?;
            __savable::Result::Ok(())
        }
    }
    #[automatically_derived]
    impl<T> __savable::Construct for Timer<T>
    where
        Word: __savable::Savable,
        T: __savable::Savable,
        Mode: __savable::Savable,
        State: __savable::Savable,
        Fifo: __savable::Savable,
        for<'__construct> Word: __savable::Construct,
        for<'__construct> T: __savable::Construct,
        for<'__construct> Mode: __savable::Construct,
        for<'__construct> State: __savable::Construct,
        for<'__construct> Fifo: __savable::Construct,
    {
        fn construct(
            __input: &mut __savable::Reader<'_>,
        ) -> __savable::Result<Self, __savable::RestoreError> {
            let __value = {
                let __field_0 = <Word as __savable::Construct>::construct(__input)?;
                let __field_1 = <T as __savable::Construct>::construct(__input)?;
                let __field_2 = <Mode as __savable::Construct>::construct(__input)?;
                let __field_3 = <String as __savable::Construct>::construct(__input)?;
                let __field_4 = <State as __savable::Construct>::construct(__input)?;
                let __field_5 = <Fifo as __savable::Construct>::construct(__input)?;
                Self {
                    count: __field_0,
                    limit: __field_1,
                    mode: __field_2,
                    name: __field_3,
                    state: __field_4,
                    fifo: __field_5,
                }
            };
            __savable::Result::Ok(__value)
        }
    }
};
