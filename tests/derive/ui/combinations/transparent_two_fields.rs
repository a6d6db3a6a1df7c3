use lightsss_runtime::Savable;

#[derive(Savable)]
#[savable(transparent)]
struct Pair(u8, u8);

fn main() {}
