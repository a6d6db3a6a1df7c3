//! How the models in a snapshot are restored.

/// How a snapshot of another build of a model is treated.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
#[non_exhaustive]
pub enum Policy {
    /// It is refused.
    #[default]
    Exact,
    /// It is loaded by name.
    ByName {
        /// The largest share (0 to 1) of signals that may lack a counterpart of the same name and shape.
        /// The whole is all signals of the model and the snapshot, each name counted once. Variables that
        /// Verilator made do not count.
        most_unmatched: f64,
    },
}

/// How a restore treats the models in a snapshot.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct ModelOptions {
    /// What happens to a model that another build saved; [`Policy::Exact`] by default.
    pub policy: Policy,
    /// Reads models of the same build through Verilator's operators, the reference against which the
    /// faster way is tested and measured.
    pub through_operators: bool,
}
