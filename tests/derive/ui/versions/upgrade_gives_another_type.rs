use lightsss_runtime::Savable;

fn widen(old: u8) -> u32 {
    u32::from(old)
}

#[derive(Savable)]
#[savable(version = 2)]
struct Harness {
    #[savable(since = 2, upgrade = widen)]
    field: u64,
}

fn main() {}
