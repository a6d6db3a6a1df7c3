//! The designs under their bindings, driven as the C++ programs in `native` drive them: in both a cycle is
//! part of the loop and no call, since what a compiler makes of the harness is not what is measured.

#![expect(
    clippy::inline_always,
    reason = "a cycle is part of the measured loop, in C++ too"
)]

use std::path::Path;
use std::time::{Duration, Instant};

use lightsss_runtime::model::{ContextOptions, Halt};

use crate::{counter, plain_picorv32, plain_serv, ports66};

include!(concat!(env!("OUT_DIR"), "/ports66_drive.rs"));

const MEMORY: usize = 64 << 10;
/// Writes from here on are the program's output.
const MAILBOX: u32 = 0x1000_0000;

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
    let mut took = Duration::ZERO;
    // The first ones fault pages in. One loop for both: of two, a cycle would be a function.
    for count in [1000, cycles] {
        let begun = Instant::now();
        for _ in 0..count {
            cycle()?;
        }
        took = begun.elapsed();
    }
    println!("{:.6}", took.as_nanos() as f64 / f64::from(cycles));
    Ok(())
}

fn run_counter(cycles: u32) -> Result<u64, Box<Halt>> {
    let mut dut = counter::Model::new(&ContextOptions::new()).expect("the model can be made");
    dut.set_rst(1);
    dut.set_enable(1);
    counter_cycle(&mut dut)?;
    dut.set_rst(0);
    measure(cycles, || counter_cycle(&mut dut))?;
    Ok(dut.count().into())
}

#[inline(always)]
fn counter_cycle(dut: &mut counter::Model) -> Result<(), Box<Halt>> {
    dut.set_clk(0);
    dut.eval()?;
    dut.set_clk(1);
    dut.eval()
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

fn run_picorv32(cycles: u32, memory: Memory) -> Result<u64, Box<Halt>> {
    let options = ContextOptions::new();
    let mut dut = plain_picorv32::Model::new(&options).expect("the model can be made");
    let mut bus = Bus::new(memory);
    dut.set_resetn(0);
    for _ in 0..4 {
        bus.picorv32_cycle(&mut dut)?;
    }
    dut.set_resetn(1);
    measure(cycles, || bus.picorv32_cycle(&mut dut))?;
    Ok(bus.sum)
}

fn run_serv(cycles: u32, memory: Memory) -> Result<u64, Box<Halt>> {
    let options = ContextOptions::new();
    let mut dut = plain_serv::Model::new(&options).expect("the model can be made");
    let mut bus = Bus::new(memory);
    dut.set_i_rst(1);
    for _ in 0..4 {
        bus.serv_cycle(&mut dut)?;
    }
    dut.set_i_rst(0);
    measure(cycles, || bus.serv_cycle(&mut dut))?;
    Ok(bus.sum)
}

/// What a core is connected to.
struct Bus {
    memory: Memory,
    fetching: bool,
    accessing: bool,
    /// Of what the program writes to its mailbox.
    sum: u64,
}

impl Bus {
    fn new(memory: Memory) -> Self {
        Self {
            memory,
            fetching: false,
            accessing: false,
            sum: 0,
        }
    }

    #[inline(always)]
    fn picorv32_cycle(&mut self, dut: &mut plain_picorv32::Model) -> Result<(), Box<Halt>> {
        dut.set_mem_ready(u8::from(self.accessing));
        dut.set_clk(0);
        dut.eval()?;
        self.accessing = dut.mem_valid() != 0 && dut.mem_ready() == 0;
        if self.accessing {
            let address = dut.mem_addr();
            if address >= MAILBOX {
                self.sum = self.sum.wrapping_add(dut.mem_wdata().into());
            } else if dut.mem_wstrb() != 0 {
                self.memory.write(address, dut.mem_wdata(), dut.mem_wstrb());
            } else {
                let word = self.memory.read(address);
                dut.set_mem_rdata(word);
            }
        }
        dut.set_clk(1);
        dut.eval()
    }

    #[inline(always)]
    fn serv_cycle(&mut self, dut: &mut plain_serv::Model) -> Result<(), Box<Halt>> {
        dut.set_i_ibus_ack(u8::from(self.fetching));
        dut.set_i_dbus_ack(u8::from(self.accessing));
        dut.set_clk(0);
        dut.eval()?;
        self.fetching = dut.o_ibus_cyc() != 0 && dut.i_ibus_ack() == 0;
        if self.fetching {
            let word = self.memory.read(dut.o_ibus_adr());
            dut.set_i_ibus_rdt(word);
        }
        self.accessing = dut.o_dbus_cyc() != 0 && dut.i_dbus_ack() == 0;
        if self.accessing {
            let address = dut.o_dbus_adr();
            if address >= MAILBOX {
                self.sum = self.sum.wrapping_add(dut.o_dbus_dat().into());
            } else if dut.o_dbus_we() != 0 {
                self.memory
                    .write(address, dut.o_dbus_dat(), dut.o_dbus_sel());
            } else {
                let word = self.memory.read(address);
                dut.set_i_dbus_rdt(word);
            }
        }
        dut.set_clk(1);
        dut.eval()
    }
}

/// 64 KiB, as in `native/bench.h`.
struct Memory([u8; MEMORY]);

impl Memory {
    fn read_from(path: &Path) -> Self {
        let bytes = std::fs::read(path).expect("the program can be read");
        Self(bytes.try_into().expect("64 KiB"))
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
