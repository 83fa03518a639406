//! Checkpoints: what a function keeps of a connection from one run to the next.

use crate::{SealedBytes, Timestamp};

/// A checkpoint as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Sealed value (JSON object).
    pub value: SealedBytes,
    /// Counts every write of this key, deletions too, so that it never stands for two values.
    pub version: i64,
    /// When it was saved.
    pub saved_at: Timestamp,
}
