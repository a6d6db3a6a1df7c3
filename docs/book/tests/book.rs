//! The book: its pages are built, its links lead somewhere, its sessions are what its programs print, and its
//! messages are those of the sources.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use mdbook_driver::MDBook;
use scraper::{Html, Selector};

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The files below a folder with this extension.
fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == extension) {
                found.push(path);
            }
        }
    }
    found
}

/// What the attribute of all such elements says.
fn attributes(page: &Html, selector: &str, attribute: &str) -> Vec<String> {
    let selector = Selector::parse(selector).unwrap();
    let elements = page.select(&selector);
    elements
        .filter_map(|element| Some(element.attr(attribute)?.to_owned()))
        .collect()
}

#[test]
fn the_book_is_built_and_its_links_lead_somewhere() {
    let out = tempfile::tempdir().unwrap();
    let mut book = MDBook::load(here()).unwrap();
    book.config.build.build_dir = out.path().to_owned();
    book.build().unwrap();
    let pages = files(out.path(), "html");
    assert!(pages.len() > 15, "{pages:?}");
    let read = |page: &Path| Html::parse_document(&fs::read_to_string(page).unwrap());
    let mut links = 0;
    for path in &pages {
        // Made for a server, with links from its root.
        if path.file_name().is_some_and(|name| name == "404.html") {
            continue;
        }
        let page = read(path);
        for link in attributes(&page, "a[href]", "href") {
            if link.contains("://") || link.starts_with("mailto:") {
                continue;
            }
            let (file, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let target = if file.is_empty() {
                path.clone()
            } else {
                path.parent().unwrap().join(file)
            };
            assert!(target.is_file(), "{link} in {}", path.display());
            if !anchor.is_empty() {
                let ids: BTreeSet<String> = attributes(&read(&target), "[id]", "id")
                    .into_iter()
                    .collect();
                assert!(ids.contains(anchor), "{link} in {}", path.display());
            }
            links += 1;
        }
    }
    assert!(links > 100, "{links}");
}

#[test]
fn every_page_is_in_the_summary_and_includes_what_there_is() {
    let pages = here().join("pages");
    let summary = fs::read_to_string(pages.join("SUMMARY.md")).unwrap();
    for page in files(&pages, "md") {
        let name = page.file_name().unwrap().to_str().unwrap();
        assert!(
            name == "SUMMARY.md" || summary.contains(&format!("({name})")),
            "{name}"
        );
        let text = fs::read_to_string(&page).unwrap();
        for include in text.split("{{#include ").skip(1) {
            let place = include.split("}}").next().unwrap();
            let mut parts = place.split(':');
            let file = pages.join(parts.next().unwrap());
            let included = fs::read_to_string(&file);
            let included = included.unwrap_or_else(|error| panic!("{place}: {error}"));
            let Some(anchor) = parts.next() else { continue };
            if let Ok(first) = anchor.parse::<usize>() {
                let first = included.lines().nth(first - 1).unwrap_or_default();
                let begins = if file.ends_with("main.rs") {
                    "    /// Sets the clock"
                } else {
                    "```rust"
                };
                assert!(first.starts_with(begins), "{place}: {first}");
            } else {
                assert!(included.contains(&format!("ANCHOR: {anchor}\n")), "{place}");
            }
        }
    }
}

/// A session without what differs from run to run: times, sizes, shares.
fn steady(session: &str) -> String {
    let fraction =
        |word: &str| word.contains('.') && word.starts_with(|c: char| c.is_ascii_digit());
    let lines = session.lines().map(|line| {
        let words = line
            .split(' ')
            .map(|word| if fraction(word) { "N" } else { word });
        words.collect::<Vec<_>>().join(" ")
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn the_sessions_are_what_the_programs_print() {
    for (name, program) in [
        ("own_loop", env!("CARGO_BIN_EXE_own_loop")),
        ("clocks", env!("CARGO_BIN_EXE_clocks")),
        ("dpi", env!("CARGO_BIN_EXE_dpi")),
        ("durable", env!("CARGO_BIN_EXE_durable")),
        ("names", env!("CARGO_BIN_EXE_names")),
        ("template", env!("CARGO_BIN_EXE_template")),
    ] {
        let output = Command::new(program).output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{name}: {errors}");
        let printed = String::from_utf8(output.stdout).unwrap();
        let path = here().join(format!("sessions/{name}.txt"));
        if std::env::var_os("LIGHTSSS_BLESS").is_some() {
            fs::write(&path, &printed).unwrap();
        }
        let recorded = fs::read_to_string(&path).unwrap();
        assert_eq!(
            steady(&printed),
            steady(&recorded),
            "write it anew with LIGHTSSS_BLESS=1"
        );
    }
}

#[test]
fn the_messages_are_those_of_the_sources() {
    let root = here().join("../..");
    let sources: Vec<String> = ["lightsss-runtime/src", "codegen/src"]
        .iter()
        .flat_map(|folder| files(&root.join(folder), "rs"))
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    let text = fs::read_to_string(here().join("pages/troubleshooting.md")).unwrap();
    let mut seen = 0;
    for row in text.lines().filter_map(|line| line.strip_prefix("| `")) {
        let message = row.split('`').next().unwrap();
        let begins = message.split('…').next().unwrap().trim();
        let known = sources.iter().any(|source| source.contains(begins));
        assert!(known, "no source has `{begins}`");
        seen += 1;
    }
    assert!(seen > 8, "{seen}");
}
