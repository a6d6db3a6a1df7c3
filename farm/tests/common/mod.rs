//! A campaign in a folder of its own, and the processes that it must not leave.

#![allow(dead_code, reason = "each test file uses a part")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// A program whose runs pass, fail, crash or take long, by their seed.
pub const PROGRAM: &str = r#"#!/bin/sh
for word; do case $word in +seed=*) seed=${word#+seed=};; esac; done
echo "seed $seed" > result.txt
echo "ran $seed" >> "$RUNS"
case $seed in
*3) echo "rtl/soc.sv:12: assertion failed: expected $seed" >&2; exit 1;;
*7) kill -SEGV $$;;
*9) sleep 0.2;;
esac
"#;

/// What runs of [`PROGRAM`] do not do: fail, crash, take long.
pub const QUICK: &str = "#!/bin/sh\necho \"$1\" > result.txt\n";

/// A campaign in a folder of its own.
pub struct Farm {
    pub folder: TempDir,
    pub store: String,
    pub variables: Vec<(String, String)>,
}

impl Farm {
    /// With this program and these seeds.
    pub fn new(program: &str, seeds: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path();
        fs::write(path.join("soc"), program).expect("the program");
        fs::set_permissions(path.join("soc"), fs::Permissions::from_mode(0o755))
            .expect("the program's mode");
        let farm = Self {
            store: path.join("store").display().to_string(),
            folder,
            variables: Vec::new(),
        };
        farm.plan(seeds, "");
        farm
    }

    /// Writes the plan anew.
    pub fn plan(&self, seeds: &str, limits: &str) {
        let text = format!(
            "name = 'test'\n[limits]\n{limits}\n[[matrix]]\nprograms = ['soc']\narguments = ['+seed={{seed}}']\n\
             seeds = '{seeds}'\noutputs = ['result.txt']\ndriver = false\nenvironment = {{ RUNS = '{}' }}\n",
            self.path("runs.txt").display()
        );
        fs::write(self.path("plan.toml"), text).expect("the plan");
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The command with these words.
    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lightsss-farm"));
        command
            .args(words)
            .current_dir(self.folder.path())
            .env("LIGHTSSS_FARM_STORE", &self.store)
            .env("LIGHTSSS_FARM_CACHE", self.path("cache"))
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null());
        command
    }

    pub fn run(&self, words: &[&str]) -> Output {
        self.command(words).output().expect("the command")
    }

    /// Starts the command with these words; what goes wrong is in `errors.txt`.
    pub fn start(&self, words: &[&str]) -> Child {
        let errors = fs::File::create(self.path("errors.txt")).expect("a file");
        let mut command = self.command(words);
        command.stdout(Stdio::null()).stderr(errors);
        command.spawn().expect("the command")
    }

    /// What a started command said.
    pub fn errors(&self) -> String {
        fs::read_to_string(self.path("errors.txt")).unwrap_or_default()
    }

    /// `run plan.toml`, with what is given beside.
    pub fn campaign(&self, words: &[&str]) -> Output {
        let lease: &[&str] = if words.contains(&"--lease") {
            &[]
        } else {
            &["--lease", "5s"]
        };
        self.run(&[&["run", "plan.toml", "--jobs", "2"], lease, words].concat())
    }

    /// The status of each task, in the plan's order.
    pub fn statuses(&self) -> Vec<String> {
        let listed = self.run(&["list", "test", "--json"]);
        let tasks: serde_json::Value =
            serde_json::from_slice(&listed.stdout).unwrap_or_else(|error| {
                panic!("{error}: {}{}", text(&listed.stdout), text(&listed.stderr));
            });
        let tasks = tasks.as_array().expect("a list").iter();
        tasks
            .map(|task| {
                task["outcome"]["status"]
                    .as_str()
                    .unwrap_or("waiting")
                    .to_owned()
            })
            .collect()
    }

    /// What [`PROGRAM`] gives for the seeds from 1 to `last`.
    pub fn expected(last: u32) -> Vec<String> {
        let word = |seed: u32| match seed % 10 {
            3 => "failed",
            7 => "crashed",
            _ => "passed",
        };
        (1..=last).map(|seed| word(seed).to_owned()).collect()
    }

    /// Every process that has this campaign's folder in its command line or environment.
    pub fn processes(&self) -> Vec<(i32, String)> {
        let name = self
            .folder
            .path()
            .to_str()
            .expect("a path in UTF-8")
            .to_owned();
        let own = std::process::id() as i32;
        let mut found = Vec::new();
        for entry in fs::read_dir("/proc").expect("processes").flatten() {
            let Some(number) = entry
                .file_name()
                .to_str()
                .and_then(|name| name.parse().ok())
            else {
                continue;
            };
            let read = |file: &str| fs::read(entry.path().join(file)).unwrap_or_default();
            let (line, environment) = (read("cmdline"), read("environ"));
            let names = |bytes: &[u8]| String::from_utf8_lossy(bytes).contains(&name);
            if number != own && (names(&line) || names(&environment)) {
                found.push((number, text(&line).replace('\0', " ")));
            }
        }
        found
    }

    /// Waits until none is left.
    pub fn assert_nothing_runs(&self) {
        let until = Instant::now() + Duration::from_secs(10);
        while !self.processes().is_empty() && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(10));
        }
        assert_eq!(self.processes(), []);
    }
}

impl Drop for Farm {
    /// A test that failed leaves nothing either.
    fn drop(&mut self) {
        for (number, _) in self.processes() {
            let _ = nix::sys::signal::kill(
                nix::unistd::Pid::from_raw(number),
                nix::sys::signal::Signal::SIGKILL,
            );
        }
    }
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Whether any file below the folder holds the text.
pub fn holds(folder: &Path, secret: &str) -> Option<PathBuf> {
    for entry in fs::read_dir(folder).ok()?.flatten() {
        let path = entry.path();
        if path.is_dir() {
            if let Some(found) = holds(&path, secret) {
                return Some(found);
            }
        } else if fs::read(&path).is_ok_and(|bytes| {
            bytes
                .windows(secret.len())
                .any(|part| part == secret.as_bytes())
        }) {
            return Some(path);
        }
    }
    None
}
