use lightsss_runtime::Savable;

#[derive(Savable)]
struct Harness {
    cycle: u64,
    #[savable(with = module, as_serde)]
    field: u64,
}

fn main() {}
