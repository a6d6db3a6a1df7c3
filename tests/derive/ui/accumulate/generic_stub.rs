use lightsss_runtime::Savable;

#[derive(Savable)]
struct Fifo<T: Clone, const N: usize> {
    items: [T; N],
    #[savable(ignroe)]
    cycle: u64,
}

fn needs<T: Savable>() {}

fn use_it() {
    needs::<Fifo<u8, 3>>();
}

fn main() {}
