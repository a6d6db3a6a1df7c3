use lightsss_runtime::Savable;

#[derive(Savable)]
struct Harness {
    cycle: u64,
    #[savable(with = 7)]
    field: u64,
}

fn main() {}
