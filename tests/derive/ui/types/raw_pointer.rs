use lightsss_runtime::Savable;

#[derive(Savable)]
struct Harness {
    cycle: u64,
    field: *const u8,
}

fn main() {}
