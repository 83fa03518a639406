//! Rules that hold for every route.

mod auth;
mod body;
mod headers;
mod path;
mod rate_limit;
mod serve;
