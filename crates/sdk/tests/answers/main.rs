//! The client against a server that answers as it is told: right, wrong, broken, late.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

#[cfg(feature = "blocking")]
mod blocking;
mod broken;
mod paging;
mod records;
mod refusals;
mod requests;
mod retries;
mod shapes;
mod stub;
mod tls;
mod waiting;
