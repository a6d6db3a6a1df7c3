use lightsss_runtime::Savable;

#[derive(Savable)]
#[savable(version = 2)]
enum State {
    Idle,
    #[savable(since = 3)]
    Busy(u8),
}

fn main() {}
