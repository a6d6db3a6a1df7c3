//! Models with every kind of state that Verilator's operators know.

use lightsss_codegen::{Model, Trace};

fn main() {
    Model::new("soc")
        .source("rtl/soc.sv")
        .top("soc")
        .savable(true)
        .trace(Trace::Vcd)
        .build();
    Model::new("vast")
        .source("rtl/vast.sv")
        .savable(true)
        .build();
    // The same with a pipeline register added and a signal renamed.
    Model::new("soc_next")
        .source("rtl/soc_next.sv")
        .top("soc")
        .savable(true)
        .build();
    for (name, defines) in [("fuse", &[][..]), ("fuse_next", &["NEXT"])] {
        let model = Model::new(name)
            .source("rtl/fuse.sv")
            .top("fuse")
            .savable(true);
        defines
            .iter()
            .fold(model, |model, define| model.define(*define))
            .build();
    }
}
