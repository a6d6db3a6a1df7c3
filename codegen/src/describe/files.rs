//! The files of a folder that Verilator wrote, read once.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result, read};
use crate::parse::depends;
use crate::parse::structs::{self, DeclaredStruct};

/// A file and its text.
pub struct File {
    /// Its path.
    pub path: PathBuf,
    /// Its text.
    pub text: String,
}

impl File {
    fn read(path: PathBuf) -> Result<Self> {
        Ok(Self {
            text: read(&path)?,
            path,
        })
    }

    /// Whether this crate wrote it into the folder, for a harness in C++: its headers have include guards of its own.
    fn is_ours(&self) -> bool {
        let guard = self
            .text
            .lines()
            .find_map(|line| line.strip_prefix("#ifndef "));
        guard.is_some_and(|guard| guard.starts_with("LIGHTSSS_") || guard.ends_with("_LIGHTSSS_H_"))
    }

    /// The name of the file.
    pub fn name(&self) -> &str {
        self.path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default()
    }
}

/// The headers and sources of a folder.
pub struct Files {
    /// The folder.
    pub folder: PathBuf,
    /// All headers of Verilator's, by name.
    pub headers: Vec<File>,
    /// The sources, in the order of their list.
    pub sources: Vec<File>,
    /// The files that the folder was made from, as Verilator names them.
    pub inputs: BTreeSet<PathBuf>,
}

impl Files {
    /// Reads all headers of the folder, and the given sources.
    pub fn read(folder: &Path, sources: &[PathBuf]) -> Result<Self> {
        let mut files = Self {
            folder: folder.to_owned(),
            headers: Vec::new(),
            sources: Vec::new(),
            inputs: BTreeSet::new(),
        };
        for path in entries(folder)? {
            if path.extension().is_some_and(|extension| extension == "h") {
                let header = File::read(path)?;
                if !header.is_ours() {
                    files.headers.push(header);
                }
            } else if path.to_string_lossy().ends_with("__ver.d") {
                files.inputs.extend(depends::parse(&read(&path)?));
            }
        }
        for source in sources {
            files.sources.push(File::read(source.clone())?);
        }
        Ok(files)
    }

    /// The header of a name.
    pub fn header(&self, name: &str) -> Option<&File> {
        self.headers.iter().find(|header| header.name() == name)
    }

    /// The header of a name that each model has.
    pub fn required_header(&self, name: &str) -> Result<&File> {
        self.header(name).ok_or_else(|| Error::Io {
            action: "read",
            path: self.folder.join(name),
            source: std::io::ErrorKind::NotFound.into(),
        })
    }

    /// The unpacked structures that the headers declare, by their C++ names.
    pub fn structs(&self) -> BTreeMap<String, DeclaredStruct> {
        let mut found = BTreeMap::new();
        for header in &self.headers {
            structs::parse(&header.text, &mut found);
        }
        found
    }

    /// Whether a source holds one of the texts.
    pub fn sources_hold(&self, texts: &[&str]) -> bool {
        let finders: Vec<_> = texts.iter().map(memchr::memmem::Finder::new).collect();
        self.sources.iter().any(|source| {
            let text = source.text.as_bytes();
            finders.iter().any(|finder| finder.find(text).is_some())
        })
    }
}

/// The paths in a folder, in the order of their names.
pub fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let io = |source| Error::Io {
        action: "read",
        path: folder.to_owned(),
        source,
    };
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(io)? {
        paths.push(entry.map_err(io)?.path());
    }
    paths.sort();
    Ok(paths)
}
