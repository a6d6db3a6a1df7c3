use lightsss_runtime::Savable;

#[derive(Savable)]
#[repr(C, packed)]
struct Header {
    tag: u8,
    word: u32,
}

fn main() {}
