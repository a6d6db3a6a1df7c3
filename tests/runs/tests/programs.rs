//! Both cores run the program and find what Rust finds.

use std::error::Error;

use lightsss_runtime::model::ContextOptions;
use lightsss_tests_runs::cores::{Core, Memory, expected, picorv32, run, serv};

struct Picorv32 {
    dut: picorv32::Model,
    memory: Memory,
}

impl Core for Picorv32 {
    fn cycle(&mut self) -> Result<(), Box<dyn Error>> {
        let dut = &mut self.dut;
        dut.set_clk(0);
        dut.eval()?;
        // The answer comes in the cycle after the request.
        let answers = dut.mem_valid() == 1 && dut.mem_ready() == 0;
        if answers {
            if dut.mem_wstrb() != 0 {
                let (address, data) = (dut.mem_addr(), dut.mem_wdata());
                self.memory.write(address, data, dut.mem_wstrb());
            }
            let data = self.memory.read(dut.mem_addr());
            dut.set_mem_rdata(data);
        }
        dut.set_clk(1);
        dut.eval()?;
        dut.set_mem_ready(u8::from(answers));
        if dut.trap() == 1 {
            return Err("the core trapped".into());
        }
        Ok(())
    }

    fn memory(&self) -> &Memory {
        &self.memory
    }
}

#[test]
fn picorv32_runs_a_program() -> Result<(), Box<dyn Error>> {
    let mut core = Picorv32 {
        dut: picorv32::Model::new(&ContextOptions::new())?,
        memory: Memory::default(),
    };
    core.dut.set_resetn(0);
    for _ in 0..4 {
        core.cycle()?;
    }
    core.dut.set_resetn(1);
    let (results, _) = run(&mut core, 200_000)?;
    assert_eq!(results, expected());
    Ok(())
}

struct Serv {
    dut: serv::Model,
    memory: Memory,
}

impl Core for Serv {
    fn cycle(&mut self) -> Result<(), Box<dyn Error>> {
        let dut = &mut self.dut;
        dut.set_clk(0);
        dut.eval()?;
        let fetches = dut.o_ibus_cyc() == 1 && dut.i_ibus_ack() == 0;
        if fetches {
            let word = self.memory.read(dut.o_ibus_adr());
            dut.set_i_ibus_rdt(word);
        }
        let accesses = dut.o_dbus_cyc() == 1 && dut.i_dbus_ack() == 0;
        if accesses {
            let address = dut.o_dbus_adr();
            if dut.o_dbus_we() == 1 {
                let data = dut.o_dbus_dat();
                self.memory.write(address, data, dut.o_dbus_sel());
            }
            let word = self.memory.read(address);
            dut.set_i_dbus_rdt(word);
        }
        dut.set_clk(1);
        dut.eval()?;
        dut.set_i_ibus_ack(u8::from(fetches));
        dut.set_i_dbus_ack(u8::from(accesses));
        Ok(())
    }

    fn memory(&self) -> &Memory {
        &self.memory
    }
}

#[test]
fn serv_runs_a_program() -> Result<(), Box<dyn Error>> {
    let mut core = Serv {
        dut: serv::Model::new(&ContextOptions::new())?,
        memory: Memory::default(),
    };
    core.dut.set_i_rst(1);
    for _ in 0..4 {
        core.cycle()?;
    }
    core.dut.set_i_rst(0);
    let (results, cycles) = run(&mut core, 2_000_000)?;
    assert_eq!(results, expected());
    // It works bit by bit.
    assert!(cycles > 50_000);
    Ok(())
}
