//! The designs under their bindings, driven as the C++ programs in `native` drive them.

use std::path::Path;
use std::time::Instant;

use lightsss_runtime::model::{ContextOptions, Halt};

use crate::{counter, plain_picorv32, plain_serv, ports66};

include!(concat!(env!("OUT_DIR"), "/ports66_drive.rs"));

const MEMORY: usize = 64 << 10;

/// The memory that picorv32 starts with: its example's program, in effect without end.
pub fn picorv32_image() -> Vec<u8> {
    use picorv32_example::program::{ROUNDS, assemble};
    image(assemble(), ROUNDS, i32::MAX as u32)
}

/// The memory that SERV starts with: its example's program, in effect without end.
pub fn serv_image() -> Vec<u8> {
    use serv_example::program::{BELOW, assemble};
    image(assemble(), BELOW, 50_000)
}

fn image(mut program: Vec<u8>, mailbox: u32, word: u32) -> Vec<u8> {
    program.resize(MEMORY, 0);
    program[mailbox as usize..][..4].copy_from_slice(&word.to_le_bytes());
    program
}

/// Runs `cycles` cycles of a design; prints nanoseconds per cycle, then what it computed.
pub fn sample(name: &str, cycles: u32, program: &Path) {
    let done = match name {
        "counter" => run_counter(cycles),
        "ports66" => run_ports66(cycles),
        "plain_picorv32" => run_picorv32(cycles, Memory::read_from(program)),
        "plain_serv" => run_serv(cycles, Memory::read_from(program)),
        _ => panic!("no design `{name}`"),
    };
    let sum = done.expect("the design runs on");
    println!("{sum}");
}

fn measure(cycles: u32, mut cycle: impl FnMut() -> Result<(), Box<Halt>>) -> Result<(), Box<Halt>> {
    // The first ones fault pages in.
    for _ in 0..1000 {
        cycle()?;
    }
    let begun = Instant::now();
    for _ in 0..cycles {
        cycle()?;
    }
    println!(
        "{:.6}",
        begun.elapsed().as_nanos() as f64 / f64::from(cycles)
    );
    Ok(())
}

fn run_counter(cycles: u32) -> Result<u64, Box<Halt>> {
    let mut dut = counter::Model::new(&ContextOptions::new()).expect("the model can be made");
    dut.set_rst(1);
    dut.set_enable(1);
    let cycle = |dut: &mut counter::Model| {
        dut.set_clk(0);
        dut.eval()?;
        dut.set_clk(1);
        dut.eval()
    };
    cycle(&mut dut)?;
    dut.set_rst(0);
    measure(cycles, || cycle(&mut dut))?;
    Ok(dut.count().into())
}

fn run_ports66(cycles: u32) -> Result<u64, Box<Halt>> {
    let mut dut = ports66::Model::new(&ContextOptions::new()).expect("the model can be made");
    dut.set_rst(1);
    let mut sum = ports66_cycle(&mut dut, 0, 0)?;
    dut.set_rst(0);
    let mut at = 0_u64;
    measure(cycles, || {
        at += 1;
        sum = ports66_cycle(&mut dut, at.wrapping_mul(0x9e37_79b9_7f4a_7c15), sum)?;
        Ok(())
    })?;
    Ok(sum)
}

fn run_picorv32(cycles: u32, mut memory: Memory) -> Result<u64, Box<Halt>> {
    let options = ContextOptions::new();
    let mut dut = plain_picorv32::Model::new(&options).expect("the model can be made");
    let (mut answering, mut sum) = (false, 0_u64);
    let mut cycle = |dut: &mut plain_picorv32::Model| {
        dut.set_mem_ready(u8::from(answering));
        dut.set_clk(0);
        dut.eval()?;
        answering = dut.mem_valid() != 0 && dut.mem_ready() == 0;
        if answering {
            let address = dut.mem_addr();
            if address >= 0x1000_0000 {
                sum = sum.wrapping_add(dut.mem_wdata().into());
            } else if dut.mem_wstrb() != 0 {
                memory.write(address, dut.mem_wdata(), dut.mem_wstrb());
            } else {
                let word = memory.read(address);
                dut.set_mem_rdata(word);
            }
        }
        dut.set_clk(1);
        dut.eval()
    };
    dut.set_resetn(0);
    for _ in 0..4 {
        cycle(&mut dut)?;
    }
    dut.set_resetn(1);
    measure(cycles, || cycle(&mut dut))?;
    Ok(sum)
}

fn run_serv(cycles: u32, mut memory: Memory) -> Result<u64, Box<Halt>> {
    let options = ContextOptions::new();
    let mut dut = plain_serv::Model::new(&options).expect("the model can be made");
    let (mut fetching, mut accessing, mut sum) = (false, false, 0_u64);
    let mut cycle = |dut: &mut plain_serv::Model| {
        dut.set_i_ibus_ack(u8::from(fetching));
        dut.set_i_dbus_ack(u8::from(accessing));
        dut.set_clk(0);
        dut.eval()?;
        fetching = dut.o_ibus_cyc() != 0 && dut.i_ibus_ack() == 0;
        if fetching {
            let word = memory.read(dut.o_ibus_adr());
            dut.set_i_ibus_rdt(word);
        }
        accessing = dut.o_dbus_cyc() != 0 && dut.i_dbus_ack() == 0;
        if accessing {
            let address = dut.o_dbus_adr();
            if address >= 0x1000_0000 {
                sum = sum.wrapping_add(dut.o_dbus_dat().into());
            } else if dut.o_dbus_we() != 0 {
                memory.write(address, dut.o_dbus_dat(), dut.o_dbus_sel());
            } else {
                let word = memory.read(address);
                dut.set_i_dbus_rdt(word);
            }
        }
        dut.set_clk(1);
        dut.eval()
    };
    dut.set_i_rst(1);
    for _ in 0..4 {
        cycle(&mut dut)?;
    }
    dut.set_i_rst(0);
    measure(cycles, || cycle(&mut dut))?;
    Ok(sum)
}

/// 64 KiB, as in `native/bench.h`.
struct Memory(Box<[u8; MEMORY]>);

impl Memory {
    fn read_from(path: &Path) -> Self {
        let bytes = std::fs::read(path).expect("the program can be read");
        Self(bytes.into_boxed_slice().try_into().expect("64 KiB"))
    }

    #[inline]
    fn read(&self, address: u32) -> u32 {
        let at = address as usize & 0xfffc;
        u32::from_le_bytes([self.0[at], self.0[at + 1], self.0[at + 2], self.0[at + 3]])
    }

    #[inline]
    fn write(&mut self, address: u32, value: u32, mask: u8) {
        let at = address as usize & 0xfffc;
        for (byte, value) in value.to_le_bytes().into_iter().enumerate() {
            if mask & 1 << byte != 0 {
                self.0[at + byte] = value;
            }
        }
    }
}
