//! The bindings.

use super::dpi;
use super::evaluation::evaluation;
use super::exports::exports;
use super::foreign::foreign;
use super::ports::{place_type, ports};
use super::resources::{coverage, traces};
use super::state;
use super::text::Text;
use crate::describe::Description;
use crate::names::ident;

/// The bindings' text.
pub fn bindings(model: &Description) -> String {
    let mut out = Text::default();
    head(model, &mut out);
    model_struct(model, &mut out);
    construction(model, &mut out);
    ports(model, &mut out);
    evaluation(model, &mut out);
    traces(model, &mut out);
    coverage(model, &mut out);
    state::rust(model, &mut out);
    dpi::rust(model, &mut out);
    exports(model, &mut out);
    foreign(model, &mut out);
    out.finish()
}

const HEAD: &str = r#"// Bindings of the model `$name$`, for Verilator $version$. Written by lightsss-codegen.

use __lightsss::model as rt;
///The model's name.
pub const NAME: &str = "$name$";
///The C++ class that Verilator wrote.
pub const CLASS: &str = "$class$";
///The Verilator that wrote it.
pub const VERILATOR: &str = "$version$";
///Of all that Verilator wrote, its version, and the C++ sources of the model. Other models differ in it.
pub const FINGERPRINT: u64 = $fingerprint$;
"#;

fn head(model: &Description, out: &mut Text) {
    out.fill(
        HEAD,
        &[
            ("name", &model.name),
            ("class", &model.class),
            ("version", &model.version.to_string()),
            ("fingerprint", &model.fingerprint.to_string()),
        ],
    );
    if model.abilities.savable {
        let gaps: Vec<String> = model
            .gaps
            .iter()
            .map(|gap| format!("{:?}", format!("{}: {}", gap.what, gap.instead)))
            .collect();
        out.put("///What a snapshot of this model does not hold, and what to do about it.\n");
        out.list(0, "pub const GAPS: &[&str] = &[", &gaps, "];");
    }
}

fn model_struct(model: &Description, out: &mut Text) {
    out.doc(
        0,
        &format!(
            "The model `{}`: a C++ object of class `{}`.\n\nIt belongs to the thread that made it.",
            model.name, model.class
        ),
    );
    out.put(
        "pub struct Model {\n    raw: ::core::ptr::NonNull<rt::ffi::RawModel>,\n    ports: Ports,\n",
    );
    if model.abilities.trace.is_some() {
        out.put(
            "    trace: ::core::option::Option<::std::path::PathBuf>,\n    trace_levels: u16,\n",
        );
    }
    if model.state.is_some() {
        out.put(
            "    migration: ::core::option::Option<::std::boxed::Box<__lightsss::state::Migration>>,\n",
        );
    }
    out.put("    _forks: rt::ModelForks,\n    context: rt::Context,\n}\n");
    out.put("/// Where the ports live: in the C++ object, for as long as it does.\n#[repr(C)]\n");
    let places: Vec<String> = model
        .places()
        .map(|(port, _)| format!("{}: *mut {}", ident(&port.rust), place_type(&port.shape)))
        .collect();
    out.members("struct Ports {", &places, "}");
}

const NEW: &str = r"impl Model {
    /// Makes the model in a context of its own, which has as many threads as the model.
    ///
    /// # Errors
    /// What the context or the model's constructor refuses.
    pub fn new(
        options: &rt::ContextOptions,
    ) -> ::core::result::Result<Self, rt::ModelError> {
        Self::in_context(&rt::Context::with_threads(options, $threads$)?)
    }
    /// Makes the model in a context that it shares with others, under Verilator's name `TOP`, or `TOP_2` and so on
    /// where another model has that.
    ///
    /// # Errors
    /// What the model's constructor refuses; a context of fewer threads than the model; a
    /// context whose time has left 0.
    pub fn in_context(
        context: &rt::Context,
    ) -> ::core::result::Result<Self, rt::ModelError> {
        Self::in_context_as(context, ::core::ptr::null())
    }
    /// Makes the model in a context that it shares with others, under a name that scopes
    /// and messages show.
    ///
    /// # Errors
    /// As for [`Model::in_context`]; a name that another model of the context has.
    pub fn with_name(
        context: &rt::Context,
        name: &::core::ffi::CStr,
    ) -> ::core::result::Result<Self, rt::ModelError> {
        Self::in_context_as(context, name.as_ptr())
    }
    fn in_context_as(
        context: &rt::Context,
        name: *const ::core::ffi::c_char,
    ) -> ::core::result::Result<Self, rt::ModelError> {
        if context.threads() < $threads$ {
            return Err(rt::ModelError::Threads {
                model: NAME,
                needed: $threads$,
                found: context.threads(),
            });
        }
";

const TRACE_EVER_ON: &str = r"        // SAFETY: the context is live.
        unsafe { rt::ffi::lightsss1_context_trace_ever_on(context.raw()) }
";

const CONSTRUCT: &str = r#"        ::core::hint::black_box(&raw const ffi::bindings_and_model_differ);
        // SAFETY: the context is live and outlives the model, which holds it; C++ copies
        // the name, which is null or a C string.
        let raw = unsafe { ffi::new(context.raw(), name) };
        let Some(raw) = ::core::ptr::NonNull::new(raw) else {
            return Err(rt::ModelError::Construct {
                model: NAME,
                halt: context
                    .take_halt()
                    .unwrap_or_else(|| ::std::boxed::Box::new(
                        rt::Halt::runtime("out of memory"),
                    )),
            });
        };
        let mut ports = ::core::mem::MaybeUninit::<Ports>::uninit();
        // SAFETY: `Ports` holds pointers only, in the order and number that the shim
        // writes: both come from one description.
        unsafe { ffi::ports(raw.as_ptr(), ports.as_mut_ptr().cast()) }
        // SAFETY: the shim has written all of it.
        let ports = unsafe { ports.assume_init() };
        // SAFETY: the functions are the model's own. `drop` frees it just before the
        // registration goes, on the thread whose forks alone call the hooks.
        let forks = unsafe {
"#;

const REST: &str = r#"            _forks: forks,
            context: context.clone(),
        })
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
            .unwrap_or_else(|| ::std::boxed::Box::new(
                rt::Halt::runtime("halted without a word"),
            ))
    }
}
impl ::core::ops::Drop for Model {
    fn drop(&mut self) {
        // SAFETY: the model is live until here; `final` runs once, which the shim sees to.
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
"#;

fn construction(model: &Description, out: &mut Text) {
    let traced = model.abilities.trace.is_some();
    out.fill(NEW, &[("threads", &model.abilities.threads.to_string())]);
    out.put(if traced { TRACE_EVER_ON } else { "" });
    out.put(CONSTRUCT);
    let abandon = if traced {
        "Some(ffi::trace_abandon)"
    } else {
        "None"
    };
    let hooks = ["raw", "ffi::prepare_clone", "ffi::at_clone", abandon];
    out.list(12, "rt::ModelForks::register(", &hooks, ")");
    out.put("        };\n        Ok(Self {\n            raw,\n            ports,\n");
    if traced {
        out.put("            trace: None,\n            trace_levels: 0,\n");
    }
    if model.state.is_some() {
        out.put("            migration: None,\n");
    }
    out.put(REST);
}
