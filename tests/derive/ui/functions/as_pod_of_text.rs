use lightsss_runtime::Savable;

#[derive(Savable)]
struct Harness {
    #[savable(as_pod)]
    field: String,
}

fn main() {}
