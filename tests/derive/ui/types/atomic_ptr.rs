use lightsss_runtime::Savable;

#[derive(Savable)]
struct Harness {
    cycle: u64,
    field: std::sync::atomic::AtomicPtr<u8>,
}

fn main() {}
