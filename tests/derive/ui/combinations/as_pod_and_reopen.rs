use lightsss_runtime::Savable;

#[derive(Savable)]
struct Harness {
    cycle: u64,
    #[savable(as_pod, reopen)]
    field: u64,
}

fn main() {}
