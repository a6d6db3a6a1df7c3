//! Pieces of a run, each traced from a durable snapshot of its own: joined, they are the waveform of the whole run.

use std::path::{Path, PathBuf};

use lightsss_runtime::waveform::{self, JoinError};
use lightsss_runtime::{Failure, Simulation, durable};
use lightsss_tests_support::same_waves::{Wave, assert_same};

/// Cycles of a run.
const CYCLES: u64 = 3000;

/// A run whose state is kept at some cycles.
struct Pieces<'a, M> {
    make: &'a M,
    folder: &'a Path,
}

fn ok<T>(result: Result<T, Failure>) -> T {
    result.unwrap_or_else(|failure| panic!("{failure}"))
}

impl<S: Simulation, M: Fn() -> S> Pieces<'_, M> {
    fn snapshot(&self, cycle: u64) -> PathBuf {
        self.folder.join(format!("{cycle}.lsss"))
    }

    /// Runs from the beginning, and saves at each of `cycles`.
    fn save(&self, cycles: &[u64]) {
        let mut harness = (self.make)();
        for cycle in cycles {
            while harness.cycle() < *cycle {
                ok(harness.step());
            }
            durable::save(
                self.snapshot(*cycle),
                &harness,
                &durable::SaveOptions::new(),
            )
            .unwrap();
        }
    }

    /// Traces from one cycle to another.
    fn trace(&self, name: &str, from: u64, to: u64) -> PathBuf {
        let path = self.folder.join(name);
        let mut harness = (self.make)();
        if from > 0 {
            durable::restore(self.snapshot(from), &mut harness).unwrap();
        }
        ok(harness.open_trace(&path));
        while harness.cycle() < to {
            ok(harness.step());
        }
        ok(harness.close_trace());
        path
    }

    /// Traces the stretches between `seams`, joins them, and compares the result with `whole`.
    fn compare(&self, seams: &[u64], whole: &Wave) {
        self.save(&seams[..seams.len() - 1]);
        let stretches = seams.windows(2).enumerate();
        let pieces: Vec<PathBuf> = stretches
            .map(|(number, ends)| self.trace(&format!("{number}.fst"), ends[0], ends[1]))
            .collect();
        let out = self.folder.join("joined.fst");
        let joined = waveform::join(&pieces, &out).unwrap();
        assert_eq!(joined.bytes, out.metadata().unwrap().len());
        let part = Wave::read(&out);
        assert_eq!(
            (joined.first, joined.last),
            (part.times()[0], part.times()[part.times().len() - 1])
        );
        let compared = assert_same(whole, &part);
        assert!(compared > 1000, "{compared} changes of {seams:?}");
    }
}

fn joins<S: Simulation>(make: impl Fn() -> S, seed: u64) {
    let folder = tempfile::tempdir().unwrap();
    let run = Pieces {
        make: &make,
        folder: folder.path(),
    };
    let whole = Wave::read(&run.trace("whole.fst", 0, CYCLES));
    let mut random = fastrand::Rng::with_seed(seed);
    for pieces in [2, 3, 7] {
        let mut seams: Vec<u64> = (1..pieces).map(|_| random.u64(1..CYCLES)).collect();
        seams.extend([0, CYCLES]);
        seams.sort_unstable();
        seams.dedup();
        run.compare(&seams, &whole);
    }
    for _ in 0..3 {
        let from = random.u64(1..CYCLES - 600);
        let to = random.u64(from + 500..=CYCLES);
        run.compare(&[from, random.u64(from + 1..to), to], &whole);
    }
}

fn demo() -> rv32_difftest::harness::Harness {
    use rv32_difftest::{harness::Harness, program::Work};
    Harness::new([""; 0], Work::FULL).unwrap()
}

#[test]
fn the_core_of_the_demo_is_joined() {
    joins(demo, 1);
}

#[test]
fn picorv32_is_joined() {
    use picorv32_example::harness::{Harness, Settings};
    joins(|| Harness::new(Settings::default()).unwrap(), 2);
}

#[test]
fn serv_is_joined() {
    use serv_example::harness::{Harness, Settings};
    joins(|| Harness::new(Settings::default()).unwrap(), 3);
}

/// Two pieces of the demo's run.
fn two(folder: &Path) -> [PathBuf; 2] {
    let run = Pieces {
        make: &demo,
        folder,
    };
    run.save(&[500]);
    [run.trace("0.fst", 0, 500), run.trace("1.fst", 500, 1000)]
}

#[test]
fn pieces_of_another_core_and_out_of_order_are_refused() {
    use serv_example::harness::{Harness, Settings};
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("joined.fst");
    let [first, second] = two(folder.path());
    let serv = Pieces {
        make: &|| Harness::new(Settings::default()).unwrap(),
        folder: folder.path(),
    };
    let serv = serv.trace("serv.fst", 0, 100);
    let error = waveform::join(&[&first, &serv], &out).unwrap_err();
    let JoinError::OtherModel { what, .. } = &error else {
        panic!("{error}");
    };
    assert!(what.contains("where the first has `TOP."), "{what}");
    let error = waveform::join(&[&second, &first], &out).unwrap_err();
    let expected = (0, 1999);
    assert!(
        matches!(error, JoinError::Order { begins, ended, .. } if (begins, ended) == expected),
        "{error}"
    );
    let error = waveform::join(&[&first, &second, &second], &out).unwrap_err();
    assert!(matches!(error, JoinError::Order { .. }), "{error}");
    assert!(!out.exists());
}

#[test]
fn a_damaged_piece_is_an_error_or_makes_no_difference() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("joined.fst");
    let [first, second] = two(folder.path());
    let (whole, mut random) = (std::fs::read(&second).unwrap(), fastrand::Rng::with_seed(5));
    let damaged = folder.path().join("damaged.fst");
    let mut refused = 0;
    for round in 0..300 {
        let mut bytes = whole.clone();
        if round % 3 == 0 {
            bytes.truncate(random.usize(..bytes.len()));
        } else {
            let at = random.usize(..bytes.len());
            bytes[at] ^= 1 << random.u8(..8);
        }
        std::fs::write(&damaged, &bytes).unwrap();
        // Such files hold no checksums: a value may change without being noticed.
        refused += usize::from(waveform::join(&[&first, &damaged], &out).is_err());
        assert_eq!(
            std::fs::read_dir(folder.path()).unwrap().count(),
            4 + usize::from(out.exists())
        );
    }
    assert!(refused > 100, "{refused} were refused");
}
