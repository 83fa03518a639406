//! What tests of several crates share.

pub mod storage_contract;
