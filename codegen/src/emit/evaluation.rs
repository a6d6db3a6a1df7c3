//! `eval`, `finish` and what goes with them.

use proc_macro2::TokenStream;
use quote::quote;

use super::dpi;
use crate::describe::Description;

const EVAL_DOC: &str = "Evaluates the model: to be called after its inputs, or the time, have changed.\n\n\
    # Errors\nThe [`Halt`](rt::Halt) that the design or Verilator's runtime raised: `$finish`, `$stop`, \
    `$error`, `$fatal`, a failed assertion. After one of kind [`Runtime`](rt::HaltKind::Runtime) the model \
    can't go on until it is restored; after others it may.";
const FINISH_DOC: &str = "Runs the design's `final` blocks now rather than when the model is dropped. They run \
    once.\n\n# Errors\nA [`Halt`](rt::Halt), as from `eval`.";

/// The methods that evaluate.
pub fn evaluation(model: &Description) -> TokenStream {
    let (eval, finish) = if model.imports.is_empty() {
        (plain("eval", EVAL_DOC), plain("finish", FINISH_DOC))
    } else {
        lending(model)
    };
    let timing = if model.abilities.timing {
        timing(model)
    } else {
        quote!()
    };
    quote! {
        impl Model {
            #eval
            #finish
            #timing
        }
    }
}

/// The parameter by which the harness lends its imports.
fn parameter(model: &Description) -> TokenStream {
    if model.abilities.threads > 1 {
        quote!(dpi: &mut (dyn Dpi + ::core::marker::Send + '_))
    } else {
        quote!(dpi: &mut (dyn Dpi + '_))
    }
}

/// A method of a model without imports.
fn plain(name: &str, doc: &str) -> TokenStream {
    let name = quote::format_ident!("{name}");
    quote! {
        #[doc = #doc]
        #[inline]
        pub fn #name(&mut self) -> ::core::result::Result<(), ::std::boxed::Box<rt::Halt>> {
            /// SAFETY: the model is live, and this is its thread.
            match unsafe { ffi::#name(self.raw.as_ptr()) } {
                rt::ffi::OK => Ok(()),
                _ => Err(self.halt()),
            }
        }
    }
}

/// The methods of a model with imports.
fn lending(model: &Description) -> (TokenStream, TokenStream) {
    let threads = if model.abilities.threads > 1 {
        "\n\nThe model runs on several threads: imports may come from any of them, one at a time, and evaluations \
         of all models of this kind take turns."
    } else {
        ""
    };
    let eval_doc = format!(
        "{EVAL_DOC}\n\n`dpi` is lent for the length of the call; a panic in it goes on after C++ has \
         unwound.{threads}"
    );
    let finish_doc = format!(
        "{FINISH_DOC}\n\nFrom `drop`, the imports that `final` blocks call do nothing and return zeros."
    );
    let lend = dpi::lend(model);
    let method = |name: &str, doc: String| {
        let name = quote::format_ident!("{name}");
        let parameter = parameter(model);
        quote! {
            #[doc = #doc]
            #[inline]
            pub fn #name(
                &mut self,
                #parameter,
            ) -> ::core::result::Result<(), ::std::boxed::Box<rt::Halt>> {
                #lend
                /// SAFETY: the model is live, this is its thread, and `lend` and what it points to
                /// outlive the call.
                let status = unsafe { ffi::#name(self.raw.as_ptr(), &raw mut lend) };
                if status == rt::ffi::OK && !env.panicked() {
                    return Ok(());
                }
                env.resume();
                Err(self.halt())
            }
        }
    };
    (method("eval", eval_doc), method("finish", finish_doc))
}

/// The methods of a model that waits for times.
fn timing(model: &Description) -> TokenStream {
    let (parameter, argument) = if model.imports.is_empty() {
        (quote!(), quote!())
    } else {
        (parameter(model), quote!(dpi))
    };
    quote! {
        /// Whether the design waits for a later time (`#` delays and their like).
        #[must_use]
        pub fn events_pending(&self) -> bool {
            /// SAFETY: the model is live.
            unsafe { ffi::events_pending(self.raw.as_ptr()) }
        }

        /// The time of the next event, in units of the time precision; `None` when nothing waits.
        #[must_use]
        pub fn next_time_slot(&self) -> ::core::option::Option<u64> {
            /// SAFETY: the model is live, and has an event pending.
            self.events_pending().then(|| unsafe { ffi::next_time_slot(self.raw.as_ptr()) })
        }

        /// Moves the context's time to the next event and evaluates there. Gives false, and does
        /// nothing, when nothing waits.
        ///
        /// # Errors
        /// As from `eval`.
        pub fn eval_next(
            &mut self,
            #parameter
        ) -> ::core::result::Result<bool, ::std::boxed::Box<rt::Halt>> {
            let Some(time) = self.next_time_slot() else { return Ok(false) };
            self.context.set_time(time);
            self.eval(#argument)?;
            Ok(true)
        }
    }
}
