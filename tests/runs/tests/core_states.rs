//! The state tables of the cores: complete, as good as Verilator's operators, and of the same names
//! and values as a waveform.

use std::error::Error;

use lightsss_runtime::model::ContextOptions;
use lightsss_runtime::savable::{
    Image, ModelOptions, Savable, Source as _, restore_from_image, restore_from_image_with,
    save_to_image, save_to_image_through_operators,
};
use lightsss_runtime::state::Parts;
use lightsss_tests_runs::cores::{picorv32, serv};
use lightsss_tests_support::waves::compare;

/// Inputs without a period that matters (xorshift).
struct Noise(u32);

impl Noise {
    fn next(&mut self) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0
    }
}

fn stream(image: &Image) -> Vec<u8> {
    let section = image.section_bytes(0).expect("a model's section");
    Parts::read(&section)
        .expect("a model's section")
        .stream
        .to_vec()
}

/// Saves both ways, restores each both ways into another model, and compares the streams.
fn both_ways_agree<M: Savable>(model: &M, mut other: impl FnMut() -> M) {
    let named = save_to_image(model).expect("a savable model");
    let operators = save_to_image_through_operators(model).expect("a savable model");
    let is_named = |image: &Image| {
        let section = image.section_bytes(0).expect("a section");
        Parts::read(&section).expect("a section").is_named()
    };
    assert!(is_named(&named) && !is_named(&operators));
    let expected = stream(&operators);
    assert_eq!(stream(&named), expected);
    let through_operators = ModelOptions {
        through_operators: true,
        ..ModelOptions::default()
    };
    for image in [&named, &operators] {
        let mut by_copies = other();
        restore_from_image(&mut by_copies, image).expect("a restore by copies");
        let mut by_operators = other();
        restore_from_image_with(&mut by_operators, image, through_operators)
            .expect("a restore by operators");
        for restored in [&by_copies, &by_operators] {
            let saved = save_to_image_through_operators(restored).expect("a savable model");
            assert_eq!(stream(&saved), expected);
        }
    }
}

/// A core with what drives it.
trait Driven: Sized {
    type Model: Savable;
    fn new() -> Self;
    fn set_clk(&mut self, level: u8);
    /// Sets the inputs.
    fn stimulate(&mut self, cycle: u32);
    fn eval(&mut self);
    fn model(self) -> Self::Model;

    /// One clock cycle.
    fn cycle(&mut self, cycle: u32) {
        self.set_clk(0);
        self.eval();
        self.stimulate(cycle);
        self.set_clk(1);
        self.eval();
    }

    /// A model after so many cycles.
    fn at(cycles: u32) -> Self::Model {
        let mut core = Self::new();
        for cycle in 0..cycles {
            core.cycle(cycle);
        }
        core.model()
    }
}

struct Picorv32 {
    dut: picorv32::Model,
    noise: Noise,
}

impl Driven for Picorv32 {
    type Model = picorv32::Model;

    fn new() -> Self {
        Self {
            dut: picorv32::Model::new(&ContextOptions::new()).expect("a model"),
            noise: Noise(0x1234_5678),
        }
    }

    fn set_clk(&mut self, level: u8) {
        self.dut.set_clk(level);
    }

    fn stimulate(&mut self, cycle: u32) {
        self.dut.set_resetn(u8::from(cycle >= 4));
        self.dut.set_mem_ready((self.noise.next() & 1) as u8);
        // Additions of registers, so that the core does not stop at what is no instruction.
        self.dut
            .set_mem_rdata(self.noise.next() & 0x01f7_8f80 | 0x33);
    }

    fn eval(&mut self) {
        self.dut.eval().expect("no halt");
    }

    fn model(self) -> picorv32::Model {
        self.dut
    }
}

struct Serv {
    dut: serv::Model,
    noise: Noise,
}

impl Driven for Serv {
    type Model = serv::Model;

    fn new() -> Self {
        Self {
            dut: serv::Model::new(&ContextOptions::new()).expect("a model"),
            noise: Noise(0x8765_4321),
        }
    }

    fn set_clk(&mut self, level: u8) {
        self.dut.set_clk(level);
    }

    fn stimulate(&mut self, cycle: u32) {
        self.dut.set_i_rst(u8::from(cycle < 4));
        let acknowledged = self.dut.o_ibus_cyc() == 1 && self.noise.next() & 1 == 1;
        self.dut.set_i_ibus_ack(u8::from(acknowledged));
        self.dut
            .set_i_ibus_rdt(self.noise.next() & 0x01f7_8f80 | 0x33);
    }

    fn eval(&mut self) {
        self.dut.eval().expect("no halt");
    }

    fn model(self) -> serv::Model {
        self.dut
    }
}

#[test]
fn picorv32_s_table_is_complete_and_both_ways_agree() -> Result<(), Box<dyn Error>> {
    for cycles in [1, 100, 1001] {
        let mut dut = Picorv32::at(cycles);
        // Fails unless every byte of the operators' stream is accounted for.
        let state = dut.state()?;
        if cycles > 4 {
            assert!(state.peek_all("picorv32.cpuregs")?.len() >= 32);
        }
        both_ways_agree(&dut, || Picorv32::at(7));
    }
    Ok(())
}

#[test]
fn serv_s_table_is_complete_and_both_ways_agree() -> Result<(), Box<dyn Error>> {
    for cycles in [1, 100, 1001] {
        let mut dut = Serv::at(cycles);
        assert!(dut.state()?.signals().count() > 50);
        both_ways_agree(&dut, || Serv::at(7));
    }
    Ok(())
}

macro_rules! differences_are_what_the_waveform_shows {
    ($core:ty) => {{
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("waves.vcd");
        let mut core = <$core>::new();
        core.dut.open_trace(&path, 0)?;
        let mut states = Vec::new();
        for cycle in 0..400 {
            core.cycle(cycle);
            core.dut.dump_trace(u64::from(cycle));
            let image = save_to_image(&core.dut)?;
            let section = image.section_bytes(0).expect("a model's section");
            states.push((u64::from(cycle), section.into_owned()));
        }
        core.dut.close_trace().expect("a whole file");
        compare(&states, &path)
    }};
}

#[test]
fn picorv32_s_differences_are_what_the_waveform_shows() -> Result<(), Box<dyn Error>> {
    let compared = differences_are_what_the_waveform_shows!(Picorv32);
    assert!(compared.untraced.is_empty(), "{compared:?}");
    assert!(compared.changed > 5000, "{compared:?}");
    Ok(())
}

#[test]
fn serv_s_differences_are_what_the_waveform_shows() -> Result<(), Box<dyn Error>> {
    let compared = differences_are_what_the_waveform_shows!(Serv);
    // Verilator keeps the bits of one vector apart, and the waveform has it whole.
    let mut untraced = compared.untraced.iter();
    assert!(
        untraced.all(|name| name.contains(".mcause3_0[")),
        "{compared:?}"
    );
    assert!(compared.changed > 3000, "{compared:?}");
    Ok(())
}
