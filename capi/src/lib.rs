//! Fork snapshots and durable snapshots for C and C++ simulations.
//!
//! The header `lightsss.h` has a C interface and, for C++, the class `LightSSS` with the public
//! interface of the class of that name in `OpenXiangShan`'s difftest. A main that was written for that
//! class compiles against this header unchanged.
//!
//! ```cpp
//! #include "lightsss.h"
//!
//! LightSSS slots;
//! uint64_t cycle = 0;
//! for (; !failed(); cycle++) {
//!     if (cycle % 100000 == 0 && !slots.is_child() && slots.do_fork() == FORK_CHILD) {
//!         open_waveform();
//!     }
//!     if (slots.is_child() && cycle > slots.get_end_cycles() + 100) break;
//!     step();
//! }
//! if (!slots.is_child()) slots.wakeup_child(cycle);
//! ```
//!
//! The class `LightSnapshot` saves models and the harness's own state into a file.
//!
//! Every function returns a [`lightsss_status`](abi::lightsss_status); `lightsss_last_error` has the
//! message. A panic of Rust becomes [`LIGHTSSS_PANIC`](abi::lightsss_status::LIGHTSSS_PANIC).

#![allow(
    clippy::enum_glob_use,
    reason = "the variants are the constants of the C header"
)]

#[allow(non_camel_case_types, reason = "these are the names that C sees")]
pub mod abi;
mod error;
mod hooks;
#[allow(
    non_camel_case_types,
    missing_docs,
    reason = "these are the names that C sees"
)]
pub mod kind;
mod last_error;
mod options;
mod parts;
mod replay;
mod slots;
mod snapshot;
mod supervisor;
mod text;
mod wake;

pub use hooks::{lightsss_hooks_register, lightsss_hooks_unregister};
pub use last_error::lightsss_last_error;
pub use options::{lightsss_options_init, lightsss_order_init, lightsss_supervisor_options_init};
pub use replay::{
    lightsss_is_replay, lightsss_note, lightsss_own_files, lightsss_progress, lightsss_replay,
    lightsss_replay_finish, lightsss_should_stop,
};
pub use slots::{
    lightsss_checkpoint, lightsss_clear, lightsss_count, lightsss_delete, lightsss_figures_get,
    lightsss_new, lightsss_offer, lightsss_pin, lightsss_slot_at, lightsss_unpin,
};
pub use snapshot::{
    lightsss_snapshot_by_name, lightsss_snapshot_bytes, lightsss_snapshot_delete,
    lightsss_snapshot_files_below, lightsss_snapshot_model, lightsss_snapshot_new,
    lightsss_snapshot_restore, lightsss_snapshot_save, lightsss_snapshot_section,
};
pub use supervisor::{lightsss_finished, lightsss_supervise};
pub use wake::lightsss_wake;
