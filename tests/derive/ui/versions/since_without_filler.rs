use lightsss_runtime::Savable;

#[derive(Savable)]
#[savable(version = 2)]
struct Harness {
    cycle: u64,
    #[savable(since = 2)]
    field: u64,
}

fn main() {}
