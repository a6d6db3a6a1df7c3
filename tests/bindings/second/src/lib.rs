//! A model in a crate of its own.

lightsss_runtime::model!(sums);
