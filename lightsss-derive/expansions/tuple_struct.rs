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
    impl __savable::Savable for Pair {
        const SCHEMA: __savable::Schema = __savable::Schema::new(
            "Pair",
            __savable::Shape::Struct(const {
                &[__savable::Field::new("0", __savable::Link::to::<u8>())]
            }),
        );
        const SIZE: __savable::Size = __savable::Size::NONE
            .then(<u8 as __savable::Savable>::SIZE);
        const FLAT: bool = true;
        #[inline]
        fn save_to_run<'__run>(&self, __run: &'__run mut [u8]) -> &'__run mut [u8] {
            let __run = <u8 as __savable::Savable>::save_to_run(&self.0, __run);
            __run
        }
        #[inline]
        fn restore_from_run(
            &mut self,
            __run: &mut __savable::Run<'_>,
        ) -> __savable::Result<(), __savable::RestoreError> {
            <u8 as __savable::Savable>::restore_from_run(&mut self.0, __run)?;
            __savable::Result::Ok(())
        }
        fn save(
            &self,
            __out: &mut __savable::Writer<'_>,
        ) -> __savable::Result<(), __savable::SaveError> {
            __savable::reserve::<Self>(__out)?;
            <u8 as __savable::Savable>::save(&self.0, __out)?;
            __savable::Result::Ok(())
        }
        fn restore(
            &mut self,
            __input: &mut __savable::Reader<'_>,
        ) -> __savable::Result<(), __savable::RestoreError> {
            <u8 as __savable::Savable>::restore(&mut self.0, __input)?;
            __savable::Result::Ok(())
        }
        fn check(
            __input: &mut __savable::Reader<'_>,
        ) -> __savable::Result<(), __savable::RestoreError> {
            if const { <Self as __savable::Savable>::SIZE.is_plain() } {
                return __input.skip(const { <Self as __savable::Savable>::SIZE.min() });
            }
            <u8 as __savable::Savable>::check(__input)?;
            __savable::Result::Ok(())
        }
    }
    #[automatically_derived]
    impl __savable::Construct for Pair {
        fn construct(
            __input: &mut __savable::Reader<'_>,
        ) -> __savable::Result<Self, __savable::RestoreError> {
            let __value = {
                let __field_0 = <u8 as __savable::Construct>::construct(__input)?;
                Self { 0: __field_0, 1: label() }
            };
            __savable::Result::Ok(__value)
        }
    }
};
