//! What the templates of the shim may name.

use crate::describe::Description;
use crate::emit::template::fill;
use crate::emit::{abi, symbols};

/// The values of places that all templates have: the head of each function of the C interface under the function's
/// name, `class`, and `prefix`.
pub struct Shim<'a> {
    /// The model.
    pub model: &'a Description,
    values: Vec<(String, String)>,
}

impl<'a> Shim<'a> {
    pub fn new(model: &'a Description) -> Self {
        let prefix = symbols::prefix(model);
        let heads = abi::functions(model).into_iter();
        let heads = heads.map(|one| (one.symbol.to_string(), one.cpp_head(&prefix)));
        let mut values: Vec<(String, String)> = heads.collect();
        values.push(("class".to_owned(), model.class.clone()));
        values.push(("prefix".to_owned(), prefix));
        Self { model, values }
    }

    /// Fills a template, with more values than those that all have.
    pub fn fill(&self, template: &str, more: &[(&str, &str)]) -> String {
        let common = self.values.iter();
        let common = common.map(|(name, value)| (name.as_str(), value.as_str()));
        fill(
            template,
            &more.iter().copied().chain(common).collect::<Vec<_>>(),
        )
    }

    /// The head of a function.
    pub fn head(&self, symbol: &str) -> &str {
        match self.values.iter().find(|(name, _)| name == symbol) {
            Some((_, head)) => head,
            None => unreachable!("the interface has no function `{symbol}`"),
        }
    }

    /// The statements that give a call's imports to the design, and that count the call where a pool works for it.
    pub fn borrow(&self) -> String {
        let threaded = self.model.abilities.threads > 1;
        let mut lines = Vec::new();
        if !self.model.imports.is_empty() {
            if threaded {
                lines.push(
                    "if (VL_UNLIKELY(waits_for_itself(handlep->contextp))) return LIGHTSSS_STATUS_HALTED;",
                );
            }
            lines.push("const Borrowing borrowing{handlep->contextp, borrowp};");
        }
        lines.join("\n")
    }

    /// Whether what is combinational may have to wait for the harness's imports after a restore.
    pub fn settles_later(&self) -> bool {
        let state = self.model.state.as_ref();
        !self.model.imports.is_empty() && state.is_some_and(|state| state.settle.is_some())
    }

    /// The statement that computes everything combinational if that had to wait.
    pub fn settle(&self) -> &'static str {
        if self.settles_later() {
            "settle_first(handlep);"
        } else {
            ""
        }
    }
}
