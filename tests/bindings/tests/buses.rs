//! Memories behind buses: managers that write and read at random find what they wrote, with stalls and without, over a
//! save and a restore; managers that break a rule get an error.

use lightsss_runtime::Savable;
use lightsss_runtime::bus::{Axi4Memory, BusError, Stalls, WordMemory};
use lightsss_runtime::model::ContextOptions;
use lightsss_runtime::ram::Ram;
use lightsss_runtime::savable::{restore_from_image, save_to_image};
use lightsss_tests_bindings::{
    axi4_64, axi4_256, axi4_changes, axi4_crosses, axi4_drops, axi4_ends_early, word_managers,
};

fn ram() -> Ram {
    Ram::new(0x8000_0000, 0x1000).unwrap()
}

/// The shares of cycles in which a memory stalls.
const SHARES: [f64; 3] = [0.0, 0.3, 0.9];

/// A harness of a manager, and how it makes a clock cycle.
macro_rules! manager {
    ($harness:ident, $model:ident) => {
        #[derive(Savable)]
        struct $harness {
            dut: $model::Model,
            memory: Axi4Memory,
            cycle: u64,
        }

        impl $harness {
            fn new(seed: u64, share: f64) -> Self {
                Self {
                    dut: $model::Model::new(&ContextOptions::new()).unwrap(),
                    memory: Axi4Memory::new(ram()).with_stalls(Stalls::new(seed, share)),
                    cycle: 0,
                }
            }

            fn clock(&mut self) -> Result<(), BusError> {
                self.dut.set_reset(u8::from(self.cycle < 2));
                self.dut.set_clk(0);
                self.dut.eval().unwrap();
                if self.cycle > 2 {
                    self.memory.sample(&self.dut.m_axi())?;
                }
                self.dut.set_clk(1);
                self.dut.eval().unwrap();
                self.memory.drive(&mut self.dut.m_axi());
                self.cycle += 1;
                Ok(())
            }

            fn run(&mut self, cycles: u64) -> Result<(), BusError> {
                (0..cycles).try_for_each(|_| self.clock())
            }
        }
    };
}

manager!(Narrow, axi4_64);
manager!(Wide, axi4_256);
manager!(Drops, axi4_drops);
manager!(Changes, axi4_changes);
manager!(Crosses, axi4_crosses);
manager!(EndsEarly, axi4_ends_early);

#[test]
fn bursts_of_all_kinds_read_back_what_was_written() {
    for share in SHARES {
        let mut harness = Narrow::new(1, share);
        harness.run(60_000).unwrap();
        let (transfers, errors) = (harness.dut.transfers(), harness.dut.errors());
        assert!(transfers > 100, "{share}: {transfers}");
        assert_eq!(errors, 0, "{share}");
    }
}

#[test]
fn data_of_256_bits_goes_the_same_way() {
    for share in SHARES {
        let mut harness = Wide::new(2, share);
        harness.run(60_000).unwrap();
        let (transfers, errors) = (harness.dut.transfers(), harness.dut.errors());
        assert!(transfers > 100, "{share}: {transfers}");
        assert_eq!(errors, 0, "{share}");
    }
}

#[test]
fn a_restored_memory_goes_on_with_its_transfers_and_its_stalls() {
    let mut original = Narrow::new(3, 0.4);
    for _ in 0..20 {
        original.run(517).unwrap();
        let image = save_to_image(&original).unwrap();
        let mut other = Narrow::new(99, 0.0);
        restore_from_image(&mut other, &image).unwrap();
        original.run(2_000).unwrap();
        other.run(2_000).unwrap();
        assert_eq!(original.dut.transfers(), other.dut.transfers());
        assert_eq!(
            save_to_image(&original).unwrap(),
            save_to_image(&other).unwrap()
        );
    }
    assert!(original.dut.transfers() > 100);
}

#[test]
fn a_manager_that_breaks_a_rule_gets_an_error_that_names_it() {
    let dropped = Drops::new(1, 0.9).run(10_000).unwrap_err();
    assert_eq!(
        dropped.to_string(),
        "AW: expected `valid` and what it carries to stay until `ready`, found `valid` fell"
    );
    let changed = Changes::new(1, 0.9).run(10_000).unwrap_err();
    assert!(
        matches!(
            changed,
            BusError::Dropped {
                channel: "AR",
                found: "another value"
            }
        ),
        "{changed}"
    );
    let crossed = Crosses::new(1, 0.0).run(10_000).unwrap_err();
    assert_eq!(
        crossed.to_string(),
        "AW at 0x80000ff0: 16 beats of 8 bytes cross a boundary of 4 KiB"
    );
    let ended = EndsEarly::new(1, 0.0).run(10_000).unwrap_err();
    assert!(matches!(ended, BusError::Last { .. }), "{ended}");
}

#[derive(Savable)]
struct Words {
    dut: word_managers::Model,
    wishbone: WordMemory,
    handshake: WordMemory,
    lite: Axi4Memory,
    cycle: u64,
}

impl Words {
    fn new(share: f64) -> Self {
        Self {
            dut: word_managers::Model::new(&ContextOptions::new()).unwrap(),
            wishbone: WordMemory::new(ram())
                .with_word_addresses()
                .with_stalls(Stalls::new(1, share)),
            handshake: WordMemory::new(ram()).with_stalls(Stalls::new(2, share)),
            lite: Axi4Memory::new(ram()).with_stalls(Stalls::new(3, share)),
            cycle: 0,
        }
    }

    // ANCHOR: clock
    fn clock(&mut self) -> Result<(), BusError> {
        self.dut.set_reset(u8::from(self.cycle < 2));
        self.dut.set_clk(0);
        self.dut.eval().unwrap();
        if self.cycle > 2 {
            self.wishbone.sample(&self.dut.wb())?;
            self.handshake.sample(&self.dut.mem())?;
            self.lite.sample(&self.dut.io_lite())?;
        }
        self.dut.set_clk(1);
        self.dut.eval().unwrap();
        self.wishbone.drive(&mut self.dut.wb());
        self.handshake.drive(&mut self.dut.mem());
        self.lite.drive(&mut self.dut.io_lite());
        self.cycle += 1;
        Ok(())
    }
    // ANCHOR_END: clock
}

#[test]
fn words_go_over_wishbone_a_handshake_and_axi4_lite() {
    for share in SHARES {
        let mut harness = Words::new(share);
        for _ in 0..40_000 {
            harness.clock().unwrap();
        }
        let transfers = *harness.dut.transfers();
        assert!(
            transfers.iter().all(|count| *count > 500),
            "{share}: {transfers:?}"
        );
        assert_eq!(harness.dut.errors(), 0, "{share}");
        assert!(
            harness.dut.refused() > 5,
            "{share}: what lies outside is an error"
        );
    }
}
