//! `[functions]`

use super::section::section;

section! {
    /// Running functions.
    pub struct FunctionsConfig = "functions" {
        /// Runner processes. A function that crashes the engine takes the runs of its process with it.
        processes: usize = "2", "BOWLINE_FUNCTIONS_PROCESSES";
        /// How many functions run at the same time on this node; further ones are refused.
        runs_max: usize = "1000", "BOWLINE_FUNCTIONS_RUNS_MAX";
        /// Megabytes that one runner process may keep in memory; one that keeps more is replaced.
        process_memory_mb_max: u64 = "2048", "BOWLINE_FUNCTIONS_PROCESS_MEMORY_MB_MAX";
    }
}
