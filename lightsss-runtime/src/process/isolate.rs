//! Slots in users' own tests: a process of one thread for a test's body.

use std::{
    env,
    io::Write,
    panic::{AssertUnwindSafe, catch_unwind},
    process::Command,
    thread,
};

use nix::{
    sys::wait::{WaitStatus, waitpid},
    unistd::{ForkResult, fork},
};

use super::sys;

/// Set in the process that the test was started in anew.
const NAME: &str = "LIGHTSSS_ISOLATED_TEST";

/// Runs the body of a test in a process of its own that has one thread. A panic in the body fails the
/// test, which then shows the body's output.
///
/// `cargo test` runs tests on threads, beside which no slot can be taken. So the test's program is
/// started once more, for this test alone. It forks while its only other thread waits for the test.
///
/// ```no_run
/// use lightsss_runtime::slots::{Checkpoint, SlotOptions, Slots, isolated};
///
/// #[test]
/// fn a_slot_is_taken() {
///     isolated(|| {
///         let mut slots = Slots::new(SlotOptions::default()).unwrap();
///         assert!(matches!(slots.checkpoint(0).unwrap(), Checkpoint::Original));
///     });
/// }
/// ```
///
/// # Panics
///
/// If the body panics, or ends the process with another status than 0. Also if the calling thread is not
/// the test's own, whose name is that of the test.
pub fn isolated(body: impl FnOnce()) {
    match env::var(NAME) {
        Ok(_) => run(body),
        Err(_) => start_anew(),
    }
}

fn start_anew() {
    let thread = thread::current();
    let name = thread.name().unwrap_or_default().to_owned();
    assert!(
        !name.is_empty() && name != "main",
        "`isolated` is to be called from the thread of a test, which bears the test's name"
    );
    let program = env::current_exe().expect("the path of the test's program");
    let output = Command::new(program)
        .args([
            &name,
            "--exact",
            "--nocapture",
            "--include-ignored",
            "--test-threads=1",
        ])
        .env(NAME, &name)
        .output()
        .expect("the test's program starts");
    let printed = String::from_utf8_lossy(&output.stdout);
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(
        printed.contains("running 1 test"),
        "the test {name:?} was not found by its name in its own program: {printed}{complained}"
    );
    assert!(
        output.status.success(),
        "the isolated test failed:\n{printed}{complained}"
    );
    print!("{printed}");
    eprint!("{complained}");
}

fn run(body: impl FnOnce()) {
    sys::flush_stdio();
    // SAFETY: this process was started for one test, on one thread beside the main one, which
    // waits for the test's result on a channel and so holds no lock that the child could need.
    let forked = unsafe { fork() }.expect("a fork");
    match forked {
        ForkResult::Child => {
            let outcome = catch_unwind(AssertUnwindSafe(body));
            let _ = std::io::stdout().flush();
            sys::flush_stdio();
            sys::exit_now(if outcome.is_ok() { 0 } else { 101 })
        }
        ForkResult::Parent { child } => {
            let status = sys::retry(|| waitpid(child, None));
            assert!(
                matches!(status, Ok(WaitStatus::Exited(_, 0))),
                "the process of the test's body ended with {status:?}"
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[should_panic(expected = "the isolated test failed")]
    fn a_panic_in_the_body_fails_the_test() {
        isolated(|| panic!("on purpose"));
    }
}
