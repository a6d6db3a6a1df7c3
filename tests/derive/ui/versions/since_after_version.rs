use lightsss_runtime::Savable;

#[derive(Savable)]
#[savable(version = 2)]
struct Harness {
    cycle: u64,
    #[savable(since = 3, default)]
    field: u64,
}

fn main() {}
