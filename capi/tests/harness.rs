//! Harnesses in C++, compiled against the header and linked with the library.

use std::{
    env, fs,
    io::{BufRead, BufReader},
    os::unix::process::ExitStatusExt,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::OnceLock,
    time::{Duration, Instant},
};

mod common;
use common::library;

/// Compiles `tests/cpp/NAME.cpp`; `plain` without the library.
fn compile(name: &str, plain: bool) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{plain}"));
    let target = format!("{}-unknown-linux-gnu", env::consts::ARCH);
    let mut compiler = cc::Build::new();
    compiler
        .cpp(true)
        .std("c++17")
        .opt_level(1)
        .cargo_metadata(false);
    compiler.target(&target).host(&target);
    compiler.flag("-Wall").flag("-Wextra").flag("-Werror");
    let mut command = compiler.get_compiler().to_command();
    command.arg(root.join(format!("tests/cpp/{name}.cpp")));
    command.arg("-I").arg(root.join("include"));
    if plain {
        command.arg("-DPLAIN");
    } else {
        command.arg(library());
    }
    command
        .args(["-lpthread", "-ldl", "-lm", "-o"])
        .arg(&program);
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name}: {text}");
    program
}

fn beyond() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| compile("beyond", false))
}

/// A word in the environment of a program and of all that it leaves behind.
fn processes_with(mark: &str) -> Vec<String> {
    let all = fs::read_dir("/proc").unwrap().flatten();
    let marked = all.filter(|entry| {
        let environment = fs::read(entry.path().join("environ")).unwrap_or_default();
        let mark = format!("LIGHTSSS_TEST_MARK={mark}");
        environment
            .split(|byte| *byte == 0)
            .any(|one| one == mark.as_bytes())
    });
    marked
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect()
}

fn marked(program: &Path, mark: &str) -> Command {
    let mut command = Command::new(program);
    command.env("LIGHTSSS_TEST_MARK", mark);
    command
}

fn nothing_is_left(mark: &str) {
    let begun = Instant::now();
    while !processes_with(mark).is_empty() {
        let left = processes_with(mark);
        assert!(
            begun.elapsed() < Duration::from_secs(20),
            "{mark}: left {left:?}"
        );
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn run(program: &Path, mark: &str, args: &[&str]) -> Output {
    let output = marked(program, mark).args(args).output().unwrap();
    nothing_is_left(mark);
    output
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn a_loop_that_was_written_for_the_original_does_the_same_with_plain_forks_and_with_the_library() {
    let folder = tempfile::tempdir().unwrap();
    let programs = [compile("loop", true), compile("loop", false)];
    for (fail, every) in [
        ("0", "100"),
        ("1", "100"),
        ("100", "100"),
        ("737", "100"),
        ("999", "1"),
    ] {
        for end in ["return", "exit", "abort"] {
            let found = [0, 1].map(|at: usize| {
                let wave = folder.path().join(format!("{at}-{fail}-{every}-{end}"));
                let args = [fail, every, wave.to_str().unwrap(), end];
                let mark = format!("loop-{at}-{fail}-{every}-{end}");
                let output = run(&programs[at], &mark, &args);
                (
                    output.status,
                    text(&output.stdout),
                    fs::read_to_string(&wave).ok(),
                )
            });
            assert_eq!(found[0], found[1], "{fail} {every} {end}");
            assert_eq!(
                found[1].2.is_some(),
                fail != "0",
                "a waveform where it fails"
            );
        }
    }
}

#[test]
fn bad_use_gets_a_code_and_a_message_and_nothing_is_lost() {
    let output = run(&compile("misuse", false), "misuse", &[]);
    let expected =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cpp/misuse.txt"));
    let found = text(&output.stdout);
    assert!(output.status.success(), "{found}{}", text(&output.stderr));
    assert_eq!(found, expected.unwrap());
}

#[test]
fn a_named_slot_is_woken_with_a_message_and_tells_its_outcome() {
    let output = run(beyond(), "named", &["named"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(
        text(&output.stdout),
        "slot 0: cycle 0 'boot'\nslot 1: cycle 30 ''\nslot 2: cycle 40 ''\nchild: from 0 to 45, mismatch, for you\n\
         woken 0: outcome 1 'elsewhere', from 0, reached 41, note wave.fst\n"
    );
}

#[test]
fn ten_thousand_forks_leave_two_slots_and_then_nothing() {
    let output = run(beyond(), "many", &["many"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(text(&output.stdout), "taken 10000, missed 0, slots 2\n");
}

#[test]
fn a_crash_under_a_supervisor_wakes_a_slot_and_the_status_is_the_crash_s() {
    let output = run(beyond(), "supervised-cycles", &["supervised cycles"]);
    assert_eq!(output.status.signal(), Some(SIGSEGV));
    assert_eq!(text(&output.stdout), "child: from 30\nchild: ends at 49\n");
    let said = text(&output.stderr);
    assert!(
        said.contains("report: the simulation was killed by SIGSEGV at cycle 45"),
        "{said}"
    );
    assert!(
        said.contains("replayed from cycle 30: no failure came"),
        "{said}"
    );
}

/// Its number on Linux.
const SIGSEGV: i32 = 11;

#[test]
fn after_a_crash_of_a_run_that_tells_no_cycle_a_child_has_no_end_in_sight() {
    let output = run(beyond(), "supervised", &["supervised"]);
    assert_eq!(
        text(&output.stdout),
        "child: from 30\nchild: end beyond every cycle: 1\n"
    );
}

#[test]
fn an_exit_without_a_word_is_a_crash_and_a_return_from_main_is_none() {
    let output = run(beyond(), "supervised-exit", &["supervised exit cycles"]);
    assert_eq!(output.status.code(), Some(4));
    assert!(
        text(&output.stderr).contains("exited with status 4 at cycle 45"),
        "{}",
        text(&output.stderr)
    );
    let output = run(beyond(), "supervised-well", &["supervised well cycles"]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(text(&output.stderr), "");
}

#[test]
fn a_main_that_is_killed_leaves_nothing() {
    for how in ["wait", "supervised wait"] {
        let mark = format!("killed-{how}");
        let mut child = marked(beyond(), &mark)
            .arg(how)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        assert_eq!(line, "waits\n");
        assert!(
            processes_with(&mark).len() > 2,
            "the original and two slots"
        );
        child.kill().unwrap();
        child.wait().unwrap();
        nothing_is_left(&mark);
    }
}
