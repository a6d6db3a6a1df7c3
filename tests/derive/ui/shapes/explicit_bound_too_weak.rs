use lightsss_runtime::Savable;

#[derive(Savable)]
#[savable(bound = "T: Clone")]
struct Fifo<T> {
    items: Vec<T>,
}

fn main() {}
