//! Models of one class in one program: each is what its own source says.

use lightsss_runtime::model::ContextOptions;
use lightsss_runtime::savable::{
    ModelOptions, restore_from_image, restore_from_image_with, save_to_image,
};
use lightsss_runtime::state::Policy;
use lightsss_tests_bindings::{alu, alu_mutant, alu_scaled, sums, twin};

unsafe extern "C" {
    safe fn alu_calls() -> i32;
    safe fn alu_mutant_calls() -> i32;
    safe fn alu_scaled_calls() -> i32;
}

const BY_NAME: ModelOptions = ModelOptions {
    policy: Policy::ByName {
        most_unmatched: 0.0,
    },
    through_operators: false,
};

/// What the harness adds.
struct Twist(i32);

macro_rules! twists {
    ($($model:ident),*) => {$(
        impl $model::Dpi for Twist {
            fn twist(&mut self, x: i32) -> i32 {
                x + self.0
            }
            fn mix(&mut self, x: i32) -> i32 {
                x ^ 4
            }
        }
    )*};
}
twists!(alu, alu_mutant, alu_scaled);

macro_rules! clock {
    ($model:expr, $twist:expr, $a:expr) => {
        $model.set_a($a);
        for level in [0, 1] {
            $model.set_clk(level);
            $model.eval(&mut $twist).expect("no halt");
        }
    };
}

#[test]
fn models_of_one_class_have_their_own_logic_imports_exports_and_sources() {
    let options = ContextOptions::new();
    let mut good = alu::Model::new(&options).expect("a model");
    let mut mutant = alu_mutant::Model::new(&options).expect("a model");
    let mut scaled = alu_scaled::Model::new(&options).expect("a model");
    for _ in 0..3 {
        clock!(good, Twist(100), 5);
        clock!(mutant, Twist(200), 5);
    }
    clock!(scaled, Twist(300), 5);
    assert_eq!([good.sum(), mutant.sum(), scaled.sum()], [15, 30, 15]);
    let twisted = [good.twisted(), mutant.twisted(), scaled.twisted()];
    assert_eq!(twisted, [106, 207, 306]);
    // Other tests evaluate models of the first two.
    let counted = [good.counted() % 1000, mutant.counted() % 1000];
    assert_eq!(counted, [12, 14]);
    assert_eq!(scaled.counted(), 1016);
    assert!(alu_calls() >= 3 && alu_mutant_calls() >= 3);
    assert_eq!(alu_scaled_calls(), 1);
    let scaled_by = [
        good.scaled(&mut Twist(0), 7).expect("no halt"),
        mutant.scaled(&mut Twist(0), 7).expect("no halt"),
        scaled.scaled(&mut Twist(0), 7).expect("no halt"),
    ];
    assert_eq!(scaled_by, [7, 14, 21]);
}

#[test]
fn a_snapshot_of_other_logic_is_refused_unless_by_name() {
    let options = ContextOptions::new();
    let mut good = alu::Model::new(&options).expect("a model");
    clock!(good, Twist(0), 9);
    let image = save_to_image(&good).expect("a savable model");
    let mut mutant = alu_mutant::Model::new(&options).expect("a model");
    let error = restore_from_image(&mut mutant, &image).expect_err("another model");
    assert!(error.to_string().contains("another build"), "{error}");
    restore_from_image_with(&mut mutant, &image, BY_NAME).expect("by name");
    assert_eq!(mutant.sum(), 9);
    clock!(mutant, Twist(0), 1);
    assert_eq!(mutant.sum(), 11);
}

/// A model restored by name from one whose `sum` is 9.
fn restored() -> alu_mutant::Model {
    let options = ContextOptions::new();
    let mut good = alu::Model::new(&options).expect("a model");
    clock!(good, Twist(0), 9);
    let mut mutant = alu_mutant::Model::new(&options).expect("a model");
    clock!(mutant, Twist(0), 1);
    let image = save_to_image(&good).expect("a savable model");
    restore_from_image_with(&mut mutant, &image, BY_NAME).expect("by name");
    mutant
}

#[test]
fn logic_behind_an_import_is_right_after_a_restore_by_name() {
    let mut mutant = restored();
    assert_eq!(mutant.mixed(), 9 ^ 4, "as it was saved");
    let stored = mutant.stored();
    clock!(mutant, Twist(0), 0);
    assert_eq!(mutant.stored(), stored + (9 ^ 4));
    assert_eq!(mutant.mixed(), 9 ^ 4);
}

#[test]
fn what_waits_for_an_import_is_saved_as_waiting() {
    let image = save_to_image(&restored()).expect("a savable model");
    let mut mutant = alu_mutant::Model::new(&ContextOptions::new()).expect("a model");
    restore_from_image(&mut mutant, &image).expect("of the same build");
    // A variable that the saved model had otherwise: what follows from it is computed before it is used.
    let stored = mutant.stored();
    let mut state = mutant.state().expect("a table");
    state.poke("sum", 16_u32).expect("a signal");
    clock!(mutant, Twist(0), 0);
    assert_eq!(mutant.stored(), stored + (16 ^ 4));
}

/// Restores the model that borrows it by another one of the same class.
struct Nested(Option<alu_mutant::Model>);

impl alu_mutant::Dpi for Nested {
    fn twist(&mut self, x: i32) -> i32 {
        if self.0.is_none() {
            self.0 = Some(restored());
        }
        x
    }
    fn mix(&mut self, x: i32) -> i32 {
        assert_eq!(x, 0, "called for another model");
        x ^ 4
    }
}

#[test]
fn a_restore_within_an_import_calls_none() {
    let mut outer = alu_mutant::Model::new(&ContextOptions::new()).expect("a model");
    let mut nested = Nested(None);
    clock!(outer, nested, 0);
    let inner = nested.0.as_mut().expect("a model");
    let stored = inner.stored();
    clock!(inner, Twist(0), 0);
    assert_eq!(inner.stored(), stored + (9 ^ 4));
}

#[test]
fn models_of_one_name_of_two_crates_have_their_own_logic() {
    let options = ContextOptions::new();
    let mut theirs = sums::Model::new(&options).expect("a model");
    let mut ours = twin::sums::Model::new(&options).expect("a model");
    for level in [0, 1] {
        theirs.set_clk(level);
        theirs.set_narrow(0x15);
        theirs.set_level(6);
        theirs.eval().expect("no halt");
        ours.set_clk(level);
        ours.set_narrow(0x15);
        ours.set_level(6);
        ours.eval().expect("no halt");
    }
    assert_eq!([theirs.echo(), ours.echo()], [0x15 ^ 6, 0x15 & 6]);
    assert_eq!([theirs.sum(), ours.sum()], [3, 5]);
}
