use lightsss_runtime::Savable;

struct Foreign;

#[derive(Savable)]
enum State {
    Idle,
    Busy(Foreign),
}

fn main() {}
