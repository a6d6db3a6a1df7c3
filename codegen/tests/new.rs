//! `lightsss-codegen new` where it fails. What it writes is built in `tests/models`.

mod common;

use common::{codegen, ends_with, folder};

#[test]
fn a_project_that_cannot_be_made_leaves_its_folder_empty() {
    let out = folder();
    for existed in [false, true] {
        let project = out.path().join("soc");
        if existed {
            std::fs::create_dir(&project).expect("a folder");
        }
        let mut command = codegen();
        command.args(["new", "soc"]).current_dir(out.path());
        command.env("VERILATOR", "/no/such/verilator");
        let (_, said) = ends_with(&mut command, 3);
        assert!(said.contains("/no/such/verilator"), "{said}");
        let left = std::fs::read_dir(&project).map(Iterator::count);
        assert_eq!(left.ok(), existed.then_some(0));
    }
}
