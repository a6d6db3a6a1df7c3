use lightsss_runtime::Savable;

#[derive(Savable)]
struct Harness {
    cycle: u64,
    field: Option<std::thread::JoinHandle<()>>,
}

fn main() {}
