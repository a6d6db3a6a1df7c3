//! Arrows between the files of a crate: who takes a name from whom.
//!
//! An arrow points to the file that defines a name, not to one that exports it again. Exporting a
//! name again is no arrow, unless the file uses the name itself.

use std::collections::BTreeMap;

use anyhow::Result;

use super::modules::{Import, Modules};
use super::sources::{Sources, extension};

/// The crates whose structure is checked.
pub const CRATES: [&str; 6] = [
    "lightsss-derive",
    "lightsss-runtime",
    "codegen",
    "farm",
    "capi",
    "xtask",
];

/// The files that a file takes names from, each with one of the names.
pub type Arrows = BTreeMap<String, BTreeMap<String, String>>;

/// What a path leads to.
#[derive(Clone, Copy, PartialEq)]
enum Target {
    Module(usize),
    /// An item of this module.
    Item(usize),
}

/// The arrows within the crate in the folder `name`, over its library and its programs.
pub fn arrows(sources: &Sources, name: &str) -> Result<Arrows> {
    let mut arrows = Arrows::new();
    for root in roots(sources, name) {
        let modules = Modules::read(sources, &root)?;
        modules.add_arrows(&mut arrows);
    }
    Ok(arrows)
}

fn roots(sources: &Sources, name: &str) -> Vec<String> {
    let src = format!("{name}/src/");
    let is_root = |path: &str| match path.strip_prefix(&src) {
        Some("lib.rs" | "main.rs") => true,
        Some(path) => path.strip_prefix("bin/").is_some_and(|path| {
            extension(path) == "rs" && (!path.contains('/') || path.ends_with("/main.rs"))
        }),
        None => false,
    };
    let paths = sources.all().map(|(path, _)| path);
    paths
        .filter(|path| is_root(path))
        .map(str::to_owned)
        .collect()
}

impl Modules {
    fn add_arrows(&self, arrows: &mut Arrows) {
        for (at, module) in self.0.iter().enumerate() {
            let from = arrows.entry(module.file.clone()).or_default();
            let mut add = |target: Option<Target>, name: &str| {
                if let Some(Target::Item(to)) = target
                    && self.0[to].file != module.file
                {
                    from.entry(self.0[to].file.clone())
                        .or_insert_with(|| name.to_owned());
                }
            };
            for import in &module.imports {
                let target = self.resolve(at, &import.path, 0);
                match (&import.name, target) {
                    (Some(name), _) if import.public && !module.identifiers.contains(name) => {}
                    (None, _) if import.public => {}
                    (None, Some(Target::Module(of))) => add(Some(Target::Item(of)), "*"),
                    (name, target) => add(target, name.as_deref().unwrap_or("*")),
                }
            }
            for path in &module.paths {
                add(
                    self.resolve(at, path, 0),
                    path.last().map_or("", |last| last),
                );
            }
        }
    }

    /// Follows `path` as the module `at` sees it; nothing for paths into other crates.
    fn resolve(&self, at: usize, path: &[String], depth: usize) -> Option<Target> {
        // Imports that name each other in a circle do not compile.
        if depth > 32 {
            return None;
        }
        let mut now = Target::Module(at);
        let mut inside = false;
        for (place, part) in path.iter().enumerate() {
            let Target::Module(module) = now else {
                return Some(now);
            };
            now = match part.as_str() {
                "crate" => Target::Module(0),
                "self" => now,
                "super" => Target::Module(self.0[module].parent?),
                // The first name is one of the module, or of another crate.
                name => match self.member(module, name, depth) {
                    Some(target) => target,
                    None if place == 0 || !inside => return None,
                    None => Target::Item(module),
                },
            };
            inside = true;
        }
        Some(now)
    }

    fn member(&self, module: usize, name: &str, depth: usize) -> Option<Target> {
        let of = &self.0[module];
        if let Some(child) = of.children.get(name) {
            return Some(Target::Module(*child));
        }
        if of.items.contains(name) {
            return Some(Target::Item(module));
        }
        let named = |import: &&Import| import.name.as_deref() == Some(name);
        if let Some(import) = of.imports.iter().find(named) {
            // A name that an import brings from another crate is the importing file's.
            return match self.resolve(module, &import.path, depth + 1) {
                Some(target) => Some(target),
                None => Some(Target::Item(module)),
            };
        }
        let globs = of.imports.iter().filter(|import| import.name.is_none());
        globs
            .filter_map(|import| self.resolve(module, &import.path, depth + 1))
            .find_map(|target| match target {
                Target::Module(other) if other != module && depth < 8 => {
                    self.member(other, name, depth + 1)
                }
                _ => None,
            })
    }
}
