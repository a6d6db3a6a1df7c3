//! Conditions over signals and fields: `soc.u_core.pc == 0x800003b0 && bus.pending > 2`.

mod error;
mod eval;
mod lexer;
mod number;
mod parser;

use std::fmt;
use std::str::FromStr;

pub use error::ConditionError;
pub(super) use eval::{Inputs, holds};
pub(super) use number::Number;

use parser::Expression;

/// A condition over the state after a cycle.
///
/// Names are those of [`Timeline::signals`](super::Timeline::signals), with indices and bits: `soc.ram[5]`,
/// `soc.bus[7:4]`. Operators are those of C and Verilog: `||`, `&&`, `|`, `^`, `&`, `==`, `!=`, `<`, `<=`, `>`, `>=`,
/// `<<`, `>>`, `+`, `-`, `*`, `/`, `%`, `!`, `~`, `-`. They bind as in Rust: `a & 3 == 1` is
/// `(a & 3) == 1`. Numbers are decimal, `0x`, `0b`, `0o`, or as in Verilog (`32'hdead_beef`); a real number
/// has a point. Texts stand in quotes. Arithmetic is exact: nothing wraps. A division by zero makes the condition false.
///
/// `changed(x)` is true at the first cycle of a new value, `rose(x)` where it was 0 and is not, `fell(x)` where it was
/// not 0 and is. `signed(x)` takes the highest bit as a sign.
///
/// ```
/// use lightsss_runtime::timeline::Condition;
///
/// let condition: Condition = "soc.pc == 0x800003b0 && rose(bus.pending[2])".parse()?;
/// assert_eq!(condition.names(), ["soc.pc", "bus.pending[2]"]);
/// let error = "soc.pc = 3".parse::<Condition>().unwrap_err();
/// assert_eq!(error.column, 8);
/// # Ok::<(), lightsss_runtime::timeline::ConditionError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    text: String,
    expression: Expression,
    names: Vec<String>,
}

impl Condition {
    /// The names in it, each once.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The text that it was read from.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn expression(&self) -> &Expression {
        &self.expression
    }
}

impl FromStr for Condition {
    type Err = ConditionError;

    fn from_str(text: &str) -> Result<Self, ConditionError> {
        let (expression, names) = parser::parse(text)?;
        Ok(Self {
            text: text.to_owned(),
            expression,
            names,
        })
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
