use lightsss_runtime::Savable;

#[derive(Savable)]
union Word {
    bytes: [u8; 4],
    word: u32,
}

fn main() {}
