//! Client.
#![forbid(unsafe_code)]

mod api;
#[cfg(feature = "blocking")]
pub mod blocking;
mod call;
mod client;
mod error;
mod http;
mod ids;
mod retry;
mod secret;

pub use api::{
    actions, connect, connections, credentials, environments, functions, integrations, metadata, providers,
    proxy, records, scripts, syncs, waiting, webhooks,
};
pub use call::{Call, Done, Endpoint};
pub use client::{Bowline, BowlineBuilder, DEFAULT_HOST};
pub use error::{
    ApiError, DecodeError, Error, FieldError, RateLimited, Result, TransportError, TransportErrorKind,
    UnexpectedAnswer, UpstreamError,
};
pub use ids::{
    ActionId, ApiKeyId, ConnectionId, Cursor, EndUserId, EnvironmentId, FunctionName, IntegrationKey, Model,
    ProviderName, SyncName, Variant,
};
pub use retry::RetryPolicy;
pub use secret::{Secret, SecretMap};
