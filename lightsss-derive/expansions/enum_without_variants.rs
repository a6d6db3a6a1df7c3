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
    impl __savable::Savable for Never {
        const SCHEMA: __savable::Schema = __savable::Schema::new(
            "Never",
            __savable::Shape::Enum(const { &[] }),
        );
        const SIZE: __savable::Size = __savable::Size::tag(0usize);
        #[inline]
        fn save(
            &self,
            __out: &mut __savable::Writer<'_>,
        ) -> __savable::Result<(), __savable::SaveError> {
            match *self {}
            __savable::Result::Ok(())
        }
        #[inline]
        fn restore(
            &mut self,
            __input: &mut __savable::Reader<'_>,
        ) -> __savable::Result<(), __savable::RestoreError> {
            match *self {}
            __savable::Result::Ok(())
        }
        #[inline]
        fn check(
            __input: &mut __savable::Reader<'_>,
        ) -> __savable::Result<(), __savable::RestoreError> {
            __savable::read_tag::<0>(__input)?;
            __savable::Result::Ok(())
        }
    }
    #[automatically_derived]
    impl __savable::Construct for Never {
        fn construct(
            __input: &mut __savable::Reader<'_>,
        ) -> __savable::Result<Self, __savable::RestoreError> {
            let __value = match __savable::read_tag::<0usize>(__input)? {
                __tag => {
                    return __savable::Result::Err(__savable::no_variant(__input, __tag));
                }
            };
            __savable::Result::Ok(__value)
        }
    }
};
