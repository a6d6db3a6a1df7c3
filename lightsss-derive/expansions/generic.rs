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
    impl<'a, T: Clone, const N: usize> __savable::Savable for Fifo<'a, T, N>
    where
        T: Default,
        [T; N]: __savable::Savable,
        Cow<'a, str>: __savable::Savable,
        Option<T::Item>: __savable::Savable,
    {
        const SCHEMA: __savable::Schema = __savable::Schema::new(
            "Fifo",
            __savable::Shape::Struct(const {
                &[
                    __savable::Field::new("items", __savable::Link::to::<[T; N]>()),
                    __savable::Field::new("name", __savable::Link::to::<Cow<'a, str>>()),
                    __savable::Field::new(
                        "last",
                        __savable::Link::to::<Option<T::Item>>(),
                    ),
                ]
            }),
        );
        const SIZE: __savable::Size = __savable::Size::NONE
            .then(<[T; N] as __savable::Savable>::SIZE)
            .then(<Cow<'a, str> as __savable::Savable>::SIZE)
            .then(<Option<T::Item> as __savable::Savable>::SIZE);
        fn save(
            &self,
            __out: &mut __savable::Writer<'_>,
        ) -> __savable::Result<(), __savable::SaveError> {
            __savable::reserve::<Self>(__out)?;
            <[T; N] as __savable::Savable>::save(&self.items, __out)?;
            <Cow<'a, str> as __savable::Savable>::save(&self.name, __out)?;
            <Option<T::Item> as __savable::Savable>::save(&self.last, __out)?;
            __savable::Result::Ok(())
        }
        fn restore(
            &mut self,
            __input: &mut __savable::Reader<'_>,
        ) -> __savable::Result<(), __savable::RestoreError> {
            <[T; N] as __savable::Savable>::restore(&mut self.items, __input)?;
            <Cow<'a, str> as __savable::Savable>::restore(&mut self.name, __input)?;
            <Option<T::Item> as __savable::Savable>::restore(&mut self.last, __input)?;
            __savable::Result::Ok(())
        }
        fn check(
            __input: &mut __savable::Reader<'_>,
        ) -> __savable::Result<(), __savable::RestoreError> {
            if const { <Self as __savable::Savable>::SIZE.is_plain() } {
                return __input.skip(const { <Self as __savable::Savable>::SIZE.min() });
            }
            <[T; N] as __savable::Savable>::check(__input)?;
            <Cow<'a, str> as __savable::Savable>::check(__input)?;
            <Option<T::Item> as __savable::Savable>::check(__input)?;
            __savable::Result::Ok(())
        }
        fn files(
            &mut self,
            __files: &mut __savable::Files<'_>,
        ) -> __savable::Result<(), __savable::RestoreError> {
            <[T; N] as __savable::Savable>::files(&mut self.items, __files)?;
            <Cow<'a, str> as __savable::Savable>::files(&mut self.name, __files)?;
            <Option<T::Item> as __savable::Savable>::files(&mut self.last, __files)?;
            __savable::Result::Ok(())
        }
    }
    #[automatically_derived]
    impl<'a, T: Clone, const N: usize> __savable::Construct for Fifo<'a, T, N>
    where
        T: Default,
        [T; N]: __savable::Savable,
        Cow<'a, str>: __savable::Savable,
        Option<T::Item>: __savable::Savable,
        for<'__construct> [T; N]: __savable::Construct,
        for<'__construct> Cow<'a, str>: __savable::Construct,
        for<'__construct> Option<T::Item>: __savable::Construct,
    {
        fn construct(
            __input: &mut __savable::Reader<'_>,
        ) -> __savable::Result<Self, __savable::RestoreError> {
            let __value = {
                let __field_0 = <[T; N] as __savable::Construct>::construct(__input)?;
                let __field_1 = <Cow<
                    'a,
                    str,
                > as __savable::Construct>::construct(__input)?;
                let __field_2 = <Option<
                    T::Item,
                > as __savable::Construct>::construct(__input)?;
                Self {
                    items: __field_0,
                    name: __field_1,
                    last: __field_2,
                }
            };
            __savable::Result::Ok(__value)
        }
    }
};
