//! Verilates a model that evaluates on two threads. A Verilator that cannot release them around a
//! fork makes the generator refuse; then the test looks at what it said.

fn main() {
    println!("cargo::rustc-check-cfg=cfg(threaded)");
    match lightsss_codegen::Model::new("mixer")
        .source("rtl/mixer.sv")
        .threads(2)
        .try_build()
    {
        Ok(()) => println!("cargo:rustc-cfg=threaded"),
        Err(error) if error.to_string().contains("5.016") => {
            println!("cargo:rustc-env=REFUSED={error}");
        }
        Err(error) => panic!("{error}"),
    }
}
