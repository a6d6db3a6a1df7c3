//! Saves and restores as its arguments say: the program that tests kill, trace, and starve.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use lightsss_runtime::durable::{
    Background, BackgroundError, Compression, RestoreOptions, SaveOptions, Series, SeriesOptions,
    restore, restore_with, save,
};
use lightsss_tests_durable::harness::Harness;
use nix::unistd::{getegid, geteuid};

/// The harness's RAM, in bytes.
const RAM: usize = 3 << 20;

/// A disk on which there is room for one file, and for most of another, in bytes.
const DISK: u64 = 2 << 20;

#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Saves the harness of a seed, so many times.
    Save {
        file: PathBuf,
        seed: u64,
        #[arg(long, default_value_t = 1)]
        times: u32,
        /// No file may become longer, in bytes.
        #[arg(long)]
        file_limit: Option<u64>,
        /// Without root's right to write everywhere.
        #[arg(long)]
        without_capabilities: bool,
    },
    /// Saves to a disk that is too small for two files, mounted on a folder.
    FullDisk { folder: PathBuf },
    /// Restores, and prints the seed of the harness that came back.
    Restore { file: PathBuf },
    /// Restores over a harness of another seed, with RAM of so many bytes; prints whether that was restored, or is as
    /// it was.
    Attempt { file: PathBuf, ram: usize },
    /// Saves in the background, and prints what was seen.
    Background { folder: PathBuf },
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Save {
            file,
            seed,
            times,
            file_limit,
            without_capabilities,
        } => {
            if without_capabilities {
                give_up_capabilities().and_then(|()| save_times(&file, seed, times, file_limit))
            } else {
                save_times(&file, seed, times, file_limit)
            }
        }
        Command::FullDisk { folder } => full_disk(&folder),
        Command::Restore { file } => restore_seed(&file),
        Command::Attempt { file, ram } => attempt(&file, ram),
        Command::Background { folder } => background(&folder),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(text) => {
            eprintln!("{text}");
            ExitCode::FAILURE
        }
    }
}

fn options() -> SaveOptions {
    // As they are, so that there is something to write.
    SaveOptions::new()
        .compression(Compression::None)
        .threads(NonZeroUsize::MIN)
}

fn text(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

fn give_up_capabilities() -> Result<(), String> {
    // Version 3 of the interface: the version and the process (this one); then effective, permitted
    // and inheritable capabilities, twice 32 of each.
    let mut header = [0x2008_0522_u32, 0];
    let none = [0_u32; 6];
    // SAFETY: version 3 reads two words of the header, and six of the sets; the kernel writes to
    // the header's first word only, which is ours.
    let done = unsafe { libc::syscall(libc::SYS_capset, header.as_mut_ptr(), none.as_ptr()) };
    if done == 0 {
        Ok(())
    } else {
        Err(format!(
            "could not give up the capabilities: {}",
            std::io::Error::last_os_error()
        ))
    }
}

fn save_times(file: &PathBuf, seed: u64, times: u32, limit: Option<u64>) -> Result<(), String> {
    use nix::sys::resource::{Resource, setrlimit};
    use nix::sys::signal::{SigHandler, Signal, signal};
    if let Some(limit) = limit {
        // SAFETY: ignoring a signal installs no handler.
        unsafe { signal(Signal::SIGXFSZ, SigHandler::SigIgn) }.map_err(|e| e.to_string())?;
        setrlimit(Resource::RLIMIT_FSIZE, limit, limit).map_err(|e| e.to_string())?;
    }
    let harness = Harness::new(seed, RAM);
    for _ in 0..times {
        save(file, &harness, &options()).map_err(|error| text(&error))?;
    }
    Ok(())
}

/// Mounts a small disk on a folder, for this process alone.
fn small_disk(folder: &Path) -> Result<(), String> {
    use nix::mount::{MsFlags, mount};
    use nix::sched::{CloneFlags, unshare};
    let (user, group) = (geteuid(), getegid());
    if unshare(CloneFlags::CLONE_NEWNS).is_err() {
        unshare(CloneFlags::CLONE_NEWUSER | CloneFlags::CLONE_NEWNS)
            .map_err(|error| format!("no namespace of mounts is to be had: {error}"))?;
        for (file, map) in [
            ("setgroups", "deny".to_owned()),
            ("uid_map", format!("0 {user} 1")),
            ("gid_map", format!("0 {group} 1")),
        ] {
            std::fs::write(format!("/proc/self/{file}"), map)
                .map_err(|error| format!("{file} of the user namespace: {error}"))?;
        }
    }
    let nothing = None::<&str>;
    let private = MsFlags::MS_REC | MsFlags::MS_PRIVATE;
    let size = format!("size={DISK}");
    mount(nothing, "/", nothing, private, nothing)
        .and_then(|()| {
            let flags = MsFlags::empty();
            mount(Some("tmpfs"), folder, Some("tmpfs"), flags, Some(&*size))
        })
        .map_err(|error| format!("no tmpfs can be mounted: {error}"))
}

/// What the parts of this say is in the test that runs it.
fn full_disk(folder: &Path) -> Result<(), String> {
    use nix::sys::resource::{Resource, setrlimit};
    use nix::sys::signal::{SigHandler, Signal, signal};
    let mounted = small_disk(folder);
    let file = folder.join("a.lsss");
    save(&file, &Harness::new(1, RAM), &options()).map_err(|error| text(&error))?;
    match mounted {
        Ok(()) => println!("a tmpfs"),
        Err(why) => {
            // The next best: writes that come to an end in the middle, too.
            // SAFETY: ignoring a signal installs no handler.
            unsafe { signal(Signal::SIGXFSZ, SigHandler::SigIgn) }.map_err(|e| e.to_string())?;
            setrlimit(Resource::RLIMIT_FSIZE, 1 << 20, 1 << 20).map_err(|e| e.to_string())?;
            println!("a limit on files, since {why}");
        }
    }
    for _ in 0..3 {
        let Err(refused) = save(&file, &Harness::new(2, RAM), &options()) else {
            return Err("there was room for a second file".into());
        };
        println!("{}", text(&refused));
        restore_seed(&file)?;
        let files = std::fs::read_dir(folder).map_err(|error| error.to_string())?;
        println!("files {}", files.count());
    }
    // What there is room for is written.
    save(&file, &Harness::new(3, 0), &options()).map_err(|error| text(&error))?;
    let mut small = Harness::new(0, 0);
    restore(&file, &mut small).map_err(|error| text(&error))?;
    println!("small {}", small == Harness::new(3, 0));
    Ok(())
}

fn restore_seed(file: &PathBuf) -> Result<(), String> {
    let mut harness = Harness::new(0, RAM);
    restore(file, &mut harness).map_err(|error| text(&error))?;
    let seed = (0..100).find(|seed| Harness::new(*seed, RAM) == harness);
    println!("{}", seed.ok_or("the harness of no seed")?);
    Ok(())
}

fn attempt(file: &Path, ram: usize) -> Result<(), String> {
    let before = Harness::new(99, ram);
    let mut harness = before.clone();
    let options = RestoreOptions {
        threads: Some(NonZeroUsize::MIN),
        ..RestoreOptions::default()
    };
    let restored = restore_with(file, &mut harness, &options);
    let outcome = match &restored {
        Ok(_) => "restored",
        Err(_) if harness == before => "unchanged",
        Err(_) => "changed",
    };
    println!("{outcome}");
    restored.map(drop).map_err(|error| text(&error))
}

/// What the parts of this say is in the test that runs it.
fn background(folder: &Path) -> Result<(), String> {
    let mut background = Background::new(NonZeroUsize::MIN);
    let mut harness = Harness::new(1, RAM);
    let path = folder.join("a.lsss");
    background
        .save(&path, &harness, &options())
        .map_err(|error| text(&error))?;
    // The original goes on and changes; the file must hold what was.
    harness.ram.0.fill(0x55);
    harness.cycle = 0;
    let mut reports = background.wait();
    let report = reports.pop().ok_or("nothing was reported")?;
    println!(
        "saved {}",
        report.result.map_err(|error| text(&error))?.file_len
    );
    restore_seed(&path)?;
    // An error is reported in words.
    let nowhere = folder.join("missing/a.lsss");
    background
        .save(&nowhere, &harness, &options())
        .map_err(|error| text(&error))?;
    let report = background.wait().pop().ok_or("nothing was reported")?;
    println!(
        "failed {}",
        text(&report.result.expect_err("no such folder"))
    );
    // With another thread alive, nothing is forked.
    let (stop, stopped) = std::sync::mpsc::channel::<()>();
    let thread = std::thread::Builder::new()
        .name("bystander".into())
        .spawn(move || stopped.recv())
        .map_err(|error| error.to_string())?;
    match background.save(&path, &harness, &options()) {
        Err(BackgroundError::Threads { threads }) => println!("threads {}", threads.join(",")),
        other => return Err(format!("{other:?}")),
    }
    drop(stop);
    let _ = thread.join();
    series(folder)
}

/// Children in the background, restored by their chain.
fn series(folder: &Path) -> Result<(), String> {
    let options = SeriesOptions {
        max_chain: 4,
        ..SeriesOptions::default()
    };
    let mut series = Series::new(folder.join("series"), options).map_err(|e| e.to_string())?;
    let mut harness = Harness::new(3, RAM);
    for cycle in 0..6 {
        harness.ram.0[5000 * cycle as usize] ^= 1;
        let options = self::options().cycle(cycle);
        let (path, _) = series
            .save_in_background(&harness, &options)
            .map_err(|error| text(&error))?;
        for report in series.wait() {
            report.result.map_err(|error| text(&error))?;
        }
        let mut restored = Harness::new(0, RAM);
        let header = restore(&path, &mut restored).map_err(|error| text(&error))?;
        if restored != harness {
            return Err(format!("{} holds another state", path.display()));
        }
        println!("depth {}", header.parent.map_or(0, |parent| parent.depth));
    }
    Ok(())
}
