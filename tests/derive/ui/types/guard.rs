use lightsss_runtime::Savable;

#[derive(Savable)]
struct Harness {
    cycle: u64,
    field: std::cell::RefMut<'static, u8>,
}

fn main() {}
