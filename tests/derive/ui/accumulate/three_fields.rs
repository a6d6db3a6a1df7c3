use lightsss_runtime::Savable;

#[derive(Savable)]
struct Harness {
    pointer: *const u8,
    #[savable(skipp)]
    cycle: u64,
    log: std::fs::File,
}

fn main() {}
