::core::compile_error! {
    "unknown attribute `versoin`: did you mean `version = 2`?"
}
::core::compile_error! {
    "unknown attribute `skipp`: did you mean `skip`?"
}
::core::compile_error! {
    "a raw pointer means nothing in another process: save what it points to, rebuild the pointer after a restore, and write `#[savable(skip)]`"
}
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
    impl<T> __savable::Savable for Uart<T> {
        const SCHEMA: __savable::Schema = __savable::Schema::new(
            "",
            __savable::Shape::Tuple(&[]),
        );
        fn save(
            &self,
            _: &mut __savable::Writer<'_>,
        ) -> __savable::Result<(), __savable::SaveError> {
            loop {}
        }
        fn restore(
            &mut self,
            _: &mut __savable::Reader<'_>,
        ) -> __savable::Result<(), __savable::RestoreError> {
            loop {}
        }
        fn check(
            _: &mut __savable::Reader<'_>,
        ) -> __savable::Result<(), __savable::RestoreError> {
            loop {}
        }
    }
    impl<T> __savable::Construct for Uart<T> {
        fn construct(
            _: &mut __savable::Reader<'_>,
        ) -> __savable::Result<Self, __savable::RestoreError> {
            loop {}
        }
    }
};
