use lightsss_runtime::Savable;

struct Handle;

#[derive(Savable)]
struct Entry {
    value: u8,
    #[savable(skip)]
    handle: Handle,
}

#[derive(Savable)]
struct Harness {
    entries: Vec<Entry>,
}

fn main() {}
