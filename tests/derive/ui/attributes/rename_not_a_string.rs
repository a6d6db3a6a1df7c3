use lightsss_runtime::Savable;

#[derive(Savable)]
struct Harness {
    cycle: u64,
    #[savable(rename = other)]
    field: u64,
}

fn main() {}
