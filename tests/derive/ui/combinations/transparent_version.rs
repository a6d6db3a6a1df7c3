use lightsss_runtime::Savable;

#[derive(Savable)]
#[savable(transparent, version = 2)]
struct Address(u64);

fn main() {}
