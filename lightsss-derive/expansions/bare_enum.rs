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
    impl __savable::Savable for Parity {
        const SCHEMA: __savable::Schema = __savable::Schema::new(
            "Parity",
            __savable::Shape::Enum(const {
                &[
                    __savable::Variant::new("None", const { &[] }),
                    __savable::Variant::new("Even", const { &[] }),
                    __savable::Variant::new("Odd", const { &[] }),
                ]
            }),
        );
        const SIZE: __savable::Size = __savable::Size::tag(3usize);
        const FLAT: bool = true;
        #[inline]
        fn save_to_run<'__run>(&self, __run: &'__run mut [u8]) -> &'__run mut [u8] {
            let __tag = match self {
                Self::None { .. } => 0u32,
                Self::Even { .. } => 1u32,
                Self::Odd { .. } => 2u32,
            };
            __savable::put_tag::<3usize>(__tag, __run)
        }
        #[inline]
        fn restore_from_run(
            &mut self,
            __run: &mut __savable::Run<'_>,
        ) -> __savable::Result<(), __savable::RestoreError> {
            let mut __input = __run
                .reader(const { <Self as __savable::Savable>::SIZE.min() });
            *self = <Self as __savable::Construct>::construct(&mut __input)?;
            __savable::Result::Ok(())
        }
        #[inline]
        fn save(
            &self,
            __out: &mut __savable::Writer<'_>,
        ) -> __savable::Result<(), __savable::SaveError> {
            match self {
                Self::None { .. } => {
                    __savable::write_tag::<3usize>(0u32, __out)?;
                }
                Self::Even { .. } => {
                    __savable::write_tag::<3usize>(1u32, __out)?;
                }
                Self::Odd { .. } => {
                    __savable::write_tag::<3usize>(2u32, __out)?;
                }
            }
            __savable::Result::Ok(())
        }
        #[inline]
        fn restore(
            &mut self,
            __input: &mut __savable::Reader<'_>,
        ) -> __savable::Result<(), __savable::RestoreError> {
            let __before = __savable::mark(__input);
            match (__savable::read_tag::<3usize>(__input)?, &mut *self) {
                (0u32, Self::None { .. }) => {}
                (1u32, Self::Even { .. }) => {}
                (2u32, Self::Odd { .. }) => {}
                (_, __slot) => {
                    __savable::rewind(__input, __before);
                    *__slot = <Self as __savable::Construct>::construct(__input)?;
                }
            }
            __savable::Result::Ok(())
        }
        #[inline]
        fn check(
            __input: &mut __savable::Reader<'_>,
        ) -> __savable::Result<(), __savable::RestoreError> {
            match __savable::read_tag::<3usize>(__input)? {
                0u32 => {}
                1u32 => {}
                2u32 => {}
                __tag => {
                    return __savable::Result::Err(__savable::no_variant(__input, __tag));
                }
            }
            __savable::Result::Ok(())
        }
    }
    #[automatically_derived]
    impl __savable::Construct for Parity {
        fn construct(
            __input: &mut __savable::Reader<'_>,
        ) -> __savable::Result<Self, __savable::RestoreError> {
            let __value = match __savable::read_tag::<3usize>(__input)? {
                0u32 => Self::None {},
                1u32 => Self::Even {},
                2u32 => Self::Odd {},
                __tag => {
                    return __savable::Result::Err(__savable::no_variant(__input, __tag));
                }
            };
            __savable::Result::Ok(__value)
        }
    }
};
