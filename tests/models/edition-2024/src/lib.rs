//! The bindings of every golden design, compiled in edition 2024, without warnings, with the runtime
//! under another name.

#![deny(warnings, missing_docs, unsafe_op_in_unsafe_fn)]

macro_rules! bindings {
    ($name:ident) => {
        simulator::model!($name);
    };
}

lightsss_tests_models::for_each_model!(bindings);
