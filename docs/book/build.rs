//! The models that the listings drive.

use lightsss_codegen::{Model, Trace};

fn main() {
    let design = |name: &str| {
        Model::new(name)
            .source(format!("rtl/{name}.sv"))
            .savable(true)
            .trace(Trace::Fst)
    };
    design("counter").build();
    design("sensor").build();
    design("crossing").build();
}
