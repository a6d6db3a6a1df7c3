use lightsss_runtime::Savable;

#[derive(Savable)]
#[savable(transparent)]
struct Address(#[savable(rename = "a")] u64);

fn main() {}
