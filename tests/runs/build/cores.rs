//! Two open cores, whose sources come from Python packages.

use lightsss_codegen::{Model, Trace};
use lightsss_tests_support::{PICORV32, SERV};

use crate::Built;

pub fn picorv32() -> Built {
    let picorv32 = PICORV32.sources()?;
    Model::new("picorv32")
        .source(picorv32.join("picorv32.v"))
        .top("picorv32")
        .parameter("ENABLE_MUL", 1)
        .parameter("ENABLE_DIV", 1)
        .savable(true)
        .trace(Trace::Vcd)
        .args(["--trace-max-array", "65536"])
        .arg("-Wno-lint")
        .build();
    Ok(())
}

pub fn serv() -> Built {
    let serv = SERV.sources()?.join("rtl");
    Model::new("serv")
        .source(serv.join("serv_rf_top.v"))
        .include(&serv)
        .top("serv_rf_top")
        .savable(true)
        .trace(Trace::Vcd)
        .args(["--trace-max-array", "65536"])
        .arg("-Wno-lint")
        .arg("-Wno-MULTIDRIVEN")
        .build();
    Ok(())
}
