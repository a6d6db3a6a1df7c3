//! Bindings and the derive in edition 2021, without warnings, where no crate is called `lightsss_runtime`.

#![deny(warnings, missing_docs, unsafe_op_in_unsafe_fn)]

pub mod bindings;

use toolkit::Savable;

/// A harness.
#[derive(Savable, Debug, PartialEq)]
#[savable(crate = toolkit)]
pub struct Harness {
    /// Clock cycles so far.
    pub cycle: u64,
    /// What the harness is doing.
    pub state: State,
}

/// A state.
#[derive(Savable, Debug, PartialEq)]
#[savable(crate = ::toolkit)]
pub enum State {
    /// Nothing.
    Idle,
    /// Something.
    Busy(Vec<u8>),
}

#[test]
fn a_renamed_runtime_restores() {
    use toolkit::savable::{restore_from_image, save_to_image};
    let image = save_to_image(&Harness {
        cycle: 1,
        state: State::Busy(vec![2]),
    })
    .unwrap();
    let mut live = Harness {
        cycle: 0,
        state: State::Idle,
    };
    restore_from_image(&mut live, &image).unwrap();
    assert_eq!(
        live,
        Harness {
            cycle: 1,
            state: State::Busy(vec![2])
        }
    );
}
