//! The core under the harness: the program from boot to end with and without the bug, and random
//! programs against the reference model.

use lightsss_runtime::{Failure, Simulation, Step};
use rv32_difftest::harness::Harness;
use rv32_difftest::program::Work;

use crate::programs;

/// The harness after a run that ended well, or the cycle in which it failed and why.
fn run(mut harness: Harness) -> Result<Harness, (u64, Failure)> {
    loop {
        match harness.step() {
            Ok(Step::Continue) if harness.cycle() > 20_000_000 => panic!("no end"),
            Ok(Step::Continue) => {}
            Ok(Step::Done) => return Ok(harness),
            Err(failure) => return Err((harness.cycle(), failure)),
        }
    }
}

#[test]
fn without_the_bug_the_program_ends_well() {
    let harness = run(Harness::new(["+other"], Work::FULL).unwrap()).unwrap();
    let expected = "rv32-difftest\n\
        boot: 64 KiB of memory tested\n\
        boot: crc32 of 123456789 is cbf43926\n\
        boot: primes below 32768: 3512\n\
        boot: done\n\
        round 4: checksum 849d2679\n\
        round 8: checksum 0d9557fe\n\
        round 12: checksum b63ce83d\n\
        round 16: checksum 712bc598\n\
        round 20: checksum eea9633e\n\
        round 24: checksum eabe5dcc\n\
        round 28: checksum d15d80b3\n\
        round 32: checksum d2a8687f\n\
        round 36: checksum 87b61c25\n\
        done: checksum 87b61c25, 2933 ticks, 5184 exceptions\n";
    assert_eq!(harness.console(), expected);
    assert_eq!(harness.cycle(), 10_208_872);
}

#[test]
fn with_the_bug_it_fails_twice_at_the_same_cycle() {
    let fail = || {
        let (cycle, failure) = run(Harness::new(["+bug"], Work::FULL).unwrap()).unwrap_err();
        (cycle, failure.to_string())
    };
    let (cycle, message) = fail();
    assert!((3_000_000..8_000_000).contains(&cycle), "{cycle}");
    // The trap handler's multiplication takes the quotient of the division it interrupted.
    assert!(
        message.contains("`mul x5, x5, x6`: expected x5 = 0x7ded6baa"),
        "{message}"
    );
    assert_eq!((cycle, message), fail());
}

#[test]
fn less_work_ends_sooner() {
    let work = Work {
        workloads: 1,
        rounds: 4,
    };
    let harness = run(Harness::new(["+other"], work).unwrap()).unwrap();
    assert!(harness.cycle() < 3_000_000, "{}", harness.cycle());
    assert!(
        harness.console().contains("\nround 4: checksum "),
        "{}",
        harness.console()
    );
}

#[test]
fn random_programs_retire_the_same_in_core_and_reference() {
    for seed in 0..40 {
        let image = programs::program(seed);
        let harness = Harness::with_image(["+other"], &image).unwrap();
        if let Err((cycle, failure)) = run(harness) {
            panic!("seed {seed}, cycle {cycle}: {failure}");
        }
    }
}

/// Random programs divide so much, and are interrupted so often, that the bug cannot hide.
#[test]
fn random_programs_find_the_bug() {
    let found = (0..40).any(|seed| {
        let harness = Harness::with_image(["+bug"], &programs::program(seed)).unwrap();
        run(harness).is_err()
    });
    assert!(found);
}
