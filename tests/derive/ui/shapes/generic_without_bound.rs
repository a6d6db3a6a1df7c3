use lightsss_runtime::Savable;

#[derive(Savable)]
struct Fifo<T> {
    items: Vec<T>,
}

struct Foreign;

fn needs<T: Savable>() {}

fn use_it() {
    needs::<Fifo<Foreign>>();
}

fn main() {}
