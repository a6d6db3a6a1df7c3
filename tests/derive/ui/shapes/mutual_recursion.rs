use lightsss_runtime::Savable;

#[derive(Savable)]
struct Folder {
    entries: Vec<Entry>,
}

#[derive(Savable)]
enum Entry {
    File(u64),
    Folder(Folder),
}

fn main() {}
