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
    impl __savable::Savable for Uart16550
    where
        u32: __savable::Default,
    {
        const SCHEMA: __savable::Schema = __savable::Schema::new(
                "Uart",
                __savable::Shape::Struct(const {
                    &[
                        __savable::Field::new("parity", __savable::Link::to::<bool>())
                            .since(2u32)
                            .fill(|__out| {
                                let __value: bool = <bool as __savable::Default>::default();
                                <bool as __savable::Savable>::save(&__value, __out)?;
                                __savable::Result::Ok(())
                            }),
                        __savable::Field::new("mask", __savable::Link::to::<u32>())
                            .since(3u32)
                            .fill(|__out| {
                                let __value: u32 = all();
                                <u32 as __savable::Savable>::save(&__value, __out)?;
                                __savable::Result::Ok(())
                            })
                            .upgrades(const {
                                &[
                                    __savable::upgrade_from(
                                        from_u8 as fn(_) -> _,
                                        |__input, __out| __savable::upgrade::<
                                            _,
                                            u32,
                                            _,
                                        >(
                                            from_u8,
                                            __input,
                                            __out,
                                            |__value, __out| {
                                                <u32 as __savable::Savable>::save(__value, __out)?;
                                                __savable::Result::Ok(())
                                            },
                                        ),
                                    ),
                                    __savable::upgrade_from(
                                        from_u16 as fn(_) -> _,
                                        |__input, __out| __savable::upgrade::<
                                            _,
                                            u32,
                                            _,
                                        >(
                                            from_u16,
                                            __input,
                                            __out,
                                            |__value, __out| {
                                                <u32 as __savable::Savable>::save(__value, __out)?;
                                                __savable::Result::Ok(())
                                            },
                                        ),
                                    ),
                                ]
                            }),
                        __savable::Field::new("baud", __savable::Link::to::<u32>())
                            .until(1u32),
                        __savable::Field::new("div", __savable::Link::to::<u16>()),
                    ]
                }),
            )
            .version(3u32)
            .fails_late(true);
        const SIZE: __savable::Size = __savable::Size::NONE
            .then(<bool as __savable::Savable>::SIZE)
            .then(<u32 as __savable::Savable>::SIZE)
            .then(__savable::Size::at_least(1))
            .then(<u16 as __savable::Savable>::SIZE);
        fn save(
            &self,
            __out: &mut __savable::Writer<'_>,
        ) -> __savable::Result<(), __savable::SaveError> {
            __savable::reserve::<Self>(__out)?;
            let mut __run = [0_u8; <bool as __savable::Savable>::SIZE.min()
                + <u32 as __savable::Savable>::SIZE.min()];
            let __rest = &mut __run[..];
            let __rest = __savable::put(&self.parity, __rest);
            let __rest = __savable::put(&self.mask, __rest);
            __out.bytes(&__run)?;
            __out.byte(0)?;
            <u16 as __savable::Savable>::save(&self.divisor, __out)?;
            __savable::Result::Ok(())
        }
        fn restore(
            &mut self,
            __input: &mut __savable::Reader<'_>,
        ) -> __savable::Result<(), __savable::RestoreError> {
            let __start = __input.position();
            let mut __run = __savable::Run::read(
                __input,
                <bool as __savable::Savable>::SIZE.min()
                    + <u32 as __savable::Savable>::SIZE.min(),
            )?;
            self.parity = __run.take()?;
            self.mask = __run.take()?;
            if __input.flag()? {
                <u32 as __savable::Savable>::restore(&mut self.baud, __input)?;
            }
            <u16 as __savable::Savable>::restore(&mut self.divisor, __input)?;
            __savable::validate(self, Uart16550::validate, __start, "Uart")?;
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
                <bool as __savable::Savable>::SIZE.min()
                    + <u32 as __savable::Savable>::SIZE.min(),
            )?;
            __run.take::<bool>()?;
            __run.take::<u32>()?;
            if __input.flag()? {
                <u32 as __savable::Savable>::check(__input)?;
            }
            <u16 as __savable::Savable>::check(__input)?;
            __savable::Result::Ok(())
        }
    }
    #[automatically_derived]
    impl __savable::Construct for Uart16550
    where
        u32: __savable::Default,
        for<'__construct> u32: __savable::Default,
    {
        fn construct(
            __input: &mut __savable::Reader<'_>,
        ) -> __savable::Result<Self, __savable::RestoreError> {
            let __start = __input.position();
            let __value = {
                let mut __run = __savable::Run::read(
                    __input,
                    <bool as __savable::Savable>::SIZE.min()
                        + <u32 as __savable::Savable>::SIZE.min(),
                )?;
                let __field_0 = __run.take::<bool>()?;
                let __field_1 = __run.take::<u32>()?;
                let __field_2 = if __input.flag()? {
                    <u32 as __savable::Construct>::construct(__input)?
                } else {
                    <u32 as __savable::Default>::default()
                };
                let __field_3 = <u16 as __savable::Construct>::construct(__input)?;
                Self {
                    parity: __field_0,
                    mask: __field_1,
                    baud: __field_2,
                    divisor: __field_3,
                }
            };
            __savable::validate(&__value, Uart16550::validate, __start, "Uart")?;
            __savable::Result::Ok(__value)
        }
    }
};
