//! Saves in the background: how many at a time, their reports, and how long the original stands still.
//!
//! In processes of their own: beside another thread nothing is forked.

use std::io::{self, PipeReader, PipeWriter, Read, Write};
use std::path::Path;
use std::ptr::NonNull;
use std::sync::Arc;
use std::thread::sleep;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::super::storage::{Disk, Storage, StorageFile};
use super::super::{
    Background, BackgroundError, RestoreOptions, SaveOptions, Series, SeriesOptions, Snapshot,
    restore,
};
use super::threads;
use crate::memory::dirty::{Notes, Tracked};
use crate::process::isolate::isolated;

/// A storage in which a child waits, before it makes a file, until it is let go on.
#[derive(Debug)]
struct PausedStorage {
    /// A byte for each child that may go on.
    go: PipeReader,
    /// Where a child says its number.
    here: PipeWriter,
}

/// The test's ends of the pipes.
struct Hold {
    go: PipeWriter,
    here: PipeReader,
}

impl Hold {
    fn new() -> (Self, SaveOptions) {
        let (held_go, go) = io::pipe().unwrap();
        let (here, held_here) = io::pipe().unwrap();
        let storage = Arc::new(PausedStorage {
            go: held_go,
            here: held_here,
        });
        let options = SaveOptions {
            storage,
            ..SaveOptions::new()
        };
        (Self { go, here }, options)
    }

    /// The process of a child that has come to wait.
    fn child(&mut self) -> Pid {
        let mut number = [0; 4];
        self.here.read_exact(&mut number).unwrap();
        Pid::from_raw(i32::from_ne_bytes(number))
    }

    fn let_go(&mut self, count: usize) {
        self.go.write_all(&vec![0; count]).unwrap();
    }
}

impl Storage for PausedStorage {
    fn create(&self, path: &Path) -> io::Result<Box<dyn StorageFile>> {
        (&self.here).write_all(&std::process::id().to_ne_bytes())?;
        (&self.go).read_exact(&mut [0])?;
        Disk.create(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        Disk.rename(from, to)
    }

    fn rename_new(&self, from: &Path, to: &Path) -> io::Result<()> {
        Disk.rename_new(from, to)
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        Disk.sync_folder(folder)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        Disk.remove(path)
    }
}

fn state(child: Pid) -> Option<char> {
    let text = std::fs::read_to_string(format!("/proc/{child}/stat")).ok()?;
    text.rsplit(')').next()?.trim_start().chars().next()
}

fn wait_for_end(child: Pid) {
    while state(child).is_some_and(|state| state != 'Z') {
        sleep(Duration::from_millis(1));
    }
}

fn saved(path: &Path) -> u64 {
    let mut value = 0;
    restore(path, &mut value).unwrap();
    value
}

#[test]
fn so_many_are_under_way_at_most_as_were_said() {
    isolated(|| {
        let folder = tempfile::tempdir().unwrap();
        let paths = ["a", "b", "c", "d"].map(|name| folder.path().join(name));
        let (mut hold, options) = Hold::new();
        let mut background = Background::new(threads(2));
        background.save(&paths[0], &0_u64, &options).unwrap();
        background.save(&paths[1], &1_u64, &options).unwrap();
        let third = background.save(&paths[2], &2_u64, &options);
        assert!(
            matches!(third, Err(BackgroundError::Busy { running: 2 })),
            "{third:?}"
        );
        assert_eq!(background.running(), 2);
        assert!(background.finished().is_empty());
        // Whichever goes on, one place is free then, and no more.
        hold.let_go(1);
        let first = loop {
            if let Some(report) = background.finished().pop() {
                break report;
            }
            sleep(Duration::from_millis(1));
        };
        first.result.unwrap();
        assert_eq!(background.running(), 1);
        background.save(&paths[2], &2_u64, &options).unwrap();
        let fourth = background.save(&paths[3], &3_u64, &options);
        assert!(
            matches!(fourth, Err(BackgroundError::Busy { running: 2 })),
            "{fourth:?}"
        );
        hold.let_go(2);
        let rest = background.wait();
        assert_eq!(rest.len(), 2);
        for report in rest {
            report.result.unwrap();
        }
        for (value, path) in paths[..3].iter().enumerate() {
            assert_eq!(saved(path), value as u64);
        }
        assert!(!paths[3].exists());
    });
}

#[test]
fn a_child_that_is_killed_is_reported() {
    isolated(|| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.lsss");
        let mut background = Background::new(threads(1));
        background.save(&path, &1_u64, &SaveOptions::new()).unwrap();
        background.wait().pop().unwrap().result.unwrap();
        let (mut hold, options) = Hold::new();
        background.save(&path, &2_u64, &options).unwrap();
        kill(hold.child(), Signal::SIGKILL).unwrap();
        let error = background.wait().pop().unwrap().result.unwrap_err();
        assert!(matches!(error, BackgroundError::Died { .. }), "{error:?}");
        let expected = format!(
            "`{}` was not saved: the child that saved it was killed by SIGKILL (if nobody did that, memory was short: \
             look into the kernel's log)",
            path.display()
        );
        assert_eq!(error.to_string(), expected);
        assert_eq!(saved(&path), 1);
        // Its place is free.
        background.save(&path, &3_u64, &SaveOptions::new()).unwrap();
        background.wait().pop().unwrap().result.unwrap();
        assert_eq!(saved(&path), 3);
    });
}

#[test]
fn an_ended_child_is_reaped_by_the_next_save_and_its_report_kept() {
    isolated(|| {
        let folder = tempfile::tempdir().unwrap();
        let paths = ["a", "b", "c"].map(|name| folder.path().join(name));
        let (mut hold, options) = Hold::new();
        let mut background = Background::new(threads(1));
        hold.let_go(3);
        let mut before = None;
        for path in &paths {
            background.save(path, &1_u64, &options).unwrap();
            if let Some(before) = before {
                assert_eq!(state(before), None, "a zombie stays");
            }
            let child = hold.child();
            wait_for_end(child);
            before = Some(child);
        }
        let reported: Vec<_> = background.wait().into_iter().map(|it| it.path).collect();
        assert_eq!(reported, paths);
        assert!(background.finished().is_empty());
    });
}

/// A memory whose owner takes his time to say what was written.
#[derive(Debug)]
struct Slow(Duration);

impl Notes for Slow {
    fn take_written(&self, _: &mut dyn FnMut(usize)) {
        sleep(self.0);
    }
}

#[test]
fn the_pause_is_all_the_time_that_the_original_stands_still() {
    isolated(|| {
        let folder = tempfile::tempdir().unwrap();
        let mut series = Series::new(folder.path(), SeriesOptions::default()).unwrap();
        let mut memory = vec![0_u8; 4096];
        let took = Duration::from_millis(40);
        let _tracked = Tracked::noted(NonNull::from(&mut memory[0]), 1, Arc::new(Slow(took)));
        let (_, pause) = series
            .save_in_background(&7_u64, &SaveOptions::new())
            .unwrap();
        assert!(pause >= took, "{pause:?}");
        let report = series.wait().pop().unwrap();
        assert_eq!(report.pause, pause);
    });
}

/// A pipe in the place of the parent: opening it waits for a writer.
#[test]
fn the_child_reads_the_parent() {
    isolated(|| {
        // SAFETY: the call sets a timer, which ends this process if it hangs.
        unsafe { libc::alarm(60) };
        let folder = tempfile::tempdir().unwrap();
        let options = SeriesOptions {
            max_chain: 3,
            ..SeriesOptions::default()
        };
        let mut series = Series::new(folder.path(), options).unwrap();
        let save = |series: &mut Series| {
            let begun = series.save_in_background(&7_u64, &SaveOptions::new());
            begun.unwrap().0
        };
        save(&mut series);
        series.wait().pop().unwrap().result.unwrap();
        let parent = save(&mut series);
        series.wait().pop().unwrap().result.unwrap();
        std::fs::remove_file(&parent).unwrap();
        nix::unistd::mkfifo(&parent, nix::sys::stat::Mode::S_IRWXU).unwrap();
        let third = save(&mut series);
        assert!(series.finished().is_empty());
        drop(std::fs::File::options().write(true).open(&parent).unwrap());
        series.wait().pop().unwrap().result.unwrap();
        // What is no snapshot is no parent.
        let depth = |path: &Path| {
            let snapshot = Snapshot::open(path, &RestoreOptions::default());
            snapshot.unwrap().depth()
        };
        assert_eq!(depth(&third), 0);
        // The depth is what the child found.
        let fourth = save(&mut series);
        series.wait().pop().unwrap().result.unwrap();
        assert_eq!(depth(&fourth), 1);
        assert_eq!(saved(&fourth), 7);
    });
}
