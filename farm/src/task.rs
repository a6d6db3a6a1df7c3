//! One run of a program, described by its content.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::content::Hash;
pub use crate::content::Input;

/// One run of a program. Two tasks with the same description are one task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// The program.
    pub program: Input,
    /// Its arguments. They name inputs by their names: the program runs in a folder that holds them.
    pub arguments: Vec<String>,
    /// Variables that are set for it, beside what the worker has.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub environment: BTreeMap<String, String>,
    /// Files that it reads: snapshots, firmware.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inputs: Vec<Input>,
    /// Files to be kept: names in the task's folder, also with `*` and `?`. What is not there is not kept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outputs: Vec<String>,
    /// The run driver's report, if the program writes one: message, cycles and waveform are taken from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<String>,
}

/// What identifies a task: a hash of its description.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TaskId(Hash);

impl Task {
    /// The task's identity.
    #[must_use]
    pub fn id(&self) -> TaskId {
        let text = serde_json::to_vec(self).unwrap_or_default();
        TaskId(Hash::of_parts(&[b"lightsss task 1\n", &text]))
    }

    /// The command line in the task's folder, for a shell.
    #[must_use]
    pub fn command_line(&self) -> String {
        let variables = self
            .environment
            .iter()
            .map(|(name, value)| format!("{name}={}", quoted(value)));
        let program = std::iter::once(quoted(&format!("./{}", self.program.name)));
        let arguments = self.arguments.iter().map(|argument| quoted(argument));
        variables
            .chain(program)
            .chain(arguments)
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// A word as a shell reads it.
#[must_use]
pub fn quoted(word: &str) -> String {
    shlex::try_quote(word).map_or_else(|_| "''".to_owned(), std::borrow::Cow::into_owned)
}

impl TaskId {
    /// The first characters, for people.
    #[must_use]
    pub fn short(&self) -> String {
        self.to_string()[..12].to_owned()
    }
}

impl fmt::Display for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for TaskId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text.parse().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::{Input, Task};
    use crate::content::Hash;

    fn task(seed: &str) -> Task {
        Task {
            program: Input {
                name: "soc".to_owned(),
                file: Hash::of(b"soc"),
            },
            arguments: vec![format!("+seed={seed}")],
            environment: [("MODE".to_owned(), "fast run".to_owned())].into(),
            inputs: Vec::new(),
            outputs: Vec::new(),
            report: None,
        }
    }

    #[test]
    fn the_same_description_is_the_same_task() {
        assert_eq!(task("1").id(), task("1").id());
        assert_ne!(task("1").id(), task("2").id());
    }

    #[test]
    fn a_command_line_can_be_given_to_a_shell() {
        assert_eq!(
            task("a b").command_line(),
            "MODE='fast run' ./soc '+seed=a b'"
        );
    }
}
