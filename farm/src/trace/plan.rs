//! Which pieces a run falls into, and what of each is traced.

use std::path::PathBuf;

use super::series::Saved;

/// A stretch of the run, from a snapshot to the next one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    pub number: usize,
    /// The snapshot that it starts from; none for the beginning of the run.
    pub start: Option<PathBuf>,
    pub from: u64,
    /// Where it ends; none for the end of the run.
    pub to: Option<u64>,
    /// What the run has saved where it ends.
    pub seam: Option<PathBuf>,
    /// The first traced cycle, where that is not the first one.
    pub wave_from: Option<u64>,
    /// Where the trace ends, if before the piece does.
    pub wave_to: Option<u64>,
}

/// The window that was asked for, and how the run itself began and ended.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Bounds {
    pub start: u64,
    /// The cycle at which the run was to end, if any.
    pub end: Option<u64>,
    pub from: Option<u64>,
    pub to: Option<u64>,
    pub most: Option<usize>,
}

/// The pieces that show the window.
pub(super) fn pieces(first: Option<PathBuf>, series: &[Saved], bounds: Bounds) -> Vec<Piece> {
    let end = bounds.end.unwrap_or(u64::MAX);
    let within = |saved: &&Saved| saved.cycle > bounds.start && saved.cycle <= end;
    let mut all = Vec::new();
    let (mut start, mut from) = (first, bounds.start);
    for saved in series.iter().filter(within) {
        all.push(piece(
            start.replace(saved.path.clone()),
            from,
            Some(saved.cycle),
        ));
        if let Some(last) = all.last_mut() {
            last.seam.clone_from(&start);
        }
        from = saved.cycle;
    }
    if bounds.end.is_none_or(|end| from < end) {
        all.push(piece(start, from, bounds.end));
    }
    let (first, last) = (bounds.from.unwrap_or(0), bounds.to.unwrap_or(u64::MAX));
    all.retain(|piece| piece.from < last && piece.to.is_none_or(|to| to > first));
    let mut all = merged(all, bounds.most);
    for (number, piece) in all.iter_mut().enumerate() {
        piece.number = number;
        piece.wave_from = bounds.from.filter(|from| *from > piece.from);
        piece.wave_to = bounds.to.filter(|to| piece.to.is_none_or(|end| *to < end));
        // Nothing is compared there.
        if piece.seam.is_none() && piece.wave_to.is_some() {
            piece.to = piece.wave_to.take();
        }
    }
    all
}

fn piece(start: Option<PathBuf>, from: u64, to: Option<u64>) -> Piece {
    Piece {
        number: 0,
        start,
        from,
        to,
        seam: None,
        wave_from: None,
        wave_to: None,
    }
}

/// At most so many: neighbours become one.
fn merged(pieces: Vec<Piece>, most: Option<usize>) -> Vec<Piece> {
    let count = pieces.len();
    let most = most.unwrap_or(count).min(count);
    let mut merged: Vec<Piece> = Vec::with_capacity(most);
    // Groups are as long as each other, or by one longer.
    let group = |at: usize| at * most / count;
    for (at, piece) in pieces.into_iter().enumerate() {
        let begins = at == 0 || group(at) != group(at - 1);
        match merged.last_mut() {
            Some(last) if !begins => {
                last.to = piece.to;
                last.seam = piece.seam;
            }
            _ => merged.push(piece),
        }
    }
    merged
}

impl Piece {
    /// For messages.
    pub(super) fn name(&self) -> String {
        let number = self.number + 1;
        match self.to {
            Some(to) => format!("piece {number} (cycles {} to {to})", self.from),
            None => format!(
                "piece {number} (from cycle {} to the end of the run)",
                self.from
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(cycles: &[u64]) -> Vec<Saved> {
        let saved = |cycle: &u64| Saved {
            path: cycle.to_string().into(),
            cycle: *cycle,
        };
        cycles.iter().map(saved).collect()
    }

    /// Of a run with snapshots at 100, 200 and 300: from, to, seam, the traced window.
    fn planned(bounds: Bounds) -> Vec<String> {
        let pieces = pieces(None, &series(&[100, 200, 300]), bounds);
        let text = |piece: &Piece| {
            let number =
                |number: Option<u64>| number.map_or("-".to_owned(), |number| number.to_string());
            let seam = piece
                .seam
                .as_ref()
                .map_or("-".to_owned(), |seam| seam.display().to_string());
            format!(
                "{} {} {seam} {} {}",
                piece.from,
                number(piece.to),
                number(piece.wave_from),
                number(piece.wave_to)
            )
        };
        pieces.iter().map(text).collect()
    }

    #[test]
    fn a_run_falls_into_the_pieces_between_its_snapshots() {
        let whole = [
            "0 100 100 - -",
            "100 200 200 - -",
            "200 300 300 - -",
            "300 - - - -",
        ];
        assert_eq!(planned(Bounds::default()), whole);
        let end = |end| Bounds {
            end: Some(end),
            ..Bounds::default()
        };
        assert_eq!(planned(end(300)), whole[..3]);
        assert_eq!(planned(end(250))[2..], ["200 250 - - -"]);
        let start = Bounds {
            start: 100,
            ..Bounds::default()
        };
        assert_eq!(planned(start), whole[1..]);
    }

    #[test]
    fn a_window_needs_the_pieces_that_it_overlaps() {
        let window = |from, to| Bounds {
            from: Some(from),
            to: Some(to),
            ..Bounds::default()
        };
        assert_eq!(planned(window(120, 130)), ["100 200 200 120 130"]);
        assert_eq!(planned(window(100, 200)), ["100 200 200 - -"]);
        assert_eq!(
            planned(window(150, 201)),
            ["100 200 200 150 -", "200 300 300 - 201"]
        );
        assert_eq!(planned(window(310, 320)), ["300 320 - 310 -"]);
    }

    #[test]
    fn neighbours_are_merged_where_fewer_pieces_are_wanted() {
        let most = |most| Bounds {
            most: Some(most),
            ..Bounds::default()
        };
        assert_eq!(planned(most(1)), ["0 - - - -"]);
        assert_eq!(planned(most(2)), ["0 200 200 - -", "200 - - - -"]);
        assert_eq!(planned(most(3)).len(), 3);
        assert_eq!(planned(most(9)).len(), 4);
    }
}
