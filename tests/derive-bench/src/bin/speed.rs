//! Time and size of saving and restoring, against the peers and against hand-written code.
//!
//! `--bulk-mib N` sets the size of the bulk data (1024 by default).

use std::collections::BTreeMap;
use std::hint::black_box;

use lightsss_bench_derive::{compare, sizes};
use lightsss_runtime::Savable;
use lightsss_runtime::savable::{
    Image, Reader, Writer, restore_from_image, save_into_image, save_to,
};

/// Fifty small fields, as the registers of a device are.
#[derive(
    Savable,
    Clone,
    PartialEq,
    Debug,
    Default,
    serde::Serialize,
    serde::Deserialize,
    bitcode::Encode,
    bitcode::Decode,
    borsh::BorshSerialize,
    borsh::BorshDeserialize,
    rkyv::Archive,
    rkyv::Serialize,
    rkyv::Deserialize,
)]
pub struct Registers {
    pub f00: u8,
    pub f01: u16,
    pub f02: u32,
    pub f03: u64,
    pub f04: i32,
    pub f05: bool,
    pub f06: u8,
    pub f07: u32,
    pub f08: i16,
    pub f09: u64,
    pub f10: u8,
    pub f11: u16,
    pub f12: u32,
    pub f13: u64,
    pub f14: i32,
    pub f15: bool,
    pub f16: u8,
    pub f17: u32,
    pub f18: i16,
    pub f19: u64,
    pub f20: u8,
    pub f21: u16,
    pub f22: u32,
    pub f23: u64,
    pub f24: i32,
    pub f25: bool,
    pub f26: u8,
    pub f27: u32,
    pub f28: i16,
    pub f29: u64,
    pub f30: u8,
    pub f31: u16,
    pub f32: u32,
    pub f33: u64,
    pub f34: i32,
    pub f35: bool,
    pub f36: u8,
    pub f37: u32,
    pub f38: i16,
    pub f39: u64,
    pub f40: u8,
    pub f41: u16,
    pub f42: u32,
    pub f43: u64,
    pub f44: i32,
    pub f45: bool,
    pub f46: u8,
    pub f47: u32,
    pub f48: i16,
    pub f49: u64,
}

impl Registers {
    fn sample() -> Registers {
        Registers {
            f00: 0,
            f01: 1,
            f02: 2,
            f03: 3,
            f04: 4,
            f05: true,
            f06: 6,
            f07: 7,
            f08: 8,
            f09: 9,
            f10: 10,
            f11: 11,
            f12: 12,
            f13: 13,
            f14: 14,
            f15: true,
            f16: 16,
            f17: 17,
            f18: 18,
            f19: 19,
            f20: 20,
            f21: 21,
            f22: 22,
            f23: 23,
            f24: 24,
            f25: true,
            f26: 26,
            f27: 27,
            f28: 28,
            f29: 29,
            f30: 30,
            f31: 31,
            f32: 32,
            f33: 33,
            f34: 34,
            f35: true,
            f36: 36,
            f37: 37,
            f38: 38,
            f39: 39,
            f40: 40,
            f41: 41,
            f42: 42,
            f43: 43,
            f44: 44,
            f45: true,
            f46: 46,
            f47: 47,
            f48: 48,
            f49: 49,
        }
    }

    /// What one would write by hand.
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.f00.to_le_bytes());
        out.extend_from_slice(&self.f01.to_le_bytes());
        out.extend_from_slice(&self.f02.to_le_bytes());
        out.extend_from_slice(&self.f03.to_le_bytes());
        out.extend_from_slice(&self.f04.to_le_bytes());
        out.push(u8::from(self.f05));
        out.extend_from_slice(&self.f06.to_le_bytes());
        out.extend_from_slice(&self.f07.to_le_bytes());
        out.extend_from_slice(&self.f08.to_le_bytes());
        out.extend_from_slice(&self.f09.to_le_bytes());
        out.extend_from_slice(&self.f10.to_le_bytes());
        out.extend_from_slice(&self.f11.to_le_bytes());
        out.extend_from_slice(&self.f12.to_le_bytes());
        out.extend_from_slice(&self.f13.to_le_bytes());
        out.extend_from_slice(&self.f14.to_le_bytes());
        out.push(u8::from(self.f15));
        out.extend_from_slice(&self.f16.to_le_bytes());
        out.extend_from_slice(&self.f17.to_le_bytes());
        out.extend_from_slice(&self.f18.to_le_bytes());
        out.extend_from_slice(&self.f19.to_le_bytes());
        out.extend_from_slice(&self.f20.to_le_bytes());
        out.extend_from_slice(&self.f21.to_le_bytes());
        out.extend_from_slice(&self.f22.to_le_bytes());
        out.extend_from_slice(&self.f23.to_le_bytes());
        out.extend_from_slice(&self.f24.to_le_bytes());
        out.push(u8::from(self.f25));
        out.extend_from_slice(&self.f26.to_le_bytes());
        out.extend_from_slice(&self.f27.to_le_bytes());
        out.extend_from_slice(&self.f28.to_le_bytes());
        out.extend_from_slice(&self.f29.to_le_bytes());
        out.extend_from_slice(&self.f30.to_le_bytes());
        out.extend_from_slice(&self.f31.to_le_bytes());
        out.extend_from_slice(&self.f32.to_le_bytes());
        out.extend_from_slice(&self.f33.to_le_bytes());
        out.extend_from_slice(&self.f34.to_le_bytes());
        out.push(u8::from(self.f35));
        out.extend_from_slice(&self.f36.to_le_bytes());
        out.extend_from_slice(&self.f37.to_le_bytes());
        out.extend_from_slice(&self.f38.to_le_bytes());
        out.extend_from_slice(&self.f39.to_le_bytes());
        out.extend_from_slice(&self.f40.to_le_bytes());
        out.extend_from_slice(&self.f41.to_le_bytes());
        out.extend_from_slice(&self.f42.to_le_bytes());
        out.extend_from_slice(&self.f43.to_le_bytes());
        out.extend_from_slice(&self.f44.to_le_bytes());
        out.push(u8::from(self.f45));
        out.extend_from_slice(&self.f46.to_le_bytes());
        out.extend_from_slice(&self.f47.to_le_bytes());
        out.extend_from_slice(&self.f48.to_le_bytes());
        out.extend_from_slice(&self.f49.to_le_bytes());
    }

    /// What one would write by hand.
    fn read(&mut self, mut input: &[u8]) -> Option<()> {
        self.f00 = u8::from_le_bytes(take(&mut input)?);
        self.f01 = u16::from_le_bytes(take(&mut input)?);
        self.f02 = u32::from_le_bytes(take(&mut input)?);
        self.f03 = u64::from_le_bytes(take(&mut input)?);
        self.f04 = i32::from_le_bytes(take(&mut input)?);
        self.f05 = match take::<1>(&mut input)?[0] {
            0 => false,
            1 => true,
            _ => return None,
        };
        self.f06 = u8::from_le_bytes(take(&mut input)?);
        self.f07 = u32::from_le_bytes(take(&mut input)?);
        self.f08 = i16::from_le_bytes(take(&mut input)?);
        self.f09 = u64::from_le_bytes(take(&mut input)?);
        self.f10 = u8::from_le_bytes(take(&mut input)?);
        self.f11 = u16::from_le_bytes(take(&mut input)?);
        self.f12 = u32::from_le_bytes(take(&mut input)?);
        self.f13 = u64::from_le_bytes(take(&mut input)?);
        self.f14 = i32::from_le_bytes(take(&mut input)?);
        self.f15 = match take::<1>(&mut input)?[0] {
            0 => false,
            1 => true,
            _ => return None,
        };
        self.f16 = u8::from_le_bytes(take(&mut input)?);
        self.f17 = u32::from_le_bytes(take(&mut input)?);
        self.f18 = i16::from_le_bytes(take(&mut input)?);
        self.f19 = u64::from_le_bytes(take(&mut input)?);
        self.f20 = u8::from_le_bytes(take(&mut input)?);
        self.f21 = u16::from_le_bytes(take(&mut input)?);
        self.f22 = u32::from_le_bytes(take(&mut input)?);
        self.f23 = u64::from_le_bytes(take(&mut input)?);
        self.f24 = i32::from_le_bytes(take(&mut input)?);
        self.f25 = match take::<1>(&mut input)?[0] {
            0 => false,
            1 => true,
            _ => return None,
        };
        self.f26 = u8::from_le_bytes(take(&mut input)?);
        self.f27 = u32::from_le_bytes(take(&mut input)?);
        self.f28 = i16::from_le_bytes(take(&mut input)?);
        self.f29 = u64::from_le_bytes(take(&mut input)?);
        self.f30 = u8::from_le_bytes(take(&mut input)?);
        self.f31 = u16::from_le_bytes(take(&mut input)?);
        self.f32 = u32::from_le_bytes(take(&mut input)?);
        self.f33 = u64::from_le_bytes(take(&mut input)?);
        self.f34 = i32::from_le_bytes(take(&mut input)?);
        self.f35 = match take::<1>(&mut input)?[0] {
            0 => false,
            1 => true,
            _ => return None,
        };
        self.f36 = u8::from_le_bytes(take(&mut input)?);
        self.f37 = u32::from_le_bytes(take(&mut input)?);
        self.f38 = i16::from_le_bytes(take(&mut input)?);
        self.f39 = u64::from_le_bytes(take(&mut input)?);
        self.f40 = u8::from_le_bytes(take(&mut input)?);
        self.f41 = u16::from_le_bytes(take(&mut input)?);
        self.f42 = u32::from_le_bytes(take(&mut input)?);
        self.f43 = u64::from_le_bytes(take(&mut input)?);
        self.f44 = i32::from_le_bytes(take(&mut input)?);
        self.f45 = match take::<1>(&mut input)?[0] {
            0 => false,
            1 => true,
            _ => return None,
        };
        self.f46 = u8::from_le_bytes(take(&mut input)?);
        self.f47 = u32::from_le_bytes(take(&mut input)?);
        self.f48 = i16::from_le_bytes(take(&mut input)?);
        self.f49 = u64::from_le_bytes(take(&mut input)?);
        input.is_empty().then_some(())
    }
}

fn take<const N: usize>(input: &mut &[u8]) -> Option<[u8; N]> {
    let (bytes, rest) = input.split_first_chunk::<N>()?;
    *input = rest;
    Some(*bytes)
}

/// A harness as they come: registers, queues, names, a tree of devices.
#[derive(
    Savable,
    Clone,
    PartialEq,
    Debug,
    Default,
    serde::Serialize,
    serde::Deserialize,
    bitcode::Encode,
    bitcode::Decode,
    borsh::BorshSerialize,
    borsh::BorshDeserialize,
    rkyv::Archive,
    rkyv::Serialize,
    rkyv::Deserialize,
)]
pub struct Harness {
    pub cycle: u64,
    pub registers: Vec<Registers>,
    pub trace: Vec<u64>,
    pub fifo: Vec<u8>,
    pub transfers: Vec<Transfer>,
    pub devices: BTreeMap<String, Option<u32>>,
}

/// A transfer on a bus.
#[derive(
    Savable,
    Clone,
    PartialEq,
    Debug,
    serde::Serialize,
    serde::Deserialize,
    bitcode::Encode,
    bitcode::Decode,
    borsh::BorshSerialize,
    borsh::BorshDeserialize,
    rkyv::Archive,
    rkyv::Serialize,
    rkyv::Deserialize,
)]
pub enum Transfer {
    Idle,
    Read { address: u64, len: u8 },
    Write { address: u64, data: [u8; 16] },
}

fn harness() -> Harness {
    let transfer = |i: u64| match i % 3 {
        0 => Transfer::Idle,
        1 => Transfer::Read {
            address: i << 12,
            len: i as u8,
        },
        _ => Transfer::Write {
            address: i << 20,
            data: [i as u8; 16],
        },
    };
    Harness {
        cycle: 3_000_000_000,
        registers: vec![Registers::sample(); 8],
        trace: (0..4096_u64)
            .map(|i| i.wrapping_mul(0x9e37_79b9_7f4a_7c15))
            .collect(),
        fifo: (0..1000).map(|i| i as u8).collect(),
        transfers: (0..500).map(transfer).collect(),
        devices: (0..40)
            .map(|i| (format!("device{i}"), (i % 2 == 0).then_some(i)))
            .collect(),
    }
}

const ROUNDS: usize = 21;

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let bulk = args
        .iter()
        .position(|arg| arg == "--bulk-mib")
        .and_then(|at| args.get(at + 1)?.parse().ok());
    registers();
    against_peers();
    bulk_data(bulk.unwrap_or(1024) << 20);
}

fn registers() {
    let value = Registers::sample();
    let mut image = Image::new();
    let mut bytes = Vec::new();
    compare(
        "50 small fields: save, against hand-written",
        Some(1.0),
        ROUNDS,
        || {
            image.clear();
            save_to(black_box(&value), &mut image).unwrap();
            black_box(image.stream());
        },
        || {
            bytes.clear();
            black_box(&value).write(&mut bytes);
            black_box(&bytes);
        },
    );
    assert_eq!(image.stream(), bytes);
    let (mut live, mut other) = (Registers::default(), Registers::default());
    compare(
        "50 small fields: restore, against hand-written",
        Some(1.0),
        ROUNDS,
        || {
            let mut input = Reader::new(black_box(image.stream()), &image);
            live.restore(&mut input).unwrap();
            input.finish().unwrap();
            black_box(&live);
        },
        || {
            other.read(black_box(&bytes)).unwrap();
            black_box(&other);
        },
    );
    assert_eq!(live, value);
    save_into_image(&value, &mut image).unwrap();
    compare(
        "50 small fields: verified restore, against hand-written",
        None,
        ROUNDS,
        || restore_from_image(black_box(&mut live), &image).unwrap(),
        || {
            other.read(black_box(&bytes)).unwrap();
            black_box(&other);
        },
    );
}

fn against_peers() {
    let value = harness();
    let mut image = Image::new();
    save_into_image(&value, &mut image).unwrap();
    let mut live = value.clone();

    let bitcode = bitcode::encode(&value);
    let mut buffer = bitcode::Buffer::new();
    let rkyv = rkyv::to_bytes::<rkyv::rancor::Error>(&value).unwrap();
    let borsh = borsh::to_vec(&value).unwrap();
    let postcard = postcard::to_stdvec(&value).unwrap();

    for (name, len) in [
        ("bitcode", bitcode.len()),
        ("rkyv", rkyv.len()),
        ("borsh", borsh.len()),
        ("postcard", postcard.len()),
    ] {
        sizes(
            &format!("harness: bytes, against {name}"),
            image.size(),
            len,
            None,
        );
    }

    let mut out = Image::new();
    let mut save = || save_into_image(black_box(&value), &mut out).unwrap();
    compare(
        "harness: save, against bitcode",
        None,
        ROUNDS,
        &mut save,
        || {
            black_box(buffer.encode(black_box(&value)));
        },
    );
    compare(
        "harness: save, against rkyv",
        None,
        ROUNDS,
        &mut save,
        || {
            black_box(rkyv::to_bytes::<rkyv::rancor::Error>(black_box(&value)).unwrap());
        },
    );
    let mut bytes = Vec::new();
    compare(
        "harness: save, against borsh",
        Some(1.0),
        ROUNDS,
        &mut save,
        || {
            bytes.clear();
            borsh::to_writer(&mut bytes, black_box(&value)).unwrap();
            black_box(&bytes);
        },
    );
    compare(
        "harness: save, against postcard",
        Some(1.0),
        ROUNDS,
        &mut save,
        || {
            bytes = postcard::to_extend(black_box(&value), std::mem::take(&mut bytes)).unwrap();
            bytes.clear();
        },
    );

    let mut restore = || {
        restore_from_image(&mut live, black_box(&image)).unwrap();
        black_box(&live);
    };
    compare(
        "harness: restore, against bitcode",
        None,
        ROUNDS,
        &mut restore,
        || {
            black_box(bitcode::decode::<Harness>(black_box(&bitcode)).unwrap());
        },
    );
    compare(
        "harness: restore, against rkyv",
        None,
        ROUNDS,
        &mut restore,
        || {
            black_box(rkyv::from_bytes::<Harness, rkyv::rancor::Error>(black_box(&rkyv)).unwrap());
        },
    );
    compare(
        "harness: restore, against borsh",
        Some(1.0),
        ROUNDS,
        &mut restore,
        || {
            black_box(borsh::from_slice::<Harness>(black_box(&borsh)).unwrap());
        },
    );
    compare(
        "harness: restore, against postcard",
        Some(1.0),
        ROUNDS,
        &mut restore,
        || {
            black_box(postcard::from_bytes::<Harness>(black_box(&postcard)).unwrap());
        },
    );
    assert_eq!(live, value);
}

/// Against `memcpy` between buffers that both exist: 80 % of its speed is 1.25 of its time.
fn bulk_data(bytes: usize) {
    let words: Vec<u64> = (0..bytes as u64 / 8).collect();
    let mut image = Image::new();
    save_to(&words, &mut image).unwrap();
    let mut copy = words.clone();
    let mib = bytes >> 20;
    compare(
        &format!("Vec<u64> of {mib} MiB: save, against memcpy"),
        Some(1.25),
        7,
        || {
            image.clear();
            let mut out = Writer::new(&mut image);
            black_box(&words).save(&mut out).unwrap();
            out.finish().unwrap();
        },
        || {
            copy.copy_from_slice(black_box(&words));
            black_box(&copy);
        },
    );
    save_into_image(&words, &mut image).unwrap();
    let mut live = words.clone();
    compare(
        &format!("Vec<u64> of {mib} MiB: verified restore in place, against memcpy"),
        Some(1.25),
        7,
        || {
            restore_from_image(&mut live, black_box(&image)).unwrap();
            black_box(&live);
        },
        || {
            copy.copy_from_slice(black_box(&words));
            black_box(&copy);
        },
    );
    assert_eq!(live, words);
}
