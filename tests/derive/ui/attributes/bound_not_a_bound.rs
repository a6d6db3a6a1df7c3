use lightsss_runtime::Savable;

#[derive(Savable)]
#[savable(bound = "T is Savable")]
struct Harness<T> {
    cycle: T,
}

fn main() {}
