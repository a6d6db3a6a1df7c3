//! Maps: on disk in an order that depends on the entries alone.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{BuildHasher, Hash};

use crate::savable::{
    Construct, Files, Image, Link, Reader, RestoreError, Savable, SaveError, Schema, Shape, Size,
    Writer,
};

/// Items with their keys' order in the stream: by the bytes of the key.
pub(super) fn sorted<'a, K: Savable + 'a, V>(
    items: impl Iterator<Item = (&'a K, V)>,
    position: usize,
) -> Result<Vec<(&'a K, V)>, SaveError> {
    let mut image = Image::new();
    let mut keys = Writer::new(&mut image);
    let mut spans = Vec::with_capacity(items.size_hint().0);
    for (key, value) in items {
        let from = keys.position();
        key.save(&mut keys)
            .map_err(|error| error.moved_to(position))?;
        spans.push((from..keys.position(), key, value));
    }
    keys.finish()?;
    let bytes = image.stream();
    spans.sort_unstable_by(|a, b| bytes[a.0.clone()].cmp(&bytes[b.0.clone()]));
    Ok(spans
        .into_iter()
        .map(|(_, key, value)| (key, value))
        .collect())
}

fn save_entries<'a, K: Savable + 'a, V: Savable + 'a>(
    count: usize,
    entries: impl Iterator<Item = (&'a K, &'a V)>,
    out: &mut Writer<'_>,
) -> Result<(), SaveError> {
    out.len(count)?;
    for (key, value) in entries {
        key.save(out)?;
        value.save(out)?;
        if K::SIZE.min() == 0 {
            out.byte(0)?;
        }
    }
    Ok(())
}

/// Verifies entries, and that no key comes twice.
fn check_entries<K: Savable, V: Savable>(input: &mut Reader<'_>) -> Result<(), RestoreError> {
    let count = input.len(K::SIZE.then(V::SIZE).min())?;
    let start = input.clone();
    let mut previous: Option<&[u8]> = None;
    let mut ascending = true;
    for _ in 0..count {
        let from = input.mark();
        K::check(input)?;
        let key = input.since(from);
        ascending &= previous.is_none_or(|previous| previous < key);
        previous = Some(key);
        check_value::<K, V>(input)?;
    }
    if ascending {
        return Ok(());
    }
    // Not in the order of the bytes: an ordered map is written in the order of its keys.
    let mut keys = stored_keys::<K, V>(count, start)?;
    keys.sort_unstable();
    match keys.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        Some(pair) => Err(input
            .invalid("map", "the same key twice")
            .moved_to(pair[1].1)),
        None => Ok(()),
    }
}

/// The bytes and positions of the keys of verified entries.
fn stored_keys<K: Savable, V: Savable>(
    count: usize,
    mut input: Reader<'_>,
) -> Result<Vec<(&[u8], usize)>, RestoreError> {
    let mut keys = Vec::new();
    for _ in 0..count {
        let (from, position) = (input.mark(), input.position());
        K::check(&mut input)?;
        keys.push((input.since(from), position));
        check_value::<K, V>(&mut input)?;
    }
    Ok(keys)
}

fn check_value<K: Savable, V: Savable>(input: &mut Reader<'_>) -> Result<(), RestoreError> {
    V::check(input)?;
    if K::SIZE.min() == 0 {
        input.skip(1)?;
    }
    Ok(())
}

fn key_bytes<K: Savable>(key: &K, image: &mut Image) -> Result<(), SaveError> {
    image.clear();
    let mut out = Writer::new(image);
    key.save(&mut out)?;
    out.finish()
}

macro_rules! map {
    ($map:ident, [$($generics:tt)*], [$($construct:tt)*], [$($bounds:tt)*], $type:ty, $new:expr, $entries:expr) => {
        impl<K: Construct + $($bounds)*, V: Construct, $($generics)*> Savable for $type {
            const SCHEMA: Schema =
                Schema::new("map", Shape::Map(Link::to::<K>(), Link::to::<V>()));
            const SIZE: Size = Size::at_least(8);

            fn save(&self, out: &mut Writer<'_>) -> Result<(), SaveError> {
                let entries = $entries(self, out.position())?;
                save_entries(self.len(), entries.into_iter(), out)
            }

            fn restore(&mut self, input: &mut Reader<'_>) -> Result<(), RestoreError> {
                let count = input.len(K::SIZE.then(V::SIZE).min())?;
                let start = input.clone();
                for _ in 0..count {
                    let key = K::construct(input)?;
                    match self.get_mut(&key) {
                        Some(value) => value.restore(input)?,
                        None => drop(self.insert(key, V::construct(input)?)),
                    }
                    if K::SIZE.min() == 0 {
                        input.skip(1)?;
                    }
                }
                if self.len() > count {
                    let keys = stored_keys::<K, V>(count, start)?;
                    let keys: HashSet<&[u8]> = keys.into_iter().map(|(key, _)| key).collect();
                    let mut image = Image::new();
                    self.retain(|key, _| {
                        key_bytes(key, &mut image).is_ok() && keys.contains(image.stream())
                    });
                }
                Ok(())
            }

            fn check(input: &mut Reader<'_>) -> Result<(), RestoreError> {
                check_entries::<K, V>(input)
            }

            fn files(&mut self, files: &mut Files<'_>) -> Result<(), RestoreError> {
                self.values_mut().try_for_each(|value| value.files(files))
            }
        }

        impl<K: Construct + $($bounds)*, V: Construct, $($construct)*> Construct for $type {
            fn construct(input: &mut Reader<'_>) -> Result<Self, RestoreError> {
                let mut map = $new;
                Savable::restore(&mut map, input)?;
                Ok(map)
            }
        }
    };
}

map!(BTreeMap, [], [], [Ord], BTreeMap<K, V>, BTreeMap::new(), in_order);
map!(
    HashMap,
    [S: BuildHasher],
    [S: BuildHasher + Default],
    [Eq + Hash],
    HashMap<K, V, S>,
    HashMap::default(),
    by_bytes
);

#[allow(clippy::unnecessary_wraps, reason = "the other map's order can fail")]
fn in_order<K, V>(
    map: &BTreeMap<K, V>,
    _: usize,
) -> Result<impl Iterator<Item = (&K, &V)>, SaveError> {
    Ok(map.iter())
}

fn by_bytes<K: Savable, V, S>(
    map: &HashMap<K, V, S>,
    position: usize,
) -> Result<Vec<(&K, &V)>, SaveError> {
    sorted(map.iter(), position)
}
