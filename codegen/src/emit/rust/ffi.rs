//! The C interface, as Rust declares it.

use crate::describe::Description;
use crate::emit::template::fill;
use crate::emit::{abi, symbols};

const FFI: &str = r#"mod ffi {
    use super::rt;

    // SAFETY: the shim defines them so: both are written from one table, and the names hold the
    // fingerprint of the model.
    unsafe extern "C" {
        #[link_name = "$marker$"]
        pub static bindings_and_model_differ: u8;
        $functions$
    }
}
"#;

/// The declarations of all functions.
pub fn ffi(model: &Description) -> String {
    let prefix = symbols::prefix(model);
    let functions: Vec<String> = abi::functions(model)
        .iter()
        .map(|function| {
            format!(
                "#[link_name = \"{prefix}{}\"]\npub fn {}{};",
                function.symbol,
                function.rust,
                function.rust_signature()
            )
        })
        .collect();
    let values = [
        ("marker", &*symbols::marker(model)),
        ("functions", &functions.join("\n")),
    ];
    fill(FFI, &values)
}
