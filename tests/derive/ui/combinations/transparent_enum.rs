use lightsss_runtime::Savable;

#[derive(Savable)]
#[savable(transparent)]
enum State {
    Idle,
}

fn main() {}
