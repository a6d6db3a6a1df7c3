use lightsss_runtime::Savable;

#[derive(Savable)]
struct Harness {
    cycle: u64,
    #[savable(skipp, since = 0, rename = 5)]
    field: u64,
}

fn main() {}
