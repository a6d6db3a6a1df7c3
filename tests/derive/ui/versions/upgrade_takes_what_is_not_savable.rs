use lightsss_runtime::Savable;

struct Old;

fn widen(_: Old) -> u64 {
    0
}

#[derive(Savable)]
#[savable(version = 2)]
struct Harness {
    #[savable(since = 2, upgrade = widen)]
    field: u64,
}

fn main() {}
