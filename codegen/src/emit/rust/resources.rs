//! Traces and coverage.

use crate::describe::Description;
use crate::emit::template::fill;

const TRACES: &str = r#"impl Model {
    /// Opens a waveform file ($format$). Several may be written one after another.
    ///
    /// `levels` is how deep into the hierarchy it goes: 1 is the top module alone, 0 all of it.
    /// Calls of [`Model::dump_trace`] fill it.
    ///
    /// # Errors
    /// When a trace is open already, or the file cannot be made.
    pub fn open_trace(
        &mut self,
        path: impl ::core::convert::AsRef<::std::path::Path>,
        levels: u16,
    ) -> ::core::result::Result<(), rt::ModelError> {
        let path = path.as_ref();
        if let Some(path) = self.trace() {
            return Err(rt::ModelError::TraceOpen {
                path: path.to_owned(),
            });
        }
        let failed = |reason: ::std::string::String| rt::ModelError::Trace {
            path: path.to_owned(),
            reason,
        };
        let text = rt::trace_path(path).map_err(|error| failed(error.to_string()))?;
        // SAFETY: the model is live, no trace is open, C++ copies the path.
        let status =
            unsafe { ffi::trace_open(self.raw.as_ptr(), text.as_ptr(), levels.into()) };
        if status != rt::ffi::OK {
            return Err(failed(self.halt().message));
        }
        // SAFETY: the model is live.
        if !unsafe { ffi::trace_is_open(self.raw.as_ptr()) } {
            return Err(failed(::std::string::String::from(
                "Verilator could not make the file",
            )));
        }
        self.trace = Some(path.to_owned());
        self.trace_levels = levels;
        Ok(())
    }

    /// Adds the signals' present values to the open trace, under `time`, in units of the
    /// time precision. Without an open trace it does nothing. Times must ascend.
    ///
    /// Where the file cannot be written, [`Model::close_trace`] says why; a VCD is closed at once, and the next
    /// evaluation's error says it too.
    #[inline]
    pub fn dump_trace(&mut self, time: u64) {
        if self.trace.is_some() {
            // SAFETY: the model is live.
            unsafe { ffi::trace_dump(self.raw.as_ptr(), time) };
        }
    }

    /// Writes out what is buffered. Without an open trace it does nothing.
    pub fn flush_trace(&mut self) {
        if self.trace.is_some() {
            // SAFETY: the model is live.
            unsafe { ffi::trace_flush(self.raw.as_ptr()) };
        }
    }

    /// Completes the open trace and goes on in another file, with the same levels; returns
    /// the path of the completed one.
    ///
    /// # Errors
    /// When no trace is open, the open one is not whole, or the new file cannot be made; the open trace is
    /// closed then.
    pub fn rotate_trace(
        &mut self,
        path: impl ::core::convert::AsRef<::std::path::Path>,
    ) -> ::core::result::Result<::std::path::PathBuf, rt::ModelError> {
        let Some(done) = self.close_trace()? else {
            return Err(rt::ModelError::Trace {
                path: path.as_ref().to_owned(),
                reason: ::std::string::String::from("no trace is open that it could follow"),
            });
        };
        self.open_trace(path, self.trace_levels)?;
        Ok(done)
    }

    /// Completes and closes the trace; returns its path. Dropping the model does so too, but reports no error.
    ///
    /// # Errors
    /// When the file could not be written whole, for example because the disk is full.
    pub fn close_trace(
        &mut self,
    ) -> ::core::result::Result<::core::option::Option<::std::path::PathBuf>, rt::ModelError> {
        let Some(path) = self.trace.take() else { return Ok(None) };
        // SAFETY: the model is live; the text lives until the next trace is opened.
        let error = unsafe {
            ffi::trace_close(self.raw.as_ptr());
            rt::text_of(ffi::trace_error(self.raw.as_ptr()))
        };
        match error {
            None => Ok(Some(path)),
            Some(reason) => Err(rt::ModelError::TraceWrite { path, reason }),
        }
    }

    /// The open trace's file.
    #[must_use]
    pub fn trace(&self) -> ::core::option::Option<&::std::path::Path> {
        // SAFETY: the model is live.
        let open = unsafe { ffi::trace_is_open(self.raw.as_ptr()) };
        self.trace.as_deref().filter(|_| open)
    }
}
"#;

/// Opens, fills and closes waveform files.
pub fn traces(model: &Description) -> String {
    match model.abilities.trace {
        Some(format) => fill(TRACES, &[("format", &format.to_string())]),
        None => String::new(),
    }
}

const COVERAGE: &str = r"impl Model {
    /// Writes the coverage that all models of the context have collected so far, in the
    /// format of `verilator_coverage`.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write_coverage(
        &self,
        path: impl ::core::convert::AsRef<::std::path::Path>,
    ) -> ::core::result::Result<(), rt::ModelError> {
        let path = path.as_ref();
        let failed = |reason: ::std::string::String| rt::ModelError::Coverage {
            path: path.to_owned(),
            reason,
        };
        let text = rt::trace_path(path).map_err(|error| failed(error.to_string()))?;
        // SAFETY: the model is live; the path lives for the call.
        match unsafe { ffi::coverage_write(self.raw.as_ptr(), text.as_ptr()) } {
            rt::ffi::OK => Ok(()),
            _ => Err(failed(self.halt().message)),
        }
    }
}
";

/// Writes coverage.
pub fn coverage(model: &Description) -> &'static str {
    if model.abilities.coverage {
        COVERAGE
    } else {
        ""
    }
}
