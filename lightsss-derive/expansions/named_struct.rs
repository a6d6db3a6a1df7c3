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
    impl __savable::Savable for Uart {
        const SCHEMA: __savable::Schema = __savable::Schema::new(
            "Uart",
            __savable::Shape::Struct(const {
                &[
                    __savable::Field::new("fifo", __savable::Link::to::<Vec<u8>>()),
                    __savable::Field::new("divisor", __savable::Link::to::<u16>()),
                ]
            }),
        );
        const SIZE: __savable::Size = __savable::Size::NONE
            .then(<Vec<u8> as __savable::Savable>::SIZE)
            .then(<u16 as __savable::Savable>::SIZE);
        fn save(
            &self,
            __out: &mut __savable::Writer<'_>,
        ) -> __savable::Result<(), __savable::SaveError> {
            __savable::reserve::<Self>(__out)?;
            <Vec<u8> as __savable::Savable>::save(&self.fifo, __out)?;
            <u16 as __savable::Savable>::save(&self.divisor, __out)?;
            __savable::Result::Ok(())
        }
        fn restore(
            &mut self,
            __input: &mut __savable::Reader<'_>,
        ) -> __savable::Result<(), __savable::RestoreError> {
            <Vec<u8> as __savable::Savable>::restore(&mut self.fifo, __input)?;
            <u16 as __savable::Savable>::restore(&mut self.divisor, __input)?;
            __savable::Result::Ok(())
        }
        fn check(
            __input: &mut __savable::Reader<'_>,
        ) -> __savable::Result<(), __savable::RestoreError> {
            if const { <Self as __savable::Savable>::SIZE.is_plain() } {
                return __input.skip(const { <Self as __savable::Savable>::SIZE.min() });
            }
            <Vec<u8> as __savable::Savable>::check(__input)?;
            <u16 as __savable::Savable>::check(__input)?;
            __savable::Result::Ok(())
        }
        fn files(
            &mut self,
            __files: &mut __savable::Files<'_>,
        ) -> __savable::Result<(), __savable::RestoreError> {
            <Vec<u8> as __savable::Savable>::files(&mut self.fifo, __files)?;
            __savable::Result::Ok(())
        }
    }
    #[automatically_derived]
    impl __savable::Construct for Uart
    where
        for<'__construct> Vec<u8>: __savable::Construct,
        for<'__construct> Log: __savable::Default,
    {
        fn construct(
            __input: &mut __savable::Reader<'_>,
        ) -> __savable::Result<Self, __savable::RestoreError> {
            let __value = {
                let __field_0 = <Vec<u8> as __savable::Construct>::construct(__input)?;
                let __field_1 = <u16 as __savable::Construct>::construct(__input)?;
                Self {
                    fifo: __field_0,
                    divisor: __field_1,
                    log: <Log as __savable::Default>::default(),
                }
            };
            __savable::Result::Ok(__value)
        }
    }
};
