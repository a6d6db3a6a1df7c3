//! The C interface, as Rust declares it.

use proc_macro2::TokenStream;
use quote::quote;

use super::{state, symbol_prefix};
use crate::describe::{Description, Shape};

/// The C interface, as `emit::cpp` writes it.
pub fn foreign(model: &Description) -> TokenStream {
    let prefix = symbol_prefix(model);
    let link = |name: &str| format!("{prefix}{name}");
    let marker = super::marker(model);
    let lend = if model.imports.is_empty() {
        quote!()
    } else {
        quote!(, lend: *mut super::DpiLend)
    };
    let mut functions: Vec<(&str, TokenStream)> = vec![
        (
            "new",
            quote!(fn new(context: *mut RawContext, name: *const c_char) -> *mut RawModel),
        ),
        ("delete", quote!(fn delete(model: *mut RawModel))),
        (
            "ports",
            quote!(fn ports(model: *mut RawModel, places: *mut *mut c_void)),
        ),
        ("eval", quote!(fn eval(model: *mut RawModel #lend) -> u32)),
        (
            "finish",
            quote!(fn finish(model: *mut RawModel #lend) -> u32),
        ),
        (
            "prepare_clone",
            quote!(fn prepare_clone(model: *mut RawModel)),
        ),
        ("at_clone", quote!(fn at_clone(model: *mut RawModel))),
        (
            "finish_at_drop",
            quote!(fn finish_at_drop(model: *mut RawModel) -> u32),
        ),
    ];
    if model.abilities.timing {
        functions.push((
            "events_pending",
            quote!(fn events_pending(model: *mut RawModel) -> bool),
        ));
        functions.push((
            "next_time_slot",
            quote!(fn next_time_slot(model: *mut RawModel) -> u64),
        ));
    }
    if model.places().any(|(port, _)| port.shape == Shape::Text) {
        functions.push((
            "text",
            quote!(fn text(place: *mut c_void, length: *mut usize) -> *const c_char),
        ));
        functions.push((
            "set_text",
            quote!(fn set_text(place: *mut c_void, text: *const c_char, length: usize)),
        ));
    }
    if model.places().any(|(port, _)| port.shape == Shape::Event) {
        functions.push(("fire", quote!(fn fire(model: *mut RawModel, port: u32))));
    }
    functions.extend(resources(model));
    let exports = super::exports::declarations(model)
        .into_iter()
        .map(|(name, signature)| {
            let link = link(&name);
            quote!(#[link_name = #link] pub #signature;)
        })
        .collect::<Vec<_>>();
    let functions = functions.into_iter().map(|(name, signature)| {
        let link = link(name);
        quote!(#[link_name = #link] pub #signature;)
    });
    quote! {
        mod ffi {
            use ::core::ffi::{c_char, c_void};
            use super::rt::ffi::{RawContext, RawModel};

            /// SAFETY: the shim defines them so: both are written from one description, and the names
            /// hold its fingerprint.
            unsafe extern "C" {
                #[link_name = #marker]
                pub static bindings_and_model_differ: u8;
                #(#functions)* #(#exports)*
            }
        }
    }
}

/// Traces, snapshots, coverage.
fn resources(model: &Description) -> Vec<(&'static str, TokenStream)> {
    let mut functions = Vec::new();
    if model.abilities.trace.is_some() {
        functions.extend([
            (
                "trace_open",
                quote!(fn trace_open(model: *mut RawModel, path: *const c_char, levels: ::core::ffi::c_int) -> u32),
            ),
            ("trace_is_open", quote!(fn trace_is_open(model: *mut RawModel) -> bool)),
            ("trace_dump", quote!(fn trace_dump(model: *mut RawModel, time: u64) -> u32)),
            ("trace_flush", quote!(fn trace_flush(model: *mut RawModel) -> u32)),
            ("trace_abandon", quote!(fn trace_abandon(model: *mut RawModel))),
            ("trace_close", quote!(fn trace_close(model: *mut RawModel) -> u32)),
        ]);
    }
    if model.abilities.coverage {
        functions.push((
            "coverage_write",
            quote!(fn coverage_write(model: *mut RawModel, path: *const c_char) -> u32),
        ));
    }
    functions.extend(state::foreign(model));
    if model.abilities.savable {
        functions.extend([
            (
                "save",
                quote!(fn save(model: *mut RawModel, write: super::rt::ffi::WriteFn, env: *mut c_void) -> u32),
            ),
            (
                "restore",
                quote!(fn restore(model: *mut RawModel, bytes: *const u8, length: usize) -> u32),
            ),
        ]);
    }
    functions
}
