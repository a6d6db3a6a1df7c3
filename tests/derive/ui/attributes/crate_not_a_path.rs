use lightsss_runtime::Savable;

#[derive(Savable)]
#[savable(crate = 3)]
struct Harness {
    cycle: u64,
}

fn main() {}
