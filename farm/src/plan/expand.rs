//! The tasks that a plan stands for.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::error::PlanError;
use super::file::{Matrix, Plan};
use crate::content::{ContentError, Hash};
use crate::task::{Input, Task};

/// What the driver writes in a task's folder.
const REPORT: &str = "report.json";
const WAVE: &str = "failure.fst";
const FAILING: &str = "failing.lsss";

/// How often a task is started again whose worker vanished, if the plan does not say.
const RETRIES: u32 = 2;

/// A list of tasks with limits, as the store holds it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Campaign {
    /// Its name.
    pub name: String,
    /// The tasks.
    pub tasks: Vec<Entry>,
    /// The limits.
    pub limits: Limits,
}

/// A task of a campaign.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// A name for people.
    pub name: String,
    /// The task.
    pub task: Task,
}

/// What holds for every task of a campaign.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Limits {
    /// How long one task may take.
    pub deadline: Option<Duration>,
    /// How often a task is started again whose worker vanished.
    pub retries: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            deadline: None,
            retries: RETRIES,
        }
    }
}

/// Turns a plan into a campaign. `put` gives the contents of a file and of the snapshots behind it: it puts them into a
/// store, or only looks at them.
pub fn expand(
    path: &Path,
    plan: &Plan,
    text: &str,
    put: &mut dyn FnMut(&Path) -> Result<Vec<Input>, ContentError>,
) -> Result<Campaign, PlanError> {
    let context = Context { path, text };
    let name = plan.name.get_ref();
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if name.is_empty() || name.starts_with('.') || !name.chars().all(fits) {
        let reason =
            format!("expected a name of letters, digits, `-`, `_` and `.`, found `{name}`");
        return Err(context.wrong(&plan.name, reason));
    }
    let mut files = Files {
        context: &context,
        put,
        known: HashMap::new(),
    };
    let mut tasks = Vec::new();
    for matrix in &plan.matrix {
        files.add_tasks(matrix, &mut tasks)?;
    }
    if tasks.is_empty() {
        let reason = "expected at least one [[matrix]] with programs, found none".to_owned();
        return Err(context.wrong(&plan.name, reason));
    }
    refuse_twins(&context, plan, &tasks)?;
    let limits = Limits {
        deadline: plan.limits.deadline,
        retries: plan.limits.retries.unwrap_or(RETRIES),
    };
    Ok(Campaign {
        name: name.clone(),
        tasks,
        limits,
    })
}

struct Context<'p> {
    path: &'p Path,
    text: &'p str,
}

impl Context<'_> {
    fn wrong<T>(&self, place: &Spanned<T>, reason: String) -> PlanError {
        let Range { start, .. } = place.span();
        let line = self
            .text
            .get(..start)
            .unwrap_or_default()
            .matches('\n')
            .count()
            + 1;
        PlanError::Value {
            path: self.path.to_owned(),
            line,
            reason,
        }
    }

    /// A path of the plan, which starts in the plan's folder.
    fn file(&self, named: &Spanned<String>) -> Result<PathBuf, PlanError> {
        let path = self
            .path
            .parent()
            .unwrap_or(Path::new(""))
            .join(named.get_ref());
        if path.is_file() {
            return Ok(path);
        }
        let found = if path.exists() {
            "something else"
        } else {
            "nothing"
        };
        Err(self.wrong(
            named,
            format!("expected a file at `{}`, found {found}", path.display()),
        ))
    }
}

struct Files<'p> {
    context: &'p Context<'p>,
    put: &'p mut dyn FnMut(&Path) -> Result<Vec<Input>, ContentError>,
    known: HashMap<PathBuf, Vec<Input>>,
}

impl Files<'_> {
    fn inputs(&mut self, named: &Spanned<String>) -> Result<Vec<Input>, PlanError> {
        let path = self.context.file(named)?;
        if let Some(known) = self.known.get(&path) {
            return Ok(known.clone());
        }
        let inputs = (self.put)(&path)?;
        self.known.insert(path, inputs.clone());
        Ok(inputs)
    }

    fn add_tasks(
        &mut self,
        matrix: &Spanned<Matrix>,
        tasks: &mut Vec<Entry>,
    ) -> Result<(), PlanError> {
        let given = matrix.get_ref();
        if given.programs.is_empty() {
            return Err(self
                .context
                .wrong(matrix, "expected at least one program".to_owned()));
        }
        let seeds = match &given.seeds {
            None => vec![None],
            Some(seeds) => {
                let numbers = seeds
                    .get_ref()
                    .numbers()
                    .map_err(|reason| self.context.wrong(seeds, reason))?;
                numbers.into_iter().map(Some).collect()
            }
        };
        let lines = self.lines(given, seeds[0].is_some())?;
        let mut others = Vec::new();
        for input in &given.inputs {
            others.extend(self.inputs(input)?);
        }
        let snapshots: Vec<Option<&Spanned<String>>> = if given.snapshots.is_empty() {
            vec![None]
        } else {
            given.snapshots.iter().map(Some).collect()
        };
        for program in &given.programs {
            let program = self.inputs(program)?.swap_remove(0);
            for snapshot in &snapshots {
                let snapshot = snapshot.map(|snapshot| self.inputs(snapshot)).transpose()?;
                for line in &lines {
                    for seed in &seeds {
                        tasks.push(entry(
                            given,
                            &program,
                            snapshot.as_deref(),
                            &others,
                            line,
                            *seed,
                        ));
                    }
                }
            }
        }
        Ok(())
    }

    /// The command lines of a matrix, in words.
    fn lines(&self, given: &Matrix, has_seeds: bool) -> Result<Vec<Vec<String>>, PlanError> {
        let mut lines = Vec::new();
        for line in &given.arguments {
            let text = line.get_ref();
            let words = shlex::split(text).ok_or_else(|| {
                self.context.wrong(
                    line,
                    format!(
                        "expected words as a shell reads them, found an open quote in `{text}`"
                    ),
                )
            })?;
            if text.contains("{snapshot}") && given.snapshots.is_empty() {
                let reason = "`{snapshot}` stands for a snapshot, and this matrix has none; list `snapshots`".to_owned();
                return Err(self.context.wrong(line, reason));
            }
            if text.contains("{seed}") && !has_seeds {
                let reason =
                    "`{seed}` stands for a seed, and this matrix has none; list `seeds`".to_owned();
                return Err(self.context.wrong(line, reason));
            }
            if has_seeds && !text.contains("{seed}") {
                let reason = "this matrix has seeds; say where one goes, with `{seed}`".to_owned();
                return Err(self.context.wrong(line, reason));
            }
            lines.push(words);
        }
        if lines.is_empty() {
            if let (Some(seeds), true) = (&given.seeds, has_seeds) {
                let reason = "seeds go into `arguments`; add some that contain `{seed}`".to_owned();
                return Err(self.context.wrong(seeds, reason));
            }
            lines.push(Vec::new());
        }
        Ok(lines)
    }
}

fn entry(
    given: &Matrix,
    program: &Input,
    snapshot: Option<&[Input]>,
    others: &[Input],
    line: &[String],
    seed: Option<u64>,
) -> Entry {
    let seed = seed.map(|seed| seed.to_string());
    let start = snapshot
        .and_then(|inputs| inputs.first())
        .map(|input| input.name.as_str());
    let own: Vec<String> = line
        .iter()
        .map(|word| {
            let word = word.replace("{snapshot}", start.unwrap_or_default());
            word.replace("{seed}", seed.as_deref().unwrap_or_default())
        })
        .collect();
    let mut name = vec![program.name.clone()];
    name.extend(start.map(str::to_owned));
    name.extend(own.iter().cloned());
    let mut arguments = Vec::new();
    let mut outputs = given.outputs.clone();
    if given.driver {
        arguments.extend(["--quiet", "--report", REPORT].map(str::to_owned));
        // What the plan says itself is not said twice; a run that traces everything has no slot to save.
        let says = |flag: &str| {
            own.iter()
                .any(|word| word == flag || word.starts_with(&format!("{flag}=")))
        };
        for (flag, file, without) in [
            ("--wave", WAVE, "--wave"),
            ("--save-on-failure", FAILING, "--trace-all"),
        ] {
            if !says(flag) && !says(without) {
                arguments.extend([flag, file].map(str::to_owned));
            }
        }
        if let Some(start) = start {
            arguments.extend(["--restore", start].map(str::to_owned));
        }
        outputs.extend([REPORT, "*.fst", "*.vcd", "*.lsss"].map(str::to_owned));
    }
    arguments.extend(own);
    let inputs = snapshot
        .unwrap_or_default()
        .iter()
        .chain(others)
        .cloned()
        .collect();
    Entry {
        name: name.join(" "),
        task: Task {
            program: program.clone(),
            arguments,
            environment: given.environment.clone(),
            inputs,
            outputs,
            report: given.driver.then(|| REPORT.to_owned()),
        },
    }
}

/// Two inputs of a task cannot have one name, and two tasks cannot be the same.
fn refuse_twins(context: &Context<'_>, plan: &Plan, tasks: &[Entry]) -> Result<(), PlanError> {
    let mut seen = HashMap::new();
    for entry in tasks {
        let mut names: BTreeMap<&str, Hash> = BTreeMap::new();
        let inputs = entry.task.inputs.iter().chain([&entry.task.program]);
        for input in inputs {
            let other = names.insert(&input.name, input.file);
            if other.is_some_and(|other| other != input.file) {
                let reason = format!(
                    "the task `{}` has two inputs with the name `{}`; rename one",
                    entry.name, input.name
                );
                return Err(context.wrong(&plan.name, reason));
            }
        }
        if let Some(other) = seen.insert(entry.task.id(), &entry.name) {
            let reason = format!(
                "`{other}` and `{}` are the same task; remove one",
                entry.name
            );
            return Err(context.wrong(&plan.name, reason));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{Campaign, expand};
    use crate::content::Hash;
    use crate::plan::{Plan, PlanError};
    use crate::task::Input;

    fn campaign(text: &str) -> Result<Campaign, PlanError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("plan.toml");
        fs::write(&path, text).unwrap();
        for name in ["soc", "other", "booted.lsss"] {
            fs::write(folder.path().join(name), name).unwrap();
        }
        let (plan, text) = Plan::read(&path)?;
        expand(&path, &plan, &text, &mut |path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            Ok(vec![Input {
                file: Hash::of(name.as_bytes()),
                name,
            }])
        })
    }

    #[test]
    fn a_matrix_is_every_combination() {
        let found = campaign(
            "name = 'nightly'\n[[matrix]]\nprograms = ['soc', 'other']\nsnapshots = ['booted.lsss']\n\
             arguments = ['+a={seed}', '+b=\"x y\" +s={seed}']\nseeds = '1..=3'\n",
        )
        .unwrap();
        assert_eq!(found.tasks.len(), 12);
        assert_eq!(found.tasks[4].name, "soc booted.lsss +b=x y +s=2");
        let arguments = &found.tasks[0].task.arguments;
        assert!(
            arguments
                .windows(2)
                .any(|pair| pair == ["--restore", "booted.lsss"]),
            "{arguments:?}"
        );
    }

    #[test]
    fn a_mistake_names_its_line() {
        let head = "name = 'n'\n[[matrix]]\nprograms = ['soc']\n";
        for (text, expected) in [
            (
                "seeds = '9..=1'\narguments = ['{seed}']\n",
                "line 4: `9..=1` holds no seed",
            ),
            (
                "seeds = 'many'\narguments = ['{seed}']\n",
                "line 4: expected seeds such as",
            ),
            ("arguments = ['+seed={seed}']\n", "list `seeds`"),
            ("seeds = [1]\narguments = ['+x']\n", "say where one goes"),
            ("seeds = [1]\n", "line 4: seeds go into `arguments`"),
            (
                "arguments = ['\"open']\n",
                "line 4: expected words as a shell reads them",
            ),
            ("snapshots = ['none.lsss']\n", "line 4: expected a file at"),
            ("arguments = ['a', 'a']\n", "are the same task"),
            ("argument = ['a']\n", "unknown field `argument`"),
            ("[limits]\ndeadline = 'soon'\n", "such as 90s"),
        ] {
            let error = campaign(&format!("{head}{text}")).unwrap_err().to_string();
            assert!(error.contains(expected), "{text}: {error}");
        }
        let error = campaign("name = 'n'\n").unwrap_err().to_string();
        assert!(error.contains("[[matrix]]"), "{error}");
        let error = campaign("name = '../n'\n").unwrap_err().to_string();
        assert!(error.contains("expected a name"), "{error}");
    }
}
