use lightsss_runtime::Savable;

struct Foreign;

#[derive(Savable)]
struct Harness {
    field: Vec<Foreign>,
}

fn main() {}
