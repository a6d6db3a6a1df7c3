//! A snapshot is data from a stranger: the files that it names are opened only where the harness has them open already,
//! or below a folder that the caller allows, and in the harness's own mode.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use lightsss_runtime::Savable;
use lightsss_runtime::durable::{RestoreOptions, SaveOptions, restore_with, save};
use lightsss_runtime::slots::SlotFile;
use nix::sys::stat::Mode;

/// A file to be read, and one to be written.
fn reading(path: &Path) -> File {
    File::open(path).unwrap()
}

fn writing(path: &Path) -> File {
    File::options().read(true).write(true).open(path).unwrap()
}

struct Lab {
    folder: tempfile::TempDir,
}

impl Lab {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let lab = Self { folder };
        for name in ["rom", "victim", "log"] {
            std::fs::write(lab.path(name), b"0123456789").unwrap();
        }
        lab
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Restores what `stranger` saves into `live`.
    fn restore<T: Savable>(
        &self,
        stranger: &T,
        live: &mut T,
        below: &[&str],
    ) -> Result<(), String> {
        let file = self.path("a.lsss");
        save(&file, stranger, &SaveOptions::new()).unwrap();
        let options = RestoreOptions {
            files_below: below.iter().map(|name| self.path(name)).collect(),
            ..RestoreOptions::default()
        };
        let restored = restore_with(&file, live, &options);
        restored.map(drop).map_err(|error| {
            let source = std::error::Error::source(&error).map(ToString::to_string);
            format!("{error}: {source:?}")
        })
    }

    /// Whether a stranger's snapshot is refused, and says which file it asks for.
    fn refuses<T: Savable>(&self, stranger: &T, live: &mut T) {
        let error = self.restore(stranger, live, &[]).unwrap_err();
        let victim = self.path("victim");
        assert!(error.contains(victim.to_str().unwrap()), "{error}");
        assert!(error.contains("restore-files-below"), "{error}");
    }
}

#[derive(Savable)]
struct One {
    cycle: u64,
    #[savable(reopen)]
    file: File,
}

#[test]
fn a_file_that_is_open_is_opened_again_in_its_own_mode() {
    let lab = Lab::new();
    let mut live = One {
        cycle: 1,
        file: reading(&lab.path("rom")),
    };
    let stranger = One {
        cycle: 2,
        file: writing(&lab.path("rom")),
    };
    (&stranger.file).read_exact(&mut [0; 4]).unwrap();
    lab.restore(&stranger, &mut live, &[]).unwrap();
    assert_eq!(live.cycle, 2);
    assert!(
        live.file.write_all(b"PWN").is_err(),
        "it was open for reading"
    );
    let mut rest = String::new();
    live.file.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "456789");
    // And the other way: what the harness writes, it can write after the restore.
    let mut live = One {
        cycle: 1,
        file: writing(&lab.path("rom")),
    };
    let stranger = One {
        cycle: 2,
        file: reading(&lab.path("rom")),
    };
    lab.restore(&stranger, &mut live, &[]).unwrap();
    live.file.write_all(b"new").unwrap();
}

#[test]
fn another_file_is_refused_by_name_and_nothing_changes() {
    let lab = Lab::new();
    let mut live = One {
        cycle: 1,
        file: reading(&lab.path("rom")),
    };
    let stranger = One {
        cycle: 2,
        file: writing(&lab.path("victim")),
    };
    lab.refuses(&stranger, &mut live);
    assert_eq!(live.cycle, 1);
    let mut all = String::new();
    live.file.read_to_string(&mut all).unwrap();
    assert_eq!(all, "0123456789");
}

#[derive(Savable)]
enum Device {
    Off,
    On {
        #[savable(reopen)]
        file: Option<File>,
    },
}

#[derive(Savable)]
struct Many {
    #[savable(reopen)]
    reader: BufReader<File>,
    #[savable(reopen)]
    writer: BufWriter<File>,
    #[savable(reopen)]
    boxed: Box<Option<File>>,
    list: Vec<Device>,
    map: BTreeMap<u32, Device>,
    pair: (Device, [Device; 2]),
    slot: SlotFile,
}

impl Many {
    fn new(lab: &Lab) -> Self {
        let rom = || Some(reading(&lab.path("rom")));
        let on = || Device::On { file: rom() };
        Self {
            reader: BufReader::new(reading(&lab.path("rom"))),
            writer: BufWriter::new(writing(&lab.path("log"))),
            boxed: Box::new(rom()),
            list: vec![on(), Device::Off, on()],
            map: [(1, on()), (3, on())].into(),
            pair: (on(), [on(), Device::Off]),
            slot: SlotFile::open(lab.path("rom")).unwrap(),
        }
    }
}

/// What a stranger changes.
type Change<'c> = &'c dyn Fn(&mut Many);

#[test]
fn each_place_has_its_own_file() {
    let lab = Lab::new();
    let mut live = Many::new(&lab);
    lab.restore(&Many::new(&lab), &mut live, &[]).unwrap();
    let on = || Device::On {
        file: Some(writing(&lab.path("victim"))),
    };
    let victim = lab.path("victim");
    let changes: [Change<'_>; 10] = [
        &|it| it.reader = BufReader::new(reading(&victim)),
        &|it| it.writer = BufWriter::new(writing(&victim)),
        &|it| *it.boxed = Some(writing(&victim)),
        &|it| it.list[2] = on(),
        &|it| it.list.push(on()),
        &|it| drop(it.map.insert(3, on())),
        &|it| drop(it.map.insert(2, on())),
        &|it| it.pair.0 = on(),
        &|it| it.pair.1[1] = on(),
        &|it| it.slot = SlotFile::open(&victim).unwrap(),
    ];
    for (number, change) in changes.iter().enumerate() {
        let mut stranger = Many::new(&lab);
        change(&mut stranger);
        println!("change {number}");
        lab.refuses(&stranger, &mut live);
        lab.restore(&stranger, &mut live, &["."]).unwrap();
        live = Many::new(&lab);
    }
    // One that the harness has open elsewhere is not open here.
    let mut stranger = Many::new(&lab);
    stranger.list[0] = Device::On {
        file: Some(writing(&lab.path("log"))),
    };
    let error = lab.restore(&stranger, &mut live, &[]).unwrap_err();
    assert!(error.contains("log"), "{error}");
    // A reader is a reader, where nothing is open that says so.
    let mut stranger = Many::new(&lab);
    stranger.reader = BufReader::new(writing(&lab.path("victim")));
    lab.restore(&stranger, &mut live, &["."]).unwrap();
    assert!(live.reader.get_mut().write_all(b"PWN").is_err());
}

#[test]
fn a_folder_that_is_allowed_is_left_by_no_way() {
    let lab = Lab::new();
    std::fs::create_dir(lab.path("allowed")).unwrap();
    std::fs::write(lab.path("allowed/inside"), b"inside").unwrap();
    std::fs::create_dir(lab.path("allowed-not")).unwrap();
    std::fs::write(lab.path("allowed-not/file"), b"outside").unwrap();
    std::os::unix::fs::symlink(lab.path("victim"), lab.path("allowed/link")).unwrap();
    let slot = |name: &str| SlotFile::open(lab.path(name)).unwrap();
    let mut live = slot("rom");
    for outside in [
        "victim",
        "allowed/link",
        "allowed/../victim",
        "allowed-not/file",
    ] {
        let error = lab
            .restore(&slot(outside), &mut live, &["allowed"])
            .unwrap_err();
        assert!(error.contains("restore-files-below"), "{outside}: {error}");
        assert_eq!(live.path(), lab.path("rom"));
    }
    lab.restore(&slot("allowed/inside"), &mut live, &["allowed"])
        .unwrap();
    assert_eq!(live.path(), lab.path("allowed/inside"));
    // A folder that is not there allows nothing.
    assert!(lab.restore(&slot("victim"), &mut live, &["gone"]).is_err());
}

#[test]
fn a_fifo_in_the_place_of_a_file_is_refused_at_once() {
    let lab = Lab::new();
    let file = lab.path("a.lsss");
    let mut live = Many::new(&lab);
    save(&file, &live, &SaveOptions::new()).unwrap();
    for name in ["rom", "log"] {
        std::fs::rename(lab.path(name), lab.path("kept")).unwrap();
        nix::unistd::mkfifo(&lab.path(name), Mode::S_IRWXU).unwrap();
        for below in [vec![], vec![lab.path(".")]] {
            let options = RestoreOptions {
                files_below: below,
                ..RestoreOptions::default()
            };
            assert!(restore_with(&file, &mut live, &options).is_err());
        }
        std::fs::remove_file(lab.path(name)).unwrap();
        std::fs::rename(lab.path("kept"), lab.path(name)).unwrap();
    }
    lab.restore(&Many::new(&lab), &mut live, &[]).unwrap();
}
