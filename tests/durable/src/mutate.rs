//! Damages files: blindly, and with every checksum made right again.

use crate::layout::{Layout, seal};
use crate::numbers::Numbers;

/// Damages a copy of `good`, whose layout is `layout`; `other` is another good file to splice from.
#[must_use]
pub fn mutate(good: &[u8], layout: &Layout, other: &[u8], numbers: &mut Numbers) -> Vec<u8> {
    let mut file = good.to_vec();
    let directory = layout.directory_offset;
    // Blind damage is caught by the first checksum; what lies behind it sees only sealed damage, so there is more of
    // that.
    match numbers.below(8) {
        0 => {
            for _ in 0..=numbers.below(8) {
                damage(&mut file, 0, other, numbers);
            }
        }
        1 => {
            let keep = numbers.below(file.len());
            file.truncate(keep);
        }
        2 => {
            for _ in 0..=numbers.below(3) {
                damage(&mut file, 64, other, numbers);
            }
            seal(&mut file, layout, true);
        }
        3 => {
            // Compressed bytes that nobody compressed.
            let end = directory.min(file.len());
            for _ in 0..=numbers.below(3) {
                if end > 64 {
                    let at = 64 + numbers.below(end - 64);
                    file[at] = interesting(numbers) as u8;
                }
            }
            seal(&mut file, layout, true);
        }
        4 => {
            swap_frames(&mut file, layout, numbers);
            seal(&mut file, layout, numbers.below(2) == 0);
        }
        _ => {
            for _ in 0..=numbers.below(4) {
                damage(&mut file, directory, other, numbers);
            }
            seal(&mut file, layout, false);
        }
    }
    file
}

/// Values at which arithmetic goes wrong.
#[must_use]
pub fn interesting(numbers: &mut Numbers) -> u64 {
    match numbers.below(8) {
        0 => 0,
        1 => 1,
        2 => u64::MAX,
        3 => 1 << numbers.below(64),
        4 => (1_u64 << numbers.below(64)).wrapping_sub(1),
        5 => numbers.below(16) as u64,
        6 => u64::from(u32::MAX),
        _ => numbers.any(),
    }
}

/// Damages one place from byte `from` on.
fn damage(file: &mut Vec<u8>, from: usize, other: &[u8], numbers: &mut Numbers) {
    if file.len() <= from {
        return;
    }
    let at = from + numbers.below(file.len() - from);
    match numbers.below(9) {
        0 => file[at] ^= 1 << numbers.below(8),
        1 => file[at] = numbers.any() as u8,
        2..=4 => {
            let width = [1, 4, 8][numbers.below(3)];
            let value = interesting(numbers).to_le_bytes();
            let end = (at + width).min(file.len());
            file[at..end].copy_from_slice(&value[..end - at]);
        }
        5 => {
            let end = (at + 1 + numbers.below(64)).min(file.len());
            file.drain(at..end);
        }
        6 => {
            let end = (at + 1 + numbers.below(64)).min(file.len());
            let again = file[at..end].to_vec();
            file.splice(at..at, again);
        }
        7 => {
            let start = numbers.below(other.len());
            let end = (start + 1 + numbers.below(64)).min(other.len());
            let place = at..(at + end - start).min(file.len());
            file.splice(place, other[start..end].iter().copied());
        }
        _ => {
            let end = (at + 1 + numbers.below(64)).min(file.len());
            file[at..end].reverse();
        }
    }
}

/// Exchanges the entries of two frames, or parts of them.
fn swap_frames(file: &mut [u8], layout: &Layout, numbers: &mut Numbers) {
    let frames: Vec<usize> = layout
        .sections
        .iter()
        .flat_map(|section| &section.frames)
        .map(|frame| frame.entry)
        .collect();
    if frames.len() < 2 {
        return;
    }
    let (a, b) = (
        frames[numbers.below(frames.len())],
        frames[numbers.below(frames.len())],
    );
    let (from, to) = [(0, 32), (0, 8), (8, 16), (24, 32)][numbers.below(4)];
    for byte in from..to {
        file.swap(a + byte, b + byte);
    }
}
