//! What tests of campaigns need: Slurm from the system's packages, and a server of S3 from a Python package.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use super::say::say;
use super::system::PackageManager;
use crate::folders::target_dir;

/// Slurm's programs, and the packages that bring them, as Debian names them.
const SLURM: [(&str, &str); 4] = [
    ("slurmctld", "slurmctld"),
    ("slurmd", "slurmd"),
    ("sbatch", "slurm-client"),
    ("munged", "munge"),
];

/// The server of S3.
const SERVER: &str = "moto[server]==5.2.5";

/// Finds or installs all of it.
pub fn find_or_install(mut manager: Option<&mut PackageManager>) -> Result<()> {
    for (program, package) in SLURM {
        if find(program).is_none() {
            let how_to = format!("{program}: not found; install the package `{package}`");
            let Some(manager) = manager.as_mut() else {
                bail!(how_to);
            };
            manager.install(package).with_context(|| how_to.clone())?;
            find(program).with_context(|| format!("{how_to} (its package brought none)"))?;
        }
        say(&format!("{program}: found"));
    }
    server()
}

/// Daemons lie where a user's `PATH` need not lead.
fn find(program: &str) -> Option<PathBuf> {
    let beside = Path::new("/usr/sbin").join(program);
    which::which(program)
        .ok()
        .or_else(|| beside.is_file().then_some(beside))
}

fn server() -> Result<()> {
    let folder = target_dir().join("tools").join("moto");
    if !folder.is_dir() {
        // Into a folder beside, then renamed: a broken download is never taken for a good one.
        let staging = folder.with_extension("part");
        let _ = std::fs::remove_dir_all(&staging);
        say(&format!("running `python3 -m pip install {SERVER}`"));
        let output = Command::new("python3")
            .args(["-m", "pip", "install", "--quiet", "--target"])
            .arg(&staging)
            .arg(SERVER)
            .stdin(Stdio::null())
            .output()
            .context("could not start python3, which brings the server of S3")?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            bail!("pip ended with {}: {}", output.status, said.trim());
        }
        std::fs::rename(&staging, &folder)
            .with_context(|| format!("could not put the server at {}", folder.display()))?;
    }
    say(&format!("a server of S3: {}", folder.display()));
    Ok(())
}
