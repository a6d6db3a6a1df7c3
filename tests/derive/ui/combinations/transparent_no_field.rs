use lightsss_runtime::Savable;

#[derive(Savable)]
#[savable(transparent)]
struct Unit;

fn main() {}
