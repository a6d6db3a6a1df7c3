use lightsss_runtime::Savable;

#[derive(Savable)]
struct Harness {
    cycle: u64,
    field: ([Option<*const u8>; 2], fn()),
}

fn main() {}
