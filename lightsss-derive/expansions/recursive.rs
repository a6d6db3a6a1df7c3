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
    impl<T> __savable::Savable for List<T>
    where
        T: __savable::Savable,
        T: __savable::Construct,
    {
        const SCHEMA: __savable::Schema = __savable::Schema::new(
            "List",
            __savable::Shape::Struct(const {
                &[
                    __savable::Field::new("value", __savable::Link::to::<T>()),
                    __savable::Field::new(
                        "next",
                        __savable::Link::back_to::<
                            Option<Box<List<T>>>,
                        >("Option < Box < List < T > > >"),
                    ),
                ]
            }),
        );
        const SIZE: __savable::Size = __savable::Size::NONE
            .then(<T as __savable::Savable>::SIZE)
            .then(<Option<Box<List<T>>> as __savable::Savable>::SIZE);
        fn save(
            &self,
            __out: &mut __savable::Writer<'_>,
        ) -> __savable::Result<(), __savable::SaveError> {
            __savable::reserve::<Self>(__out)?;
            <T as __savable::Savable>::save(&self.value, __out)?;
            __out
                .nested(|__out| <Option<
                    Box<List<T>>,
                > as __savable::Savable>::save(&self.next, __out))?;
            __savable::Result::Ok(())
        }
        fn restore(
            &mut self,
            __input: &mut __savable::Reader<'_>,
        ) -> __savable::Result<(), __savable::RestoreError> {
            <T as __savable::Savable>::restore(&mut self.value, __input)?;
            __input
                .nested(|__input| <Option<
                    Box<List<T>>,
                > as __savable::Savable>::restore(&mut self.next, __input))?;
            __savable::Result::Ok(())
        }
        fn check(
            __input: &mut __savable::Reader<'_>,
        ) -> __savable::Result<(), __savable::RestoreError> {
            if const { <Self as __savable::Savable>::SIZE.is_plain() } {
                return __input.skip(const { <Self as __savable::Savable>::SIZE.min() });
            }
            <T as __savable::Savable>::check(__input)?;
            __input
                .nested(|__input| <Option<
                    Box<List<T>>,
                > as __savable::Savable>::check(__input))?;
            __savable::Result::Ok(())
        }
        fn files(
            &mut self,
            __files: &mut __savable::Files<'_>,
        ) -> __savable::Result<(), __savable::RestoreError> {
            <T as __savable::Savable>::files(&mut self.value, __files)?;
            <Option<
                Box<List<T>>,
            > as __savable::Savable>::files(&mut self.next, __files)?;
            __savable::Result::Ok(())
        }
    }
    #[automatically_derived]
    impl<T> __savable::Construct for List<T>
    where
        T: __savable::Savable,
        T: __savable::Construct,
        for<'__construct> T: __savable::Construct,
        for<'__construct> T: __savable::Construct,
    {
        fn construct(
            __input: &mut __savable::Reader<'_>,
        ) -> __savable::Result<Self, __savable::RestoreError> {
            let __value = {
                let __field_0 = <T as __savable::Construct>::construct(__input)?;
                let __field_1 = __input
                    .nested(|__input| <Option<
                        Box<List<T>>,
                    > as __savable::Construct>::construct(__input))?;
                Self {
                    value: __field_0,
                    next: __field_1,
                }
            };
            __savable::Result::Ok(__value)
        }
    }
};
