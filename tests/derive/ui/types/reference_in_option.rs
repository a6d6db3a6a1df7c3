use lightsss_runtime::Savable;

#[derive(Savable)]
struct Harness {
    cycle: u64,
    field: Option<&'static mut u64>,
}

fn main() {}
