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
    impl __savable::Savable for State
    where
        Handle: __savable::Default,
    {
        const SCHEMA: __savable::Schema = __savable::Schema::new(
            "State",
            __savable::Shape::Enum(const {
                &[
                    __savable::Variant::new("Idle", const { &[] }),
                    __savable::Variant::new(
                        "Busy",
                        const {
                            &[
                                __savable::Field::new("0", __savable::Link::to::<u32>()),
                                __savable::Field::new("1", __savable::Link::to::<String>()),
                            ]
                        },
                    ),
                    __savable::Variant::new(
                        "Waiting",
                        const {
                            &[
                                __savable::Field::new("until", __savable::Link::to::<u64>()),
                            ]
                        },
                    ),
                ]
            }),
        );
        const SIZE: __savable::Size = __savable::Size::tag(3usize)
            .then(__savable::Size::at_least(0));
        fn save(
            &self,
            __out: &mut __savable::Writer<'_>,
        ) -> __savable::Result<(), __savable::SaveError> {
            match self {
                Self::Idle { .. } => {
                    __savable::write_tag::<3usize>(0u32, __out)?;
                }
                Self::Busy { 0: __field_0, 1: __field_1, .. } => {
                    __savable::write_tag::<3usize>(1u32, __out)?;
                    <u32 as __savable::Savable>::save(&*__field_0, __out)?;
                    <String as __savable::Savable>::save(&*__field_1, __out)?;
                }
                Self::Waiting { until: __field_0, .. } => {
                    __savable::write_tag::<3usize>(2u32, __out)?;
                    <u64 as __savable::Savable>::save(&*__field_0, __out)?;
                }
            }
            __savable::Result::Ok(())
        }
        fn restore(
            &mut self,
            __input: &mut __savable::Reader<'_>,
        ) -> __savable::Result<(), __savable::RestoreError> {
            let __before = __savable::mark(__input);
            match (__savable::read_tag::<3usize>(__input)?, &mut *self) {
                (0u32, Self::Idle { .. }) => {}
                (1u32, Self::Busy { 0: __field_0, 1: __field_1, .. }) => {
                    <u32 as __savable::Savable>::restore(&mut *__field_0, __input)?;
                    <String as __savable::Savable>::restore(&mut *__field_1, __input)?;
                }
                (2u32, Self::Waiting { until: __field_0, .. }) => {
                    <u64 as __savable::Savable>::restore(&mut *__field_0, __input)?;
                }
                (_, __slot) => {
                    __savable::rewind(__input, __before);
                    *__slot = <Self as __savable::Construct>::construct(__input)?;
                }
            }
            __savable::Result::Ok(())
        }
        fn check(
            __input: &mut __savable::Reader<'_>,
        ) -> __savable::Result<(), __savable::RestoreError> {
            match __savable::read_tag::<3usize>(__input)? {
                0u32 => {}
                1u32 => {
                    <u32 as __savable::Savable>::check(__input)?;
                    <String as __savable::Savable>::check(__input)?;
                }
                2u32 => {
                    <u64 as __savable::Savable>::check(__input)?;
                }
                __tag => {
                    return __savable::Result::Err(__savable::no_variant(__input, __tag));
                }
            }
            __savable::Result::Ok(())
        }
    }
    #[automatically_derived]
    impl __savable::Construct for State
    where
        Handle: __savable::Default,
    {
        fn construct(
            __input: &mut __savable::Reader<'_>,
        ) -> __savable::Result<Self, __savable::RestoreError> {
            let __value = match __savable::read_tag::<3usize>(__input)? {
                0u32 => Self::Idle {},
                1u32 => {
                    let __field_0 = <u32 as __savable::Construct>::construct(__input)?;
                    let __field_1 = <String as __savable::Construct>::construct(
                        __input,
                    )?;
                    Self::Busy {
                        0: __field_0,
                        1: __field_1,
                    }
                }
                2u32 => {
                    let __field_0 = <u64 as __savable::Construct>::construct(__input)?;
                    Self::Waiting {
                        until: __field_0,
                        handle: <Handle as __savable::Default>::default(),
                    }
                }
                __tag => {
                    return __savable::Result::Err(__savable::no_variant(__input, __tag));
                }
            };
            __savable::Result::Ok(__value)
        }
    }
};
