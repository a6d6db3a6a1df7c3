//! A run on a terminal of its own: Ctrl-C, and a terminal that a crash would leave unusable.

use std::{
    fs::File,
    io::{Read, Write},
    os::unix::process::ExitStatusExt,
    process::{Child, Command},
};

use lightsss_tests_support::processes::Mark;
use nix::{
    pty::{OpenptyResult, openpty},
    sys::termios::tcgetattr,
};

/// Starts the program as a shell in a terminal would: the leader of a session that has it.
fn on_terminal(mark: &Mark, terminal: OpenptyResult, args: &[&str]) -> (Child, File) {
    let slave = || terminal.slave.try_clone().unwrap();
    // `setsid` from util-linux; it becomes the program.
    let mut command = Command::new("setsid");
    command
        .arg("--ctty")
        .arg(env!("CARGO_BIN_EXE_supervised"))
        .args(args)
        .stdin(slave())
        .stdout(slave())
        .stderr(slave());
    mark.put_on(&mut command);
    (command.spawn().unwrap(), terminal.master.into())
}

/// What the terminal shows, to the end of the session.
fn shown(master: &mut File) -> String {
    let mut bytes = Vec::new();
    // The end is an error: nobody has the terminal open any more.
    let _ = master.read_to_end(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

#[test]
fn a_terminal_that_the_simulation_made_raw_is_restored_whatever_killed_it() {
    for (death, signal) in [("kill", libc::SIGKILL), ("segv", libc::SIGSEGV)] {
        let mark = Mark::new();
        let terminal = openpty(None, None).unwrap();
        let before = tcgetattr(&terminal.master).unwrap();
        let (mut run, mut master) = on_terminal(
            &mark,
            terminal,
            &["--raw", "--death", death, "--at", "150", "--slow", "100"],
        );
        let output = shown(&mut master);
        assert_eq!(
            run.wait().unwrap().signal(),
            Some(signal),
            "{death}: {output}"
        );
        assert_eq!(tcgetattr(&master).unwrap(), before, "{death}");
        let hidden = output.find("\x1b[?25l").expect("the cursor was hidden");
        let visible = output.rfind("\x1b[?25h").expect("the cursor is shown");
        assert!(hidden < visible, "{death}: {output:?}");
        assert!(output.contains("replayed from cycle 0"), "{output}");
        // A raw terminal needs a carriage return in each line; a restored one adds it.
        let last = output.rfind("lightsss: ").unwrap();
        assert!(output[last..].contains("\r\n"), "{output:?}");
        mark.assert_gone(death);
    }
}

#[test]
fn control_c_on_the_terminal_ends_the_run() {
    let mark = Mark::new();
    let (mut run, mut master) = on_terminal(
        &mark,
        openpty(None, None).unwrap(),
        &["--slow", "1000", "--every", "20", "--at", "60000"],
    );
    mark.named("lightsss-slot", 2);
    master.write_all(b"\x03").unwrap();
    let output = shown(&mut master);
    assert_eq!(run.wait().unwrap().signal(), Some(libc::SIGINT), "{output}");
    assert!(!output.contains("replay"), "{output}");
    mark.assert_gone("after Ctrl-C");
}
