//! The public HTTP API: transport, routes, extractors, and the mapping between wire and engine.
//!
//! No rule of the product lives here: a handler extracts, calls one function of the engine and maps the
//! result. Nothing here opens a connection or touches a database.
//!
//! Start reading at [`router`], the list of all routes; [`transport`] is what happens around each of them,
//! in order; [`serve`] is the listening socket.

mod compat;
pub mod connect_ui;
pub mod error;
pub mod extract;
pub mod function_objects;
pub mod openapi;
pub mod readiness;
pub mod reply;
pub mod router;
mod routes;
pub mod serve;
pub mod settings;
pub mod state;
pub mod transport;
pub mod validate;

pub use connect_ui::ConnectUi;
pub use error::ApiError;
pub use function_objects::ApiObjects;
pub use readiness::Readiness;
pub use serve::{ServeOptions, Server, Site};
pub use settings::ServerSettings;
pub use state::{AppParts, AppState};
pub use transport::Http;
