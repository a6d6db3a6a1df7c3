//! What a model costs under its bindings: a clock cycle beside a C++ main at the same flags, code
//! generation beside verilation, replays from a slot.

mod codegen;
mod drive;
mod replays;

use std::path::Path;
use std::process::Command;

use lightsss_bench_rows::{Options, Row, pin, turns};

lightsss_runtime::model!(counter);
lightsss_runtime::model!(ports66);
lightsss_runtime::model!(plain_picorv32);
lightsss_runtime::model!(plain_serv);

/// A design whose cycles are measured.
struct Design {
    /// The model, and the C++ program without `_main`.
    name: &'static str,
    /// In row names.
    row: &'static str,
    what: &'static str,
    /// Cycles of a sample: about 100 ms.
    cycles: u32,
}

const DESIGNS: [Design; 4] = [
    Design {
        name: "counter",
        row: "cycle/counter",
        what: "clock cycle of a 32-bit counter",
        cycles: 3_000_000,
    },
    Design {
        name: "ports66",
        row: "cycle/ports66",
        what: "clock cycle of a design of 66 ports, all set and read",
        cycles: 1_000_000,
    },
    Design {
        name: "plain_picorv32",
        row: "cycle/picorv32",
        what: "clock cycle of picorv32 with its memory",
        cycles: 400_000,
    },
    Design {
        name: "plain_serv",
        row: "cycle/serv",
        what: "clock cycle of SERV with its memory",
        cycles: 400_000,
    },
];

fn main() {
    let options = Options::from_args();
    if let [sample, name, cycles, program] = options.rest.as_slice()
        && sample == "sample"
    {
        let cycles = cycles.parse().expect("a number of cycles");
        return drive::sample(name, cycles, Path::new(program));
    }
    replays::rows(&options);
    pin();
    for design in &DESIGNS {
        if options.wants(design.row) {
            cycle(design, &options);
        }
    }
    codegen::rows(&options);
}

/// Ours and theirs in turn, each sample in a process of its own: where the system places a program
/// makes a difference of several per cent, and both are to have all places.
fn cycle(design: &Design, options: &Options) {
    let folder = tempfile::tempdir().expect("a folder for the program");
    let program = folder.path().join("program.bin");
    let image = match design.name {
        "plain_serv" => drive::serv_image(),
        _ => drive::picorv32_image(),
    };
    std::fs::write(&program, image).expect("the program can be written");
    let cycles = design.cycles.to_string();
    let this = std::env::current_exe().expect("this program");
    let native = Path::new(env!("OUT_DIR")).join(format!("{}_main", design.name));
    let (mut ours_did, mut theirs_did) = (String::new(), String::new());
    let (ours, theirs) = turns(
        options.samples(61, 31),
        || {
            let mut command = Command::new(&this);
            command.args(["sample", design.name, &cycles]).arg(&program);
            sample(&mut command, &mut ours_did)
        },
        || {
            sample(
                Command::new(&native).arg(&cycles).arg(&program),
                &mut theirs_did,
            )
        },
    );
    assert_eq!(ours_did, theirs_did, "both are to compute the same");
    Row::new(design.row, design.what, "ns", ours)
        .against("a C++ main at the same flags", theirs)
        .target_ratio(1.02)
        .note(
            "Each evaluation is one more call, through the shim: about 15 instructions that guard against \
             exceptions and look for halts, or half a nanosecond to one.",
        )
        .print();
}

/// Nanoseconds per cycle; `did` becomes what the program computed.
fn sample(command: &mut Command, did: &mut String) -> f64 {
    let output = command.output().expect("the program starts");
    assert!(output.status.success(), "{command:?}: {output:?}");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let (time, sum) = text.trim_end().split_once('\n').expect("two lines");
    sum.clone_into(did);
    time.parse().expect("a number")
}
