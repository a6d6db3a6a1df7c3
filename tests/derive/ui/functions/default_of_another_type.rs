use lightsss_runtime::Savable;

fn eight() -> u8 {
    8
}

#[derive(Savable)]
struct Harness {
    #[savable(default = eight)]
    field: u64,
}

fn main() {}
