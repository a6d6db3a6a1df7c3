use lightsss_runtime::Savable;

#[derive(Savable)]
struct Harness {
    cycle: u64,
    #[savable(ignore)]
    field: u64,
}

fn main() {}
