//! What Verilator's operators write of a model: the members that are not plain data.

/// What operators wrote: the context, then members.
#[derive(Clone, Default, Debug)]
pub(super) struct OperatorEntries {
    pub(super) bytes: Vec<u8>,
    /// Where each ends; the context is the first.
    pub(super) ends: Vec<usize>,
}

impl OperatorEntries {
    pub(super) fn get(&self, at: usize) -> Option<&[u8]> {
        let from = if at == 0 { 0 } else { *self.ends.get(at - 1)? };
        self.bytes.get(from..*self.ends.get(at)?)
    }
}
