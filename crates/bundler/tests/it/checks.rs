//! One file for each group of rules.

mod awaited;
mod exports;
mod imports;
mod order;
mod retry_on;
