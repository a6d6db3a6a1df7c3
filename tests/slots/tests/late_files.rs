//! Files that are opened after the checkpoint, by the original and again by a replay: the rows of
//! `docs/limits.md` about them.

use std::{
    fs::{self, File, OpenOptions},
    io::{Read, Write},
    os::unix::fs::MetadataExt,
    process::Command,
};

use lightsss_tests_slots::rows::{replayed, row};

fn text(path: &str) -> String {
    fs::read_to_string(path).unwrap()
}

#[test]
fn a_log_that_is_opened_after_the_checkpoint_is_written_once() {
    row(|| {
        let log = |lines: usize| {
            let mut log = File::create("late.log").unwrap();
            (0..lines).for_each(|line| writeln!(log, "line {line}").unwrap());
            log
        };
        let mut kept = None;
        let found = replayed(
            |_| {
                drop(log(3));
                text("late.log")
            },
            || kept = Some(log(50)),
        );
        assert_eq!(found, "line 0\nline 1\nline 2\n", "its own");
        // Still open: the original goes on where it was.
        writeln!(kept.unwrap(), "line 50").unwrap();
        let lines: Vec<String> = (0..=50).map(|line| format!("line {line}\n")).collect();
        assert_eq!(text("late.log"), lines.concat());
    });
}

#[test]
fn a_file_that_the_original_opened_and_closed_again_stays() {
    row(|| {
        fs::write("older", "before the checkpoint").unwrap();
        let write = |path: &str, contents: &str| fs::write(path, contents).unwrap();
        replayed(
            |_| {
                write("closed", "replay's");
                write("older", "replay's");
                format!("{} {}", text("closed"), text("older"))
            },
            || {
                write("closed", "original's");
                write("older", "original's");
            },
        );
        assert_eq!(text("closed"), "original's");
        assert_eq!(text("older"), "original's");
    });
}

#[test]
fn appending_in_place_and_exclusive_opens_leave_the_original_s_file() {
    row(|| {
        let append = |what: &str| {
            let mut options = OpenOptions::new();
            let file = options.append(true).create(true).open("appended");
            file.unwrap().write_all(what.as_bytes()).unwrap();
        };
        let in_place = |what: &str| {
            let mut options = OpenOptions::new();
            let file = options.read(true).write(true).create(true).open("in place");
            file.unwrap().write_all(what.as_bytes()).unwrap();
        };
        let exclusive = || {
            let mut new = OpenOptions::new();
            let file = new.write(true).create_new(true).open("new");
            file.map(|mut file| file.write_all(b"new").unwrap()).is_ok()
        };
        let found = replayed(
            |_| {
                append("r");
                in_place("r");
                let made = exclusive();
                let again = exclusive();
                format!("{} {} {made} {again}", text("appended"), text("in place"))
            },
            || {
                append("original");
                in_place("original");
                assert!(exclusive());
            },
        );
        assert_eq!(found, "r r true false", "as in the original");
        assert_eq!(text("appended"), "original");
        assert_eq!(text("in place"), "original");
        assert_eq!(text("new"), "new");
    });
}

#[test]
fn what_the_original_publishes_removes_or_truncates_is_not_done_twice() {
    row(|| {
        fs::write("log", "first").unwrap();
        let publish = |what: &str| {
            fs::write("x.tmp", what).unwrap();
            fs::rename("x.tmp", "x").unwrap();
        };
        let scratch = || {
            fs::write("scratch", "s").unwrap();
            fs::remove_file("scratch").unwrap();
            fs::create_dir("folder").map_err(|error| error.to_string())
        };
        let truncate = || {
            let file = OpenOptions::new().write(true).open("log").unwrap();
            file.set_len(2).unwrap();
            // SAFETY: the path ends with a zero byte.
            assert_eq!(unsafe { libc::truncate(c"log".as_ptr(), 1) }, 0);
        };
        let found = replayed(
            |_| {
                publish("replay's");
                let made = scratch();
                truncate();
                format!("{} {made:?} {}", text("x"), text("log"))
            },
            || {
                publish("original's");
                scratch().unwrap();
                fs::write("log", "second").unwrap();
            },
        );
        assert_eq!(found, "replay's Ok(()) s");
        assert_eq!(text("x"), "original's");
        assert_eq!(text("log"), "second");
        let mut left: Vec<_> = fs::read_dir(".")
            .unwrap()
            .map(|one| one.unwrap().file_name())
            .collect();
        left.sort();
        assert_eq!(left, ["folder", "log", "x"]);
    });
}

#[test]
fn a_log_that_is_rotated_stays_as_the_original_rotated_it() {
    row(|| {
        fs::write("log", "before").unwrap();
        let rotate = |what: &str| {
            let renamed = fs::rename("log", "log.1").is_ok();
            fs::write("log", what).unwrap();
            renamed
        };
        let found = replayed(
            |_| format!("{} {}", rotate("replay's"), text("log")),
            || assert!(rotate("original's")),
        );
        assert_eq!(found, "true replay's");
        assert_eq!(text("log"), "original's");
        assert_eq!(text("log.1"), "before");
    });
}

/// Programs in C and C++ open files by other functions.
#[test]
fn c_and_other_programs_that_a_replay_starts_are_asked_about_too() {
    row(|| {
        let write = |who: &str| {
            // SAFETY: the strings end with zero bytes, and the file is used and closed.
            unsafe {
                let file = libc::fopen(c"by c".as_ptr(), c"w".as_ptr());
                assert!(!file.is_null());
                libc::fputs(c"c".as_ptr(), file);
                if who == "original's" {
                    libc::fputs(c"original".as_ptr(), file);
                }
                libc::fclose(file);
            }
            let script = format!("echo \"{who}\" > shell; echo \"{who}\" >> shell");
            assert!(
                Command::new("sh")
                    .args(["-c", &script])
                    .status()
                    .unwrap()
                    .success()
            );
        };
        replayed(
            |_| {
                write("replay's");
                text("by c")
            },
            || write("original's"),
        );
        assert_eq!(text("by c"), "coriginal");
        assert_eq!(text("shell"), "original's\noriginal's\n");
    });
}

#[test]
fn what_a_replay_makes_is_there_for_whoever_looks_at_it_and_the_next_replay_may_write_it() {
    row(|| {
        let mut number = 0;
        let found = replayed(
            |replay| {
                fs::write("wave", format!("waveform {}", replay.number)).unwrap();
                fs::remove_file("wave").unwrap();
                let mut wave = File::create("wave").unwrap();
                writeln!(wave, "waveform").unwrap();
                replay.own_files(|| fs::write("original's", "on purpose").unwrap());
                "done".to_owned()
            },
            || {
                fs::write("original's", "o").unwrap();
                number = 1;
            },
        );
        assert_eq!((found.as_str(), number), ("done", 1));
        assert_eq!(text("wave"), "waveform\n");
        assert_eq!(text("original's"), "on purpose");
    });
}

#[test]
fn a_copy_of_a_large_file_lies_on_disk_and_has_no_name() {
    row(|| {
        let large = |first: u8| {
            let mut options = OpenOptions::new();
            let mut file = options
                .read(true)
                .write(true)
                .create(true)
                .truncate(false)
                .open("large")
                .unwrap();
            file.set_len(100 << 20).unwrap();
            file.write_all(&[first]).unwrap();
            let mut second = [9];
            file.read_exact(&mut second).unwrap();
            second[0]
        };
        File::create("large").unwrap().set_len(100 << 20).unwrap();
        let found = replayed(|_| large(2).to_string(), || assert_eq!(large(1), 0));
        assert_eq!(found, "0");
        let mut first = [0];
        File::open("large").unwrap().read_exact(&mut first).unwrap();
        assert_eq!(first, [1]);
        assert_eq!(fs::metadata("large").unwrap().nlink(), 1);
        assert_eq!(fs::read_dir(".").unwrap().count(), 1);
    });
}
