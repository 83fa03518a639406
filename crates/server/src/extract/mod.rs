//! What handlers take their arguments from.
//!
//! The order of arguments is the order of checks: put [`Caller`] first.

mod caller;
mod fields;
mod limited;
mod page;
pub mod scope;

pub(crate) use caller::authenticate;
pub use caller::{AccountCaller, Caller, SessionCaller};
pub use fields::{JsonBody, Params, Query, RawBody};
pub use limited::AddressLimited;
pub(crate) use limited::count;
pub use page::PageCaller;
