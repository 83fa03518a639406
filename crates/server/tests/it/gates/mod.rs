//! Gates that no route passes untested.

mod authorization;
mod cases;
mod error_codes;
mod openapi;
mod routes;
