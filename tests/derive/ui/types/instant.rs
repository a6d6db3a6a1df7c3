use lightsss_runtime::Savable;

#[derive(Savable)]
struct Harness {
    cycle: u64,
    field: std::time::Instant,
}

fn main() {}
