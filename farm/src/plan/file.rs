//! The plan as it is written.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use serde::{Deserialize, Deserializer};
use toml::Spanned;

use super::error::PlanError;

/// A plan, as its file says.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Plan {
    /// The campaign's name: letters, digits, `-`, `_` and `.`.
    pub name: Spanned<String>,
    /// The store's address, unless the command line names one.
    pub store: Option<String>,
    /// How much may run, and for how long.
    #[serde(default)]
    pub limits: PlanLimits,
    /// What to run: each is programs, times arguments, times seeds, times snapshots.
    #[serde(default)]
    pub matrix: Vec<Spanned<Matrix>>,
}

/// How much may run, and for how long.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PlanLimits {
    /// Workers at once, unless the command line says so.
    pub jobs: Option<Spanned<usize>>,
    /// How long one task may take: `90s`, `20m`, `2h`.
    #[serde(default, deserialize_with = "time")]
    pub deadline: Option<Duration>,
    /// How often a task is started again whose worker vanished. A task that fails is not started again.
    pub retries: Option<u32>,
}

/// Programs, times arguments, times seeds, times snapshots.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Matrix {
    /// The programs: paths from the plan's folder.
    pub programs: Vec<Spanned<String>>,
    /// The arguments: a command line each, as a shell reads it. `{seed}` and `{snapshot}` stand for those.
    #[serde(default)]
    pub arguments: Vec<Spanned<String>>,
    /// The seeds: a list of numbers, or `"1..=100"`.
    pub seeds: Option<Spanned<Seeds>>,
    /// Snapshots to start from: paths from the plan's folder. Their parents are brought along.
    #[serde(default)]
    pub snapshots: Vec<Spanned<String>>,
    /// Other files that the program reads.
    #[serde(default)]
    pub inputs: Vec<Spanned<String>>,
    /// Variables that are set for the program.
    #[serde(default)]
    pub environment: BTreeMap<String, String>,
    /// Files to be kept, beside what the driver writes: names, also with `*` and `?`.
    #[serde(default)]
    pub outputs: Vec<String>,
    /// Whether the programs are run by lightsss's driver, and take its flags. Usually they are.
    #[serde(default = "yes")]
    pub driver: bool,
}

/// Seeds, as a plan lists them.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Seeds {
    /// Each by itself.
    List(Vec<u64>),
    /// From the first to the last: `1..=100`, or `0..100` without the last.
    Range(String),
}

impl Seeds {
    /// The numbers, or what is wrong.
    ///
    /// # Errors
    ///
    /// The text is no range, or an empty one.
    pub fn numbers(&self) -> Result<Vec<u64>, String> {
        let text = match self {
            Self::List(numbers) if numbers.is_empty() => {
                return Err("expected at least one seed".to_owned());
            }
            Self::List(numbers) => return Ok(numbers.clone()),
            Self::Range(text) => text,
        };
        let refused = || {
            format!("expected seeds such as [1, 2, 3], \"1..=100\" or \"0..100\", found `{text}`")
        };
        let (first, last) = text.split_once("..").ok_or_else(refused)?;
        let first: u64 = first.trim().parse().map_err(|_| refused())?;
        let (closed, last) = last
            .strip_prefix('=')
            .map_or((false, last), |last| (true, last));
        let last: u64 = last.trim().parse().map_err(|_| refused())?;
        let numbers: Vec<u64> = if closed {
            (first..=last).collect()
        } else {
            (first..last).collect()
        };
        if numbers.is_empty() {
            Err(format!("`{text}` holds no seed"))
        } else {
            Ok(numbers)
        }
    }
}

impl Plan {
    /// Reads a plan, and gives its text too.
    pub fn read(path: &Path) -> Result<(Self, String), PlanError> {
        let text = fs::read_to_string(path).map_err(|source| PlanError::Read {
            path: path.to_owned(),
            source,
        })?;
        let plan = toml::from_str(&text).map_err(|source| PlanError::Syntax {
            path: path.to_owned(),
            source: Box::new(source),
        })?;
        Ok((plan, text))
    }
}

fn yes() -> bool {
    true
}

fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let time = humantime::parse_duration(&text)
        .ok()
        .filter(|time| !time.is_zero());
    let expected = || {
        serde::de::Error::custom(format!(
            "expected a time above 0 such as 90s, 20m or 2h, found `{text}`"
        ))
    };
    time.map(Some).ok_or_else(expected)
}
