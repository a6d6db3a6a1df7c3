use lightsss_runtime::Savable;

#[derive(Savable)]
#[savable(version = 5)]
struct Harness {
    cycle: u64,
    #[savable(since = 4, until = 3, default)]
    field: u64,
}

fn main() {}
