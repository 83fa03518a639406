//! The API in process, over a real embedded database.

mod app;
mod routes;
mod transport;
