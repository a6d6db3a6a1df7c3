use lightsss_runtime::Savable;

#[derive(Savable)]
struct Harness {
    cycle: u64,
    #[savable(since = 0)]
    field: u64,
}

fn main() {}
