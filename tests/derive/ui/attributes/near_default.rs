use lightsss_runtime::Savable;

#[derive(Savable)]
struct Harness {
    cycle: u64,
    #[savable(defualt)]
    field: u64,
}

fn main() {}
