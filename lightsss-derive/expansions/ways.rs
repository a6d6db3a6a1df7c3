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
    impl __savable::Savable for Devices
    where
        Generator: __savable::SerdeValue,
        Vec<Descriptor>: __savable::PodSlice,
        File: __savable::Reopen,
    {
        const SCHEMA: __savable::Schema = __savable::Schema::new(
            "Devices",
            __savable::Shape::Struct(const {
                &[
                    __savable::Field::new(
                        "register",
                        __savable::Link::adapted(
                            || const {
                                &__savable::Schema::new(
                                        "with",
                                        __savable::Shape::Opaque("by_hand"),
                                    )
                                    .fails_late(true)
                            },
                            || "by_hand",
                            "by_hand",
                        ),
                    ),
                    __savable::Field::new(
                        "generator",
                        __savable::Link::through::<__savable::AsSerde, Generator>(),
                    ),
                    __savable::Field::new(
                        "descriptors",
                        __savable::Link::through::<
                            __savable::AsPodSlice,
                            Vec<Descriptor>,
                        >(),
                    ),
                    __savable::Field::new(
                        "image",
                        __savable::Link::through::<__savable::AsFile, File>(),
                    ),
                ]
            }),
        );
        const SIZE: __savable::Size = __savable::Size::NONE
            .then(__savable::Size::at_least(8))
            .then(<__savable::AsSerde as __savable::Adapter<Generator>>::SIZE)
            .then(<__savable::AsPodSlice as __savable::Adapter<Vec<Descriptor>>>::SIZE)
            .then(<__savable::AsFile as __savable::Adapter<File>>::SIZE);
        fn save(
            &self,
            __out: &mut __savable::Writer<'_>,
        ) -> __savable::Result<(), __savable::SaveError> {
            __savable::reserve::<Self>(__out)?;
            __out.block(|__out| by_hand::save(&self.register, __out))?;
            <__savable::AsSerde as __savable::Adapter<
                Generator,
            >>::save(&self.generator, __out)?;
            <__savable::AsPodSlice as __savable::Adapter<
                Vec<Descriptor>,
            >>::save(&self.descriptors, __out)?;
            <__savable::AsFile as __savable::Adapter<File>>::save(&self.image, __out)?;
            __savable::Result::Ok(())
        }
        fn restore(
            &mut self,
            __input: &mut __savable::Reader<'_>,
        ) -> __savable::Result<(), __savable::RestoreError> {
            __savable::in_block(
                __input,
                |__input| by_hand::restore(&mut self.register, __input),
            )?;
            <__savable::AsSerde as __savable::Adapter<
                Generator,
            >>::restore(&mut self.generator, __input)?;
            <__savable::AsPodSlice as __savable::Adapter<
                Vec<Descriptor>,
            >>::restore(&mut self.descriptors, __input)?;
            <__savable::AsFile as __savable::Adapter<
                File,
            >>::restore(&mut self.image, __input)?;
            __savable::Result::Ok(())
        }
        fn check(
            __input: &mut __savable::Reader<'_>,
        ) -> __savable::Result<(), __savable::RestoreError> {
            if const { <Self as __savable::Savable>::SIZE.is_plain() } {
                return __input.skip(const { <Self as __savable::Savable>::SIZE.min() });
            }
            __savable::check_block(__input)?;
            <__savable::AsSerde as __savable::Adapter<Generator>>::check(__input)?;
            <__savable::AsPodSlice as __savable::Adapter<
                Vec<Descriptor>,
            >>::check(__input)?;
            <__savable::AsFile as __savable::Adapter<File>>::check(__input)?;
            __savable::Result::Ok(())
        }
        fn files(
            &mut self,
            __files: &mut __savable::Files<'_>,
        ) -> __savable::Result<(), __savable::RestoreError> {
            <File as __savable::Reopen>::show(&mut self.image, __files)?;
            __savable::Result::Ok(())
        }
    }
    #[automatically_derived]
    impl __savable::Construct for Devices
    where
        Generator: __savable::SerdeValue,
        Vec<Descriptor>: __savable::PodSlice,
        File: __savable::Reopen,
        for<'__construct> Register: __savable::Default,
        Generator: __savable::SerdeValue,
        Vec<Descriptor>: __savable::PodSlice,
        File: __savable::Reopen,
    {
        fn construct(
            __input: &mut __savable::Reader<'_>,
        ) -> __savable::Result<Self, __savable::RestoreError> {
            let __value = {
                let __field_0 = __savable::in_block(
                    __input,
                    |__input| {
                        let mut __value: Register = <Register as __savable::Default>::default();
                        by_hand::restore(&mut __value, __input)?;
                        __savable::Result::Ok(__value)
                    },
                )?;
                let __field_1 = <__savable::AsSerde as __savable::Adapter<
                    Generator,
                >>::construct(__input)?;
                let __field_2 = <__savable::AsPodSlice as __savable::Adapter<
                    Vec<Descriptor>,
                >>::construct(__input)?;
                let __field_3 = <__savable::AsFile as __savable::Adapter<
                    File,
                >>::construct(__input)?;
                Self {
                    register: __field_0,
                    generator: __field_1,
                    descriptors: __field_2,
                    image: __field_3,
                }
            };
            __savable::Result::Ok(__value)
        }
    }
};
