//! The bindings of every golden design.

macro_rules! bindings {
    ($name:ident) => {
        toolkit::model!($name);
    };
}

lightsss_tests_models::for_each_model!(bindings);
