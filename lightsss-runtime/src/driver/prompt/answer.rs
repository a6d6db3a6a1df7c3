//! Answers of the prompt: as lines for people, and as JSON for programs.

use std::fmt;

use serde::Serialize;

use super::table::{COMMANDS, entry, unknown};
use super::then::Then;

/// What came of a command.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Answer {
    Where {
        cycle: u64,
        first_cycle: u64,
        end_cycle: u64,
        slots: Vec<u64>,
        failure: Option<String>,
    },
    /// The prompt is at another cycle now.
    Moved {
        cycle: u64,
    },
    Values {
        cycle: u64,
        values: Vec<(String, String)>,
    },
    Changed {
        cycle: u64,
        signal: String,
        before: String,
        after: String,
    },
    /// It does not change, or the condition does not hold, in all that can be asked for.
    Nothing {
        found: Option<()>,
        searched: (u64, u64),
    },
    Differences {
        from: u64,
        to: u64,
        differences: Vec<String>,
    },
    Ended {
        cycle: u64,
        failure: Option<String>,
        /// Whether it is the failure of the run, at the same cycle.
        same: bool,
    },
    Written {
        file: String,
    },
    Output {
        from: u64,
        to: u64,
        output: String,
    },
    Help {
        text: String,
    },
    Bye {
        #[serde(skip)]
        then: Then,
    },
}

/// The text of `help`, or of `help COMMAND`.
///
/// # Errors
///
/// There is no such command.
pub fn help(about: Option<&str>) -> Result<String, String> {
    let line = |name: String, help: &str| format!("  {name:<22} {help}\n");
    if let Some(about) = about {
        let entry = entry(about).ok_or_else(|| unknown(about))?;
        let mut text = format!("{}\n  {}\n", entry.usage(), entry.help);
        if !entry.short.is_empty() {
            text += "  also ";
            text += &entry.short.join(", ");
        }
        return Ok(text.trim_end().to_owned());
    }
    let mut text = String::new();
    for entry in &COMMANDS {
        text += &line(entry.usage(), entry.help);
    }
    text += "\nNames are those that `show` prints; Tab completes them. Conditions compare and compute as in \
             SystemVerilog; changed(x), rose(x) and fell(x) look at the cycle before. Ctrl-C ends a question.";
    Ok(text)
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Where {
                cycle,
                first_cycle,
                end_cycle,
                slots,
                failure,
            } => {
                write!(
                    f,
                    "at cycle {cycle}, of cycles {first_cycle} to {end_cycle}"
                )?;
                let slots: Vec<String> = slots.iter().map(u64::to_string).collect();
                if !slots.is_empty() {
                    write!(f, "; slots at {}", slots.join(", "))?;
                }
                if let Some(failure) = failure {
                    write!(f, "\nfailed at cycle {end_cycle}: {failure}")?;
                }
                Ok(())
            }
            Self::Moved { cycle } => write!(f, "at cycle {cycle}"),
            Self::Values { values, .. } => {
                let widest = values.iter().map(|(name, _)| name.chars().count()).max();
                let widest = widest.unwrap_or(0);
                let lines: Vec<String> = values
                    .iter()
                    .map(|(name, value)| format!("{name:<widest$}  {value}"))
                    .collect();
                f.write_str(&lines.join("\n"))
            }
            Self::Changed {
                cycle,
                signal,
                before,
                after,
            } => write!(f, "at cycle {cycle}: {signal} {before} -> {after}"),
            Self::Nothing { searched, .. } => {
                let (from, to) = searched;
                if from > to {
                    return f.write_str("no cycle is left to search");
                }
                write!(f, "not in cycles {from} to {to}")
            }
            Self::Differences {
                from,
                to,
                differences,
            } => match &differences[..] {
                [] => write!(f, "cycles {from} and {to} are equal"),
                lines => f.write_str(&lines.join("\n")),
            },
            Self::Ended {
                cycle,
                failure: Some(failure),
                same: true,
            } => write!(f, "the same failure at cycle {cycle}: {failure}"),
            Self::Ended {
                cycle,
                failure: Some(failure),
                ..
            } => write!(f, "another failure, at cycle {cycle}: {failure}"),
            Self::Ended { cycle, .. } => write!(f, "no failure up to cycle {cycle}"),
            Self::Written { file } => write!(f, "wrote {file}"),
            Self::Output { from, to, output } if output.is_empty() => {
                write!(f, "nothing was printed in cycles {from} to {to}")
            }
            Self::Output { output, .. } => f.write_str(output.trim_end_matches('\n')),
            Self::Help { text } => f.write_str(text),
            Self::Bye { .. } => Ok(()),
        }
    }
}
