use lightsss_runtime::Savable;

#[derive(Savable)]
struct Harness {
    cycle: u64,
    field: std::rc::Weak<u8>,
}

fn main() {}
