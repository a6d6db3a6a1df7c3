//! The command `lightsss` in folders and on files that were made to harm: FIFOs, names that are not UTF-8, escape
//! sequences, little memory, a full disk behind standard output.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStringExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use lightsss_runtime::durable::{SaveOptions, save};
use lightsss_tests_support::craft::{self, Craft, Section, Shape, field, list, ty};
use nix::sys::resource::{Resource, setrlimit};
use nix::sys::stat::{Mode, SFlag, mknod};
use nix::unistd::mkfifo;

/// A command that waits for ever is ended, and fails the test.
const PATIENCE: Duration = Duration::from_mins(1);

fn command(arguments: &[&OsStr]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lightsss"));
    command.args(arguments);
    command
}

fn output(command: &mut Command) -> Output {
    let child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let pid = nix::unistd::Pid::from_raw(child.id() as i32);
    let begun = Instant::now();
    let waiting = std::thread::spawn(move || child.wait_with_output().unwrap());
    while !waiting.is_finished() {
        if begun.elapsed() > PATIENCE {
            let _ = nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGKILL);
            panic!("{command:?} does not end");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    waiting.join().unwrap()
}

fn lightsss(arguments: &[&dyn AsRef<OsStr>]) -> (i32, String) {
    let arguments: Vec<&OsStr> = arguments.iter().map(|it| (*it).as_ref()).collect();
    let output = output(&mut command(&arguments));
    let text = [output.stdout, output.stderr].concat();
    let code = output.status.code().expect("an exit code, not a signal");
    (code, String::from_utf8(text).expect("text in UTF-8"))
}

fn good(path: &Path) {
    save(path, &7_u64, &SaveOptions::new()).unwrap();
}

#[test]
fn a_fifo_called_like_a_leftover_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let [a, b] = ["a.lsss", "b.lsss"].map(|name| folder.path().join(name));
    good(&a);
    let fifo = folder.path().join(".x.lightsss-tmp");
    mkfifo(&fifo, Mode::S_IRWXU).unwrap();
    mkfifo(&folder.path().join("c.lsss"), Mode::S_IRWXU).unwrap();
    let (code, text) = lightsss(&[&"prune", &folder.path(), &"--keep-last", &"5"]);
    assert_eq!(code, 3, "the FIFO `c.lsss` is no snapshot: {text}");
    assert_eq!(lightsss(&[&"flatten", &a, &"-o", &b]).0, 0);
    assert_eq!(lightsss(&[&"list", &folder.path()]).0, 3);
    good(&a);
    assert!(fifo.exists() && b.exists());
}

#[test]
fn only_regular_files_are_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.lsss");
    good(&file);
    let path = |name: &str| folder.path().join(name);
    mkfifo(&path("fifo"), Mode::S_IRWXU).unwrap();
    std::fs::create_dir(path("folder")).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(path("socket")).unwrap();
    // The number of the null device, in a place of ours. Without the right to make one, there is one kind less.
    let made = mknod(&path("device"), SFlag::S_IFCHR, Mode::S_IRWXU, 259);
    let mut names = vec!["fifo", "folder", "socket"];
    names.extend(made.is_ok().then_some("device"));
    for name in names {
        let kind = std::fs::symlink_metadata(path(name)).unwrap().file_type();
        let link = path(&format!("link to {name}"));
        std::os::unix::fs::symlink(path(name), &link).unwrap();
        for to in [path(name), link] {
            let (code, text) = lightsss(&[&"flatten", &file, &"-o", &to]);
            assert_eq!(code, 4, "{text}");
            assert!(text.contains(name), "{text}");
            assert!(save(&to, &8_u64, &SaveOptions::new()).is_err(), "{name}");
        }
        assert_eq!(
            std::fs::symlink_metadata(path(name)).unwrap().file_type(),
            kind
        );
    }
    // A link to a file is followed, and stays.
    let link = path("link");
    std::os::unix::fs::symlink("real.lsss", &link).unwrap();
    for _ in 0..2 {
        assert_eq!(lightsss(&[&"flatten", &file, &"-o", &link]).0, 0);
        assert!(link.is_symlink());
        assert!(
            std::fs::symlink_metadata(path("real.lsss"))
                .unwrap()
                .is_file()
        );
    }
}

#[test]
fn prune_removes_no_link() {
    let elsewhere = tempfile::tempdir().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let real = elsewhere.path().join("old.lsss");
    good(&real);
    let link = folder.path().join("a.lsss");
    std::os::unix::fs::symlink(&real, &link).unwrap();
    for name in ["b.lsss", "c.lsss"] {
        good(&folder.path().join(name));
    }
    let (code, text) = lightsss(&[&"prune", &folder.path(), &"--keep-last", &"1"]);
    assert_eq!(code, 0, "{text}");
    assert!(link.is_symlink() && real.exists(), "{text}");
    assert!(!folder.path().join("b.lsss").exists(), "{text}");
}

#[test]
fn names_that_are_not_utf_8_are_names() {
    let folder = tempfile::tempdir().unwrap();
    let name = |name: &[u8]| folder.path().join(OsString::from_vec(name.to_vec()));
    let (file, flat) = (name(b"a\xff.lsss"), name(b"b\xfe.lsss"));
    good(&file);
    std::fs::write(name(b".\xff.lightsss-tmp"), b"left").unwrap();
    for json in [&[][..], &[&"--json" as &dyn AsRef<OsStr>]] {
        let run = |arguments: &[&dyn AsRef<OsStr>]| {
            let (code, text) = lightsss(&[arguments, json].concat());
            assert_eq!(code, 0, "{text}");
            text
        };
        for verb in ["inspect", "verify", "show"] {
            run(&[&verb, &file]);
        }
        run(&[&"diff", &file, &file]);
        run(&[&"flatten", &file, &"-o", &flat]);
        let text = run(&[&"list", &folder.path()]);
        assert!(text.contains("a\u{fffd}.lsss"), "{text}");
        run(&[&"prune", &folder.path(), &"--keep-last", &"5"]);
        let (code, text) =
            lightsss(&[&[&"verify" as &dyn AsRef<OsStr>, &name(b"no\xff")], json].concat());
        assert_eq!(code, 4, "{text}");
    }
    assert!(
        !name(b".\xff.lightsss-tmp").exists(),
        "a leftover like any other"
    );
}

/// A file whose texts would all steer a terminal, or forge a line.
fn steering() -> Craft {
    let evil = "\u{1b}[2J\u{9b}31m\n\u{202e}label       forged = yes";
    let types = [
        ty(
            evil,
            Shape::Struct(vec![
                field(evil, 1),
                field("choice", 2),
                field("encoded", 3),
                field("model", 4),
            ]),
        ),
        ty(evil, Shape::Text),
        ty(evil, Shape::Enum(vec![(evil.to_owned(), Vec::new())])),
        ty(evil, Shape::Encoded(evil.to_owned())),
        ty(evil, Shape::Section(3)),
    ];
    let text = [&(evil.len() as u64).to_le_bytes()[..], evil.as_bytes()].concat();
    let values = [&text[..], &[0], &0_u64.to_le_bytes(), &0_u32.to_le_bytes()].concat();
    let mut craft = Craft::new(&types, values);
    evil.clone_into(&mut craft.harness);
    evil.clone_into(&mut craft.tool);
    craft.models = vec![(evil.to_owned(), 1, evil.to_owned())];
    craft.labels = vec![(evil.to_owned(), evil.to_owned())];
    craft
        .sections
        .push(Section::data(3, evil, b"bulk".to_vec()));
    craft
}

#[test]
fn no_text_of_a_file_steers_the_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let craft = steering();
    std::fs::write(path("a\u{1b}[2J.lsss"), craft.build()).unwrap();
    let mut other = craft.clone();
    other.cycle += 1;
    other.harness.push('x');
    other.labels[0].1.push('x');
    other.sections[2].data = b"BULK".to_vec();
    other.sections[1].data[10] ^= 1;
    std::fs::write(path("b.lsss"), other.build()).unwrap();
    let mut damaged = craft.clone();
    damaged.labels.push(damaged.labels[0].clone());
    std::fs::write(path("c.lsss"), damaged.build()).unwrap();
    let mut orphan = craft;
    orphan.parent = Some((1, 7, "\u{1b}[2Jparent".to_owned()));
    std::fs::write(path("d.lsss"), orphan.build()).unwrap();
    let (a, b) = (path("a\u{1b}[2J.lsss"), path("b.lsss"));
    let mut seen = String::new();
    for json in [&[][..], &[&"--json" as &dyn AsRef<OsStr>]] {
        let files = ["c.lsss", "d.lsss"].map(path);
        let [c, d] = &files;
        let runs: [&[&dyn AsRef<OsStr>]; 13] = [
            &[&"inspect", &a],
            &[&"inspect", &c],
            &[&"inspect", &d],
            &[&"verify", &a, &c, &d],
            &[&"show", &a],
            &[&"show", &a, &"no*such"],
            &[&"diff", &a, &b],
            &[&"diff", &a, &c],
            &[&"flatten", &d],
            &[&"flatten", &c],
            &[&"list", &folder.path()],
            &[&"prune", &folder.path(), &"--keep-last", &"9"],
            &[&"flatten", &a],
        ];
        for run in runs {
            let (_, text) = lightsss(&[run, json].concat());
            let steers =
                |letter: char| letter != '\n' && (letter.is_control() || letter == '\u{202e}');
            assert!(!text.contains(steers), "{text:?}");
            assert!(
                !text
                    .lines()
                    .any(|line| line.starts_with("label       forged")),
                "{text}"
            );
            seen += &text;
        }
    }
    assert!(
        seen.contains(r"\u{1b}[2J") && seen.contains(r"\u001b[2J"),
        "{seen}"
    );
}

/// The command with standard output as given.
fn with_stdout(arguments: &[&OsStr], to: Stdio) -> Output {
    command(arguments)
        .stdout(to)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
        .wait_with_output()
        .unwrap()
}

#[test]
fn a_full_standard_output_is_an_error_and_a_closed_pipe_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.lsss");
    good(&file);
    let other = folder.path().join("other");
    save(&other, &8_u64, &SaveOptions::new()).unwrap();
    let runs: [&[&OsStr]; 7] = [
        &["inspect".as_ref(), file.as_ref()],
        &["verify".as_ref(), file.as_ref()],
        &["show".as_ref(), file.as_ref()],
        &["diff".as_ref(), file.as_ref(), other.as_ref()],
        &["list".as_ref(), folder.path().as_ref()],
        &["flatten".as_ref(), file.as_ref()],
        &[
            "prune".as_ref(),
            folder.path().as_ref(),
            "--keep-last".as_ref(),
            "3".as_ref(),
        ],
    ];
    for run in runs {
        for json in [&[][..], &[OsStr::new("--json")]] {
            let run = [run, json].concat();
            // A device that takes nothing, as standard output; nothing is made or replaced there.
            let full = std::fs::OpenOptions::new()
                .write(true)
                .open("/dev/full")
                .unwrap();
            let output = with_stdout(&run, full.into());
            assert_eq!(output.status.code(), Some(4), "{run:?}");
            let text = String::from_utf8(output.stderr).unwrap();
            assert!(text.contains("standard output"), "{text}");
            let (reader, writer) = std::io::pipe().unwrap();
            drop(reader);
            let output = with_stdout(&run, writer.into());
            assert!(
                matches!(output.status.code(), Some(0 | 1)),
                "{run:?}: {}",
                output.status
            );
            assert_eq!(output.stderr, b"", "{run:?}");
        }
    }
}

/// The command with so many bytes of address space.
fn with_memory(arguments: &[&OsStr], bytes: u64) -> Output {
    let mut command = command(arguments);
    // SAFETY: a system call, and no memory is allocated between fork and exec.
    unsafe {
        command.pre_exec(move || Ok(setrlimit(Resource::RLIMIT_AS, bytes, bytes)?));
    }
    output(&mut command)
}

#[test]
fn a_failed_allocation_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let unit = [ty("unit", Shape::Tuple(Vec::new()))];
    let plain = Craft::new(&unit, Vec::new());
    let mut models = plain.clone();
    models.models = vec![(String::new(), 0, String::new()); 1_000_000];
    let mut labels = plain.clone();
    labels.labels = (0..500_000)
        .map(|n| (format!("{n:07}"), String::new()))
        .collect();
    let mut sections = plain.clone();
    sections
        .sections
        .extend((0..500_000).map(|_| Section::data(3, "", Vec::new())));
    let mut zeros = plain.clone();
    for kind in [1, 2, 3] {
        zeros.sections.push(Section::zeros(kind, "zeros", 3 << 30));
    }
    let mut stream = plain.clone();
    stream.sections[1] = Section::zeros(0, "harness", 3 << 30);
    let mut description = plain.clone();
    description.sections[0] = Section::zeros(241, "schema", 3 << 30);
    let bytes = Craft::new(
        &[ty("list", Shape::List(0, 1)), ty("u8", Shape::Primitive(1))],
        list(&vec![vec![1]; 1000]),
    );
    let files = [models, labels, sections, zeros, stream, description, bytes];
    for (number, craft) in files.iter().enumerate() {
        let (file, flat) = (path(&format!("{number}.lsss")), path("flat"));
        std::fs::write(&file, craft.build()).unwrap();
        let runs: [&[&OsStr]; 6] = [
            &["inspect".as_ref(), file.as_ref()],
            &["verify".as_ref(), file.as_ref()],
            &["show".as_ref(), file.as_ref()],
            &["show".as_ref(), file.as_ref(), "a.b".as_ref()],
            &["diff".as_ref(), file.as_ref(), file.as_ref()],
            &[
                "flatten".as_ref(),
                file.as_ref(),
                "-o".as_ref(),
                flat.as_ref(),
            ],
        ];
        for run in runs {
            let output = with_memory(run, 200 << 20);
            let errors = String::from_utf8_lossy(&output.stderr);
            let code = output.status.code();
            assert!(
                code.is_some_and(|code| code <= 4),
                "{number} {run:?}: {code:?} {errors}"
            );
            assert!(!errors.contains("panicked"), "{errors}");
        }
    }
}

#[test]
fn verify_finds_what_a_reader_would_refuse() {
    let folder = tempfile::tempdir().unwrap();
    let file: PathBuf = folder.path().join("a.lsss");
    let flag = |value: u8| Craft::new(&[ty("bool", Shape::Primitive(15))], vec![value]);
    let letter = |code: u32| {
        Craft::new(
            &[ty("char", Shape::Primitive(16))],
            code.to_le_bytes().to_vec(),
        )
    };
    let units = [
        ty("list", Shape::List(1, 1)),
        ty("unit", Shape::Tuple(Vec::new())),
    ];
    let padding = |byte: u8| Craft::new(&units, list(&[vec![0], vec![byte]]));
    let section = |number: u32| {
        let types = [ty("bulk", Shape::Section(3))];
        let mut craft = Craft::new(&types, number.to_le_bytes().to_vec());
        craft
            .sections
            .push(Section::data(3, "bulk", b"bulk".to_vec()));
        craft
    };
    let model = |magic: &[u8]| {
        let mut craft = section(0);
        craft.sections[0] = Section::data(
            241,
            "schema",
            craft::describe(&[ty("model", Shape::Section(1))]),
        );
        let head = [
            magic,
            &0_u32.to_le_bytes(),
            &7_u64.to_le_bytes(),
            &[3],
            &0_u64.to_le_bytes(),
        ];
        craft.sections[2] = Section::data(1, "model", head.concat());
        craft
    };
    let trailing =
        |more: &[u8]| Craft::new(&[ty("u8", Shape::Primitive(1))], [&[1], more].concat());
    let pairs = [
        (flag(1), flag(2)),
        (letter(0x10_ffff), letter(0xd800)),
        (padding(0), padding(1)),
        (section(0), section(1)),
        (model(b"LSSM"), model(b"LSSX")),
        (trailing(&[]), trailing(&[1])),
    ];
    for (number, (good, bad)) in pairs.iter().enumerate() {
        for (craft, code) in [(good, 0), (bad, 3)] {
            std::fs::write(&file, craft.build()).unwrap();
            let (found, text) = lightsss(&[&"verify", &file]);
            assert_eq!(found, code, "pair {number}: {text}");
        }
    }
}
