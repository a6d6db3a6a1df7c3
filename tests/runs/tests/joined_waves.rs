//! Pieces of a VCD file, each traced from a state of its own: joined, they are the file of the whole run.

use std::path::{Path, PathBuf};

use lightsss_runtime::model::ContextOptions;
use lightsss_runtime::savable::{Image, restore_from_image, save_to_image};
use lightsss_runtime::waveform::{self, JoinError};
use lightsss_tests_runs::cores::{picorv32, serv};
use lightsss_tests_support::same_waves::{Wave, assert_same};

/// Cycles of a run.
const CYCLES: u64 = 1000;

/// A core whose inputs depend on the cycle only.
trait Core {
    fn new() -> Self;
    fn save(&self) -> Image;
    fn restore(&mut self, image: &Image);
    fn open(&mut self, path: &Path);
    fn close(&mut self);
    /// One cycle: two times of the waveform.
    fn cycle(&mut self, cycle: u64);
}

macro_rules! core {
    ($name:ident, $core:ident, |$dut:ident, $cycle:ident, $word:ident| $stimulate:block) => {
        struct $name($core::Model);

        impl Core for $name {
            fn new() -> Self {
                Self($core::Model::new(&ContextOptions::new()).expect("a model"))
            }

            fn save(&self) -> Image {
                save_to_image(&self.0).expect("a savable model")
            }

            fn restore(&mut self, image: &Image) {
                restore_from_image(&mut self.0, image).expect("its own state");
            }

            fn open(&mut self, path: &Path) {
                self.0.open_trace(path, 0).expect("a trace");
            }

            fn close(&mut self) {
                self.0.close_trace().expect("a whole file");
            }

            fn cycle(&mut self, $cycle: u64) {
                let $dut = &mut self.0;
                let $word = fastrand::Rng::with_seed($cycle).u32(..);
                for level in [0, 1] {
                    let time = 2 * $cycle + u64::from(level);
                    $dut.context().set_time(time);
                    if level == 1 {
                        $stimulate
                    }
                    $dut.set_clk(level);
                    $dut.eval().expect("no halt");
                    $dut.dump_trace(time);
                }
            }
        }
    };
}

core!(Picorv32, picorv32, |dut, cycle, word| {
    dut.set_resetn(u8::from(cycle >= 4));
    dut.set_mem_ready((word & 1) as u8);
    dut.set_mem_rdata(word & 0x01f7_8f80 | 0x33);
});

core!(Serv, serv, |dut, cycle, word| {
    dut.set_i_rst(u8::from(cycle < 4));
    dut.set_i_ibus_ack(u8::from(dut.o_ibus_cyc() == 1 && word & 1 == 1));
    dut.set_i_ibus_rdt(word & 0x01f7_8f80 | 0x33);
});

fn trace<C: Core>(path: PathBuf, state: Option<&Image>, from: u64, to: u64) -> PathBuf {
    let mut core = C::new();
    if let Some(state) = state {
        core.restore(state);
    }
    core.open(&path);
    for cycle in from..to {
        core.cycle(cycle);
    }
    core.close();
    path
}

fn states<C: Core>(seams: &[u64]) -> Vec<Image> {
    let mut core = C::new();
    let mut states = Vec::new();
    for cycle in 0..=CYCLES {
        if seams.contains(&cycle) {
            states.push(core.save());
        }
        core.cycle(cycle);
    }
    states
}

fn joins<C: Core>(seed: u64) {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let whole = Wave::read(&trace::<C>(at("whole.vcd"), None, 0, CYCLES));
    let mut random = fastrand::Rng::with_seed(seed);
    for pieces in [2, 3, 7] {
        let mut seams: Vec<u64> = (1..pieces).map(|_| random.u64(1..CYCLES)).collect();
        seams.extend([0, CYCLES]);
        seams.sort_unstable();
        seams.dedup();
        let states = states::<C>(&seams);
        let stretches = seams.windows(2).zip(&states).enumerate();
        let traced: Vec<PathBuf> = stretches
            .map(|(number, (ends, state))| {
                trace::<C>(at(&format!("{number}.vcd")), Some(state), ends[0], ends[1])
            })
            .collect();
        let out = at("joined.vcd");
        let _ = waveform::join(&traced, &out).unwrap();
        assert!(assert_same(&whole, &Wave::read(&out)) > 1000);
        // A window of it.
        let window = at("window.vcd");
        let _ = waveform::join(&traced[1..], &window).unwrap();
        assert!(assert_same(&whole, &Wave::read(&window)) > 100);
    }
}

#[test]
fn picorv32_is_joined() {
    joins::<Picorv32>(1);
}

#[test]
fn serv_is_joined() {
    joins::<Serv>(2);
}

#[test]
fn pieces_of_two_cores_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let first = trace::<Picorv32>(at("0.vcd"), None, 0, 10);
    let second = trace::<Serv>(at("1.vcd"), None, 10, 20);
    let error = waveform::join(&[first, second], at("out.vcd")).unwrap_err();
    assert!(matches!(error, JoinError::OtherModel { .. }), "{error}");
    assert!(
        error.to_string().contains("where the first defines `$"),
        "{error}"
    );
}
