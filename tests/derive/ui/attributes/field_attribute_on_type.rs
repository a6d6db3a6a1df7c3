use lightsss_runtime::Savable;

#[derive(Savable)]
#[savable(skip)]
struct Harness {
    cycle: u64,
}

fn main() {}
