use lightsss_runtime::Savable;

#[derive(Savable)]
struct Harness {
    cycle: u64,
    field: Box<dyn Fn(u8) -> u8>,
}

fn main() {}
