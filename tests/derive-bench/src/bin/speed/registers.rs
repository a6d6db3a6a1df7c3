//! Fifty small fields, derived and by hand.

use lightsss_runtime::Savable;

use crate::cursor::Cursor;

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
    /// Bytes of the fields, one after the other.
    pub const SIZE: usize = 175;

    pub fn sample() -> Registers {
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
    pub fn write(&self, out: &mut Vec<u8>) {
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
    pub fn read(&mut self, input: &[u8]) -> Option<()> {
        let mut input = Cursor::new(input);
        self.f00 = u8::from_le_bytes(input.take()?);
        self.f01 = u16::from_le_bytes(input.take()?);
        self.f02 = u32::from_le_bytes(input.take()?);
        self.f03 = u64::from_le_bytes(input.take()?);
        self.f04 = i32::from_le_bytes(input.take()?);
        self.f05 = match input.take::<1>()?[0] {
            0 => false,
            1 => true,
            _ => return None,
        };
        self.f06 = u8::from_le_bytes(input.take()?);
        self.f07 = u32::from_le_bytes(input.take()?);
        self.f08 = i16::from_le_bytes(input.take()?);
        self.f09 = u64::from_le_bytes(input.take()?);
        self.f10 = u8::from_le_bytes(input.take()?);
        self.f11 = u16::from_le_bytes(input.take()?);
        self.f12 = u32::from_le_bytes(input.take()?);
        self.f13 = u64::from_le_bytes(input.take()?);
        self.f14 = i32::from_le_bytes(input.take()?);
        self.f15 = match input.take::<1>()?[0] {
            0 => false,
            1 => true,
            _ => return None,
        };
        self.f16 = u8::from_le_bytes(input.take()?);
        self.f17 = u32::from_le_bytes(input.take()?);
        self.f18 = i16::from_le_bytes(input.take()?);
        self.f19 = u64::from_le_bytes(input.take()?);
        self.f20 = u8::from_le_bytes(input.take()?);
        self.f21 = u16::from_le_bytes(input.take()?);
        self.f22 = u32::from_le_bytes(input.take()?);
        self.f23 = u64::from_le_bytes(input.take()?);
        self.f24 = i32::from_le_bytes(input.take()?);
        self.f25 = match input.take::<1>()?[0] {
            0 => false,
            1 => true,
            _ => return None,
        };
        self.f26 = u8::from_le_bytes(input.take()?);
        self.f27 = u32::from_le_bytes(input.take()?);
        self.f28 = i16::from_le_bytes(input.take()?);
        self.f29 = u64::from_le_bytes(input.take()?);
        self.f30 = u8::from_le_bytes(input.take()?);
        self.f31 = u16::from_le_bytes(input.take()?);
        self.f32 = u32::from_le_bytes(input.take()?);
        self.f33 = u64::from_le_bytes(input.take()?);
        self.f34 = i32::from_le_bytes(input.take()?);
        self.f35 = match input.take::<1>()?[0] {
            0 => false,
            1 => true,
            _ => return None,
        };
        self.f36 = u8::from_le_bytes(input.take()?);
        self.f37 = u32::from_le_bytes(input.take()?);
        self.f38 = i16::from_le_bytes(input.take()?);
        self.f39 = u64::from_le_bytes(input.take()?);
        self.f40 = u8::from_le_bytes(input.take()?);
        self.f41 = u16::from_le_bytes(input.take()?);
        self.f42 = u32::from_le_bytes(input.take()?);
        self.f43 = u64::from_le_bytes(input.take()?);
        self.f44 = i32::from_le_bytes(input.take()?);
        self.f45 = match input.take::<1>()?[0] {
            0 => false,
            1 => true,
            _ => return None,
        };
        self.f46 = u8::from_le_bytes(input.take()?);
        self.f47 = u32::from_le_bytes(input.take()?);
        self.f48 = i16::from_le_bytes(input.take()?);
        self.f49 = u64::from_le_bytes(input.take()?);
        input.finish()
    }
}
