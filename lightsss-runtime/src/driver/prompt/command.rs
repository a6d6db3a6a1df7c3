//! The commands of the prompt, and the cycles that they name.

use serde::Deserialize;

use crate::driver::numbers;

/// A command, as the prompt reads it and as a request of the line protocol has it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "command", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Command {
    Where {},
    Go {
        cycle: Place,
    },
    Step {
        #[serde(default = "one")]
        cycles: u64,
    },
    Back {
        #[serde(default = "one")]
        cycles: u64,
    },
    Show {
        patterns: Vec<String>,
    },
    Last {
        signal: String,
    },
    Next {
        signal: String,
    },
    Until {
        condition: String,
    },
    BackUntil {
        condition: String,
    },
    Diff {
        from: Place,
        to: Place,
    },
    Set {
        values: Vec<(String, String)>,
    },
    Wave {
        from: Place,
        to: Place,
        #[serde(default)]
        file: Option<String>,
    },
    Save {
        file: String,
    },
    Log {
        #[serde(default)]
        from: Option<Place>,
        #[serde(default)]
        to: Option<Place>,
    },
    Help {
        #[serde(default)]
        about: Option<String>,
    },
    Continue {},
    Quit {},
}

fn one() -> u64 {
    1
}

/// A cycle, as a user writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Written")]
pub enum Place {
    Cycle(u64),
    /// The first cycle that can be asked for.
    Start,
    /// That of the failure.
    End,
    /// Where the prompt is.
    Here,
    Ahead(u64),
    Behind(u64),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Number(u64),
    Text(String),
}

impl TryFrom<Written> for Place {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        match written {
            Written::Number(cycle) => Ok(Self::Cycle(cycle)),
            Written::Text(text) => Self::parse(&text),
        }
    }
}

impl Place {
    /// Reads what a user has written.
    ///
    /// # Errors
    ///
    /// What was expected.
    pub fn parse(text: &str) -> Result<Self, String> {
        match text {
            "start" => return Ok(Self::Start),
            "end" => return Ok(Self::End),
            "here" | "." => return Ok(Self::Here),
            _ => {}
        }
        let count = |text: &str| {
            numbers::count(text).map_err(|_| {
                format!(
                    "expected a cycle such as 120000, 1.2M, +50, -50, start, end or here, found `{text}`"
                )
            })
        };
        if let Some(ahead) = text.strip_prefix('+') {
            return count(ahead).map(Self::Ahead);
        }
        if let Some(behind) = text.strip_prefix('-') {
            return count(behind).map(Self::Behind);
        }
        count(text).map(Self::Cycle)
    }
}
