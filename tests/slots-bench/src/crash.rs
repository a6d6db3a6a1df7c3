//! From a crash to the awake slot, through the supervisor.

use std::{
    num::NonZeroUsize,
    ptr::NonNull,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::{Duration, Instant},
};

use lightsss_runtime::slots::{
    Checkpoint, ReplayOutcome, ReplayOutput, SlotOptions, SupervisorOptions, When, supervise,
};
use lightsss_tests_bench::{Options, Row};
use nix::{
    sys::{
        mman::{MapFlags, ProtFlags, mmap_anonymous},
        resource::{Resource, setrlimit},
        wait::waitpid,
    },
    unistd::{ForkResult, fork},
};

use crate::{Memory, program::Program, quantile, sample, scaled};

/// How long a slot and a supervisor have to get to sleep, as they do in a run.
const SETTLED: Duration = Duration::from_millis(3);

/// Prints the rows.
pub fn rows(mebibytes: u64, options: &Options) {
    let name = format!("slots/wake/crash/{mebibytes}mib");
    if !options.wants(&name) {
        return;
    }
    let mut mine = Program::ours(&format!("crash {mebibytes}"));
    let mut least = Program::theirs(&format!("crash {mebibytes}"));
    // The first ones warm the machine up.
    mine.measure();
    least.measure();
    let (mut awake, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..options.samples(200, 15) {
        awake.push(mine.measure());
        bare.push(least.measure());
    }
    let (awake, bare) = (scaled(&awake, 1e3), scaled(&bare, 1e3));
    let what = format!(
        "from a segmentation fault to the awake slot, through the supervisor, {mebibytes} MiB, pages of 4 KiB"
    );
    let limit =
        "the same fault without handlers, waitpid(2), and a byte in a pipe, to a child in read(2)";
    let p99 = quantile(&awake, 0.99);
    Row::new(format!("{name}/median"), &what, "us", awake)
        .limit(quantile(&bare, 0.5), limit)
        .note("No peer: in the original a crash wakes nobody. A part of both is the end of the process that crashed, whose memory goes first.")
        .print();
    Row::new(
        format!("{name}/p99"),
        format!("{what}, 99th percentile"),
        "us",
        vec![p99],
    )
    .limit(quantile(&bare, 0.99), limit)
    .print();
}

/// Nanoseconds since the program began, in memory that forks share.
struct Moments {
    fault: AtomicU64,
    order: AtomicU64,
    awake: AtomicU64,
}

fn moments() -> &'static Moments {
    let length = NonZeroUsize::new(size_of::<Moments>()).expect("not empty");
    let access = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
    // SAFETY: an anonymous mapping at an address the kernel chooses overlaps nothing.
    let mapped = unsafe { mmap_anonymous(None, length, access, MapFlags::MAP_SHARED) };
    let mapped: NonNull<Moments> = mapped.expect("a shared page").cast();
    // SAFETY: the mapping is aligned to pages, as large as a `Moments`, never unmapped, and zero, which
    // atomics may be; processes that share it only change it through those.
    unsafe { mapped.as_ref() }
}

/// For each line of input lets a run crash, and says how many nanoseconds later its slot was awake.
pub fn take_samples(mebibytes: u64) {
    // Writing a core file would be most of it.
    setrlimit(Resource::RLIMIT_CORE, 0, 0).expect("no core files");
    let begun = Instant::now();
    let moments = moments();
    sample::on_orders(|_| {
        // SAFETY: this process has one thread.
        match unsafe { fork() }.expect("a process") {
            ForkResult::Child => crash(mebibytes, begun, moments),
            ForkResult::Parent { child } => {
                waitpid(child, None).expect("the supervisor ends");
            }
        }
        let (awake, fault) = (moments.awake.swap(0, Relaxed), moments.fault.load(Relaxed));
        assert!(awake > fault, "the slot woke");
        println!("{}", awake - fault);
    });
}

/// A run that crashes. This process becomes its supervisor.
fn crash(mebibytes: u64, begun: Instant, moments: &'static Moments) -> ! {
    let now = move || begun.elapsed().as_nanos() as u64;
    let mut options = SupervisorOptions::default();
    options.order.output = ReplayOutput::Inherit;
    options.report = Box::new(|incident| {
        let replay = incident.replay.as_ref().expect("a replay");
        let latency = replay.wake_latency.as_nanos() as u64;
        moments
            .awake
            .store(moments.order.load(Relaxed) + latency, Relaxed);
    });
    let supervised = supervise(options).expect("a supervisor");
    let _ram = sample::memory(mebibytes, Memory::Small);
    let mut options = SlotOptions::default();
    options.when = When::OnDemand;
    let mut slots = supervised.slots(options);
    if let Checkpoint::Replay(replay) = slots.checkpoint(0).expect("a slot") {
        let since_order = replay.age().as_nanos() as u64;
        moments.order.store(now() - since_order, Relaxed);
        replay.finish(&ReplayOutcome::Done);
    }
    let wall = no_access();
    std::thread::sleep(SETTLED);
    moments.fault.store(now(), Relaxed);
    // SAFETY: the byte is mapped, for this purpose alone, so that nobody may access it: the write changes
    // nothing, and ends the process by a signal.
    unsafe { wall.as_ptr().write_volatile(1) };
    unreachable!("a page without access was written to")
}

fn no_access() -> NonNull<u8> {
    let length = NonZeroUsize::MIN;
    // SAFETY: an anonymous mapping at an address the kernel chooses overlaps nothing.
    let mapped =
        unsafe { mmap_anonymous(None, length, ProtFlags::PROT_NONE, MapFlags::MAP_PRIVATE) };
    mapped.expect("a page").cast()
}
