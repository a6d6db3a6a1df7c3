use lightsss_runtime::Savable;
use std::fs::File;

#[derive(Savable)]
struct Harness {
    cycle: u64,
    field: File,
}

fn main() {}
