use lightsss_runtime::Savable;

#[derive(Savable)]
struct Harness {
    cycle: u64,
    #[savable(rename = "cycle")]
    time: u64,
}

fn main() {}
