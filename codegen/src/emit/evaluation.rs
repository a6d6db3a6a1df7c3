//! `eval`, `finish` and what goes with them.

use super::dpi;
use super::text::Text;
use crate::describe::Description;

const EVAL_DOC: &str = "Evaluates the model: to be called after its inputs, or the time, have changed.\n\n\
    # Errors\nThe [`Halt`](rt::Halt) that the design or Verilator's runtime raised: `$finish`, `$stop`, \
    `$error`, `$fatal`, a failed assertion. After one of kind [`Runtime`](rt::HaltKind::Runtime) the model \
    can't go on until it is restored; after others it may.";
const FINISH_DOC: &str = "Runs the design's `final` blocks now rather than when the model is dropped. They run \
    once.\n\n# Errors\nA [`Halt`](rt::Halt), as from `eval`.";

/// The methods that evaluate.
pub fn evaluation(model: &Description, out: &mut Text) {
    out.put("impl Model {\n");
    if model.imports.is_empty() {
        plain("eval", EVAL_DOC, out);
        plain("finish", FINISH_DOC, out);
    } else {
        let threads = if model.abilities.threads > 1 {
            "\n\nThe model runs on several threads: imports may come from any of them, one at a time. \
             An import may evaluate a model of another context, and none of this one."
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
        lending(model, "eval", &eval_doc, out);
        lending(model, "finish", &finish_doc, out);
    }
    if model.abilities.timing {
        timing(model, out);
    }
    out.put("}\n");
}

const PLAIN: &str = r"    #[inline]
    pub fn $name$(&mut self) -> ::core::result::Result<(), ::std::boxed::Box<rt::Halt>> {
        // SAFETY: the model is live, and this is its thread.
        match unsafe { ffi::$name$(self.raw.as_ptr()) } {
            rt::ffi::OK => Ok(()),
            _ => Err(self.halt()),
        }
    }
";

/// A method of a model without imports.
fn plain(name: &str, doc: &str, out: &mut Text) {
    out.doc(4, doc);
    out.fill(PLAIN, &[("name", name)]);
}

const LENDING: &str = r"        // SAFETY: the model is live, this is its thread, and `lend` and what it points to
        // outlive the call.
        let status = unsafe { ffi::$name$(self.raw.as_ptr(), &raw mut lend) };
        if status == rt::ffi::OK && !env.panicked() {
            return Ok(());
        }
        env.resume();
        Err(self.halt())
    }
";

/// A method of a model with imports.
fn lending(model: &Description, name: &str, doc: &str, out: &mut Text) {
    out.doc(4, doc);
    out.put("    #[inline]\n");
    let parameters = ["&mut self", dpi::parameter(model)];
    let tail = ") -> ::core::result::Result<(), ::std::boxed::Box<rt::Halt>> {";
    out.list(4, &format!("pub fn {name}("), &parameters, tail);
    out.put(dpi::lend(model));
    out.fill(LENDING, &[("name", name)]);
}

const TIMES: &str = r"    /// Whether the design waits for a later time (`#` delays and their like).
    #[must_use]
    pub fn events_pending(&self) -> bool {
        // SAFETY: the model is live.
        unsafe { ffi::events_pending(self.raw.as_ptr()) }
    }
    /// The time of the next event, in units of the time precision; `None` when nothing waits.
    #[must_use]
    pub fn next_time_slot(&self) -> ::core::option::Option<u64> {
        // SAFETY: the model is live, and has an event pending.
        self.events_pending().then(|| unsafe { ffi::next_time_slot(self.raw.as_ptr()) })
    }
    /// Moves the context's time to the next event and evaluates there. Gives false, and does
    /// nothing, when nothing waits.
    ///
    /// # Errors
    /// As from `eval`.
";

const EVAL_NEXT: &str = r"        let Some(time) = self.next_time_slot() else { return Ok(false) };
        self.context.set_time(time);
        self.eval($dpi$)?;
        Ok(true)
    }
";

/// The methods of a model that waits for times.
fn timing(model: &Description, out: &mut Text) {
    out.put(TIMES);
    let (mut parameters, mut argument) = (vec!["&mut self"], "");
    if !model.imports.is_empty() {
        parameters.push(dpi::parameter(model));
        argument = "dpi";
    }
    let tail = ") -> ::core::result::Result<bool, ::std::boxed::Box<rt::Halt>> {";
    out.list(4, "pub fn eval_next(", &parameters, tail);
    out.fill(EVAL_NEXT, &[("dpi", argument)]);
}
