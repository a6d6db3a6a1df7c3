use lightsss_runtime::Savable;

#[derive(Savable)]
#[savable(versoin = 1)]
enum State {
    Idle(fn()),
    #[savable(since = 2)]
    Busy {
        #[savable(with = a, as_serde)]
        x: u8,
    },
}

fn main() {}
