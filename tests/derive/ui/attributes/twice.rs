use lightsss_runtime::Savable;

#[derive(Savable)]
struct Harness {
    cycle: u64,
    #[savable(skip, skip)]
    field: u64,
}

fn main() {}
