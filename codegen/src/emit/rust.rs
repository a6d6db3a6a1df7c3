//! The bindings.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::dpi;
use super::evaluation::evaluation;
use super::exports::exports;
use super::foreign::foreign;
use super::ports::{place_type, ports};
use super::resources::{coverage, traces};
use super::state;
use crate::describe::Description;
use crate::error::{Error, Result};
use crate::names::ident;

/// The bindings' text.
pub fn bindings(model: &Description) -> Result<String> {
    let parts = [
        imports(model),
        model_struct(model),
        construction(model),
        ports(model),
        evaluation(model),
        traces(model),
        coverage(model),
        state::rust(model),
        dpi::rust(model),
        exports(model),
        foreign(model),
    ];
    let tokens: TokenStream = parts.into_iter().collect();
    let file = syn::parse2::<syn::File>(tokens).map_err(|error| Error::Internal {
        model: model.name.clone(),
        reason: error.to_string(),
    })?;
    Ok(format!(
        "// Bindings of the model `{}`, for Verilator {}. Written by lightsss-codegen.\n\n{}",
        model.name,
        model.version,
        plain_comments(&prettyplease::unparse(&file))
    ))
}

/// Tokens carry no comments. Those that say why an unsafe block is sound are written as
/// documentation in the quoted text, and become comments here.
fn plain_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut within = false;
    for line in text.lines() {
        let code = line.trim_start();
        within = code.starts_with("///") && (within || code.starts_with("/// SAFETY:"));
        if within {
            out.push_str(&line[..line.len() - code.len()]);
            out.push_str(&code[1..]);
        } else {
            out.push_str(line);
        }
        out.push('\n');
    }
    out
}

fn imports(model: &Description) -> TokenStream {
    let name = &model.name;
    let class = &model.class;
    let version = model.version.to_string();
    let fingerprint = Literal::u64_unsuffixed(model.fingerprint);
    let gaps = model.abilities.savable.then(|| {
        let gaps = model
            .gaps
            .iter()
            .map(|gap| format!("{}: {}", gap.what, gap.instead));
        quote! {
            #[doc = "What a snapshot of this model does not hold, and what to do about it."]
            pub const GAPS: &[&str] = &[#(#gaps),*];
        }
    });
    quote! {
        use __lightsss::model as rt;

        #[doc = "The model's name."]
        pub const NAME: &str = #name;
        #[doc = "The C++ class that Verilator wrote."]
        pub const CLASS: &str = #class;
        #[doc = "The Verilator that wrote it."]
        pub const VERILATOR: &str = #version;
        #[doc = "Of the model's headers and of Verilator's version. Models that hold other state differ in it."]
        pub const FINGERPRINT: u64 = #fingerprint;
        #gaps
    }
}

fn model_struct(model: &Description) -> TokenStream {
    let places = model.places().map(|(port, _)| {
        let name = ident(&port.rust);
        let ty = place_type(&port.shape);
        quote!(#name: *mut #ty,)
    });
    let trace = model
        .abilities
        .trace
        .map(|_| quote!(trace: ::core::option::Option<::std::path::PathBuf>, trace_levels: u16,));
    let (migration, _) = state::field(model);
    let doc = format!(
        "The model `{}`: a C++ object of class `{}`.\n\nIt belongs to the thread that made it.",
        model.name, model.class
    );
    quote! {
        #[doc = #doc]
        pub struct Model {
            raw: ::core::ptr::NonNull<rt::ffi::RawModel>,
            ports: Ports,
            #trace
            #migration
            _forks: rt::ModelForks,
            context: rt::Context,
        }

        /// Where the ports live: in the C++ object, for as long as it does.
        #[repr(C)]
        struct Ports { #(#places)* }
    }
}

fn construction(model: &Description) -> TokenStream {
    let threads = Literal::u32_unsuffixed(model.abilities.threads);
    let trace_on = model.abilities.trace.map(|_| {
        quote! {
            /// SAFETY: the context is live.
            unsafe { rt::ffi::lightsss1_context_trace_ever_on(context.raw()) }
        }
    });
    let trace = model
        .abilities
        .trace
        .map(|_| quote!(trace: None, trace_levels: 0,));
    let (_, migration) = state::field(model);
    let abandon = if model.abilities.trace.is_some() {
        quote!(Some(ffi::trace_abandon))
    } else {
        quote!(None)
    };
    quote! {
        impl Model {
            /// Makes the model in a context of its own, which has as many threads as the model.
            ///
            /// # Errors
            /// What the context or the model's constructor refuses.
            pub fn new(options: &rt::ContextOptions) -> ::core::result::Result<Self, rt::ModelError> {
                Self::in_context(&rt::Context::with_threads(options, #threads)?)
            }

            /// Makes the model in a context that it shares with others, under Verilator's name `TOP`.
            ///
            /// # Errors
            /// What the model's constructor refuses; a context of fewer threads than the model; a
            /// context whose time has left 0.
            pub fn in_context(context: &rt::Context) -> ::core::result::Result<Self, rt::ModelError> {
                Self::with_name(context, c"TOP")
            }

            /// Makes the model in a context that it shares with others, under a name that scopes
            /// and messages show.
            ///
            /// # Errors
            /// As for [`Model::in_context`].
            pub fn with_name(
                context: &rt::Context,
                name: &::core::ffi::CStr,
            ) -> ::core::result::Result<Self, rt::ModelError> {
                if context.threads() < #threads {
                    return Err(rt::ModelError::Threads {
                        model: NAME,
                        needed: #threads,
                        found: context.threads(),
                    });
                }
                #trace_on
                // Links only with the model that these bindings were made for.
                ::core::hint::black_box(&raw const ffi::bindings_and_model_differ);
                /// SAFETY: the context is live and outlives the model, which holds it; C++ copies
                /// the name.
                let raw = unsafe { ffi::new(context.raw(), name.as_ptr()) };
                let Some(raw) = ::core::ptr::NonNull::new(raw) else {
                    return Err(rt::ModelError::Construct {
                        model: NAME,
                        halt: context
                            .take_halt()
                            .unwrap_or_else(|| ::std::boxed::Box::new(rt::Halt::runtime("out of memory"))),
                    });
                };
                let mut ports = ::core::mem::MaybeUninit::<Ports>::uninit();
                /// SAFETY: `Ports` holds pointers only, in the order and number that the shim
                /// writes: both come from one description.
                unsafe { ffi::ports(raw.as_ptr(), ports.as_mut_ptr().cast()) }
                /// SAFETY: the shim has written all of it.
                let ports = unsafe { ports.assume_init() };
                /// SAFETY: the functions are the model's own. `drop` frees it just before the
                /// registration goes, on the thread whose forks alone call the hooks.
                let forks = unsafe {
                    rt::ModelForks::register(raw, ffi::prepare_clone, ffi::at_clone, #abandon)
                };
                Ok(Self { raw, ports, #trace #migration _forks: forks, context: context.clone() })
            }

            /// The context: time, seeds, arguments, output.
            #[inline]
            #[must_use]
            pub fn context(&self) -> &rt::Context {
                &self.context
            }

            #[cold]
            fn halt(&self) -> ::std::boxed::Box<rt::Halt> {
                self.context
                    .take_halt()
                    .unwrap_or_else(|| ::std::boxed::Box::new(rt::Halt::runtime("halted without a word")))
            }
        }

        impl ::core::ops::Drop for Model {
            fn drop(&mut self) {
                /// SAFETY: the model is live until here; `final` runs once, which the shim sees to.
                unsafe {
                    ffi::finish_at_drop(self.raw.as_ptr());
                    ffi::delete(self.raw.as_ptr());
                }
            }
        }

        impl ::core::fmt::Debug for Model {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.debug_struct("Model")
                    .field("name", &NAME)
                    .field("context", &self.context)
                    .finish_non_exhaustive()
            }
        }
    }
}
