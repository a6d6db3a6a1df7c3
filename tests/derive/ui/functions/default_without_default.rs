use lightsss_runtime::Savable;

struct Handle;

mod by_hand {}

#[derive(Savable)]
struct Level(u8);

#[derive(Savable)]
struct Harness {
    #[savable(default)]
    field: Level,
}

fn main() {}
