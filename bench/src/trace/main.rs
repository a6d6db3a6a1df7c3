//! What a trace of pieces costs: on two workers against one, and what a piece, a seam and the join take.
//!
//! The pieces run this program itself, as the demo's core in the run driver.

use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::time::Instant;

use lightsss_bench_rows::{Options, Row, turns};
use lightsss_farm::trace::{self, Traced};
use lightsss_runtime::durable::{self, RestoreOptions, SaveOptions, Snapshot};
use lightsss_runtime::state::Filter;
use lightsss_runtime::{RunArgs, waveform};
use rv32_difftest::harness::Harness;
use rv32_difftest::program::Work;

/// With this argument, the program is the demo's core.
const CORE: &str = "+core";

/// Pieces of the run.
const PIECES: u64 = 8;

fn main() -> ExitCode {
    if std::env::args().any(|arg| arg == CORE) {
        return lightsss_runtime::run(RunArgs::parse(), |_| Ok(Harness::new([""; 0], Work::FULL)?));
    }
    let options = Options::from_args();
    let cycles = if options.quick { 80_000 } else { 1_600_000 };
    let run = Run::new(cycles);
    if options.wants("trace/demo/2-workers") {
        workers(&options, &run);
    }
    if options.wants("trace/demo/parts") || options.wants("trace/model") {
        parts(&options, &run);
    }
    ExitCode::SUCCESS
}

/// A run of the demo's core that has left its snapshots.
struct Run {
    folder: tempfile::TempDir,
    cycles: u64,
    program: PathBuf,
}

impl Run {
    fn new(cycles: u64) -> Self {
        let run = Self {
            folder: tempfile::tempdir().expect("a folder"),
            cycles,
            program: std::env::current_exe().expect("this program"),
        };
        let mut command = Command::new(&run.program);
        command.args([CORE, "--quiet", "--slots", "0", "--max-cycles"]);
        command
            .arg(cycles.to_string())
            .arg("--save-every")
            .arg((cycles / PIECES).to_string());
        command.arg("--save-dir").arg(run.path("series"));
        let output = command.output().expect("the demo's core");
        assert!(output.status.success(), "{output:?}");
        run
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Traces it.
    fn trace(&self, jobs: usize, pieces: Option<usize>) -> Traced {
        let number = |number: usize| NonZeroUsize::new(number).expect("a number above 0");
        let line = [
            CORE.to_owned(),
            "--max-cycles".to_owned(),
            self.cycles.to_string(),
        ];
        let command = std::iter::once(self.program.clone().into_os_string());
        let traced = trace::trace(&trace::Options {
            series: self.path("series"),
            name: "snapshot".to_owned(),
            from: None,
            to: None,
            out: Some(self.path("run.fst")),
            log: None,
            jobs: number(jobs),
            pieces: pieces.map(number),
            keep: false,
            command: command.chain(line.map(OsString::from)).collect(),
        });
        traced.expect("a trace")
    }

    fn seconds(&self, jobs: usize, pieces: Option<usize>) -> f64 {
        let begun = Instant::now();
        self.trace(jobs, pieces);
        begun.elapsed().as_secs_f64()
    }
}

fn workers(options: &Options, run: &Run) {
    let (ours, theirs) = turns(
        options.samples(7, 2),
        || run.seconds(2, None),
        || run.seconds(1, None),
    );
    Row::new(
        "trace/demo/2-workers",
        "waveform of a run of the demo's core, traced in eight pieces by two workers",
        "s",
        ours,
    )
    .against("by one worker", theirs)
    .target_ratio(1.0 / 1.7)
    .print();
}

/// What a piece, a seam and the join take, and what that means for more workers.
fn parts(options: &Options, run: &Run) {
    let samples = options.samples(7, 2);
    let count = PIECES as f64;
    let (mut pieces, mut joins, mut wholes) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..samples {
        let (many, one) = (run.trace(1, None), run.trace(1, Some(1)));
        pieces.push((many.run_seconds - one.run_seconds).max(0.0) / (count - 1.0) * 1e3);
        joins.push(many.wave_bytes as f64 / f64::from(1 << 20) / many.join_seconds);
        wholes.push((one.run_seconds, many.join_seconds));
    }
    let seams: Vec<f64> = (0..samples).map(|_| seam(run)).collect();
    let single = single_join(run);
    for workers in [4.0_f64, 16.0, 64.0] {
        let row = format!("trace/model/{workers}-workers");
        if !options.wants(&row) {
            continue;
        }
        // With so many pieces as workers: a whole run's trace, shared out; a piece's cost; the join.
        let model = wholes
            .iter()
            .zip(&pieces)
            .map(|((whole, join), piece)| whole / (whole / workers + piece / 1e3 + join));
        Row::new(
            row,
            format!("speed-up by {workers} workers, computed from a piece and the join"),
            "",
            model.collect(),
        )
        .higher()
        .print();
    }
    let rows = [
        (
            "trace/demo/parts/piece",
            "a piece more: start, restore, comparison of its end",
            "ms",
            pieces,
        ),
        (
            "trace/demo/parts/seam",
            "a seam: the state saved and compared by name",
            "ms",
            seams,
        ),
    ];
    for (row, what, unit, samples) in rows {
        if options.wants(row) {
            Row::new(row, what, unit, samples).print();
        }
    }
    if options.wants("trace/demo/parts/join") {
        Row::new(
            "trace/demo/parts/join",
            "join of eight pieces, read back",
            "MiB/s",
            joins,
        )
        .higher()
        .against("of a single piece, which is copied", vec![single; samples])
        .print();
    }
}

fn seam(run: &Run) -> f64 {
    let mut harness = Harness::new([""; 0], Work::FULL).expect("the demo's machine");
    let name = format!("series/snapshot-{:020}-00.lsss", run.cycles / PIECES);
    let [saved, again] = [&*name, "again.lsss"].map(|name| run.path(name));
    durable::restore(&saved, &mut harness).expect("its own snapshot");
    let begun = Instant::now();
    durable::save(&again, &harness, &SaveOptions::new()).expect("a snapshot");
    let open = |path| Snapshot::open(path, &RestoreOptions::default()).expect("a snapshot");
    let (mut saved, mut again) = (open(&saved), open(&again));
    let found = durable::diff(&mut saved, &mut again, &Filter::default(), &|_| ());
    assert!(found.expect("a comparison").lines(1).is_empty());
    begun.elapsed().as_secs_f64() * 1e3
}

/// MiB a second.
fn single_join(run: &Run) -> f64 {
    run.trace(1, Some(1));
    let begun = Instant::now();
    let joined = waveform::join(&[run.path("run.fst")], run.path("copy.fst")).expect("a copy");
    joined.bytes as f64 / f64::from(1 << 20) / begun.elapsed().as_secs_f64()
}
