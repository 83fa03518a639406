//! What one run may use.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What one run may use. A run that uses more ends with the failure that is named here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Bytes of the engine's heap (`function_runtime_out_of_memory`).
    pub memory_bytes: usize,
    /// From the beginning to the end, waiting included (`execution_timeout`).
    pub wall: Duration,
    /// CPU time without waiting for anything (`function_runtime_timed_out`).
    pub slice: Duration,
    /// Bytes of the result, as JSON (`script_output_too_large`).
    pub output_bytes: usize,
    /// Bytes of all log lines; further ones are dropped, and one line says so.
    pub log_bytes: usize,
    /// Calls that may be under way at the same time; a further one fails.
    pub calls: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory_bytes: 256 * 1024 * 1024,
            wall: Duration::from_secs(15 * 60),
            slice: Duration::from_secs(60),
            output_bytes: 2_000_000,
            log_bytes: 10_000_000,
            calls: 1_000,
        }
    }
}

/// Bytes of C stack that a script may use. Threads that run scripts have [`THREAD_STACK_BYTES`].
pub(crate) const SCRIPT_STACK_BYTES: usize = 1024 * 1024;
/// Bytes of stack of a thread that runs scripts. Only what is touched is ever resident.
pub(crate) const THREAD_STACK_BYTES: usize = 4 * 1024 * 1024;
/// Bytes by which the heap grows before the collector looks for cycles. The engine's own 256 kB make it walk
/// the heap of zod again and again.
pub(crate) const GC_THRESHOLD_BYTES: usize = 16 * 1024 * 1024;
