use lightsss_runtime::Savable;

#[derive(Savable)]
struct Harness {
    field: Box<[std::cell::UnsafeCell<u8>]>,
}

fn main() {}
