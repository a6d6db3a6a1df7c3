use lightsss_runtime::Savable;

#[derive(Savable)]
struct Harness {
    #[savable(reopen)]
    field: u64,
}

fn main() {}
