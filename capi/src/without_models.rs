//! What the C++ side of a model's bindings defines, for programs that link none.
//!
//! The runtime calls these functions for the models of a Rust harness. A C++ harness has no such models,
//! so that none of them is ever called: making a context fails first. The linker wants them all the same.
//! They are weak: the real ones win where both are linked. Source: `lightsss-runtime/src/model/ffi.rs`.

use std::arch::global_asm;

/// Returns 0.
#[cfg(target_arch = "x86_64")]
macro_rules! body {
    () => {
        "xor eax, eax\nret"
    };
}
#[cfg(not(target_arch = "x86_64"))]
macro_rules! body {
    () => {
        "mov x0, #0\nret"
    };
}

macro_rules! weak {
    ($($name:literal)*) => {
        $(global_asm!(concat!(
            ".section .text.", $name, ",\"ax\",@progbits\n",
            ".weak ", $name, "\n", $name, ":\n", body!(), "\n",
            ".previous\n",
        ));)*
    };
}

weak! {
    "lightsss1_context_args"
    "lightsss1_context_assert_on"
    "lightsss1_context_delete"
    "lightsss1_context_fields"
    "lightsss1_context_new"
    "lightsss1_context_output"
    "lightsss1_context_reset"
    "lightsss1_context_seed"
    "lightsss1_context_take_halt"
    "lightsss1_context_time"
    "lightsss1_context_time_precision"
    "lightsss1_context_time_unit"
    "lightsss1_context_trace_ever_on"
    "lightsss1_file_close"
    "lightsss1_file_open"
    "lightsss1_files"
    "lightsss1_random_restore"
    "lightsss1_random_save"
    "lightsss1_random_size"
}
