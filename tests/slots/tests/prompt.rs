//! The prompt: by lines, by JSON, on a terminal, after a crash, and at a pause.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use lightsss_tests_slots::driver::{command, report};
use lightsss_tests_support::processes::Mark;
use nix::pty::openpty;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::{Value, json};
use tempfile::TempDir;

/// A run with slots of cycles 300 and 400, if it fails at cycle 450.
fn run(folder: &Path, args: &[&str]) -> Command {
    let args = [&["--checkpoint-cycles", "100"], args].concat();
    let mut command = command(folder, &args);
    command.env("LIGHTSSS_HISTORY", folder.join("history"));
    command
}

/// What comes of these lines.
fn said(args: &[&str], lines: &str) -> (TempDir, Output, String) {
    let folder = tempfile::tempdir().unwrap();
    let mark = Mark::new();
    let mut command = run(folder.path(), args);
    mark.put_on(&mut command);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(lines.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    mark.assert_gone(lines);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    (folder, output, text)
}

#[test]
fn lines_without_a_terminal_are_answered_and_the_run_ends_as_it_failed() {
    let lines = "where\ngo 320\nshow cycle\nlast cycle\nuntil cycle == 333\nback 3\nbakc\nquit\n";
    let (_, output, text) = said(&["--on-failure", "prompt", "fail=450"], lines);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    for expected in [
        "at cycle 450, of cycles 300 to 450; slots at 300, 400\n",
        "failed at cycle 450: the counter is 0x",
        "at cycle 320\n",
        "at cycle 320: cycle ",
        "at cycle 333\n",
        "at cycle 330\n",
        "error: no command is called `bakc`; did you mean `back`?\n",
    ] {
        assert!(text.contains(expected), "`{expected}` is not in {text}");
    }
}

/// A client of the line protocol.
struct Client {
    child: Child,
    answers: BufReader<std::process::ChildStdout>,
}

impl Client {
    fn new(folder: &Path, args: &[&str]) -> (Self, Value) {
        let mut command = run(
            folder,
            &[&["--on-failure", "prompt", "--json"], args].concat(),
        );
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.stderr(Stdio::null()).spawn().unwrap();
        let answers = BufReader::new(child.stdout.take().unwrap());
        let mut client = Self { child, answers };
        // What the harness has printed comes first.
        let ready = loop {
            let line = client.line();
            let parsed = serde_json::from_str::<Value>(&line);
            if let Ok(ready) = parsed.map(|line| line["lightsss"] == "prompt") {
                assert!(ready, "{line}");
                break serde_json::from_str(&line).unwrap();
            }
        };
        (client, ready)
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        assert!(self.answers.read_line(&mut line).unwrap() > 0, "no line");
        line
    }

    fn ask(&mut self, request: &str) -> Value {
        let input = self.child.stdin.as_mut().unwrap();
        writeln!(input, "{request}").unwrap();
        serde_json::from_str(&self.line()).unwrap()
    }
}

/// The counter's state after so many cycles.
fn state(cycles: u64) -> u64 {
    (0..cycles).fold(0_u64, |state, _| {
        state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1)
    })
}

#[test]
fn each_request_of_the_line_protocol_has_one_answer() {
    let folder = tempfile::tempdir().unwrap();
    let (mut client, ready) = Client::new(folder.path(), &["fail=450"]);
    assert_eq!(
        (&ready["version"], &ready["cycle"]),
        (&json!(1), &json!(450))
    );
    assert!(
        ready["failure"]
            .as_str()
            .unwrap()
            .starts_with("the counter is")
    );
    for cycle in [300, 301, 399, 400, 401, 450] {
        let moved = client.ask(&json!({"id": cycle, "command": "go", "cycle": cycle}).to_string());
        assert_eq!(
            (&moved["id"], &moved["at"]),
            (&json!(cycle), &json!(cycle)),
            "{moved}"
        );
        let shown = client.ask(r#"{"command": "show", "patterns": ["state"]}"#);
        let value = shown["result"]["values"][0][1].as_str().unwrap();
        let digits = value.split(' ').next().unwrap().replace('_', "");
        let found = match digits.strip_prefix("0x") {
            Some(digits) => u64::from_str_radix(digits, 16),
            None => digits.parse(),
        };
        assert_eq!(found, Ok(state(cycle)), "cycle {cycle}: {shown}");
    }
    for (request, expected) in [
        ("garbage", "not a JSON object"),
        (r#"{"id": 7, "command": "dance"}"#, "dance"),
        (
            r#"{"id": 7, "command": "go", "cycle": 20}"#,
            "cannot be asked for",
        ),
        (
            r#"{"id": 7, "command": "last", "signal": "ghost"}"#,
            "ghost",
        ),
        (
            r#"{"id": 7, "command": "until", "condition": "cycle =="}"#,
            "column",
        ),
    ] {
        let answer = client.ask(request);
        assert_eq!(answer["ok"], false, "{answer}");
        let error = answer["error"].as_str().unwrap();
        assert!(error.contains(expected), "{request}: {error}");
    }
    client.ask(r#"{"command": "go", "cycle": "end"}"#);
    let found = client.ask(r#"{"command": "back-until", "condition": "cycle % 77 == 0"}"#);
    assert_eq!(found["result"], json!({"cycle": 385}), "{found}");
    let file = client.ask(r#"{"command": "save", "file": "past.lsss"}"#);
    assert_eq!(file["ok"], true, "{file}");
    assert!(folder.path().join("past.lsss").exists());
    let bye = client.ask(r#"{"command": "quit"}"#);
    assert_eq!(bye["ok"], true, "{bye}");
    assert_eq!(client.child.wait().unwrap().code(), Some(1));
}

#[test]
fn a_crash_is_asked_about_in_the_supervisor() {
    let (_, output, text) = said(
        &["--on-failure", "prompt", "die=450"],
        "where\nback 10\nquit\n",
    );
    assert!(
        text.contains("at cycle 450, of cycles 300 to 450"),
        "{text}"
    );
    assert!(text.contains("SIGSEGV"), "{text}");
    assert!(text.contains("at cycle 440\n"), "{text} {output:?}");
}

#[test]
fn a_run_pauses_for_questions_and_goes_on() {
    let (folder, output, text) = said(&["--prompt-at", "250", "fail=450"], "where\ncontinue\n");
    assert!(text.contains("at cycle 250, of cycles "), "{text}");
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let report = report(folder.path()).unwrap();
    assert_eq!(
        (&report["end_cycle"], &report["reproduced"]),
        (&json!(450), &json!(true))
    );
}

#[test]
fn a_run_that_is_ended_at_its_pause_ends_well() {
    let (folder, output, _) = said(&["--prompt-at", "250", "fail=450"], "quit\n");
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let report = report(folder.path()).unwrap();
    assert_eq!(report["end_cycle"], 250);
    assert_eq!(
        report["remarks"][0],
        "the prompt ended the run at cycle 250"
    );
}

#[test]
fn a_prompt_without_a_reader_ends() {
    let folder = tempfile::tempdir().unwrap();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = run(folder.path(), &["--on-failure", "prompt", "fail=450"]);
    command
        .stdin(Stdio::piped())
        .stdout(writer)
        .stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    // Its standard input stays open.
    let _ = input.write_all(b"where\nwhere\n");
    assert_eq!(child.wait().unwrap().code(), Some(1));
}

#[test]
fn a_prompt_that_has_nothing_to_ask_is_refused_before_the_run() {
    for (args, expected) in [
        (&["--json"][..], "`--json` is for a prompt"),
        (
            &["--on-failure", "prompt", "--slots", "0"],
            "keep one at least",
        ),
        (&["--on-failure", "dance"], "prompt"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let output = run(folder.path(), args).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains(expected), "{args:?}: {said}");
        assert_eq!(output.status.code(), Some(2), "{args:?}");
    }
}

/// A terminal with a run on it.
struct Screen {
    master: File,
    seen: String,
}

impl Screen {
    fn open(folder: &Path, mark: &Mark, args: &[&str]) -> (Self, Child) {
        let terminal = openpty(None, None).unwrap();
        let slave = || terminal.slave.try_clone().unwrap();
        let run = run(folder, args);
        // `setsid` from util-linux; it becomes the program.
        let mut command = Command::new("setsid");
        command
            .arg("--ctty")
            .arg(run.get_program())
            .args(run.get_args());
        command.current_dir(folder).env("TERM", "xterm");
        command.env("LIGHTSSS_HISTORY", folder.join("history"));
        command.stdin(slave()).stdout(slave()).stderr(slave());
        mark.put_on(&mut command);
        let child = command.spawn().unwrap();
        drop(command);
        let run = Pid::from_raw(child.id().cast_signed());
        std::thread::spawn(move || {
            // A text that never comes must not hold up the tests.
            std::thread::sleep(Duration::from_mins(1));
            let _ = kill(run, Signal::SIGKILL);
        });
        let screen = Self {
            master: terminal.master.into(),
            seen: String::new(),
        };
        (screen, child)
    }

    fn keys(&mut self, keys: &str) {
        self.master.write_all(keys.as_bytes()).unwrap();
    }

    /// Waits until the terminal shows a text, and forgets what it has shown up to its end.
    fn wait_for(&mut self, text: &str) {
        let mut bytes = [0; 4096];
        loop {
            if let Some(at) = self.seen.find(text) {
                self.seen.drain(..at + text.len());
                return;
            }
            match self.master.read(&mut bytes) {
                Ok(read) if read > 0 => {
                    self.seen += &String::from_utf8_lossy(&bytes[..read]);
                }
                other => panic!("`{text}` did not come ({other:?}): {}", self.seen),
            }
        }
    }
}

#[test]
fn a_terminal_completes_remembers_and_interrupts_a_question_only() {
    let folder = tempfile::tempdir().unwrap();
    let mark = Mark::new();
    let args = ["--on-failure", "prompt", "--quiet", "fail=450", "pace=5000"];
    let (mut screen, mut child) = Screen::open(folder.path(), &mark, &args);
    screen.wait_for("(450) ");
    // A command and a name by their beginnings.
    screen.keys("sho\tstat\t\r");
    screen.wait_for(&format!("{:x}", state(450) & 0xffff));
    screen.wait_for("(450) ");
    screen.keys("back 7\r");
    screen.wait_for("at cycle 443");
    screen.wait_for("(443) ");
    // The line before once more.
    screen.keys("\x1b[A\r");
    screen.wait_for("at cycle 436");
    screen.wait_for("(436) ");
    // On the line, Ctrl-C gives up the line.
    screen.keys("xyz\x03");
    screen.wait_for("`quit` ends the prompt");
    // In a question, the question: 136 cycles take 680 ms at least.
    screen.keys("back-until state == 1\r");
    screen.wait_for("state == 1");
    screen.wait_for("\n");
    std::thread::sleep(Duration::from_millis(100));
    screen.keys("\x03");
    screen.wait_for("interrupted");
    screen.keys("where\r");
    screen.wait_for("at cycle 436, of cycles 300 to 450");
    screen.keys("quit\r");
    assert_eq!(child.wait().unwrap().code(), Some(1));
    let history = std::fs::read_to_string(folder.path().join("history")).unwrap();
    assert!(history.contains("back-until state == 1"), "{history}");
    mark.assert_gone("after quit");
}

#[test]
fn an_interrupted_run_waits_while_it_is_asked_about() {
    let folder = tempfile::tempdir().unwrap();
    let mark = Mark::new();
    let args = ["--prompt-on-interrupt", "--quiet", "pace=1000"];
    let (mut screen, mut child) = Screen::open(folder.path(), &mark, &args);
    mark.named("lightsss-slot", 2);
    screen.keys("\x03");
    screen.wait_for("the run was interrupted at cycle ");
    screen.wait_for("`quit` ends");
    // As long as a run that goes on would need to drop the slots that there are.
    std::thread::sleep(Duration::from_millis(500));
    screen.keys("last cycle\r");
    screen.wait_for("cycle 0x");
    screen.keys("continue\r");
    std::thread::sleep(Duration::from_millis(200));
    screen.keys("\x03");
    screen.wait_for("the run was interrupted at cycle ");
    screen.wait_for("`quit` ends");
    screen.keys("quit\r");
    assert_eq!(child.wait().unwrap().signal(), Some(libc::SIGTERM));
    mark.assert_gone("after quit");
}
