//! The bindings.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use super::{dpi, symbol_prefix};
use crate::describe::{Description, Port, Shape, storage_bits, words};
use crate::error::{Error, Result};
use crate::names::ident;
use crate::parse::cxx::Direction;

/// The bindings' text.
pub fn bindings(model: &Description) -> Result<String> {
    let parts = [
        imports(model),
        model_struct(model),
        construction(model),
        ports(model),
        evaluation(model),
        traces(model),
        saving(model),
        dpi::rust(model),
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
        prettyplease::unparse(&file)
    ))
}

fn imports(model: &Description) -> TokenStream {
    let name = &model.name;
    let class = &model.class;
    let version = model.version.to_string();
    let fingerprint = Literal::u64_unsuffixed(model.fingerprint);
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
    }
}

fn model_struct(model: &Description) -> TokenStream {
    let places = model.ports.iter().map(|port| {
        let name = ident(&port.rust);
        let ty = place_type(&port.shape);
        quote!(#name: *mut #ty,)
    });
    let trace = model
        .abilities
        .trace
        .map(|_| quote!(trace: ::core::option::Option<::std::path::PathBuf>,));
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
            context: rt::Context,
        }

        /// Where the ports live: in the C++ object, for as long as it does.
        #[repr(C)]
        struct Ports { #(#places)* }
    }
}

/// What a port's place holds.
fn place_type(shape: &Shape) -> TokenStream {
    match shape {
        Shape::Text | Shape::Event => quote!(::core::ffi::c_void),
        shape => value_type(shape),
    }
}

fn value_type(shape: &Shape) -> TokenStream {
    match shape {
        Shape::Integer { .. } => {
            let ty = format_ident!("u{}", storage_bits(shape.width()));
            quote!(#ty)
        }
        Shape::Wide { .. } => {
            let bits = Literal::u32_unsuffixed(shape.width());
            let count = Literal::u32_unsuffixed(words(shape.width()));
            quote!(rt::Wide<#bits, #count>)
        }
        Shape::Real => quote!(f64),
        Shape::Text => quote!(::std::string::String),
        Shape::Event => quote!(()),
        Shape::Array { length, element } => {
            let element = value_type(element);
            let length = Literal::u32_unsuffixed(*length);
            quote!([#element; #length])
        }
    }
}

fn construction(model: &Description) -> TokenStream {
    let threads = Literal::u32_unsuffixed(model.abilities.threads);
    let trace_on = model.abilities.trace.map(|_| {
        quote! {
            // SAFETY: the context is live.
            unsafe { rt::ffi::lightsss1_context_trace_ever_on(context.raw()) }
        }
    });
    let trace = model.abilities.trace.map(|_| quote!(trace: None,));
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
                // SAFETY: the context is live and outlives the model, which holds it; C++ copies
                // the name.
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
                // SAFETY: `Ports` holds pointers only, in the order and number that the shim
                // writes: both come from one description.
                unsafe { ffi::ports(raw.as_ptr(), ports.as_mut_ptr().cast()) }
                // SAFETY: the shim has written all of it.
                let ports = unsafe { ports.assume_init() };
                Ok(Self { raw, ports, #trace context: context.clone() })
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
    }
}

fn ports(model: &Description) -> TokenStream {
    let accessors = model
        .ports
        .iter()
        .enumerate()
        .map(|(at, port)| accessors(at, port));
    quote! {
        impl Model { #(#accessors)* }
    }
}

/// One line: direction, width, the name in the source.
fn port_doc(port: &Port) -> String {
    let direction = match port.direction {
        Some(Direction::In) => "Input",
        Some(Direction::Out) => "Output",
        Some(Direction::InOut) => "Inout",
        None => "Port",
    };
    format!(
        " {direction} `{}`: {}.",
        port.verilog,
        shape_doc(&port.shape)
    )
}

fn shape_doc(shape: &Shape) -> String {
    match shape {
        Shape::Integer { msb: 0, lsb: 0 } => "1 bit".to_owned(),
        Shape::Integer { msb, lsb } | Shape::Wide { msb, lsb } => {
            format!("{} bits, `[{msb}:{lsb}]`", shape.width())
        }
        Shape::Real => "`real`".to_owned(),
        Shape::Text => "`string`".to_owned(),
        Shape::Event => "`event`".to_owned(),
        Shape::Array { .. } => {
            let mut lengths = String::new();
            let mut element = shape;
            while let Shape::Array {
                length,
                element: inner,
            } = element
            {
                lengths.push_str(&format!("[{length}]"));
                element = inner;
            }
            format!("array {lengths} of {}", shape_doc(element))
        }
    }
}

fn accessors(at: usize, port: &Port) -> TokenStream {
    let doc = port_doc(port);
    let get = ident(&port.rust);
    let set = format_ident!("set_{}", port.rust);
    let settable = port.direction != Some(Direction::Out);
    let ty = value_type(&port.shape);
    match &port.shape {
        Shape::Integer { .. } => {
            let width = port.shape.width();
            let mask = (width < storage_bits(width)).then(|| mask(width));
            let (check, value) = match &mask {
                Some(mask) => {
                    let message = format!(
                        "{{value:#x}} does not fit into the {width} bits of `{}`",
                        port.verilog
                    );
                    (
                        quote!(debug_assert!(value <= #mask, #message);),
                        quote!(value & #mask),
                    )
                }
                None => (quote!(), quote!(value)),
            };
            let setter_doc = if mask.is_some() {
                format!(
                    "{doc}\n\n A value too wide is refused by a panic in debug builds and cut in release builds."
                )
            } else {
                doc.clone()
            };
            let setter = settable.then(|| {
                quote! {
                    #[doc = #setter_doc]
                    #[inline]
                    pub fn #set(&mut self, value: #ty) {
                        #check
                        // SAFETY: the place lives in the C++ object, which only `&mut self` changes.
                        unsafe { self.ports.#get.write(#value) }
                    }
                }
            });
            quote! {
                #[doc = #doc]
                #[inline]
                #[must_use]
                pub fn #get(&self) -> #ty {
                    // SAFETY: the place lives in the C++ object, which only `&mut self` changes.
                    unsafe { self.ports.#get.read() }
                }
                #setter
            }
        }
        Shape::Real => {
            let setter = settable.then(|| {
                quote! {
                    #[doc = #doc]
                    #[inline]
                    pub fn #set(&mut self, value: f64) {
                        // SAFETY: the place lives in the C++ object, which only `&mut self` changes.
                        unsafe { self.ports.#get.write(value) }
                    }
                }
            });
            quote! {
                #[doc = #doc]
                #[inline]
                #[must_use]
                pub fn #get(&self) -> f64 {
                    // SAFETY: the place lives in the C++ object, which only `&mut self` changes.
                    unsafe { self.ports.#get.read() }
                }
                #setter
            }
        }
        Shape::Wide { .. } => {
            let setter = settable.then(|| {
                quote! {
                    #[doc = #doc]
                    #[inline]
                    pub fn #set(&mut self, value: #ty) {
                        // SAFETY: the place lives in the C++ object, which only `&mut self`
                        // changes; a `VlWide` is its words.
                        unsafe { self.ports.#get.write(value) }
                    }
                }
            });
            quote! {
                #[doc = #doc]
                #[inline]
                #[must_use]
                pub fn #get(&self) -> &#ty {
                    // SAFETY: the place lives in the C++ object, which only `&mut self` changes; a
                    // `VlWide` is its words.
                    unsafe { &*self.ports.#get }
                }
                #setter
            }
        }
        Shape::Array { .. } => array_accessors(port, &doc),
        Shape::Text => {
            quote! {
                #[doc = #doc]
                #[must_use]
                pub fn #get(&self) -> ::std::string::String {
                    let mut length = 0;
                    // SAFETY: the place is a `std::string` of the live C++ object.
                    let text = unsafe { ffi::text(self.ports.#get, &raw mut length) };
                    // SAFETY: the string holds `length` bytes there until it is changed, which
                    // takes `&mut self`.
                    let bytes = unsafe { ::core::slice::from_raw_parts(text.cast::<u8>(), length) };
                    ::std::string::String::from_utf8_lossy(bytes).into_owned()
                }
                #[doc = #doc]
                pub fn #set(&mut self, value: &str) {
                    // SAFETY: the place is a `std::string` of the live C++ object, which copies.
                    unsafe { ffi::set_text(self.ports.#get, value.as_ptr().cast(), value.len()) }
                }
            }
        }
        Shape::Event => {
            let fire = format_ident!("fire_{}", port.rust);
            let at = Literal::usize_unsuffixed(at);
            quote! {
                #[doc = #doc]
                pub fn #fire(&mut self) {
                    // SAFETY: the model is live, and the port is an event.
                    unsafe { ffi::fire(self.raw.as_ptr(), #at) }
                }
            }
        }
    }
}

fn mask(width: u32) -> Literal {
    let mask = u64::MAX >> (64 - width);
    format!("{mask:#x}")
        .parse()
        .unwrap_or_else(|_| Literal::u64_unsuffixed(mask))
}

fn array_accessors(port: &Port, doc: &str) -> TokenStream {
    let get = ident(&port.rust);
    let set = format_ident!("set_{}", port.rust);
    let set_at = format_ident!("set_{}_at", port.rust);
    let ty = value_type(&port.shape);
    let mut lengths = Vec::new();
    let mut element = &port.shape;
    while let Shape::Array {
        length,
        element: inner,
    } = element
    {
        lengths.push(*length);
        element = inner;
    }
    let element_ty = value_type(element);
    let indices: Vec<_> = (0..lengths.len())
        .map(|at| format_ident!("i{at}"))
        .collect();
    let width = element.width();
    let masked = matches!(element, Shape::Integer { .. }) && width < storage_bits(width);
    let (check, mask_all) = if masked {
        let mask = mask(width);
        let message = format!(
            "{{value:#x}} does not fit into the {width} bits of an element of `{}`",
            port.verilog
        );
        let mut all = quote! {
            let value = *element;
            debug_assert!(value <= #mask, #message);
            *element = value & #mask;
        };
        for at in (0..lengths.len()).rev() {
            let inner = if at == 0 {
                quote!(values.iter_mut())
            } else {
                quote!(element.iter_mut())
            };
            all = quote!(for element in #inner { #all });
        }
        (
            quote!(debug_assert!(value <= #mask, #message); let value = value & #mask;),
            quote!(let mut values = *values; #all let values = &values;),
        )
    } else {
        (quote!(), quote!())
    };
    let setters = (port.direction != Some(Direction::Out)).then(|| {
        let at_doc =
            format!("{doc} Sets one element.\n\n # Panics\n With an index outside the array.");
        quote! {
            #[doc = #doc]
            pub fn #set(&mut self, values: &#ty) {
                #mask_all
                // SAFETY: the place lives in the C++ object, which only `&mut self` changes; a
                // `VlUnpacked` is its elements.
                unsafe { self.ports.#get.write(*values) }
            }
            #[doc = #at_doc]
            #[inline]
            pub fn #set_at(&mut self, #(#indices: usize,)* value: #element_ty) {
                #check
                // SAFETY: as for the whole array.
                unsafe { (&mut *self.ports.#get)#([#indices])* = value }
            }
        }
    });
    quote! {
        #[doc = #doc]
        #[inline]
        #[must_use]
        pub fn #get(&self) -> &#ty {
            // SAFETY: the place lives in the C++ object, which only `&mut self` changes; a
            // `VlUnpacked` is its elements.
            unsafe { &*self.ports.#get }
        }
        #setters
    }
}

fn evaluation(model: &Description) -> TokenStream {
    let timing = model.abilities.timing.then(|| {
        quote! {
            /// Whether the design waits for a later time (`#` delays and their like).
            #[must_use]
            pub fn events_pending(&self) -> bool {
                // SAFETY: the model is live.
                unsafe { ffi::events_pending(self.raw.as_ptr()) }
            }

            /// The time of the next event; `None` when nothing waits.
            #[must_use]
            pub fn next_time_slot(&self) -> ::core::option::Option<u64> {
                // SAFETY: the model is live, and has an event pending.
                self.events_pending().then(|| unsafe { ffi::next_time_slot(self.raw.as_ptr()) })
            }
        }
    });
    let eval_docs = "Evaluates the model: to be called after its inputs, or the time, have changed.\n\n# Errors\nThe [`Halt`](rt::Halt) that the design or Verilator's runtime raised: `$finish`, `$stop`, `$error`, `$fatal`, a failed assertion. After one of kind [`Runtime`](rt::HaltKind::Runtime) the model can't go on; after others it may.";
    let finish_docs = "Runs the design's `final` blocks now rather than when the model is dropped. They run once.\n\n# Errors\nA [`Halt`](rt::Halt), as from `eval`.";
    let (eval, finish, step) = if model.imports.is_empty() {
        (
            quote! {
                #[doc = #eval_docs]
                #[inline]
                pub fn eval(&mut self) -> ::core::result::Result<(), ::std::boxed::Box<rt::Halt>> {
                    // SAFETY: the model is live, and this is its thread.
                    match unsafe { ffi::eval(self.raw.as_ptr()) } {
                        rt::ffi::OK => Ok(()),
                        _ => Err(self.halt()),
                    }
                }
            },
            quote! {
                #[doc = #finish_docs]
                pub fn finish(&mut self) -> ::core::result::Result<(), ::std::boxed::Box<rt::Halt>> {
                    // SAFETY: the model is live, and this is its thread.
                    match unsafe { ffi::finish(self.raw.as_ptr()) } {
                        rt::ffi::OK => Ok(()),
                        _ => Err(self.halt()),
                    }
                }
            },
            (quote!(), quote!()),
        )
    } else {
        let send = if model.abilities.threads > 1 {
            quote!(+ ::core::marker::Send)
        } else {
            quote!()
        };
        let threads_doc = if model.abilities.threads > 1 {
            "\n\nThe model runs on several threads: imports may come from any of them, one at a time, and evaluations of all models of this kind take turns."
        } else {
            ""
        };
        let eval_docs = format!(
            "{eval_docs}\n\n`dpi` is lent for the length of the call; a panic in it goes on after C++ has unwound.{threads_doc}"
        );
        let finish_docs = format!(
            "{finish_docs}\n\nFrom `drop`, the imports that `final` blocks call do nothing and return zeros."
        );
        (
            quote! {
                #[doc = #eval_docs]
                #[inline]
                pub fn eval(
                    &mut self,
                    dpi: &mut (dyn Dpi #send + '_),
                ) -> ::core::result::Result<(), ::std::boxed::Box<rt::Halt>> {
                    let mut env = rt::DpiEnv::<dyn Dpi + '_>::new(dpi);
                    let mut lend = DpiLend { table: &DPI_TABLE, env: (&raw mut env).cast() };
                    // SAFETY: the model is live, this is its thread, and `lend` and what it points
                    // to outlive the call.
                    let status = unsafe { ffi::eval(self.raw.as_ptr(), &raw mut lend) };
                    if status == rt::ffi::OK && !env.panicked() {
                        return Ok(());
                    }
                    env.resume();
                    Err(self.halt())
                }
            },
            quote! {
                #[doc = #finish_docs]
                pub fn finish(
                    &mut self,
                    dpi: &mut (dyn Dpi #send + '_),
                ) -> ::core::result::Result<(), ::std::boxed::Box<rt::Halt>> {
                    let mut env = rt::DpiEnv::<dyn Dpi + '_>::new(dpi);
                    let mut lend = DpiLend { table: &DPI_TABLE, env: (&raw mut env).cast() };
                    // SAFETY: as for `eval`.
                    let status = unsafe { ffi::finish(self.raw.as_ptr(), &raw mut lend) };
                    env.resume();
                    if status == rt::ffi::OK { Ok(()) } else { Err(self.halt()) }
                }
            },
            (quote!(dpi: &mut (dyn Dpi #send + '_)), quote!(dpi)),
        )
    };
    let (parameter, argument) = step;
    let run = model.abilities.timing.then(|| {
        quote! {
            /// Moves the context's time to the next event and evaluates there. Gives false, and
            /// does nothing, when nothing waits.
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
    });
    quote! {
        impl Model {
            #eval
            #finish
            #timing
            #run
        }
    }
}

fn traces(model: &Description) -> TokenStream {
    let Some(format) = model.abilities.trace else {
        return quote!();
    };
    let open_doc = format!(
        "Opens a waveform file ({format}). Several may be written one after another.\n\n`levels` is how deep into the hierarchy it goes; 0 is all of it. Calls of [`Model::dump_trace`] fill it.\n\n# Errors\nWhen a trace is open already, or the file can't be made."
    );
    quote! {
        impl Model {
            #[doc = #open_doc]
            pub fn open_trace(
                &mut self,
                path: impl ::core::convert::AsRef<::std::path::Path>,
                levels: u16,
            ) -> ::core::result::Result<(), rt::ModelError> {
                let path = path.as_ref();
                if let Some(path) = &self.trace {
                    return Err(rt::ModelError::TraceOpen { path: path.clone() });
                }
                let failed = |reason: ::std::string::String| rt::ModelError::Trace {
                    path: path.to_owned(),
                    reason,
                };
                let text = rt::trace_path(path).map_err(|error| failed(error.to_string()))?;
                let levels = if levels == 0 { 99 } else { ::core::ffi::c_int::from(levels) };
                // SAFETY: the model is live, no trace is open, C++ copies the path.
                let status = unsafe { ffi::trace_open(self.raw.as_ptr(), text.as_ptr(), levels) };
                if status != rt::ffi::OK {
                    return Err(failed(self.halt().message));
                }
                // SAFETY: the model is live.
                if !unsafe { ffi::trace_is_open(self.raw.as_ptr()) } {
                    return Err(failed(::std::string::String::from("Verilator could not make the file")));
                }
                self.trace = Some(path.to_owned());
                Ok(())
            }

            /// Adds the signals' present values to the open trace, under `time`, in units of the
            /// time precision. Without an open trace it does nothing. Times must ascend.
            #[inline]
            pub fn dump_trace(&mut self, time: u64) {
                if self.trace.is_some() {
                    // SAFETY: the model is live and a trace is open.
                    unsafe { ffi::trace_dump(self.raw.as_ptr(), time) };
                }
            }

            /// Writes out what is buffered. Without an open trace it does nothing.
            pub fn flush_trace(&mut self) {
                if self.trace.is_some() {
                    // SAFETY: the model is live and a trace is open.
                    unsafe { ffi::trace_flush(self.raw.as_ptr()) };
                }
            }

            /// Completes and closes the trace; gives its path. Dropping the model does it too.
            pub fn close_trace(&mut self) -> ::core::option::Option<::std::path::PathBuf> {
                let path = self.trace.take()?;
                // SAFETY: the model is live and a trace is open.
                unsafe { ffi::trace_close(self.raw.as_ptr()) };
                Some(path)
            }

            /// The open trace's file.
            #[must_use]
            pub fn trace(&self) -> ::core::option::Option<&::std::path::Path> {
                self.trace.as_deref()
            }
        }
    }
}

fn saving(_model: &Description) -> TokenStream {
    quote!()
}

/// The C interface, as `emit::cpp` writes it.
fn foreign(model: &Description) -> TokenStream {
    let prefix = symbol_prefix(model);
    let link = |name: &str| format!("{prefix}{name}");
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
    if model.ports.iter().any(|port| port.shape == Shape::Text) {
        functions.push((
            "text",
            quote!(fn text(place: *mut c_void, length: *mut usize) -> *const c_char),
        ));
        functions.push((
            "set_text",
            quote!(fn set_text(place: *mut c_void, text: *const c_char, length: usize)),
        ));
    }
    if model.ports.iter().any(|port| port.shape == Shape::Event) {
        functions.push(("fire", quote!(fn fire(model: *mut RawModel, port: u32))));
    }
    if model.abilities.trace.is_some() {
        functions.extend([
            (
                "trace_open",
                quote!(fn trace_open(model: *mut RawModel, path: *const c_char, levels: c_int) -> u32),
            ),
            ("trace_is_open", quote!(fn trace_is_open(model: *mut RawModel) -> bool)),
            ("trace_dump", quote!(fn trace_dump(model: *mut RawModel, time: u64) -> u32)),
            ("trace_flush", quote!(fn trace_flush(model: *mut RawModel) -> u32)),
            ("trace_close", quote!(fn trace_close(model: *mut RawModel) -> u32)),
        ]);
    }
    if model.abilities.savable {
        functions.extend([
            (
                "save",
                quote!(fn save(model: *mut RawModel, write: WriteFn, env: *mut c_void) -> u32),
            ),
            (
                "restore",
                quote!(fn restore(model: *mut RawModel, bytes: *const u8, length: usize) -> u32),
            ),
        ]);
    }
    let functions = functions.into_iter().map(|(name, signature)| {
        let link = link(name);
        quote!(#[link_name = #link] pub #signature;)
    });
    quote! {
        mod ffi {
            use ::core::ffi::{c_char, c_int, c_void};
            use super::rt::ffi::{RawContext, RawModel, WriteFn};

            unsafe extern "C" { #(#functions)* }
        }
    }
}
