//! The value of each signal, as it was last written.

use std::collections::HashMap;

use super::super::error::JoinError;
use super::blocks::{Piece, be};
use super::chain::{self, Shape, Value};
use super::section::Layout;
use crate::savable::leb128;

/// The value of each signal, as a frame holds them.
pub(super) struct Values {
    shapes: Vec<Shape>,
    /// Where each signal's value begins, and where the last one ends.
    places: Vec<usize>,
    frame: Vec<u8>,
    texts: HashMap<usize, Vec<u8>>,
}

impl Values {
    /// Before the first section of a piece.
    pub(super) fn before(piece: &Piece) -> Result<Self, JoinError> {
        let shapes = shapes(piece)?;
        let mut places = Vec::with_capacity(shapes.len() + 1);
        let mut end = 0_usize;
        places.push(end);
        for shape in &shapes {
            let next = end.checked_add(shape.length());
            end = next.ok_or_else(|| piece.damaged("its geometry is wrong"))?;
            places.push(end);
        }
        let layout = Layout::read(piece, &piece.sections[0], shapes.len())?;
        let frame = layout.frame(piece, end)?;
        Ok(Self {
            shapes,
            places,
            frame,
            texts: HashMap::new(),
        })
    }

    pub(super) fn signals(&self) -> usize {
        self.shapes.len()
    }

    pub(super) fn shape(&self, signal: usize) -> Shape {
        self.shapes[signal]
    }

    pub(super) fn frame(&self) -> &[u8] {
        &self.frame
    }

    pub(super) fn has(&self, signal: usize, value: &Value<'_>) -> bool {
        match (self.shapes[signal], value) {
            (Shape::Text, Value::Whole(text)) => {
                self.texts.get(&signal).is_some_and(|held| held == text)
            }
            _ => value.is(&self.frame[self.places[signal]..self.places[signal + 1]]),
        }
    }

    fn set(&mut self, signal: usize, value: &Value<'_>) {
        match (self.shapes[signal], value) {
            (Shape::Text, Value::Whole(text)) => {
                self.texts.insert(signal, text.to_vec());
            }
            _ => value.put(&mut self.frame[self.places[signal]..self.places[signal + 1]]),
        }
    }

    /// Goes through all changes of a piece; only the last value of each signal is kept.
    pub(super) fn run_through(&mut self, piece: &Piece) -> Result<(), JoinError> {
        for section in &piece.sections {
            let layout = Layout::read(piece, section, self.signals())?;
            for signal in 0..self.signals() {
                let changes = layout.changes(piece, signal)?;
                let (mut rest, mut last) = (&changes[..], None);
                while !rest.is_empty() {
                    let change = chain::next(self.shapes[signal], &mut rest);
                    last = Some(change.ok_or_else(|| wrong_changes(piece, signal))?.value);
                }
                if let Some(last) = last {
                    self.set(signal, &last);
                }
            }
        }
        Ok(())
    }
}

pub(super) fn wrong_changes(piece: &Piece, signal: usize) -> JoinError {
    piece.damaged(format!("the changes of signal {signal} are cut"))
}

/// The geometry: a number for each signal.
fn shapes(piece: &Piece) -> Result<Vec<Shape>, JoinError> {
    let damaged = || piece.damaged("its geometry is wrong");
    let (head, packed) = piece
        .geometry
        .split_at_checked(1 + 3 * 8)
        .ok_or_else(damaged)?;
    let (whole, signals) = (be(&head[9..17]), be(&head[17..25]));
    let unpacked;
    let mut numbers = if whole == packed.len() as u64 {
        packed
    } else {
        let limit = usize::try_from(whole).map_err(|_| damaged())?;
        unpacked = miniz_oxide::inflate::decompress_to_vec_zlib_with_limit(packed, limit)
            .map_err(|_| damaged())?;
        &unpacked[..]
    };
    let mut shapes = Vec::new();
    while !numbers.is_empty() {
        let number = leb128::take(&mut numbers).map_err(|_| damaged())?;
        shapes.push(Shape::of(number));
    }
    if shapes.len() as u64 != signals {
        return Err(damaged());
    }
    Ok(shapes)
}
