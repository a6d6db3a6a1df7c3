use lightsss_runtime::Savable;

#[derive(Savable)]
struct Harness {
    cycle: u64,
    field: Vec<*mut u8>,
}

fn main() {}
