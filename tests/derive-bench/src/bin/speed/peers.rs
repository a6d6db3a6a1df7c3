//! What a value needs for all peers to save and restore it.

use std::fmt::Debug;

use lightsss_runtime::Savable;
use rkyv::api::high::HighSerializer;
use rkyv::ser::allocator::ArenaHandle;
use rkyv::util::AlignedVec;

/// The error type that rkyv is used with.
pub type RkyvError = rkyv::rancor::Error;

/// Savable, and all the same for each of the peers.
pub trait EveryPeers:
    Savable
    + Clone
    + PartialEq
    + Debug
    + bitcode::Encode
    + bitcode::DecodeOwned
    + borsh::BorshSerialize
    + borsh::BorshDeserialize
    + serde::Serialize
    + serde::de::DeserializeOwned
    + rkyv::Archive
    + for<'a> rkyv::Serialize<HighSerializer<AlignedVec, ArenaHandle<'a>, RkyvError>>
{
}

impl<T> EveryPeers for T where
    T: Savable
        + Clone
        + PartialEq
        + Debug
        + bitcode::Encode
        + bitcode::DecodeOwned
        + borsh::BorshSerialize
        + borsh::BorshDeserialize
        + serde::Serialize
        + serde::de::DeserializeOwned
        + rkyv::Archive
        + for<'a> rkyv::Serialize<HighSerializer<AlignedVec, ArenaHandle<'a>, RkyvError>>
{
}
