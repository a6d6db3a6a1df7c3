//! Any bytes as a state table, and as the section of a model.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lightsss_runtime::state::{StoredState, Table};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(table) = Table::decode(bytes.to_vec()) {
        for signal in table.signals().take(10_000) {
            let _ = (signal.name(), signal.kind(), signal.width(), signal.count());
        }
    }
    if let Ok(Some(state)) = StoredState::read(bytes) {
        for signal in state.table().signals().take(10_000) {
            let _ = state.bytes(&signal).len();
            state.elements(&signal).take(1000).for_each(drop);
        }
    }
});
