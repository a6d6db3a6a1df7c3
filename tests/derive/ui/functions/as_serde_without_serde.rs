use lightsss_runtime::Savable;

struct Foreign;

#[derive(Savable)]
struct Harness {
    #[savable(as_serde)]
    field: Foreign,
}

fn main() {}
