//! Where the lines of `--each` come from: a file, which is checked before anything starts, or standard input, whose
//! lines are run as they come.

use std::collections::{BTreeSet, VecDeque};
use std::error::Error;
use std::fs;
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};

use nix::unistd::read;

use super::lines::{Line, LineError};
use super::task::Task;
use crate::driver::args::RunArgs;
use crate::process::sys;

/// What standard input is called in mistakes.
const STANDARD_INPUT: &str = "standard input";
/// A longer line is no line.
const LONGEST_LINE: usize = 1 << 20;

/// Runs that are to be made.
pub struct Input<'a> {
    base: &'a RunArgs,
    out: PathBuf,
    file: String,
    tasks: VecDeque<Task>,
    /// The names so far: each run has a folder of its own.
    names: BTreeSet<String>,
    /// Lines that were read and not looked at yet, where they come from standard input.
    read: Option<Vec<u8>>,
    lines: usize,
    /// Lines that describe a run.
    described: usize,
    ended: bool,
}

/// A line of standard input.
pub enum Next {
    Run(Box<Task>),
    /// It cannot be run.
    Mistake {
        line: usize,
        message: String,
    },
}

impl<'a> Input<'a> {
    /// All lines of the file, or none yet where they come from standard input. `out` is an absolute path.
    ///
    /// # Errors
    ///
    /// The file cannot be read, holds no run, or a line has a mistake.
    pub fn open(base: &'a RunArgs, file: &Path, out: PathBuf) -> Result<Self, Box<dyn Error>> {
        let streams = base.each.reads_standard_input();
        let mut input = Self {
            base,
            out,
            file: if streams {
                STANDARD_INPUT.to_owned()
            } else {
                file.display().to_string()
            },
            tasks: VecDeque::new(),
            names: BTreeSet::new(),
            read: streams.then(Vec::new),
            lines: 0,
            described: 0,
            ended: !streams,
        };
        if streams {
            return Ok(input);
        }
        let text = fs::read_to_string(file).map_err(|error| {
            format!(
                "the runs in `{}` cannot be read: {error}; give a file of one run a line, or `-`",
                input.file
            )
        })?;
        for line in text.lines() {
            if let Some(task) = input.task(line)? {
                input.tasks.push_back(task);
            }
        }
        if input.tasks.is_empty() {
            return Err(format!(
                "`{}` describes no run; write the arguments of a run on each line, or a name and a colon for a run \
                 without any",
                input.file
            )
            .into());
        }
        Ok(input)
    }

    /// The run of the next line, if it describes one.
    fn task(&mut self, text: &str) -> Result<Option<Task>, LineError> {
        self.lines += 1;
        let Some(line) = Line::parse(&self.file, self.lines, text)? else {
            return Ok(None);
        };
        self.described += 1;
        let task = Task::new(self.base, &self.file, line, self.described, &self.out)?;
        if !self.names.insert(task.name.clone()) {
            let message = format!(
                "two runs are called `{}`; give this one another name, with `NAME:` in front",
                task.name
            );
            return Err(task.line.mistake(&self.file, message));
        }
        Ok(Some(task))
    }

    /// Leaves out the runs that are settled; gives how many are left.
    pub fn retain(&mut self, keep: impl FnMut(&Task) -> bool) -> usize {
        self.tasks.retain(keep);
        self.tasks.len()
    }

    /// The names of the file's runs, in its order, and of those of standard input so far.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.tasks.iter().map(|task| task.name.as_str())
    }

    /// Whether no more runs will come.
    pub fn is_done(&self) -> bool {
        self.tasks.is_empty() && self.ended && self.read.as_ref().is_none_or(Vec::is_empty)
    }

    /// Whether there may be more to read from standard input, and nothing else to be done.
    pub fn is_awaited(&self) -> bool {
        self.read.is_some() && !self.ended
    }

    /// No more runs are wanted.
    pub fn stop(&mut self) {
        self.tasks.clear();
        self.ended = true;
        if let Some(read) = &mut self.read {
            read.clear();
        }
    }

    /// The next run, if it is known already.
    pub fn next(&mut self) -> Option<Next> {
        if let Some(task) = self.tasks.pop_front() {
            return Some(Next::Run(Box::new(task)));
        }
        loop {
            let line = self.next_line()?;
            let mistake = |line, error: String| {
                Some(Next::Mistake {
                    line,
                    message: error,
                })
            };
            let Ok(text) = String::from_utf8(line) else {
                self.lines += 1;
                return mistake(
                    self.lines,
                    format!("{}:{}:1: the line is not UTF-8", self.file, self.lines),
                );
            };
            match self.task(&text) {
                Ok(None) => {}
                Ok(Some(task)) => return Some(Next::Run(Box::new(task))),
                Err(error) => return mistake(self.lines, error.to_string()),
            }
        }
    }

    fn next_line(&mut self) -> Option<Vec<u8>> {
        let read = self.read.as_mut()?;
        let end = read.iter().position(|byte| *byte == b'\n');
        let length = match end {
            Some(end) => end + 1,
            // The last line may lack its end.
            None if (self.ended || read.len() > LONGEST_LINE) && !read.is_empty() => read.len(),
            None => return None,
        };
        let mut line: Vec<u8> = read.drain(..length).collect();
        if line.last() == Some(&b'\n') {
            line.pop();
        }
        Some(line)
    }

    /// Reads what standard input has, once it is readable.
    pub fn read(&mut self) {
        let mut chunk = [0; 1 << 13];
        let input = std::io::stdin();
        match sys::retry(|| read(input.as_fd(), &mut chunk)) {
            Ok(length) if length > 0 => {
                if let Some(read) = &mut self.read {
                    read.extend_from_slice(&chunk[..length]);
                }
            }
            _ => self.ended = true,
        }
    }
}
