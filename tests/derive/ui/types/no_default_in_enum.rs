use lightsss_runtime::Savable;

struct Handle;

#[derive(Savable)]
enum State {
    Idle,
    Open {
        #[savable(skip)]
        handle: Handle,
    },
}

fn main() {}
