use lightsss_runtime::Savable;

#[derive(Savable)]
struct Uart {
    pointer: *const u8,
}

#[derive(Savable)]
struct Harness {
    uarts: Vec<Uart>,
}

fn needs<T: Savable>() {}

fn use_it() {
    needs::<Harness>();
}

fn main() {}
