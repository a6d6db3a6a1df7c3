//! The table of commands: for the parser, the help and the completion.

use super::command::{Command, Place};
use crate::driver::numbers;

/// What completion offers behind a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    Nothing,
    Names,
    Files,
    Commands,
}

/// A row of the table of commands.
pub struct Entry {
    pub name: &'static str,
    /// Other spellings.
    pub short: &'static [&'static str],
    pub arguments: &'static str,
    pub help: &'static str,
    pub takes: Takes,
    parse: fn(&Words<'_>) -> Result<Command, String>,
}

/// What stands behind the name of a command.
struct Words<'l> {
    entry: &'static Entry,
    /// All of it.
    rest: &'l str,
    each: Vec<&'l str>,
}

impl<'l> Words<'l> {
    fn usage(&self) -> String {
        format!("expected `{}`", self.entry.usage())
    }

    fn none(&self, command: Command) -> Result<Command, String> {
        match &self.each[..] {
            [] => Ok(command),
            _ => Err(self.usage()),
        }
    }

    fn one(&self) -> Result<&'l str, String> {
        match &self.each[..] {
            [one] => Ok(one),
            _ => Err(self.usage()),
        }
    }

    fn at_most_one(&self) -> Result<Option<&'l str>, String> {
        match &self.each[..] {
            [] => Ok(None),
            [one] => Ok(Some(one)),
            _ => Err(self.usage()),
        }
    }

    fn count(&self) -> Result<u64, String> {
        self.at_most_one()?.map_or(Ok(1), numbers::count)
    }

    fn text(&self) -> Result<String, String> {
        if self.rest.is_empty() {
            return Err(self.usage());
        }
        Ok(self.rest.to_owned())
    }
}

/// `FROM..TO`; each may be left out.
fn range(text: &str) -> Result<(Place, Place), String> {
    let Some((from, to)) = text.split_once("..") else {
        return Err(format!(
            "expected a stretch such as 1200..1300, found `{text}`"
        ));
    };
    let place = |text: &str, default| match text {
        "" => Ok(default),
        text => Place::parse(text),
    };
    Ok((
        place(from, Place::Start)?,
        place(to.trim_start_matches('='), Place::End)?,
    ))
}

/// The commands, in the order of the help.
pub static COMMANDS: [Entry; 17] = [
    Entry {
        name: "where",
        short: &["w"],
        arguments: "",
        help: "say at which cycle the prompt is, what can be asked for, and what failed",
        takes: Takes::Nothing,
        parse: |words| words.none(Command::Where {}),
    },
    Entry {
        name: "go",
        short: &["g"],
        arguments: "CYCLE",
        help: "go to a cycle: 120000, 1.2M, +50, -50, start, or end, which is the failure",
        takes: Takes::Nothing,
        parse: |words| {
            Ok(Command::Go {
                cycle: Place::parse(words.one()?)?,
            })
        },
    },
    Entry {
        name: "step",
        short: &["s"],
        arguments: "[N]",
        help: "go one cycle on, or N",
        takes: Takes::Nothing,
        parse: |words| {
            Ok(Command::Step {
                cycles: words.count()?,
            })
        },
    },
    Entry {
        name: "back",
        short: &["b"],
        arguments: "[N]",
        help: "go one cycle back, or N",
        takes: Takes::Nothing,
        parse: |words| {
            Ok(Command::Back {
                cycles: words.count()?,
            })
        },
    },
    Entry {
        name: "show",
        short: &["p"],
        arguments: "PATTERN...",
        help: "show signals and fields at this cycle: a path, also with * and ?",
        takes: Takes::Names,
        parse: |words| match &words.each[..] {
            [] => Err(words.usage()),
            patterns => Ok(Command::Show {
                patterns: patterns.iter().copied().map(String::from).collect(),
            }),
        },
    },
    Entry {
        name: "last",
        short: &["l"],
        arguments: "SIGNAL",
        help: "go back to where a signal or field got the value that it has here",
        takes: Takes::Names,
        parse: |words| {
            Ok(Command::Last {
                signal: words.one()?.to_owned(),
            })
        },
    },
    Entry {
        name: "next",
        short: &["n"],
        arguments: "SIGNAL",
        help: "go on to where a signal or field changes next",
        takes: Takes::Names,
        parse: |words| {
            Ok(Command::Next {
                signal: words.one()?.to_owned(),
            })
        },
    },
    Entry {
        name: "until",
        short: &["u"],
        arguments: "CONDITION",
        help: "go on to the first cycle at which a condition holds: soc.pc == 0x80 && bus.pending > 2",
        takes: Takes::Names,
        parse: |words| {
            Ok(Command::Until {
                condition: words.text()?,
            })
        },
    },
    Entry {
        name: "back-until",
        short: &["bu"],
        arguments: "CONDITION",
        help: "go back to the last cycle at which a condition holds",
        takes: Takes::Names,
        parse: |words| {
            Ok(Command::BackUntil {
                condition: words.text()?,
            })
        },
    },
    Entry {
        name: "diff",
        short: &["d"],
        arguments: "CYCLE CYCLE",
        help: "name what differs between two cycles",
        takes: Takes::Nothing,
        parse: |words| match &words.each[..] {
            [from, to] => Ok(Command::Diff {
                from: Place::parse(from)?,
                to: Place::parse(to)?,
            }),
            _ => Err(words.usage()),
        },
    },
    Entry {
        name: "set",
        short: &[],
        arguments: "NAME=VALUE...",
        help: "run on from this cycle with other values, and say whether the failure comes; the run itself stays",
        takes: Takes::Names,
        parse: |words| {
            let values = words.each.iter().map(|word| {
                let pair = word
                    .split_once('=')
                    .filter(|(name, value)| !name.is_empty() && !value.is_empty());
                let (name, value) = pair.ok_or_else(|| words.usage())?;
                Ok((name.to_owned(), value.to_owned()))
            });
            let values: Vec<_> = values.collect::<Result<_, String>>()?;
            if values.is_empty() {
                return Err(words.usage());
            }
            Ok(Command::Set { values })
        },
    },
    Entry {
        name: "wave",
        short: &[],
        arguments: "FROM..TO [FILE]",
        help: "write a waveform of a stretch, by default to wave-FROM-TO.fst",
        takes: Takes::Files,
        parse: |words| {
            let (stretch, file) = match &words.each[..] {
                [stretch] => (stretch, None),
                [stretch, file] => (stretch, Some((*file).to_owned())),
                _ => return Err(words.usage()),
            };
            let (from, to) = range(stretch)?;
            Ok(Command::Wave { from, to, file })
        },
    },
    Entry {
        name: "save",
        short: &[],
        arguments: "FILE",
        help: "save the state of this cycle to a durable snapshot",
        takes: Takes::Files,
        parse: |words| {
            Ok(Command::Save {
                file: words.text()?,
            })
        },
    },
    Entry {
        name: "log",
        short: &[],
        arguments: "[FROM..TO]",
        help: "print what the harness printed in a stretch; without one, from the last slot to here",
        takes: Takes::Nothing,
        parse: |words| {
            let stretch = words.at_most_one()?.map(range).transpose()?;
            Ok(Command::Log {
                from: stretch.map(|(from, _)| from),
                to: stretch.map(|(_, to)| to),
            })
        },
    },
    Entry {
        name: "help",
        short: &["h", "?"],
        arguments: "[COMMAND]",
        help: "say what there is",
        takes: Takes::Commands,
        parse: |words| {
            Ok(Command::Help {
                about: words.at_most_one()?.map(str::to_owned),
            })
        },
    },
    Entry {
        name: "continue",
        short: &["c"],
        arguments: "",
        help: "leave the prompt; a run that is paused goes on",
        takes: Takes::Nothing,
        parse: |words| words.none(Command::Continue {}),
    },
    Entry {
        name: "quit",
        short: &["q", "exit"],
        arguments: "",
        help: "end the prompt, and with it the run",
        takes: Takes::Nothing,
        parse: |words| words.none(Command::Quit {}),
    },
];

impl Entry {
    /// The name and what stands behind it.
    pub fn usage(&self) -> String {
        format!("{} {}", self.name, self.arguments)
            .trim_end()
            .to_owned()
    }
}

/// The entry of a name or another spelling of it.
pub fn entry(name: &str) -> Option<&'static Entry> {
    let is = |entry: &&Entry| entry.name == name || entry.short.contains(&name);
    COMMANDS.iter().find(is)
}

/// Reads a line; nothing for one that is empty or a comment.
pub fn parse(line: &str) -> Result<Option<Command>, String> {
    let line = line.trim();
    let line = line.split(" #").next().unwrap_or(line).trim();
    if line.is_empty() || line.starts_with('#') {
        return Ok(None);
    }
    let (name, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let entry = entry(name).ok_or_else(|| unknown(name))?;
    let rest = rest.trim();
    (entry.parse)(&Words {
        entry,
        rest,
        each: rest.split_whitespace().collect(),
    })
    .map(Some)
}

/// What to say of a command that there is not.
pub fn unknown(name: &str) -> String {
    let names = COMMANDS.iter().map(|entry| entry.name.to_owned());
    match crate::state::near(name, names).first() {
        Some(near) => format!("no command is called `{name}`; did you mean `{near}`?"),
        None => format!("no command is called `{name}`; `help` lists them"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Command {
        parse(line).unwrap().unwrap()
    }

    #[test]
    fn a_line_and_a_request_are_the_same_command() {
        for (line, request) in [
            ("where", r#"{"command":"where"}"#),
            ("go 1.2M", r#"{"command":"go","cycle":1200000}"#),
            ("go -7", r#"{"command":"go","cycle":"-7"}"#),
            ("g end", r#"{"command":"go","cycle":"end"}"#),
            ("back", r#"{"command":"back"}"#),
            ("step 5", r#"{"command":"step","cycles":5}"#),
            (
                "show soc.pc bus.*",
                r#"{"command":"show","patterns":["soc.pc","bus.*"]}"#,
            ),
            ("last soc.pc", r#"{"command":"last","signal":"soc.pc"}"#),
            (
                "back-until a.b == 3 && c > 1",
                r#"{"command":"back-until","condition":"a.b == 3 && c > 1"}"#,
            ),
            ("diff 3 end", r#"{"command":"diff","from":3,"to":"end"}"#),
            (
                "set a=1 b=0x2",
                r#"{"command":"set","values":[["a","1"],["b","0x2"]]}"#,
            ),
            ("wave 3..5", r#"{"command":"wave","from":3,"to":5}"#),
            (
                "wave -3..end a.fst",
                r#"{"command":"wave","from":"-3","to":"end","file":"a.fst"}"#,
            ),
            ("log", r#"{"command":"log"}"#),
            ("log 1..2", r#"{"command":"log","from":1,"to":2}"#),
            ("?   # what is there", r#"{"command":"help"}"#),
            ("q", r#"{"command":"quit"}"#),
        ] {
            let request: Command = serde_json::from_str(request).unwrap();
            assert_eq!(parsed(line), request, "{line}");
        }
    }

    #[test]
    fn a_wrong_line_says_what_was_expected() {
        for (line, expected) in [
            ("bakc", "did you mean `back`?"),
            ("xyzzy", "`help` lists them"),
            ("go", "expected `go CYCLE`"),
            ("go there", "found `there`"),
            ("last a b", "expected `last SIGNAL`"),
            ("set a", "expected `set NAME=VALUE...`"),
            ("wave 5", "expected a stretch"),
            ("quit now", "expected `quit`"),
        ] {
            let error = parse(line).unwrap_err();
            assert!(error.contains(expected), "{line}: {error}");
        }
        assert_eq!(parse("  # a comment"), Ok(None));
        assert_eq!(parse(""), Ok(None));
    }

    #[test]
    fn a_request_with_what_nobody_knows_is_refused() {
        for request in [
            r#"{"command":"where","there":1}"#,
            r#"{"command":"xyzzy"}"#,
            r#"{"command":"go","cycle":"there"}"#,
            "{}",
        ] {
            serde_json::from_str::<Command>(request).expect_err(request);
        }
    }
}
