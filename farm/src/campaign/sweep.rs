//! Removes files that nothing in a store needs any more.

use std::collections::HashSet;
use std::time::{Duration, SystemTime};

use super::outcome::Outcome;
use super::publish;
use crate::content::ContentError;
use crate::content::{Hash, Manifest, Piece, list_named};
use crate::store::{Listed, Store};

/// What was removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Files and pieces of files.
    pub objects: usize,
    /// Their bytes.
    pub bytes: u64,
}

/// Removes the files, and pieces of files, that no campaign, no outcome and no snapshot needs. What was written in the
/// last time of the length `age` stays: it may belong to an upload that goes on. No run may begin meanwhile.
pub fn sweep(store: &Store, age: Duration) -> Result<Swept, ContentError> {
    let files = files_in_use(store)?;
    let mut keys: HashSet<String> = files.iter().map(|file| Manifest::key(*file)).collect();
    let manifests = store.list("files")?;
    let is_young = |listed: &Listed| {
        SystemTime::now()
            .duration_since(listed.written)
            .is_ok_and(|since| since < age)
    };
    // Pieces of a young file stay, too.
    keys.extend(
        manifests
            .iter()
            .filter(|listed| is_young(listed))
            .map(|listed| listed.key.clone()),
    );
    let mut pieces = HashSet::new();
    for listed in manifests.iter().filter(|listed| keys.contains(&listed.key)) {
        let manifest: Option<Manifest> = store.get_json(&listed.key)?;
        for piece in manifest.iter().flat_map(|manifest| &manifest.pieces) {
            if let Piece::Object { hash, .. } = piece {
                pieces.insert(Piece::key(*hash));
            }
        }
    }
    keys.extend(pieces);
    let mut swept = Swept::default();
    // Manifests first: a file whose pieces go is not there any more.
    for listed in manifests.into_iter().chain(store.list("pieces")?) {
        if !keys.contains(&listed.key) && !is_young(&listed) {
            store.remove(&listed.key)?;
            swept.objects += 1;
            swept.bytes += listed.size;
        }
    }
    Ok(swept)
}

fn files_in_use(store: &Store) -> Result<HashSet<Hash>, ContentError> {
    let mut files = HashSet::new();
    for listed in store.list("campaigns")? {
        let (_, campaign) = publish::latest(store, listed.key.trim_start_matches("campaigns/"))?;
        for entry in &campaign.tasks {
            files.insert(entry.task.program.file);
            files.extend(entry.task.inputs.iter().map(|input| input.file));
        }
    }
    for listed in store.list("outcomes")? {
        let outcome: Option<Outcome> = store.get_json(&listed.key)?;
        files.extend(
            outcome
                .iter()
                .flat_map(|outcome| &outcome.outputs)
                .map(|output| output.file),
        );
    }
    for (_, named) in list_named(store)? {
        files.insert(named.file);
        files.extend(named.parents.iter().map(|(_, file)| *file));
    }
    Ok(files)
}
