//! Hooks and hashes of the harness that panic, fork, or take each other off, around real forks.

use std::{cell::RefCell, panic::AssertUnwindSafe, rc::Rc, sync::atomic::Ordering::SeqCst};

use lightsss_runtime::{
    durable::{Background, BackgroundError, SaveOptions},
    slots::{
        Checkpoint, CheckpointError, Choice, ReplayOrder, ReplayOutcome, SlotOptions, Slots,
        StateHash, When,
        hooks::{self, ForkHooks},
        isolated,
    },
};

fn slots() -> Slots {
    let mut options = SlotOptions::default();
    options.when = When::OnDemand;
    Slots::new(options).unwrap()
}

fn is_original(checkpoint: &Checkpoint) -> bool {
    matches!(checkpoint, Checkpoint::Original)
}

/// Each of these does what it does when it is called.
#[derive(Default)]
struct Does {
    before: Option<Box<dyn FnMut()>>,
    in_original: Option<Box<dyn FnMut()>>,
    in_slot: Option<Box<dyn FnMut()>>,
}

impl ForkHooks for Does {
    fn before(&mut self) {
        self.before.iter_mut().for_each(|call| call());
    }
    fn in_original(&mut self) {
        self.in_original.iter_mut().for_each(|call| call());
    }
    fn in_slot(&mut self) {
        self.in_slot.iter_mut().for_each(|call| call());
    }
}

/// Hooks that count how often they release and rebuild.
fn counting(counts: &Rc<RefCell<(u32, u32)>>) -> Does {
    let (before, after) = (Rc::clone(counts), Rc::clone(counts));
    Does {
        before: Some(Box::new(move || before.borrow_mut().0 += 1)),
        in_original: Some(Box::new(move || after.borrow_mut().1 += 1)),
        ..Does::default()
    }
}

#[test]
fn after_a_panic_in_before_nothing_is_forked_and_the_others_have_rebuilt() {
    isolated(|| {
        let (counts, mut slots) = (Rc::default(), slots());
        let _others = hooks::register(Box::new(counting(&counts)));
        let panicking = hooks::register(Box::new(Does {
            before: Some(Box::new(|| panic!("a hook"))),
            ..Does::default()
        }));
        let checkpoint = AssertUnwindSafe(|| slots.checkpoint(1).map(drop));
        let payload = std::panic::catch_unwind(checkpoint).unwrap_err();
        assert_eq!(payload.downcast_ref(), Some(&"a hook"));
        assert_eq!(*counts.borrow(), (1, 1));
        assert!(slots.list().is_empty());
        drop(panicking);
        assert!(is_original(&slots.checkpoint(2).unwrap()));
        assert_eq!(*counts.borrow(), (2, 2), "the others are still called");
        assert_eq!(slots.list().len(), 1);
    });
}

#[test]
fn a_panic_in_a_slot_ends_the_slot_and_nothing_of_the_harness_runs_twice() {
    isolated(|| {
        let mut slots = slots();
        let folder = tempfile::tempdir().unwrap();
        let hooks = hooks::register(Box::new(Does {
            in_slot: Some(Box::new(|| panic!("in the slot"))),
            ..Does::default()
        }));
        let unwound = folder.path().join("unwound");
        let checkpoint = AssertUnwindSafe(|| slots.checkpoint(1).map(drop));
        if std::panic::catch_unwind(checkpoint).is_err() {
            std::fs::write(&unwound, "the slot went on in the harness").unwrap();
            std::process::exit(3);
        }
        let woken = slots.wake(&Choice::Oldest, &ReplayOrder::new(2));
        assert!(woken.is_err(), "{woken:?}");
        assert!(!unwound.exists());
        drop(hooks);
        if let Checkpoint::Replay(replay) = slots.checkpoint(2).unwrap() {
            replay.finish(&ReplayOutcome::NoFailure);
        }
        let report = slots.wake(&Choice::Oldest, &ReplayOrder::new(3)).unwrap();
        assert_eq!(report.outcome, ReplayOutcome::NoFailure);
    });
}

#[test]
fn a_hash_that_panics_ends_the_slot_that_it_is_taken_in() {
    isolated(|| {
        let mut slots = slots();
        let hash = || -> StateHash { panic!("no hash") };
        let checkpoint = AssertUnwindSafe(|| slots.checkpoint_with(1, &hash).map(drop));
        if std::panic::catch_unwind(checkpoint).is_err() {
            // Only the slot can come here, in which nothing may go on.
            std::process::exit(3);
        }
        let woken = slots.wake(&Choice::Oldest, &ReplayOrder::new(2));
        assert!(woken.is_err(), "{woken:?}");
    });
}

#[test]
fn a_hook_that_forks_is_refused() {
    isolated(|| {
        let mut outer = slots();
        let refusals = Rc::new(RefCell::new(Vec::new()));
        let (seen, mut inner) = (Rc::clone(&refusals), slots());
        let _hooks = hooks::register(Box::new(Does {
            before: Some(Box::new(move || {
                let refused = matches!(inner.checkpoint(1), Err(CheckpointError::InHook));
                seen.borrow_mut().push(refused);
                let mut background = Background::new(std::num::NonZeroUsize::MIN);
                let saved = background.save("nowhere.lsss", &1_u8, &SaveOptions::new());
                seen.borrow_mut()
                    .push(matches!(saved, Err(BackgroundError::InHook)));
            })),
            ..Does::default()
        }));
        assert!(is_original(&outer.checkpoint(1).unwrap()));
        assert_eq!(*refusals.borrow(), [true, true]);
    });
}

#[test]
fn hooks_whose_owner_goes_inside_a_hook_are_not_called_again() {
    use std::sync::atomic::AtomicU32;
    static CALLS: AtomicU32 = AtomicU32::new(0);
    isolated(|| {
        let mut slots = slots();
        let count = || {
            CALLS.fetch_add(1, SeqCst);
        };
        let mut victim = Some(hooks::register(Box::new(Does {
            before: Some(Box::new(count)),
            in_original: Some(Box::new(count)),
            ..Does::default()
        })));
        // Registered last, so called first.
        let _dropper = hooks::register(Box::new(Does {
            before: Some(Box::new(move || drop(victim.take()))),
            ..Does::default()
        }));
        for cycle in 1..3 {
            assert!(is_original(&slots.checkpoint(cycle).unwrap()));
        }
        assert_eq!(CALLS.load(SeqCst), 0);
    });
}

#[test]
fn a_panic_that_carries_what_panics_again_ends_a_save_in_the_background_with_an_error() {
    use lightsss_runtime::savable::{
        Reader, RestoreError, Savable, SaveError, Schema, Size, Writer,
    };
    struct PanicsInDrop;
    impl Drop for PanicsInDrop {
        fn drop(&mut self) {
            panic!("in drop");
        }
    }
    struct Unsavable;
    impl Savable for Unsavable {
        const SCHEMA: Schema = <u8 as Savable>::SCHEMA;
        const SIZE: Size = <u8 as Savable>::SIZE;
        fn save(&self, _: &mut Writer<'_>) -> Result<(), SaveError> {
            std::panic::panic_any(PanicsInDrop)
        }
        fn restore(&mut self, _: &mut Reader<'_>) -> Result<(), RestoreError> {
            Ok(())
        }
        fn check(_: &mut Reader<'_>) -> Result<(), RestoreError> {
            Ok(())
        }
    }
    isolated(|| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.lsss");
        let mut background = Background::new(std::num::NonZeroUsize::MIN);
        background
            .save(&path, &Unsavable, &SaveOptions::new())
            .unwrap();
        let reports = background.wait();
        let error = reports[0].result.as_ref().unwrap_err().to_string();
        assert!(
            error.ends_with("the harness panicked while it was saved"),
            "{error}"
        );
        assert!(!path.exists());
    });
}

#[test]
fn a_report_that_panics_leaves_the_supervisor_to_end_as_the_run_did() {
    use std::os::unix::process::ExitStatusExt;
    let folder = tempfile::tempdir().unwrap();
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_supervised"))
        .args(["--death", "segv", "--report"])
        // The callback expects that it can write there.
        .arg(folder.path().join("missing").join("report"))
        .output()
        .unwrap();
    assert_eq!(output.status.signal(), Some(libc::SIGSEGV), "{output:?}");
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(complaints.contains("the report is written"), "{complaints}");
}

#[test]
fn a_trigger_that_panics_leaves_the_slots_as_they_were() {
    isolated(|| {
        let mut options = SlotOptions::default();
        options.when = When::Trigger(Box::new(|cycle| {
            assert_ne!(cycle, 1, "the trigger");
            true
        }));
        let mut slots = Slots::new(options).unwrap();
        let offer = AssertUnwindSafe(|| drop(slots.offer(1)));
        assert!(std::panic::catch_unwind(offer).is_err());
        assert!(slots.list().is_empty());
        if let Checkpoint::Replay(replay) = slots.offer(2) {
            replay.finish(&ReplayOutcome::NoFailure);
        }
        let report = slots.wake(&Choice::Oldest, &ReplayOrder::new(3)).unwrap();
        assert_eq!(report.from_cycle, 2);
    });
}
