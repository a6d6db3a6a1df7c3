use lightsss_runtime::Savable;

#[derive(Savable)]
#[repr(packed(2))]
struct Header {
    tag: u8,
    word: u32,
}

fn main() {}
