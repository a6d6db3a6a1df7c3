//! Arrays, vectors, deques, boxed slices, sets and heaps.

use std::collections::{BTreeSet, BinaryHeap, HashSet, VecDeque};
use std::hash::{BuildHasher, Hash};

use crate::savable::{
    Construct, Files, Link, Reader, RestoreError, Savable, SaveError, Schema, Shape, Size, Writer,
};

/// Items of no size are followed by a byte each, so that a length is never larger than the snapshot.
const fn is_padded<T: Savable>() -> bool {
    T::SIZE.min() == 0
}

/// Writes items one by one, in the layout of a list.
fn save_items<'a, T: Savable + 'a>(
    count: usize,
    items: impl Iterator<Item = &'a T>,
    out: &mut Writer<'_>,
) -> Result<(), SaveError> {
    out.len(count)?;
    for item in items {
        item.save(out)?;
        if is_padded::<T>() {
            out.byte(0)?;
        }
    }
    Ok(())
}

/// Writes slices that make up one list.
fn save_slices<T: Savable>(slices: &[&[T]], out: &mut Writer<'_>) -> Result<(), SaveError> {
    let count = slices.iter().map(|slice| slice.len()).sum();
    if is_padded::<T>() {
        return save_items(count, slices.iter().copied().flatten(), out);
    }
    out.len(count)?;
    slices
        .iter()
        .try_for_each(|slice| T::save_slice(slice, out))
}

/// Verifies a list.
fn check_items<T: Savable>(input: &mut Reader<'_>) -> Result<(), RestoreError> {
    let count = input.len(T::SIZE.min())?;
    if T::SIZE.is_plain() && !is_padded::<T>() {
        return input.skip(count * T::SIZE.min());
    }
    for _ in 0..count {
        T::check(input)?;
        if is_padded::<T>() {
            input.skip(1)?;
        }
    }
    Ok(())
}

/// Reads a list into a vector: what is there is restored in place, the rest made anew.
fn restore_items<T: Construct>(
    items: &mut Vec<T>,
    input: &mut Reader<'_>,
) -> Result<(), RestoreError> {
    let count = input.len(T::SIZE.min())?;
    items.truncate(count);
    if is_padded::<T>() {
        for item in items.iter_mut() {
            item.restore(input)?;
            input.skip(1)?;
        }
        while items.len() < count {
            items.push(T::construct(input)?);
            input.skip(1)?;
        }
        return Ok(());
    }
    T::restore_slice(items, input)?;
    T::construct_extend(items, count - items.len(), input)
}

impl<T: Construct> Savable for Vec<T> {
    const SCHEMA: Schema = Schema::new("list", Shape::List(Link::to::<T>()));
    const SIZE: Size = Size::at_least(8);

    fn save(&self, out: &mut Writer<'_>) -> Result<(), SaveError> {
        save_slices(&[self], out)
    }

    fn restore(&mut self, input: &mut Reader<'_>) -> Result<(), RestoreError> {
        restore_items(self, input)
    }

    fn check(input: &mut Reader<'_>) -> Result<(), RestoreError> {
        check_items::<T>(input)
    }

    fn files(&mut self, files: &mut Files<'_>) -> Result<(), RestoreError> {
        self.iter_mut().try_for_each(|item| item.files(files))
    }
}

impl<T: Construct> Construct for Vec<T> {
    fn construct(input: &mut Reader<'_>) -> Result<Self, RestoreError> {
        let mut items = Vec::new();
        restore_items(&mut items, input)?;
        Ok(items)
    }
}

impl<T: Construct> Savable for VecDeque<T> {
    const SCHEMA: Schema = <Vec<T>>::SCHEMA;
    const SIZE: Size = Size::at_least(8);

    fn save(&self, out: &mut Writer<'_>) -> Result<(), SaveError> {
        let (front, back) = self.as_slices();
        save_slices(&[front, back], out)
    }

    fn restore(&mut self, input: &mut Reader<'_>) -> Result<(), RestoreError> {
        // A deque and a vector exchange their memory without moving the items.
        let mut items = Vec::from(std::mem::take(self));
        let result = restore_items(&mut items, input);
        *self = VecDeque::from(items);
        result
    }

    fn check(input: &mut Reader<'_>) -> Result<(), RestoreError> {
        check_items::<T>(input)
    }

    fn files(&mut self, files: &mut Files<'_>) -> Result<(), RestoreError> {
        self.iter_mut().try_for_each(|item| item.files(files))
    }
}

impl<T: Construct> Construct for VecDeque<T> {
    fn construct(input: &mut Reader<'_>) -> Result<Self, RestoreError> {
        Vec::construct(input).map(VecDeque::from)
    }
}

impl<T: Construct> Savable for Box<[T]> {
    const SCHEMA: Schema = <Vec<T>>::SCHEMA;
    const SIZE: Size = Size::at_least(8);

    fn save(&self, out: &mut Writer<'_>) -> Result<(), SaveError> {
        save_slices(&[self], out)
    }

    fn restore(&mut self, input: &mut Reader<'_>) -> Result<(), RestoreError> {
        let mut items = Vec::from(std::mem::take(self));
        let result = restore_items(&mut items, input);
        *self = items.into_boxed_slice();
        result
    }

    fn check(input: &mut Reader<'_>) -> Result<(), RestoreError> {
        check_items::<T>(input)
    }

    fn files(&mut self, files: &mut Files<'_>) -> Result<(), RestoreError> {
        self.iter_mut().try_for_each(|item| item.files(files))
    }
}

impl<T: Construct> Construct for Box<[T]> {
    fn construct(input: &mut Reader<'_>) -> Result<Self, RestoreError> {
        Vec::construct(input).map(Vec::into_boxed_slice)
    }
}

impl<T: Savable, const N: usize> Savable for [T; N] {
    const SCHEMA: Schema = Schema::new("array", Shape::Array(Link::to::<T>(), N as u64));
    const SIZE: Size = T::SIZE.times(N);

    #[inline]
    fn save(&self, out: &mut Writer<'_>) -> Result<(), SaveError> {
        T::save_slice(self, out)
    }

    #[inline]
    fn restore(&mut self, input: &mut Reader<'_>) -> Result<(), RestoreError> {
        T::restore_slice(self, input)
    }

    fn check(input: &mut Reader<'_>) -> Result<(), RestoreError> {
        if T::SIZE.is_plain() {
            return input.skip(Self::SIZE.min());
        }
        (0..N).try_for_each(|_| T::check(input))
    }

    fn files(&mut self, files: &mut Files<'_>) -> Result<(), RestoreError> {
        self.iter_mut().try_for_each(|item| item.files(files))
    }
}

impl<T: Construct, const N: usize> Construct for [T; N] {
    fn construct(input: &mut Reader<'_>) -> Result<Self, RestoreError> {
        let mut items = Vec::new();
        T::construct_extend(&mut items, N, input)?;
        items
            .try_into()
            .map_err(|_| RestoreError::custom("array of the wrong length"))
    }
}

/// Reads a list into a collection that cannot change its items in place.
fn refill<T: Construct>(
    input: &mut Reader<'_>,
    mut insert: impl FnMut(T),
) -> Result<(), RestoreError> {
    for _ in 0..input.len(T::SIZE.min())? {
        insert(T::construct(input)?);
        if is_padded::<T>() {
            input.skip(1)?;
        }
    }
    Ok(())
}

impl<T: Construct + Ord> Savable for BTreeSet<T> {
    const SCHEMA: Schema = <Vec<T>>::SCHEMA;
    const SIZE: Size = Size::at_least(8);

    fn save(&self, out: &mut Writer<'_>) -> Result<(), SaveError> {
        save_items(self.len(), self.iter(), out)
    }

    fn restore(&mut self, input: &mut Reader<'_>) -> Result<(), RestoreError> {
        self.clear();
        refill(input, |item| {
            self.insert(item);
        })
    }

    fn check(input: &mut Reader<'_>) -> Result<(), RestoreError> {
        check_items::<T>(input)
    }
}

impl<T: Construct + Ord> Construct for BTreeSet<T> {
    fn construct(input: &mut Reader<'_>) -> Result<Self, RestoreError> {
        let mut set = BTreeSet::new();
        set.restore(input)?;
        Ok(set)
    }
}

impl<T: Construct + Ord> Savable for BinaryHeap<T> {
    const SCHEMA: Schema = <Vec<T>>::SCHEMA;
    const SIZE: Size = Size::at_least(8);

    fn save(&self, out: &mut Writer<'_>) -> Result<(), SaveError> {
        save_slices(&[self.as_slice()], out)
    }

    fn restore(&mut self, input: &mut Reader<'_>) -> Result<(), RestoreError> {
        // Changing items in place would break the order, so the vector's memory is kept, not its items.
        let mut items = std::mem::take(self).into_vec();
        items.clear();
        let result = restore_items(&mut items, input);
        *self = BinaryHeap::from(items);
        result
    }

    fn check(input: &mut Reader<'_>) -> Result<(), RestoreError> {
        check_items::<T>(input)
    }
}

impl<T: Construct + Ord> Construct for BinaryHeap<T> {
    fn construct(input: &mut Reader<'_>) -> Result<Self, RestoreError> {
        Vec::construct(input).map(BinaryHeap::from)
    }
}

impl<T: Construct + Eq + Hash, S: BuildHasher> Savable for HashSet<T, S> {
    const SCHEMA: Schema = <Vec<T>>::SCHEMA;
    const SIZE: Size = Size::at_least(8);

    fn save(&self, out: &mut Writer<'_>) -> Result<(), SaveError> {
        let items = super::maps::sorted(self.iter().map(|item| (item, ())), out.position())?;
        save_items(items.len(), items.into_iter().map(|(item, ())| item), out)
    }

    fn restore(&mut self, input: &mut Reader<'_>) -> Result<(), RestoreError> {
        self.clear();
        refill(input, |item| {
            self.insert(item);
        })
    }

    fn check(input: &mut Reader<'_>) -> Result<(), RestoreError> {
        check_items::<T>(input)
    }
}

impl<T: Construct + Eq + Hash, S: BuildHasher + Default> Construct for HashSet<T, S> {
    fn construct(input: &mut Reader<'_>) -> Result<Self, RestoreError> {
        let mut set = HashSet::default();
        set.restore(input)?;
        Ok(set)
    }
}
