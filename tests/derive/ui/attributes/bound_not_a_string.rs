use lightsss_runtime::Savable;

#[derive(Savable)]
#[savable(bound = T)]
struct Harness<T> {
    cycle: T,
}

fn main() {}
