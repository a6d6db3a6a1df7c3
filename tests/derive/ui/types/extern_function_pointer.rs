use lightsss_runtime::Savable;

#[derive(Savable)]
struct Harness {
    cycle: u64,
    field: unsafe extern "C" fn(),
}

fn main() {}
