use lightsss_runtime::Savable;

#[derive(Savable)]
#[savable(version = 3)]
struct Harness {
    cycle: u64,
    #[savable(until = 2, upgrade = widen)]
    field: u64,
}

fn main() {}
