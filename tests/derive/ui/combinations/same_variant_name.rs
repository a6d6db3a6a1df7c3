use lightsss_runtime::Savable;

#[derive(Savable)]
enum State {
    Idle,
    #[savable(rename = "Idle")]
    Waiting,
}

fn main() {}
