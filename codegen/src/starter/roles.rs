//! Which inputs are clocks and resets, by their names.

use crate::describe::{Description, Port, Shape};
use crate::direction::Direction;

/// The inputs of a model, by what a harness does with them.
#[derive(Debug, Default)]
pub struct Inputs<'a> {
    /// They toggle together.
    pub clocks: Vec<&'a Port>,
    /// Each with whether 1 is its active level.
    pub resets: Vec<(&'a Port, bool)>,
    /// All others.
    pub others: Vec<&'a Port>,
}

impl<'a> Inputs<'a> {
    /// Sorts the inputs of a model.
    pub fn of(model: &'a Description) -> Self {
        let mut inputs = Self::default();
        for port in model
            .ports
            .iter()
            .filter(|port| port.direction == Some(Direction::In))
        {
            let bit = matches!(port.shape, Shape::Bits { width: 1, .. });
            match role(&port.verilog).filter(|_| bit) {
                Some(Role::Clock) => inputs.clocks.push(port),
                Some(Role::Reset { high }) => inputs.resets.push((port, high)),
                None => inputs.others.push(port),
            }
        }
        inputs
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Clock,
    Reset { high: bool },
}

/// Words that make a name something else than a clock or a reset, such as `clk_en`.
const OTHERS: &[&str] = &[
    "en", "ena", "enable", "sel", "select", "gate", "gated", "div", "req", "ack", "valid", "ready",
    "val", "test", "mode", "bypass", "cfg", "ce", "locked", "cause", "vector", "addr", "pc",
];

/// What resets are called, but for a level.
const RESETS: &[&str] = &[
    "rst", "reset", "rsti", "arst", "areset", "srst", "sreset", "sysrst", "sysreset", "hreset",
];

/// The role that a name has: `clk_i`, `aclk` and `wb_clk` are clocks; `reset`, `rst_ni` and `aresetn` are resets, the
/// last two active at 0.
fn role(name: &str) -> Option<Role> {
    let lower = name.to_lowercase();
    let words: Vec<&str> = lower
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    if words.iter().any(|word| OTHERS.contains(word)) {
        return None;
    }
    let is_clock = |word: &&str| {
        let bare = word.trim_end_matches(|c: char| c.is_ascii_digit());
        bare.ends_with("clk") || bare.ends_with("clock") || matches!(bare, "clki" | "clkin" | "ck")
    };
    if words.iter().any(is_clock) {
        return Some(Role::Clock);
    }
    let low = words
        .iter()
        .any(|word| matches!(*word, "n" | "ni" | "b" | "bi" | "l"));
    words.iter().find_map(|word| {
        if RESETS.contains(word) {
            return Some(Role::Reset { high: !low });
        }
        let ends = ["n", "ni"].iter();
        let bare = ends.filter_map(|end| word.strip_suffix(end));
        let mut bare = bare.chain(word.strip_prefix('n'));
        bare.any(|bare| RESETS.contains(&bare) || bare == "preset")
            .then_some(Role::Reset { high: false })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_clocks() {
        for name in [
            "clk",
            "clk_i",
            "i_clk",
            "clock",
            "CLK",
            "aclk",
            "wb_clk_i",
            "sysclk",
            "clk0",
            "s_axi_aclk",
            "clkin",
        ] {
            assert_eq!(role(name), Some(Role::Clock), "{name}");
        }
        for name in [
            "clk_en",
            "clock_enable",
            "click",
            "clk_sel",
            "clocks_left",
            "block",
        ] {
            assert_eq!(role(name), None, "{name}");
        }
    }

    #[test]
    fn the_names_of_resets_and_their_levels() {
        for name in [
            "reset", "rst", "rst_i", "i_rst", "sys_rst", "areset", "RESET", "rsti",
        ] {
            assert_eq!(role(name), Some(Role::Reset { high: true }), "{name}");
        }
        for name in [
            "resetn", "rst_n", "rst_ni", "reset_n", "aresetn", "nreset", "nrst", "rstn", "n_rst",
            "rst_b", "io_rstni", "presetn",
        ] {
            assert_eq!(role(name), Some(Role::Reset { high: false }), "{name}");
        }
        for name in [
            "reset_vector",
            "first",
            "preset",
            "rst_cause",
            "burst",
            "reset_addr",
        ] {
            assert_ne!(role(name), Some(Role::Reset { high: true }), "{name}");
        }
    }
}
