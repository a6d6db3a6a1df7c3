use lightsss_runtime::Savable;

struct Foreign;

#[derive(Savable)]
struct Harness {
    cycle: u64,
    field: Foreign,
}

fn main() {}
