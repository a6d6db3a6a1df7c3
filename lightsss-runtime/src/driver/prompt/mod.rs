//! The prompt: asks a run what happened, at any cycle, on any signal.
//!
//! A session answers commands; a line editor, plain lines and the line protocol bring them.

mod answer;
mod command;
mod engine;
mod json;
mod past;
mod session;
mod table;
mod terminal;
mod then;

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use self::answer::Answer;
use self::past::Trouble;
use self::session::Session;
use self::terminal::{Input, Terminal};
pub use self::then::Then;
use super::args::RunArgs;
use super::interrupts::Interrupts;
use crate::process::stderr::say;
use crate::slots::SlotWaker;
use crate::timeline::Timeline;

/// Where commands come from.
enum Lines {
    Terminal(Box<Terminal>),
    /// A file, a pipe, or a terminal that no editor can use.
    Plain,
    /// One JSON request a line.
    Json,
}

/// Talks about the past of a run that has reached `end_cycle`.
pub fn run(args: &RunArgs, waker: SlotWaker, end_cycle: u64, failure: Option<&str>) -> Then {
    match talk(args, waker, end_cycle, failure) {
        Ok(then) => then,
        Err(error) => {
            say(&format!("error: no prompt: {error}\n"));
            Then::GoOn
        }
    }
}

fn talk(
    args: &RunArgs,
    waker: SlotWaker,
    end_cycle: u64,
    failure: Option<&str>,
) -> Result<Then, String> {
    let interrupts = Interrupts::take().map_err(|errno| errno.to_string())?;
    let mut timeline = Timeline::new(waker, end_cycle).map_err(|error| error.to_string())?;
    timeline.set_interrupted(interrupts.watch());
    Timeline::first_cycle(&timeline).map_err(|error| error.to_string())?;
    let mut session = Session::new(&mut timeline, failure.map(str::to_owned));
    let on_terminal = io::stdin().is_terminal() && io::stdout().is_terminal();
    let mut lines = if args.json {
        if !print(&json::ready(session.at(), failure)) {
            return Ok(Then::End);
        }
        Lines::Json
    } else if on_terminal && let Ok(terminal) = Terminal::open(session.names()) {
        say("the prompt asks what happened: `help` lists commands, Tab completes, `quit` ends\n");
        Lines::Terminal(Box::new(terminal))
    } else {
        Lines::Plain
    };
    let mut forget = interrupts.watch();
    loop {
        let Some(line) = lines.next(session.at()) else {
            return Ok(Then::End);
        };
        // A Ctrl-C that came too late for the last question is not for this one.
        forget();
        let (text, done) = match &lines {
            Lines::Json => answer_json(&mut session, &line),
            Lines::Terminal(_) | Lines::Plain => answer_text(&mut session, &line),
        };
        // Without a reader there is nobody to talk to.
        if !text.is_empty() && !print(&text) {
            return Ok(Then::End);
        }
        if let Some(then) = done {
            return Ok(then);
        }
    }
}

impl Lines {
    /// The next line; nothing at the end.
    fn next(&mut self, at: u64) -> Option<String> {
        loop {
            match self {
                Self::Terminal(terminal) => match terminal.read(&format!("({at}) ")) {
                    Input::Line(line) => return Some(line),
                    Input::Interrupted => say("`quit` ends the prompt\n"),
                    Input::End => return None,
                },
                Self::Plain | Self::Json => {
                    let mut bytes = Vec::new();
                    let read = io::stdin().lock().read_until(b'\n', &mut bytes);
                    match read {
                        Ok(0) => return None,
                        Ok(_) => return Some(String::from_utf8_lossy(&bytes).into_owned()),
                        Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                        Err(_) => return None,
                    }
                }
            }
        }
    }
}

/// The answer to a line, and how to go on where it ends the prompt.
fn answer_text(session: &mut Session<'_>, line: &str) -> (String, Option<Then>) {
    let command = match table::parse(line) {
        Ok(Some(command)) => command,
        Ok(None) => return (String::new(), None),
        Err(error) => return (format!("error: {error}"), None),
    };
    match session.answer(command) {
        Ok(Answer::Bye { then }) => (String::new(), Some(then)),
        Ok(answer) => (answer.to_string(), None),
        Err(Trouble::Error(error)) => (format!("error: {error}"), None),
        Err(Trouble::Cancelled) => ("interrupted".to_owned(), None),
    }
}

fn answer_json(session: &mut Session<'_>, line: &str) -> (String, Option<Then>) {
    if line.trim().is_empty() {
        return (String::new(), None);
    }
    let (id, command) = json::request(line);
    let answer = command
        .map_err(Trouble::Error)
        .and_then(|command| session.answer(command));
    let done = match &answer {
        Ok(Answer::Bye { then }) => Some(*then),
        _ => None,
    };
    (json::answer(id, session.at(), &answer), done)
}

/// Whether somebody reads it.
fn print(text: &str) -> bool {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}").and_then(|()| out.flush()).is_ok()
}
