use lightsss_runtime::Savable;

#[derive(Savable)]
#[savable(validate)]
struct Harness {
    cycle: u64,
}

fn main() {}
