//! A model that has never been evaluated: its state is the design's, and nothing that was in memory by chance.

use std::env;
use std::process::Command;

use lightsss_runtime::model::ContextOptions;
use lightsss_runtime::savable::{restore_from_image, save_to_image};
use lightsss_tests_state::vast;

#[test]
fn a_model_that_was_saved_before_its_first_evaluation_can_be_restored() {
    // glibc fills memory that it gives with this byte (mallopt(3)).
    let mut program = Command::new(env::current_exe().unwrap());
    program.env("MALLOC_PERTURB_", "85");
    program.args(["saved_and_restored", "--exact", "--ignored", "--nocapture"]);
    let output = program.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
}

#[test]
#[ignore = "a part of the test that starts it"]
fn saved_and_restored() {
    let new = || vast::Model::new(&ContextOptions::new()).unwrap();
    let (first, mut second) = (new(), new());
    let image = save_to_image(&first).unwrap();
    assert!(
        save_to_image(&second).unwrap() == image,
        "two new models are equal"
    );
    restore_from_image(&mut second, &image).unwrap();
    assert!(save_to_image(&second).unwrap() == image);
}
