//! Rules that hold for every route.

mod auth;
mod bad_input;
mod body;
mod headers;
mod path;
mod rate_limit;
mod serve;
