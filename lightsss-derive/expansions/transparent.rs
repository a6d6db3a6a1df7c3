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
    use toolkit::__private::savable as __savable;
    #[automatically_derived]
    impl<T> __savable::Savable for Address<T>
    where
        T: Savable,
    {
        const SCHEMA: __savable::Schema = <T as __savable::Savable>::SCHEMA;
        const SIZE: __savable::Size = __savable::Size::NONE
            .then(<T as __savable::Savable>::SIZE);
        const FLAT: bool = <T as __savable::Savable>::FLAT;
        #[inline]
        fn save_to_run<'__run>(&self, __run: &'__run mut [u8]) -> &'__run mut [u8] {
            let __run = <T as __savable::Savable>::save_to_run(&self.0, __run);
            __run
        }
        #[inline]
        fn restore_from_run(
            &mut self,
            __run: &mut __savable::Run<'_>,
        ) -> __savable::Result<(), __savable::RestoreError> {
            <T as __savable::Savable>::restore_from_run(&mut self.0, __run)?;
            __savable::Result::Ok(())
        }
        #[inline]
        fn save(
            &self,
            __out: &mut __savable::Writer<'_>,
        ) -> __savable::Result<(), __savable::SaveError> {
            __savable::reserve::<Self>(__out)?;
            <T as __savable::Savable>::save(&self.0, __out)?;
            __savable::Result::Ok(())
        }
        #[inline]
        fn restore(
            &mut self,
            __input: &mut __savable::Reader<'_>,
        ) -> __savable::Result<(), __savable::RestoreError> {
            <T as __savable::Savable>::restore(&mut self.0, __input)?;
            __savable::Result::Ok(())
        }
        #[inline]
        fn check(
            __input: &mut __savable::Reader<'_>,
        ) -> __savable::Result<(), __savable::RestoreError> {
            if const { <Self as __savable::Savable>::SIZE.is_plain() } {
                return __input.skip(const { <Self as __savable::Savable>::SIZE.min() });
            }
            <T as __savable::Savable>::check(__input)?;
            __savable::Result::Ok(())
        }
        fn files(
            &mut self,
            __files: &mut __savable::Files<'_>,
        ) -> __savable::Result<(), __savable::RestoreError> {
            <T as __savable::Savable>::files(&mut self.0, __files)?;
            __savable::Result::Ok(())
        }
    }
    #[automatically_derived]
    impl<T> __savable::Construct for Address<T>
    where
        T: Savable,
    {
        fn construct(
            __input: &mut __savable::Reader<'_>,
        ) -> __savable::Result<Self, __savable::RestoreError> {
            let __value = {
                let __field_0 = <T as __savable::Construct>::construct(__input)?;
                Self { 0: __field_0 }
            };
            __savable::Result::Ok(__value)
        }
    }
};
