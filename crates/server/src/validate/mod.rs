//! Strict validation of what comes from outside, with the issues official clients expect (spec §3.2).
//!
//! A handler reads one group of fields after the other (query, body, path, headers) through [`Fields`] and
//! calls [`Fields::finish`], which refuses the request with all of the group's issues:
//!
//! ```ignore
//! let mut body = body.fields();
//! let name = body.required_text("name", text::check_environment_name);
//! let is_production = body.optional_bool("is_production");
//! body.finish()?;
//! ```
//!
//! Until `finish` has returned `Ok`, a required field that is missing reads as an empty value.

mod checks;
mod fields;
mod kinds;
mod objects;
mod query_string;
mod scalars;

pub use checks::{Refusal, any_text, email, length, url, uuid};
pub use fields::{Fields, Group};
pub use kinds::one_of;
pub use query_string::parse_query;

#[cfg(test)]
mod tests;
