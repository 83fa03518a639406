//! What tests of several crates share.

pub mod engine;
mod eventually;
pub mod failing_storage;
pub mod http_client;
pub mod postgres;
pub mod process;
pub mod provider_file;
pub mod storage_contract;

pub use eventually::eventually;
