//! What the command `lightsss` ends with: as its help and the README say.

use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
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

/// Three snapshots; the last is a child.
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

/// Runs the command without root's right to write everywhere.
fn lightsss_that_may_not(arguments: &[&str]) -> (i32, String) {
    const CAP_DAC_OVERRIDE: libc::c_ulong = 1;
    let mut command = Command::new(env!("CARGO_BIN_EXE_lightsss"));
    command.args(arguments);
    // SAFETY: the call takes nothing and cannot fail.
    if unsafe { libc::geteuid() } == 0 {
        let drop_right = || {
            // SAFETY: the call takes numbers only, and is one system call.
            match unsafe { libc::prctl(libc::PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, 0, 0, 0) } {
                0 => Ok(()),
                _ => Err(std::io::Error::last_os_error()),
            }
        };
        // SAFETY: the closure makes one system call, and allocates nothing.
        unsafe { command.pre_exec(drop_right) };
    }
    let output = command.output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    let code = output.status.code().unwrap();
    (code, String::from_utf8(text).unwrap())
}

#[test]
fn what_cannot_be_removed_is_4_and_said() {
    let folder = tempfile::tempdir().unwrap();
    let paths = series(folder.path());
    let leftover = folder.path().join(".a.lsss.1-0.lightsss-tmp");
    std::fs::write(&leftover, "half").unwrap();
    let prune = ["prune", path(folder.path()), "--keep-last", "1"];
    let writable = |mode| std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(mode));
    writable(0o555).unwrap();
    let (code, text) = lightsss_that_may_not(&prune);
    let (json_code, json) = lightsss_that_may_not(&[&["--json"], &prune[..]].concat());
    let (dry_code, dry) = lightsss_that_may_not(&[&prune[..], &["--dry-run"]].concat());
    writable(0o755).unwrap();
    assert_eq!((code, json_code), (4, 4), "{text}{json}");
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    let not_removed = value["not_removed"].as_array().unwrap();
    // 1 is a child of 0 and stays, so 0 is kept for it.
    let staying = [&paths[1], &leftover];
    assert_eq!(not_removed.len(), staying.len(), "{json}");
    for (entry, file) in not_removed.iter().zip(staying) {
        assert_eq!(entry["file"], path(file));
        let error = entry["error"].as_str().unwrap();
        let expected = format!("could not remove `{}`", path(file));
        assert!(error.starts_with(&expected), "{error}");
        let advice = "change the permissions of its folder";
        assert!(
            error.contains(advice) && error.contains("Permission denied"),
            "{error}"
        );
        assert!(text.lines().any(|line| line == error), "{text}");
    }
    assert!(
        text.contains(&format!("kept {}\n", path(&paths[0]))),
        "{text}"
    );
    assert!(!text.contains("dropped"), "{text}");
    assert_eq!(value["dropped"].as_array().unwrap().len(), 0, "{json}");
    // Nothing was to be removed.
    assert_eq!(dry_code, 0, "{dry}");
    assert_eq!(lightsss(&prune).0, 0);
    let there: Vec<bool> = paths.iter().map(|path| path.exists()).collect();
    assert_eq!(there, [false, false, true, true]);
    assert!(!leftover.exists());
}

#[test]
fn what_cannot_be_read_or_written_is_4() {
    let folder = tempfile::tempdir().unwrap();
    let paths = series(folder.path());
    let missing = folder.path().join("missing");
    let correct = "there is nothing of that name: correct the path";
    for (arguments, advice) in [
        (&["list", path(&missing)][..], correct),
        (&["list", path(&paths[0])], "a file and no folder"),
        (&["prune", path(&missing), "--keep-last", "1"], correct),
        (&["flatten", path(&missing)], correct),
        (
            &["flatten", path(folder.path())],
            "give the path of a snapshot file",
        ),
        (&["verify", path(&missing)], correct),
        (&["show", path(&missing)], correct),
        (&["diff", path(&missing), path(&paths[0])], correct),
        (&["diff", path(&paths[0]), path(&missing)], correct),
    ] {
        let (code, text) = lightsss(arguments);
        assert!(text.contains(advice), "{arguments:?}: {text}");
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
    assert!(text.contains("the folder must exist: make it"), "{text}");
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
