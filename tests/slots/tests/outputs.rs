//! The outputs of a run: regular files only, known before the first cycle.

use std::{
    fs,
    os::unix::{
        fs::{FileTypeExt, MetadataExt, symlink},
        net::UnixListener,
    },
    path::{Path, PathBuf},
    process::Output,
};

use lightsss_tests_slots::driver::command;
use nix::{
    sys::stat::{Mode, SFlag, makedev, mknod},
    unistd::mkfifo,
};

const OPTIONS: [&str; 3] = ["--wave", "--report", "--save-on-failure"];

/// Makes one thing of each kind that no output replaces, and gives their paths.
fn obstacles(folder: &Path) -> Vec<PathBuf> {
    let at = |name: &str| folder.join(name);
    mkfifo(&at("fifo"), Mode::S_IRWXU).unwrap();
    let _bound = UnixListener::bind(at("socket")).unwrap();
    fs::create_dir(at("folder")).unwrap();
    symlink("fifo", at("link")).unwrap();
    let mut all = vec![at("fifo"), at("socket"), at("folder"), at("link")];
    // The number of `/dev/full`, in a folder of ours. Only root may make one.
    if mknod(&at("device"), SFlag::S_IFCHR, Mode::S_IRWXU, makedev(1, 7)).is_ok() {
        assert!(
            fs::metadata(at("device"))
                .unwrap()
                .file_type()
                .is_char_device()
        );
        all.push(at("device"));
    }
    all
}

/// A run that would fail at cycle 1050, with this output.
fn run(folder: &Path, option: &str, path: &Path) -> Output {
    let mut args = vec!["--checkpoint-cycles", "100"];
    let path = path.to_str().unwrap();
    args.extend([option, path]);
    // An option is given once.
    let mut command = if option == "--wave" || option == "--report" {
        let mut bare = std::process::Command::new(env!("CARGO_BIN_EXE_driven"));
        bare.current_dir(folder);
        let (other, name) = if option == "--wave" {
            ("--report", "report.json")
        } else {
            ("--wave", "wave")
        };
        bare.args([other, name]).args(args).arg("--");
        bare
    } else {
        command(folder, &args)
    };
    command.arg("fail=1050").arg("files=.").output().unwrap()
}

#[test]
fn what_is_no_regular_file_is_refused_before_the_first_cycle_and_stays() {
    for option in OPTIONS {
        let folder = tempfile::tempdir().unwrap();
        for obstacle in obstacles(folder.path()) {
            let identity = || fs::symlink_metadata(&obstacle).map(|found| found.ino());
            let before = identity().unwrap();
            let output = run(folder.path(), option, &obstacle);
            let what = format!("{option} {}: {output:?}", obstacle.display());
            assert_eq!(output.status.code(), Some(2), "{what}");
            let complaint = String::from_utf8_lossy(&output.stderr);
            assert!(complaint.contains(option), "{what}");
            assert!(complaint.contains("regular files only"), "{what}");
            assert_eq!(identity().unwrap(), before, "{what}");
            assert!(!folder.path().join("log").exists(), "no harness: {what}");
        }
    }
}

#[test]
fn a_folder_that_is_not_there_is_reported_before_the_first_cycle() {
    for option in OPTIONS {
        let folder = tempfile::tempdir().unwrap();
        let output = run(folder.path(), option, &folder.path().join("none/file"));
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{option}: {complaint}");
        assert!(complaint.contains("make the folder first"), "{complaint}");
        assert!(!folder.path().join("log").exists(), "{option}: no harness");
    }
}

#[test]
fn two_outputs_in_one_file_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    symlink("report.json", folder.path().join("alias")).unwrap();
    for (option, path) in [
        ("--wave", "report.json"),
        ("--wave", "alias"),
        ("--save-on-failure", "./wave"),
    ] {
        let output = run(folder.path(), option, Path::new(path));
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert_eq!(
            output.status.code(),
            Some(2),
            "{option} {path}: {complaint}"
        );
        assert!(complaint.contains("both name"), "{complaint}");
    }
}

#[test]
fn a_link_is_followed_and_stays() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("far")).unwrap();
    for option in OPTIONS {
        let (link, target) = (at(&option[2..]), format!("far/{}", &option[2..]));
        symlink(&target, &link).unwrap();
        let output = run(folder.path(), option, &link);
        assert_eq!(output.status.code(), Some(1), "{option}: {output:?}");
        assert!(
            fs::symlink_metadata(&link).unwrap().is_symlink(),
            "{option}"
        );
        assert!(fs::metadata(at(&target)).unwrap().len() > 0, "{option}");
    }
}
