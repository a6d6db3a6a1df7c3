use lightsss_runtime::Savable;

#[derive(Savable)]
#[savable(validate = Harness::validate)]
struct Harness {
    field: u64,
}

impl Harness {
    fn validate(&self) -> bool {
        true
    }
}

fn main() {}
