//! What the command `lightsss` ends with: as its help and the README say.

use std::path::{Path, PathBuf};
use std::process::Command;

use lightsss_runtime::durable::{SaveOptions, Series, SeriesOptions};

fn lightsss(arguments: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_lightsss"))
        .args(arguments)
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    let code = output.status.code().unwrap();
    (code, String::from_utf8(text).unwrap())
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Three snapshots of which the last is a child.
fn series(folder: &Path) -> Vec<PathBuf> {
    let options = SeriesOptions {
        max_chain: 1,
        ..SeriesOptions::default()
    };
    let mut series = Series::new(folder, options).unwrap();
    (0..4)
        .map(|cycle| {
            let options = SaveOptions::new().cycle(cycle);
            series.save(&cycle, &options).unwrap().0
        })
        .collect()
}

/// A bit of the part that says what the file holds.
fn damage(path: &Path) {
    let mut bytes = std::fs::read(path).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    std::fs::write(path, bytes).unwrap();
}

#[test]
fn the_readme_says_what_the_help_says() {
    let (code, help) = lightsss(&["--help"]);
    assert_eq!(code, 0);
    let codes = help.split_once("Exit codes:\n").unwrap().1;
    assert_eq!(codes.lines().count(), 5, "{codes}");
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    let readme = std::fs::read_to_string(readme).unwrap();
    for line in codes.lines() {
        assert!(readme.lines().any(|other| other == line), "{line}");
    }
}

#[test]
fn list_goes_on_behind_a_damaged_file_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let paths = series(folder.path());
    assert_eq!(lightsss(&["list", path(folder.path())]).0, 0);
    damage(&paths[1]);
    let (code, text) = lightsss(&["list", path(folder.path())]);
    assert_eq!(code, 3, "{text}");
    assert!(text.contains("is damaged"), "{text}");
    assert_eq!(text.lines().count(), 4, "{text}");
}

#[test]
fn prune_leaves_a_damaged_file_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let paths = series(folder.path());
    damage(&paths[0]);
    let prune = ["prune", path(folder.path()), "--keep-last", "1"];
    let (code, text) = lightsss(&prune);
    assert_eq!(code, 3, "{text}");
    let damaged = format!("damaged, left alone: {}", path(&paths[0]));
    assert!(text.contains(&damaged), "{text}");
    // The rest was pruned: the newest and its parent stay.
    assert!(text.contains(&format!("dropped {}", path(&paths[1]))));
    let there: Vec<bool> = paths.iter().map(|path| path.exists()).collect();
    assert_eq!(there, [true, false, true, true]);
    std::fs::remove_file(&paths[0]).unwrap();
    assert_eq!(lightsss(&prune).0, 0);
}

#[test]
fn what_can_not_be_read_or_written_is_4() {
    let folder = tempfile::tempdir().unwrap();
    let paths = series(folder.path());
    let missing = folder.path().join("missing");
    for arguments in [
        &["list", path(&missing)][..],
        &["list", path(&paths[0])],
        &["prune", path(&missing), "--keep-last", "1"],
        &["flatten", path(&missing)],
        &["flatten", path(folder.path())],
        &["verify", path(&missing)],
        &["show", path(&missing)],
        &["diff", path(&missing), path(&paths[0])],
        &["diff", path(&paths[0]), path(&missing)],
    ] {
        let (code, text) = lightsss(arguments);
        assert_eq!(code, 4, "{arguments:?}: {text}");
        assert!(
            text.starts_with("lightsss: could not") || text.contains(": could not"),
            "{text}"
        );
    }
    let nowhere = missing.join("flat.lsss");
    let flatten = ["flatten", path(&paths[3]), "-o", path(&nowhere)];
    let (code, text) = lightsss(&flatten);
    assert_eq!(code, 4, "{text}");
    assert!(text.contains("could not create"), "{text}");
    // A parent may not be replaced.
    assert_eq!(lightsss(&["flatten", path(&paths[2])]).0, 4);
}

#[test]
fn a_parent_that_is_gone_is_3() {
    let folder = tempfile::tempdir().unwrap();
    let paths = series(folder.path());
    std::fs::remove_file(&paths[2]).unwrap();
    for command in ["verify", "show", "flatten"] {
        let (code, text) = lightsss(&[command, path(&paths[3])]);
        assert_eq!(code, 3, "{command}: {text}");
        assert!(text.contains("the parent"), "{text}");
    }
    assert_eq!(lightsss(&["inspect", path(&paths[3])]).0, 0);
    assert_eq!(lightsss(&["diff", path(&paths[3]), path(&paths[0])]).0, 3);
    assert_eq!(lightsss(&["diff", path(&paths[1]), path(&paths[0])]).0, 1);
    assert_eq!(lightsss(&["diff", path(&paths[0]), path(&paths[0])]).0, 0);
    assert_eq!(lightsss(&["flatten"]).0, 2);
}
