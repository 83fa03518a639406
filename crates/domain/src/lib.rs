//! The rules and words of Bowline: ids, entities, scopes, time, and the storage traits.
//!
//! This crate never does I/O, never reads the clock or the environment, and never sees a plaintext
//! credential next to a storage call: what storage keeps of secrets is [`SealedBytes`].
//!
//! Start reading at [`connection`] (what Bowline holds), then [`storage`] (what a database must promise).

pub mod api_key;
pub mod checkpoint;
pub mod clock;
pub mod connection;
pub mod environment;
pub mod frequency;
pub mod function;
pub mod id;
pub mod integration;
pub mod metadata;
pub mod provider;
pub mod scope;
pub mod secret;
pub mod storage;
pub mod tags;
pub mod task;
pub mod text;
pub mod ticket;

pub use clock::{Clock, ManualClock, Timestamp};
pub use secret::{SealedBytes, Secret};
