//! Runs the C++ compiler: several jobs at once, each only when something of it has changed.

use std::ffi::OsString;
use std::hash::Hasher as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use twox_hash::XxHash3_64;

use crate::error::{Error, Result, make_folder, read_bytes, write};
use crate::options::Options;

/// The compiler and its flags.
pub struct Compiler {
    build: cc::Build,
    pub tool: cc::Tool,
    jobs: usize,
}

/// A source to compile.
pub struct Job {
    pub source: PathBuf,
    pub object: PathBuf,
    pub flags: Vec<OsString>,
}

/// The triple that objects are made for, where cargo does not say so.
fn target() -> String {
    let env = if cfg!(target_env = "musl") {
        "musl"
    } else {
        "gnu"
    };
    format!(
        "{}-unknown-{}-{env}",
        std::env::consts::ARCH,
        std::env::consts::OS
    )
}

/// How many compilers may run at once.
fn jobs() -> usize {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    std::env::var("NUM_JOBS")
        .ok()
        .and_then(|jobs| jobs.parse().ok())
        .unwrap_or(cores)
        .max(1)
}

impl Compiler {
    /// The compiler that cargo's and the user's variables name.
    pub fn find(options: &Options, script: bool) -> Result<Self> {
        let mut build = cc::Build::new();
        build
            .cpp(true)
            .std("c++20")
            .opt_level(2)
            .debug(options.debug)
            .pic(true)
            .warnings(false)
            .cargo_warnings(false)
            // `Model::try_build` prints cargo's lines, for all models in the same way.
            .cargo_metadata(false)
            // Verilator's switch for the flag that its headers want.
            .flag_if_supported("-faligned-new")
            .flag_if_supported("-fno-gnu-unique")
            // A model's functions are not replaced when the program starts, so they call each other
            // directly, and small ones become part of others: up to a third faster.
            .flag_if_supported("-fno-semantic-interposition");
        if !script {
            build.target(&target()).host(&target());
        }
        let tool = build
            .try_get_compiler()
            .map_err(|error| Error::NoCompiler {
                reason: error.to_string(),
            })?;
        Ok(Self {
            build,
            tool,
            jobs: jobs(),
        })
    }

    /// Archives objects, unless the same ones are archived already. By a rename at the end: nobody
    /// links half an archive.
    pub fn archive(&self, folder: &Path, name: &str, objects: &[PathBuf]) -> Result<()> {
        let mut key = XxHash3_64::new();
        for object in objects {
            key.write(object.as_os_str().as_encoded_bytes());
            key.write(&read_bytes(object)?);
        }
        let key = format!("{:016x}", key.finish());
        let file = format!("lib{name}.a");
        let archive = folder.join(&file);
        let stamp = folder.join(format!("{file}.stamp"));
        if archive.is_file() && std::fs::read_to_string(&stamp).is_ok_and(|old| old == key) {
            return Ok(());
        }
        let _ = std::fs::remove_file(&stamp);
        // cc would take an archive of the same name for its own and add to it.
        let part = folder.join("part");
        make_folder(&part)?;
        let _ = std::fs::remove_file(part.join(&file));
        let mut build = self.build.clone();
        for object in objects {
            build.object(object);
        }
        build
            .out_dir(&part)
            .try_compile(name)
            .map_err(|error| Error::NoCompiler {
                reason: error.to_string(),
            })?;
        std::fs::rename(part.join(&file), &archive).map_err(|source| Error::Io {
            action: "write",
            path: archive,
            source,
        })?;
        write(&stamp, &key)
    }

    /// Runs all jobs; the first error in their order.
    pub fn run(&self, jobs: &[Job]) -> Result<()> {
        let next = AtomicUsize::new(0);
        let failed: Mutex<Option<(usize, Error)>> = Mutex::new(None);
        let work = || {
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                let Some(job) = jobs.get(at) else { break };
                if let Err(error) = self.compile(job) {
                    let mut failed = failed.lock().unwrap_or_else(PoisonError::into_inner);
                    if failed.as_ref().is_none_or(|(earlier, _)| at < *earlier) {
                        *failed = Some((at, error));
                    }
                    // No new job after a failure.
                    next.store(jobs.len(), Ordering::Relaxed);
                }
            }
        };
        std::thread::scope(|scope| {
            for _ in 1..self.jobs.min(jobs.len()) {
                scope.spawn(work);
            }
            work();
        });
        match failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
            Some((_, error)) => Err(error),
            None => Ok(()),
        }
    }

    fn compile(&self, job: &Job) -> Result<()> {
        let stamp = job.object.with_extension("stamp");
        let depends = job.object.with_extension("d");
        let mut command = self.tool.to_command();
        command
            .args(&job.flags)
            .arg("-MMD")
            .arg("-MF")
            .arg(&depends);
        command.arg("-c").arg(&job.source);
        let key = |command: &Command| {
            let mut key = XxHash3_64::new();
            key.write(command.get_program().as_encoded_bytes());
            for argument in command.get_args() {
                key.write(argument.as_encoded_bytes());
                key.write(&[0]);
            }
            for file in depended_files(&depends)? {
                key.write(&std::fs::read(file).ok()?);
                key.write(&[0]);
            }
            Some(format!("{:016x}", key.finish()))
        };
        if job.object.is_file()
            && let Some(key) = key(&command)
            && std::fs::read_to_string(&stamp).is_ok_and(|old| old == key)
        {
            return Ok(());
        }
        let _ = std::fs::remove_file(&stamp);
        let part = job.object.with_extension("part");
        let mut run = self.tool.to_command();
        run.args(command.get_args().skip(self.tool.args().len()));
        run.arg("-o").arg(&part).stdin(Stdio::null());
        let output = run.output().map_err(|source| Error::Start {
            program: self.tool.path().display().to_string(),
            source,
        })?;
        let messages = String::from_utf8_lossy(&output.stderr);
        if !messages.trim().is_empty() {
            eprintln!("{}", messages.trim_end());
        }
        if !output.status.success() {
            return Err(Error::Compile {
                file: job.source.clone(),
                messages: messages.trim_end().to_owned(),
            });
        }
        std::fs::rename(&part, &job.object).map_err(|source| Error::Io {
            action: "write",
            path: job.object.clone(),
            source,
        })?;
        write(&stamp, &key(&command).unwrap_or_default())
    }
}

/// The files that a compiler's dependency file names; `None` when there is no such file.
pub fn depended_files(path: &Path) -> Option<Vec<PathBuf>> {
    let text = std::fs::read_to_string(path).ok()?;
    let (_, files) = text.split_once(": ")?;
    Some(
        files
            .replace("\\\n", " ")
            .replace("\\ ", "\u{1}")
            .split_whitespace()
            .map(|file| PathBuf::from(file.replace('\u{1}', " ")))
            .collect(),
    )
}
