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
    impl __savable::Savable for Unit {
        const SCHEMA: __savable::Schema = __savable::Schema::new(
            "Unit",
            __savable::Shape::Struct(const { &[] }),
        );
        const SIZE: __savable::Size = __savable::Size::NONE;
        const FLAT: bool = true;
        #[inline]
        fn save_to_run<'__run>(&self, __run: &'__run mut [u8]) -> &'__run mut [u8] {
            __run
        }
        #[inline]
        fn restore_from_run(
            &mut self,
            __run: &mut __savable::Run<'_>,
        ) -> __savable::Result<(), __savable::RestoreError> {
            __savable::Result::Ok(())
        }
        fn save(
            &self,
            __out: &mut __savable::Writer<'_>,
        ) -> __savable::Result<(), __savable::SaveError> {
            __savable::reserve::<Self>(__out)?;
            __savable::Result::Ok(())
        }
        fn restore(
            &mut self,
            __input: &mut __savable::Reader<'_>,
        ) -> __savable::Result<(), __savable::RestoreError> {
            __savable::Result::Ok(())
        }
        fn check(
            __input: &mut __savable::Reader<'_>,
        ) -> __savable::Result<(), __savable::RestoreError> {
            if const { <Self as __savable::Savable>::SIZE.is_plain() } {
                return __input.skip(const { <Self as __savable::Savable>::SIZE.min() });
            }
            __savable::Result::Ok(())
        }
    }
    #[automatically_derived]
    impl __savable::Construct for Unit {
        fn construct(
            __input: &mut __savable::Reader<'_>,
        ) -> __savable::Result<Self, __savable::RestoreError> {
            let __value = { Self {} };
            __savable::Result::Ok(__value)
        }
    }
};
