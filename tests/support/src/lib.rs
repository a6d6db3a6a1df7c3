//! What tests, examples and benchmarks share.
//!
//! For build scripts: work on several models at once, and sources of open cores, taken from Python packages when they
//! are needed. Nothing of them is kept in this repository; by feature, descriptions of models (`description`). For tests,
//! by feature: snapshot files of any contents (`craft`), random inputs and records of ports (`drive`), events of `tracing` (`events`), the processes of a run (`processes`), runs of an example's program
//! (`story`), two waveforms (`same_waves`), and states beside waveforms (`waves`).

#[cfg(feature = "craft")]
pub mod craft;
#[cfg(feature = "description")]
pub mod description;
#[cfg(feature = "drive")]
pub mod drive;
#[cfg(feature = "events")]
pub mod events;
pub mod parallel;
#[cfg(feature = "processes")]
pub mod processes;
#[cfg(feature = "same_waves")]
pub mod same_waves;
#[cfg(feature = "story")]
pub mod story;
#[cfg(feature = "waves")]
pub mod waves;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What the C++ drivers of models share: the inputs and the record, as `drive` has them in Rust.
pub const DRIVE_H: &str = include_str!("../drive.h");

/// Verilator's `$finish` and `$stop` for these drivers: flags, and no end of the process.
pub const RUNTIME_CPP: &str = include_str!("../runtime.cpp");

/// A Python package that carries a core's Verilog.
#[derive(Debug)]
pub struct CorePackage {
    /// What pip calls it.
    pub package: &'static str,
    /// The release that was tried.
    pub release: &'static str,
    /// The module's folder inside it.
    pub folder: &'static str,
}

/// picorv32, a small RV32 core.
pub const PICORV32: CorePackage = CorePackage {
    package: "pythondata-cpu-picorv32",
    release: "1.0.post218",
    folder: "pythondata_cpu_picorv32/verilog",
};

/// SERV, a bit-serial RV32 core.
pub const SERV: CorePackage = CorePackage {
    package: "pythondata-cpu-serv",
    release: "1.2.0.post146",
    folder: "pythondata_cpu_serv/verilog",
};

/// An RV32 core that is written in Scala.
pub const VEXRISCV: CorePackage = CorePackage {
    package: "pythondata-cpu-vexriscv",
    release: "1.0.1.post407",
    folder: "pythondata_cpu_vexriscv/verilog",
};

/// Ibex, an RV32 core of newer Verilog.
pub const IBEX: CorePackage = CorePackage {
    package: "pythondata-cpu-ibex",
    release: "0.0.post2937",
    folder: "pythondata_cpu_ibex/system_verilog",
};

/// A core could not be had.
#[derive(Debug, thiserror::Error)]
pub enum CoreError {
    /// Not called from a build script.
    #[error("OUT_DIR names no folder of cargo's; call this from a build script")]
    NoTarget,
    /// No Python.
    #[error("neither python3 nor python is on PATH to install the package `{package}` with")]
    NoPython {
        /// The package.
        package: &'static str,
    },
    /// pip failed.
    #[error("pip could not install the package `{package}`: {reason}")]
    Pip {
        /// The package.
        package: &'static str,
        /// What it said.
        reason: String,
    },
    /// A file operation failed.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

impl CorePackage {
    /// The folder of the core's sources, installed into cargo's target folder by the first call.
    pub fn sources(&self) -> Result<PathBuf, CoreError> {
        let target = target_folder().ok_or(CoreError::NoTarget)?;
        let cores = target.join("cores");
        let folder = cores.join(format!("{}-{}", self.package, self.release));
        if !folder.is_dir() {
            std::fs::create_dir_all(&cores).map_err(|source| io(&cores, source))?;
            self.install(&folder)?;
        }
        Ok(folder.join(self.folder))
    }

    /// Into a folder beside, then renamed: half a package is never taken for a whole one, and of
    /// two build scripts at once the first wins.
    fn install(&self, folder: &Path) -> Result<(), CoreError> {
        let python = ["python3", "python"]
            .iter()
            .find_map(|name| which::which(name).ok())
            .ok_or(CoreError::NoPython {
                package: self.package,
            })?;
        let staging = folder.with_file_name(format!("{}.part{}", self.package, std::process::id()));
        let _ = std::fs::remove_dir_all(&staging);
        let failed = |reason| CoreError::Pip {
            package: self.package,
            reason,
        };
        let output = Command::new(python)
            .args(["-m", "pip", "install", "--quiet", "--no-deps", "--target"])
            .arg(&staging)
            .arg(format!("{}=={}", self.package, self.release))
            .stdin(Stdio::null())
            .output()
            .map_err(|error| failed(error.to_string()))?;
        if !output.status.success() {
            return Err(failed(
                String::from_utf8_lossy(&output.stderr).trim().to_owned(),
            ));
        }
        match std::fs::rename(&staging, folder) {
            Ok(()) => Ok(()),
            Err(_) if folder.is_dir() => {
                let _ = std::fs::remove_dir_all(&staging);
                Ok(())
            }
            Err(source) => Err(io(folder, source)),
        }
    }
}

/// Cargo marks its target folder.
fn target_folder() -> Option<PathBuf> {
    let out = PathBuf::from(std::env::var_os("OUT_DIR")?);
    let tagged = |folder: &&Path| folder.join("CACHEDIR.TAG").is_file();
    // Cargo tags no folder that was there before it: `target/debug/build/PACKAGE/out` is what it makes then.
    let above = || out.ancestors().nth(4);
    out.ancestors()
        .find(tagged)
        .or_else(above)
        .map(Path::to_owned)
}

fn io(path: &Path, source: std::io::Error) -> CoreError {
    CoreError::Io {
        path: path.to_owned(),
        source,
    }
}
