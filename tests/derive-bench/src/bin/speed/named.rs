//! The same fifty fields by other names: aliases and newtypes, as drivers have them.

use lightsss_runtime::Savable;

type Byte = u8;
type Word = u32;
type Flag = bool;
type Offset = i32;

#[derive(Savable, Clone, Copy, PartialEq, Debug, Default)]
pub struct Half(u16);

#[derive(Savable, Clone, Copy, PartialEq, Debug, Default)]
pub struct Address(u64);

#[derive(Savable, Clone, Copy, PartialEq, Debug, Default)]
pub struct Delta(i16);

/// What [`Registers`](crate::registers::Registers) holds.
#[derive(Savable, Clone, PartialEq, Debug, Default)]
pub struct NamedRegisters {
    pub f00: Byte,
    pub f01: Half,
    pub f02: Word,
    pub f03: Address,
    pub f04: Offset,
    pub f05: Flag,
    pub f06: Byte,
    pub f07: Word,
    pub f08: Delta,
    pub f09: Address,
    pub f10: Byte,
    pub f11: Half,
    pub f12: Word,
    pub f13: Address,
    pub f14: Offset,
    pub f15: Flag,
    pub f16: Byte,
    pub f17: Word,
    pub f18: Delta,
    pub f19: Address,
    pub f20: Byte,
    pub f21: Half,
    pub f22: Word,
    pub f23: Address,
    pub f24: Offset,
    pub f25: Flag,
    pub f26: Byte,
    pub f27: Word,
    pub f28: Delta,
    pub f29: Address,
    pub f30: Byte,
    pub f31: Half,
    pub f32: Word,
    pub f33: Address,
    pub f34: Offset,
    pub f35: Flag,
    pub f36: Byte,
    pub f37: Word,
    pub f38: Delta,
    pub f39: Address,
    pub f40: Byte,
    pub f41: Half,
    pub f42: Word,
    pub f43: Address,
    pub f44: Offset,
    pub f45: Flag,
    pub f46: Byte,
    pub f47: Word,
    pub f48: Delta,
    pub f49: Address,
}
