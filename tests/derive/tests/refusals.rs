//! What the derive refuses, and in which words: `ui/<topic>/<case>.rs` beside its `.stderr`.
//!
//! `TRYBUILD=overwrite cargo test -p lightsss-test-derive --test refusals` writes the messages anew.

#[test]
fn messages_are_as_pinned() {
    // Messages of the compiler itself change between releases; they are pinned for the one we build with.
    trybuild::TestCases::new().compile_fail("ui/*/*.rs");
}
