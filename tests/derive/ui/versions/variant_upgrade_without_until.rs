use lightsss_runtime::Savable;

#[derive(Savable)]
#[savable(version = 2)]
enum State {
    Idle,
    #[savable(upgrade = to_idle)]
    Busy(u8),
}

fn main() {}
