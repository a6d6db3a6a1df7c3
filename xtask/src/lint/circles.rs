//! No file imports, over any number of steps, from a file that imports from it.

use std::collections::{BTreeMap, VecDeque};

use anyhow::Result;

use super::breach::Breach;
use super::resolve::{Arrows, CRATES, arrows};
use super::sources::Sources;

pub fn check(sources: &Sources) -> Result<Vec<Breach>> {
    let mut breaches = Vec::new();
    for name in CRATES {
        let arrows = arrows(sources, name)?;
        for file in arrows.keys() {
            if let Some(circle) = circle(&arrows, file) {
                let why = format!("imports in a circle: {circle}: move what both need to a leaf");
                breaches.push(Breach::new(file, why));
            }
        }
    }
    Ok(breaches)
}

/// The shortest way from `file` back to itself.
fn circle(arrows: &Arrows, file: &str) -> Option<String> {
    let mut before: BTreeMap<&str, &str> = BTreeMap::new();
    let mut open = VecDeque::from([file]);
    while let Some(at) = open.pop_front() {
        for to in arrows.get(at)?.keys() {
            if to == file {
                let mut way = vec![file, at];
                while let Some(previous) = before.get(way[way.len() - 1]) {
                    way.push(previous);
                }
                way.reverse();
                return Some(describe(arrows, &way));
            }
            if !before.contains_key(to.as_str()) {
                before.insert(to, at);
                open.push_back(to);
            }
        }
    }
    None
}

fn describe(arrows: &Arrows, way: &[&str]) -> String {
    let steps: Vec<String> = way
        .windows(2)
        .map(|pair| format!("`{}` of {}", arrows[pair[0]][pair[1]], pair[1]))
        .collect();
    steps.join(", ")
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::lint::sources::Sources;

    fn keys(sources: &[(&str, &str)]) -> Vec<String> {
        let breaches = check(&Sources::of(sources)).unwrap();
        breaches.into_iter().map(|breach| breach.key).collect()
    }

    #[test]
    fn each_file_of_a_circle_is_a_breach() {
        let found = keys(&[
            ("codegen/src/lib.rs", "mod a; mod b; mod c;"),
            ("codegen/src/a.rs", "use crate::b::B; pub struct A;"),
            (
                "codegen/src/b.rs",
                "pub struct B; fn f() { super::c::g(); }",
            ),
            (
                "codegen/src/c.rs",
                "use super::a; pub fn g() -> a::A { a::A }",
            ),
        ]);
        assert_eq!(
            found,
            ["codegen/src/a.rs", "codegen/src/b.rs", "codegen/src/c.rs"]
        );
    }

    #[test]
    fn a_folder_that_exports_its_files_again_is_in_no_circle() {
        let found = keys(&[
            ("codegen/src/lib.rs", "mod a;"),
            ("codegen/src/a/mod.rs", "mod b; pub use b::B; pub struct A;"),
            ("codegen/src/a/b.rs", "pub struct B(super::A);"),
        ]);
        assert!(found.is_empty(), "{found:?}");
    }
}
