use lightsss_runtime::Savable;

#[derive(Savable)]
#[savable(version = 4294967296)]
struct Harness {
    cycle: u64,
}

fn main() {}
