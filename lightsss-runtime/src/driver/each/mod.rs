//! Many runs from one harness: it is made and restored once, and each run is a fork of this process.

pub mod args;
mod folder;
mod input;
mod lines;
mod merge;
mod result;
mod run;
mod show;
mod signals;
mod task;

use std::collections::HashMap;
use std::error::Error;
use std::num::NonZeroUsize;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use self::folder::Folder;
use self::input::{Input, Next};
use self::result::RunResult;
use self::show::{Event, Show};
use self::signals::Signals;
use self::task::Task;
use super::args::RunArgs;
use super::ask::Ask;
use super::original;
use crate::process::stderr::say;
use crate::simulation::Simulation;
use crate::template::{Ended, StartError, Template};

/// How long runs that were asked to end may take before they are killed.
const GRACE: Duration = Duration::from_secs(2);
/// How often a bar is drawn.
const DRAWN_EVERY: Duration = Duration::from_millis(100);
/// What is waited for where the system has no process to spare.
const RETRY: Duration = Duration::from_millis(50);
/// How often a run is tried that the system refuses while none is under way.
const ATTEMPTS: u32 = 20;

/// Makes the harness, and carries out the runs of `--each`.
pub fn run<S, F>(args: &RunArgs, make: F, ask: Option<&Ask>) -> ExitCode
where
    S: Simulation,
    F: FnOnce(&RunArgs) -> Result<S, Box<dyn Error>>,
{
    match try_run(args, make, ask) {
        Ok(Done::Status(status)) => ExitCode::from(status),
        Ok(Done::By(signal)) => signals::die_by(signal),
        Err(error) => {
            say(&format!("error: {error}\n"));
            ExitCode::from(2)
        }
    }
}

enum Done {
    Status(u8),
    By(Signal),
}

fn try_run<S, F>(args: &RunArgs, make: F, ask: Option<&Ask>) -> Result<Done, Box<dyn Error>>
where
    S: Simulation,
    F: FnOnce(&RunArgs) -> Result<S, Box<dyn Error>>,
{
    merge::check_base(args)?;
    args.check()?;
    let file = args.each.file.as_deref().unwrap_or(Path::new("-"));
    let path = args
        .each
        .out
        .clone()
        .unwrap_or_else(|| folder::default(file));
    // All lines are looked at before the folder is made.
    let mut input = Input::open(args, file, std::path::absolute(&path)?)?;
    let folder = Folder::open(&path, args.each.resume)?;
    let mut order: Vec<String> = input.names().map(str::to_owned).collect();
    let (results, earlier) = (folder.path().to_owned(), folder.earlier());
    let known = input.retain(|task| !earlier.iter().any(|result| result.settles(task)));
    let jobs = jobs(args);
    let mut simulation = make(args)?;
    original::prepare(args, &mut simulation)?;
    let cycle = simulation.cycle();
    let template = Template::new(simulation)?;
    let streams = args.each.reads_standard_input();
    let show = Show::new(
        (!streams).then_some(known),
        args.json || streams,
        args.quiet,
    );
    let mut runs = Runs {
        input,
        jobs,
        template,
        tasks: HashMap::new(),
        results: earlier,
        show,
        folder,
        unwritten: None,
        ending: None,
        ask,
    };
    let signals = Signals::block()?;
    runs.template.set_mask(signals.before());
    runs.tell(&Event::Ready {
        cycle,
        jobs,
        folder: &results,
    });
    let ended = runs.run(&signals);
    for result in &runs.results {
        if !order.contains(&result.name) {
            order.push(result.name.clone());
        }
    }
    let place = |result: &RunResult| order.iter().position(|name| *name == result.name);
    runs.results.sort_by_key(place);
    runs.show.finish(&runs.results, &results);
    ended?;
    if let Some(error) = &runs.unwritten {
        say(&format!("error: {error}\n"));
    }
    if let Some(Ending {
        by: Some(signal), ..
    }) = runs.ending
    {
        return Ok(Done::By(signal));
    }
    let mut statuses = runs.results.iter().map(RunResult::command_status);
    let failing = statuses.find(|status| *status > 0);
    let incomplete = if runs.unwritten.is_some() { 2 } else { 0 };
    Ok(Done::Status(failing.unwrap_or(incomplete)))
}

/// As many as were asked for, or as there are processors.
fn jobs(args: &RunArgs) -> usize {
    let processors = || std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    args.each.jobs.map_or_else(processors, NonZeroUsize::get)
}

/// No more runs are started, and those under way end.
struct Ending {
    /// The signal that asked for it; none where nobody reads the results any more.
    by: Option<Signal>,
    kill_at: Instant,
}

struct Runs<'a, S> {
    input: Input<'a>,
    jobs: usize,
    template: Template<S>,
    /// Those under way, by their numbers.
    tasks: HashMap<u64, Task>,
    results: Vec<RunResult>,
    show: Show,
    folder: Folder,
    /// Why a result is not in its file, or was not shown.
    unwritten: Option<String>,
    ending: Option<Ending>,
    ask: Option<&'a Ask>,
}

impl<S: Simulation> Runs<'_, S> {
    /// Carries out all runs.
    ///
    /// # Errors
    ///
    /// What keeps any run from being started: other threads.
    fn run(&mut self, signals: &Signals) -> Result<(), StartError> {
        loop {
            self.start_some()?;
            if self.template.running() == 0 && (self.input.is_done() || self.ending.is_some()) {
                return Ok(());
            }
            self.show.draw(self.template.running());
            self.wait(signals);
            while let Some(signal) = signals.next() {
                self.end(Some(signal));
            }
            while let Some(ended) = self.template.try_wait() {
                self.ended(&ended);
            }
            let is_late = |ending: &Ending| ending.kill_at <= Instant::now();
            if self.ending.as_ref().is_some_and(is_late) {
                self.template.kill_all();
            }
        }
    }

    fn wait(&mut self, signals: &Signals) {
        let drawn = self.show.is_drawn().then_some(DRAWN_EVERY);
        let killed = self
            .ending
            .as_ref()
            .map(|ending| ending.kill_at.saturating_duration_since(Instant::now()))
            // Killed already: it ends at any moment.
            .map(|left| left.max(Duration::from_millis(10)));
        let timeout = drawn.into_iter().chain(killed).min();
        let reads = self.template.running() < self.jobs && self.input.is_awaited();
        if reads && self.ending.is_none() {
            let standard_input = std::io::stdin();
            let fds = [signals.fd(), std::os::fd::AsFd::as_fd(&standard_input)];
            let [_, readable] = self.template.poll(fds, timeout);
            if readable {
                self.input.read();
            }
        } else {
            self.template.poll([signals.fd()], timeout);
        }
    }

    /// Starts runs as long as there are some and places for them.
    fn start_some(&mut self) -> Result<(), StartError> {
        let mut attempts = 0;
        let mut again: Option<Task> = None;
        while self.ending.is_none() && self.template.running() < self.jobs {
            let task = match again.take().map(Next::from).or_else(|| self.input.next()) {
                None => return Ok(()),
                Some(Next::Mistake { line, message }) => {
                    self.show.say(&format!("error: {message}"));
                    self.tell(&Event::Refused {
                        line,
                        message: &message,
                    });
                    continue;
                }
                Some(Next::Run(task)) => *task,
            };
            match self.start(&task) {
                Ok(number) => {
                    self.tasks.insert(number, task);
                }
                Err(NotStarted::System(error)) if attempts < ATTEMPTS => {
                    tracing::debug!(run = %task.name, %error, "the system refuses a run; it is tried again");
                    attempts += u32::from(self.template.running() == 0);
                    again = Some(task);
                    self.template.poll([], Some(RETRY));
                    while let Some(ended) = self.template.try_wait() {
                        self.ended(&ended);
                    }
                }
                Err(NotStarted::System(error)) => {
                    self.keep(RunResult::of_error(&task, error.to_string()));
                }
                Err(NotStarted::This(message)) => self.keep(RunResult::of_error(&task, message)),
                Err(NotStarted::Any(error)) => {
                    self.template.kill_all();
                    return Err(error);
                }
            }
        }
        Ok(())
    }

    fn start(&mut self, task: &Task) -> Result<u64, NotStarted> {
        folder::make(&task.folder).map_err(|error| {
            let folder = task.folder.display();
            NotStarted::This(format!(
                "the run's folder `{folder}` cannot be made: {error}"
            ))
        })?;
        let run = run::Prepared::new(task, self.ask).map_err(NotStarted::This)?;
        let (options, run) = run.split();
        let started = self
            .template
            .start(options, |simulation, own| run.carry_out(simulation, own));
        started.map_err(|error| match error {
            StartError::System(_) | StartError::Full => NotStarted::System(error),
            StartError::Threads { .. } | StartError::InHook | StartError::ForeignProcess { .. } => {
                NotStarted::Any(error)
            }
            other => NotStarted::This(other.to_string()),
        })
    }

    fn ended(&mut self, ended: &Ended) {
        if let Some(task) = self.tasks.remove(&ended.run) {
            self.keep(RunResult::of_ended(&task, ended));
        }
    }

    fn keep(&mut self, result: RunResult) {
        if let Err(error) = self.folder.add(&result) {
            let folder = self.folder.path().display();
            self.lacks(format!("results are missing in `{folder}`: {error}"));
        }
        let shown = self.show.result(&result);
        self.results.retain(|earlier| earlier.name != result.name);
        self.results.push(result);
        self.heed(shown);
    }

    fn tell(&mut self, event: &Event<'_>) {
        let shown = self.show.tell(event);
        self.heed(shown);
    }

    /// Without a reader there is nobody to run for.
    fn heed(&mut self, shown: std::io::Result<()>) {
        if let Err(error) = shown {
            self.lacks(format!(
                "results cannot be written to standard output: {error}"
            ));
            self.end(None);
        }
    }

    fn lacks(&mut self, error: String) {
        self.unwritten.get_or_insert(error);
    }

    /// Ends all: a first signal asks the runs, a second one kills them.
    fn end(&mut self, by: Option<Signal>) {
        if self.ending.is_some() {
            self.template.kill_all();
            return;
        }
        self.input.stop();
        // What has ended by itself has a result of its own.
        while let Some(ended) = self.template.try_wait() {
            self.ended(&ended);
        }
        self.ending = Some(Ending {
            by,
            kill_at: Instant::now() + GRACE,
        });
        let running = self.template.running();
        if running > 0 {
            self.show
                .say(&format!("{running} runs under way are ended"));
        }
        self.template.ask_all_to_end();
    }
}

impl From<Task> for Next {
    fn from(task: Task) -> Self {
        Self::Run(Box::new(task))
    }
}

/// Why a run was not started.
enum NotStarted {
    /// None can be.
    Any(StartError),
    /// The system has none to spare now.
    System(StartError),
    /// This one cannot be.
    This(String),
}
