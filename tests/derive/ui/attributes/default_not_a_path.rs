use lightsss_runtime::Savable;

#[derive(Savable)]
struct Harness {
    cycle: u64,
    #[savable(default = 1 + 2)]
    field: u64,
}

fn main() {}
