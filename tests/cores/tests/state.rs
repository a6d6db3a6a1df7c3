//! The state tables of the cores: complete, and as good as Verilator's operators.

use std::error::Error;

use lightsss_runtime::model::ContextOptions;
use lightsss_runtime::savable::{Image, Savable, Source as _, restore_from_image, save_to_image};
use lightsss_runtime::state::{Parts, through_operators};
use lightsss_tests_cores::{picorv32, serv};

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
    let operators = through_operators(|| save_to_image(model)).expect("a savable model");
    let is_named = |image: &Image| {
        let section = image.section_bytes(0).expect("a section");
        Parts::read(&section).expect("a section").is_named()
    };
    assert!(is_named(&named) && !is_named(&operators));
    let expected = stream(&operators);
    assert_eq!(stream(&named), expected);
    for image in [&named, &operators] {
        let mut by_copies = other();
        restore_from_image(&mut by_copies, image).expect("a restore by copies");
        let mut by_operators = other();
        through_operators(|| restore_from_image(&mut by_operators, image))
            .expect("a restore by operators");
        for restored in [&by_copies, &by_operators] {
            let saved = through_operators(|| save_to_image(restored)).expect("a savable model");
            assert_eq!(stream(&saved), expected);
        }
    }
}

fn picorv32_at(cycles: u32) -> picorv32::Model {
    let mut dut = picorv32::Model::new(&ContextOptions::new()).expect("a model");
    let mut noise = Noise(0x1234_5678);
    for cycle in 0..cycles {
        dut.set_resetn(u8::from(cycle >= 4));
        dut.set_clk(0);
        dut.eval().expect("no halt");
        dut.set_mem_ready((noise.next() & 1) as u8);
        // Additions of registers, so that the core does not stop at what is no instruction.
        dut.set_mem_rdata(noise.next() & 0x01f7_8f80 | 0x33);
        dut.set_clk(1);
        dut.eval().expect("no halt");
    }
    dut
}

fn serv_at(cycles: u32) -> serv::Model {
    let mut dut = serv::Model::new(&ContextOptions::new()).expect("a model");
    let mut noise = Noise(0x8765_4321);
    for cycle in 0..cycles {
        dut.set_i_rst(u8::from(cycle < 4));
        dut.set_clk(0);
        dut.eval().expect("no halt");
        dut.set_i_ibus_ack(u8::from(dut.o_ibus_cyc() == 1 && noise.next() & 1 == 1));
        dut.set_i_ibus_rdt(noise.next() & 0x01f7_8f80 | 0x33);
        dut.set_clk(1);
        dut.eval().expect("no halt");
    }
    dut
}

#[test]
fn picorv32_s_table_is_complete_and_both_ways_agree() -> Result<(), Box<dyn Error>> {
    for cycles in [1, 100, 1001] {
        let mut dut = picorv32_at(cycles);
        // Fails unless every byte of the operators' stream is accounted for.
        let state = dut.state()?;
        if cycles > 4 {
            assert!(state.peek_all("picorv32.cpuregs")?.len() >= 32);
        }
        both_ways_agree(&dut, || picorv32_at(7));
    }
    Ok(())
}

#[test]
fn serv_s_table_is_complete_and_both_ways_agree() -> Result<(), Box<dyn Error>> {
    for cycles in [1, 100, 1001] {
        let mut dut = serv_at(cycles);
        assert!(dut.state()?.signals().count() > 50);
        both_ways_agree(&dut, || serv_at(7));
    }
    Ok(())
}
