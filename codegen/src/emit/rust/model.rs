//! The constants, `struct Model`, how a model is made and how it ends.

use super::types::place_type;
use crate::describe::Description;
use crate::emit::template::fill;

const MODEL: &str = r#"// Bindings of the model `$name$`, for Verilator $version$. Written by lightsss-codegen.

use __lightsss::model as rt;

/// The model's name.
pub const NAME: &str = "$name$";

/// The C++ class that Verilator wrote.
pub const CLASS: &str = "$class$";

/// The Verilator that wrote it.
pub const VERILATOR: &str = "$version$";

/// A hash of all that Verilator wrote, of its version, and of the C++ sources of the model. No other model has it.
pub const FINGERPRINT: u64 = $fingerprint$;

$gaps$
/// The model `$name$`: a C++ object of class `$class$`.
///
/// It belongs to the thread that made it.
pub struct Model {
    raw: ::core::ptr::NonNull<rt::ffi::RawModel>,
    ports: Ports,
    $fields$
    _forks: rt::ModelForks,
    context: rt::Context,
}

/// Where the ports live: in the C++ object, for as long as it does.
#[repr(C)]
struct Ports {
    $places$
}

impl Model {
    /// Makes the model in a context of its own, which has as many threads as the model.
    ///
    /// # Errors
    /// The context or the model's constructor refuses.
    pub fn new(options: &rt::ContextOptions) -> ::core::result::Result<Self, rt::ModelError> {
        Self::in_context(&rt::Context::with_threads(options, $threads$)?)
    }

    /// Makes the model in a context that it shares with others. Verilator's name of it is `TOP`, or `TOP_2` and so on
    /// where another model has that.
    ///
    /// # Errors
    /// The model's constructor refuses, the context has fewer threads than the model, or its time has left 0.
    pub fn in_context(context: &rt::Context) -> ::core::result::Result<Self, rt::ModelError> {
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
        $trace_ever_on$
        ::core::hint::black_box(&raw const ffi::bindings_and_model_differ);
        // SAFETY: the context is live and outlives the model, which holds it; C++ copies
        // the name, which is null or a C string.
        let raw = unsafe { ffi::new(context.raw(), name) };
        let Some(raw) = ::core::ptr::NonNull::new(raw) else {
            return Err(rt::ModelError::Construct {
                model: NAME,
                halt: context
                    .take_halt()
                    .unwrap_or_else(|| ::std::boxed::Box::new(rt::Halt::runtime("out of memory"))),
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
            rt::ModelForks::register(raw, ffi::prepare_clone, ffi::at_clone, $abandon$)
        };
        Ok(Self {
            raw,
            ports,
            $initial$
            _forks: forks,
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
            .unwrap_or_else(|| ::std::boxed::Box::new(rt::Halt::runtime("halted without a word")))
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

const GAPS: &str =
    "/// The parts of this model that a snapshot does not hold, each with its remedy.
pub const GAPS: &[&str] = &[
    $gaps$
];

";

const TRACE_EVER_ON: &str = "// SAFETY: the context is live.
unsafe { rt::ffi::lightsss1_context_trace_ever_on(context.raw()) }";

/// All of it.
pub fn model(model: &Description) -> String {
    let (mut fields, mut initial) = (Vec::new(), Vec::new());
    if model.abilities.trace.is_some() {
        fields.push("trace: ::core::option::Option<::std::path::PathBuf>,\ntrace_levels: u16,");
        initial.push("trace: None,\ntrace_levels: 0,");
    }
    if model.state.is_some() {
        fields.push(
            "migration: ::core::option::Option<::std::boxed::Box<__lightsss::state::Migration>>,",
        );
        initial.push("migration: None,");
    }
    let places: Vec<String> = model
        .places()
        .map(|(port, _)| format!("{}: *mut {},", port.rust.ident(), place_type(&port.shape)))
        .collect();
    let (trace_ever_on, abandon) = match model.abilities.trace {
        Some(_) => (TRACE_EVER_ON, "Some(ffi::trace_abandon)"),
        None => ("", "None"),
    };
    let values = [
        ("name", &*model.name),
        ("class", &model.class),
        ("version", &model.version.to_string()),
        ("fingerprint", &model.fingerprint.to_string()),
        ("gaps", &gaps(model)),
        ("fields", &fields.join("\n")),
        ("places", &places.join("\n")),
        ("threads", &model.abilities.threads.to_string()),
        ("trace_ever_on", trace_ever_on),
        ("abandon", abandon),
        ("initial", &initial.join("\n")),
    ];
    fill(MODEL, &values)
}

fn gaps(model: &Description) -> String {
    if !model.abilities.savable {
        return String::new();
    }
    let gaps = model.gaps.iter();
    let gaps = gaps.map(|gap| format!("{:?},", format!("{}: {}", gap.what, gap.instead)));
    fill(GAPS, &[("gaps", &gaps.collect::<Vec<_>>().join("\n"))])
}
