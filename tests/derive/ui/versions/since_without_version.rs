use lightsss_runtime::Savable;

#[derive(Savable)]
struct Harness {
    cycle: u64,
    #[savable(since = 2, default)]
    field: u64,
}

fn main() {}
