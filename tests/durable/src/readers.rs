//! Everything that reads a file whose types it does not know: what the command `lightsss` does.

use std::path::Path;

use lightsss_runtime::durable::{
    Compression, RestoreFileError, RestoreOptions, Retention, SaveOptions, Snapshot, contents,
    diff, flatten, list, prune, unknown_paths, verify,
};
use lightsss_runtime::state::Filter;

/// Reads a file in one way; gives how it was done, or why not.
pub type Read = fn(&Path, &Path, &RestoreOptions) -> Result<(), RestoreFileError>;

fn open(path: &Path, options: &RestoreOptions) -> Result<Snapshot, RestoreFileError> {
    let mut snapshot = Snapshot::open(path, options)?;
    snapshot.open_parents()?;
    Ok(snapshot)
}

/// The first one decides: what it finds to be good, all others can read.
pub const READERS: [(&str, Read); 8] = [
    ("verify", |path, _, options| {
        verify(&mut open(path, options)?, &|_| ())
    }),
    ("inspect", |path, _, options| {
        let snapshot = Snapshot::open(path, options)?;
        let bytes: u64 = snapshot.sections().map(|section| section.stored).sum();
        assert!(bytes <= snapshot.file_len());
        Ok(())
    }),
    ("show", |path, _, options| {
        contents(&mut open(path, options)?, &Filter::default(), &|_| ()).map(drop)
    }),
    ("show a path", |path, _, options| {
        let mut snapshot = open(path, options)?;
        let filter = Filter::new(["*.a", "no.such"]);
        contents(&mut snapshot, &filter, &|_| ())?;
        unknown_paths(&[&snapshot], &filter).map(drop)
    }),
    ("diff", |path, good, options| {
        let (mut a, mut b) = (open(path, options)?, open(good, options)?);
        diff(&mut a, &mut b, &Filter::default(), &|_| ()).map(drop)
    }),
    ("diff from", |path, good, options| {
        let (mut a, mut b) = (open(good, options)?, open(path, options)?);
        diff(&mut a, &mut b, &Filter::default(), &|_| ()).map(drop)
    }),
    ("flatten", |path, _, options| {
        let save = SaveOptions::new().compression(Compression::None);
        let flat = path.with_extension("flat");
        let mut snapshot = open(path, options)?;
        match flatten(&mut snapshot, &flat, &save, &|_| ()) {
            Ok(_) => Snapshot::open(&flat, options).map(drop),
            Err(lightsss_runtime::durable::FlattenError::Restore(error)) => Err(error),
            Err(other) => panic!("{other}"),
        }
    }),
    ("list and prune", |path, _, _| {
        let folder = path.parent().unwrap_or(path);
        let listed = list(folder).expect("a folder");
        assert!(listed.iter().any(|listed| listed.path == path));
        let keep = Retention {
            last: std::num::NonZeroUsize::new(1),
            every: None,
        };
        prune(folder, None, &keep, true)
            .map(drop)
            .expect("a folder");
        Ok(())
    }),
];
