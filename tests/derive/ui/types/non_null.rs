use lightsss_runtime::Savable;

#[derive(Savable)]
struct Harness {
    cycle: u64,
    field: std::ptr::NonNull<u8>,
}

fn main() {}
