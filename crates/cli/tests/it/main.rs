//! The `bowline` binary as a user runs it.
