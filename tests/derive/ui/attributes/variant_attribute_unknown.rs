use lightsss_runtime::Savable;

#[derive(Savable)]
enum State {
    #[savable(skip)]
    Idle,
    #[savable(untill = 2)]
    Busy,
}

fn main() {}
