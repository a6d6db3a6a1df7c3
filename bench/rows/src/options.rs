//! What every benchmark program is told.

/// The options of a benchmark program.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Fewer and shorter samples.
    pub quick: bool,
    /// Only rows whose names contain this.
    pub only: String,
    /// Arguments that are the program's own.
    pub rest: Vec<String>,
}

impl Options {
    /// Reads this process's arguments.
    #[must_use]
    pub fn from_args() -> Self {
        let mut options = Self::default();
        let mut args = std::env::args().skip(1);
        while let Some(arg) = args.next() {
            match arg.as_str() {
                "--quick" => options.quick = true,
                "--only" => options.only = args.next().unwrap_or_default(),
                _ => options.rest.push(arg),
            }
        }
        options
    }

    /// Whether a row of this name is wanted.
    #[must_use]
    pub fn wants(&self, row: &str) -> bool {
        row.contains(&self.only)
    }

    /// `full` samples, or `quick` ones.
    #[must_use]
    pub fn samples(&self, full: usize, quick: usize) -> usize {
        if self.quick { quick } else { full }
    }
}
