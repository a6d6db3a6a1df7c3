//! `eval`, `finish` and what goes with them.

use super::imports;
use super::lines::doc;
use crate::describe::Description;
use crate::emit::template::fill;

const EVAL_DOC: &str = "Evaluates the model. Call it after its inputs, or the time, have changed.

# Errors
The [`Halt`](rt::Halt) that the design or Verilator's runtime raised: `$finish`, `$stop`, `$error`, `$fatal`, a failed
assertion. After one of kind [`Runtime`](rt::HaltKind::Runtime) the model cannot go on until it is restored; after
others it may.";

const FINISH_DOC: &str =
    "Runs the design's `final` blocks now rather than when the model is dropped. They run once.

# Errors
A [`Halt`](rt::Halt), as from `eval`.";

const EVAL_IMPORTS: &str = "

The call borrows `dpi` while it runs. A panic in it goes on after C++ has unwound.";

const EVAL_THREADS: &str = "

The model runs on several threads: imports may come from any of them, one at a time. An import may evaluate a model of
another context, and none of this one.";

const FINISH_IMPORTS: &str = "

When the model is dropped, the imports that `final` blocks call do nothing and return zeros.";

const PLAIN: &str = "    $doc$
    #[inline]
    pub fn $name$(&mut self) -> ::core::result::Result<(), ::std::boxed::Box<rt::Halt>> {
        // SAFETY: the model is live, and this is its thread.
        match unsafe { ffi::$name$(self.raw.as_ptr()) } {
            rt::ffi::OK => Ok(()),
            _ => Err(self.halt()),
        }
    }
";

const BORROWING: &str = "    $doc$
    #[inline]
    pub fn $name$(
        &mut self,
        $parameter$,
    ) -> ::core::result::Result<(), ::std::boxed::Box<rt::Halt>> {
        $borrow$
        // SAFETY: the model is live, this is its thread, and `borrow` and what it points to
        // outlive the call.
        let status = unsafe { ffi::$name$(self.raw.as_ptr(), &raw mut borrow) };
        if status == rt::ffi::OK && !env.panicked() {
            return Ok(());
        }
        env.resume();
        Err(self.halt())
    }
";

const TIMING: &str = "
    /// Whether the design waits for a later time (`#` delays and their like).
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
    pub fn eval_next($parameters$) -> ::core::result::Result<bool, ::std::boxed::Box<rt::Halt>> {
        let Some(time) = self.next_time_slot() else { return Ok(false) };
        self.context.set_time(time);
        self.eval($argument$)?;
        Ok(true)
    }
";

/// The methods that evaluate.
pub fn evaluation(model: &Description) -> String {
    let (eval, finish) = if model.imports.is_empty() {
        (plain("eval", EVAL_DOC), plain("finish", FINISH_DOC))
    } else {
        let threads = if model.abilities.threads > 1 {
            EVAL_THREADS
        } else {
            ""
        };
        (
            borrowing(model, "eval", &[EVAL_DOC, EVAL_IMPORTS, threads].concat()),
            borrowing(model, "finish", &[FINISH_DOC, FINISH_IMPORTS].concat()),
        )
    };
    let timing = timing(model);
    format!("impl Model {{\n{eval}\n{finish}{timing}}}\n")
}

/// A method of a model without imports.
fn plain(name: &str, text: &str) -> String {
    fill(PLAIN, &[("doc", &*doc(text)), ("name", name)])
}

/// A method of a model with imports.
fn borrowing(model: &Description, name: &str, text: &str) -> String {
    let values = [
        ("doc", &*doc(text)),
        ("name", name),
        ("parameter", imports::parameter(model)),
        ("borrow", &imports::borrow(model)),
    ];
    fill(BORROWING, &values)
}

/// The methods of a model that waits for times.
fn timing(model: &Description) -> String {
    if !model.abilities.timing {
        return String::new();
    }
    let (parameters, argument) = match &model.imports[..] {
        [] => ("&mut self".to_owned(), ""),
        _ => (format!("&mut self, {}", imports::parameter(model)), "dpi"),
    };
    fill(
        TIMING,
        &[("parameters", &*parameters), ("argument", argument)],
    )
}
