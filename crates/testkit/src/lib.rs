//! What tests of several crates share.

pub mod postgres;
pub mod storage_contract;
