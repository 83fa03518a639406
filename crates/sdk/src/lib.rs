//! Client for Bowline, and for every other server of Nango's public protocol.
//!
//! What it does: every method of the backend API as a typed call, streams of records, connections and pages, calls to
//! providers through the proxy. What it never does: keep a token, follow a redirect with the key, print a secret, make a
//! call twice unless told to. Start reading at [`Bowline`] and [`Call`].
//!
//! This page follows the order of the reference of the official Node client.
//!
//! # Instantiate
//!
//! ```
//! use std::time::Duration;
//!
//! use bowline_sdk::Bowline;
//!
//! # fn main() -> bowline_sdk::Result<()> {
//! let bowline = Bowline::builder()
//!     .secret_key("11111111-1111-4111-8111-111111111111")
//!     .host("https://bowline.example.com")    // http://127.0.0.1:3003 when it is not set
//!     .timeout(Duration::from_secs(60))       // no limit when it is not set
//!     .build()?;
//! # assert_eq!(bowline.host(), "https://bowline.example.com");
//! # Ok(())
//! # }
//! ```
//!
//! [`Bowline::from_env`] reads `BOWLINE_SECRET_KEY` and `BOWLINE_HOST`, or the same with `NANGO_`. A client is cheap to
//! clone. Methods give a [`Call`]: required arguments stand in the method, options follow as methods of the call, and
//! awaiting it sends it.
//!
//! # Rate limits
//!
//! A server that is asked too often answers `429`; that is [`Error::RateLimited`] with the wait. A client makes no call
//! twice by itself. A [`RetryPolicy`] makes it wait as it was told and try again, only where that is safe:
//!
//! ```
//! # include!("../tests/guide/server.rs");
//! # #[tokio::main] async fn main() -> bowline_sdk::Result<()> {
//! use bowline_sdk::{Bowline, Error, RetryPolicy};
//!
//! # let server = serve("/integrations", r#"{"data": []}"#).await;
//! # let bowline = Bowline::builder().host(server.uri()).secret_key("key").build()?;
//! match bowline.list_integrations().await {
//!     Err(Error::RateLimited(limited)) => println!("wait {:?}", limited.retry_after),
//!     other => println!("{} integrations", other?.len()),
//! }
//!
//! let integrations = bowline.list_integrations().retry(RetryPolicy::new(3)).await?;
//! # assert!(integrations.is_empty());
//! # Ok(())
//! # }
//! ```
//!
//! # Integrations
//!
//! ```
//! # include!("../tests/guide/server.rs");
//! # #[tokio::main] async fn main() -> bowline_sdk::Result<()> {
//! # let server = serve("/integrations", r#"{"data": {"unique_key": "github-dev", "provider": "github"}}"#).await;
//! # serve_also(&server, "/integrations/github-dev", r#"{"data": {"unique_key": "github-dev", "provider": "github"}}"#).await;
//! # let bowline = bowline_sdk::Bowline::builder().host(server.uri()).secret_key("key").build()?;
//! use bowline_sdk::integrations::{IntegrationCredentials, OAuthApp};
//!
//! let app = OAuthApp::new("client-id", "client-secret").scopes(["repo", "user"]);
//! let integration = bowline
//!     .create_integration("github", "github-dev")
//!     .credentials(&IntegrationCredentials::OAuth2(app))
//!     .await?;
//! # assert_eq!(integration.provider, "github");
//! bowline.update_integration("github-dev").display_name("GitHub").await?;
//! let integration = bowline.get_integration("github-dev").include_webhook().await?;
//! # assert_eq!(integration.unique_key, "github-dev");
//! bowline.delete_integration("github-dev").await?;
//! # Ok(())
//! # }
//! ```
//!
//! [`Bowline::list_integrations`] gives all of them, [`Bowline::list_providers`] and [`Bowline::get_provider`] the
//! catalogue.
//!
//! # Connections
//!
//! ```
//! # include!("../tests/guide/server.rs");
//! # #[tokio::main] async fn main() -> bowline_sdk::Result<()> {
//! # let server = serve("/connections/user-1", r#"{"id": 1, "connection_id": "user-1", "provider_config_key": "github",
//! #     "provider": "github", "credentials": {"type": "OAUTH2", "access_token": "t"}, "metadata": {"plan": "pro"}}"#).await;
//! # serve_also(&server, "/connections", r#"{"connections": []}"#).await;
//! # serve_also(&server, "/connections/metadata", "{}").await;
//! # let bowline = bowline_sdk::Bowline::builder().host(server.uri()).secret_key("key").build()?;
//! use bowline_sdk::credentials::Credentials;
//! use futures_util::TryStreamExt;
//!
//! // One connection with its credentials, refreshed when they are about to expire.
//! let connection = bowline.get_connection("github", "user-1").await?;
//! if let Credentials::OAuth2(token) = &connection.credentials {
//!     println!("{token:?}");                  // prints *** for every secret
//!     let bearer = token.access_token.expose();
//! #   assert_eq!(bearer, "t");
//! }
//!
//! // All connections, page by page.
//! let mut connections = std::pin::pin!(bowline.list_connections().tag("plan", "pro").stream());
//! while let Some(connection) = connections.try_next().await? {
//!     println!("{}", connection.connection_id);
//! }
//!
//! // Data of your own, as a type of your own.
//! #[derive(serde::Serialize, serde::Deserialize)]
//! struct Settings {
//!     plan: String,
//! }
//! bowline.set_metadata("github", "user-1", &Settings { plan: "pro".into() }).await?;
//! let settings: Option<Settings> = bowline.get_metadata("github", "user-1").await?;
//! # assert_eq!(settings.unwrap().plan, "pro");
//! bowline.update_metadata("github", ["user-1", "user-2"], &serde_json::json!({"seats": 3})).await?;
//! bowline.delete_connection("github", "user-1").await?;
//! # Ok(())
//! # }
//! ```
//!
//! [`Bowline::get_token`] gives what calls to the provider carry. Do not keep it for longer than five minutes; ask again,
//! the server keeps it fresh. [`Bowline::import_connection`] brings in credentials that you have;
//! [`Bowline::create_connect_session`] lets your users connect accounts themselves:
//!
//! ```
//! # include!("../tests/guide/server.rs");
//! # #[tokio::main] async fn main() -> bowline_sdk::Result<()> {
//! # let server = serve("/connect/sessions", r#"{"data": {"token": "t", "connect_link": "l", "expires_at": "2026"}}"#).await;
//! # let bowline = bowline_sdk::Bowline::builder().host(server.uri()).secret_key("key").build()?;
//! use bowline_sdk::connections::EndUser;
//!
//! let session = bowline
//!     .create_connect_session()
//!     .end_user(&EndUser::new("user-1").email("ada@example.com"))
//!     .allowed_integrations(["github"])
//!     .await?;
//! let for_the_browser = session.token.expose();
//! # assert_eq!(for_the_browser, "t");
//! # Ok(())
//! # }
//! ```
//!
//! # Scripts
//!
//! ```
//! # include!("../tests/guide/server.rs");
//! # #[tokio::main] async fn main() -> bowline_sdk::Result<()> {
//! # let server = serve("/scripts/config", r#"[{"providerConfigKey": "github", "syncs": [{"name": "issues"}]}]"#).await;
//! # let bowline = bowline_sdk::Bowline::builder().host(server.uri()).secret_key("key").build()?;
//! for integration in bowline.get_scripts_config().await? {
//!     for sync in &integration.syncs {
//!         println!("{} runs {:?}", sync.name, sync.runs);
//!     }
//! #   assert_eq!(integration.syncs[0].name, "issues");
//! }
//! # Ok(())
//! # }
//! ```
//!
//! [`Bowline::get_function_tools`] gives the same as tools for a language model, [`Bowline::list_functions`] and its
//! neighbours single functions with their source, [`Bowline::get_environment_variables`] the variables.
//!
//! # Syncs
//!
//! Records come in the order in which they last changed. Store the cursor, and the next run goes on behind it:
//!
//! ```
//! # include!("../tests/guide/server.rs");
//! # #[tokio::main] async fn main() -> bowline_sdk::Result<()> {
//! # let server = serve("/records", r#"{"records": [{"id": "1", "title": "t", "_nango_metadata": {"last_action": "ADDED",
//! #     "first_seen_at": "2026", "last_modified_at": "2026", "cursor": "c1"}}], "next_cursor": null}"#).await;
//! # serve_also(&server, "/sync/trigger", "{}").await;
//! # serve_also(&server, "/sync/status", r#"{"syncs": [{"name": "issues", "status": "SUCCESS"}]}"#).await;
//! # let bowline = bowline_sdk::Bowline::builder().host(server.uri()).secret_key("key").build()?;
//! # let stored: Option<String> = None;
//! use futures_util::TryStreamExt;
//!
//! #[derive(serde::Deserialize)]
//! struct Issue {
//!     id: String,
//!     title: Option<String>,                  // a deleted record may have nothing but its id
//! }
//!
//! let mut call = bowline.list_records::<Issue>("github", "user-1", "Issue");
//! if let Some(cursor) = stored {
//!     call = call.cursor(cursor);
//! }
//! let mut records = call.stream();
//! while let Some(issue) = records.try_next().await? {
//!     println!("{:?}: {} {:?}", issue.metadata.last_action, issue.id, issue.title);
//! }
//! let to_store = records.cursor();
//! # assert_eq!(to_store.unwrap(), "c1");
//!
//! bowline.trigger_sync("github", ["issues"]).connection("user-1").await?;
//! let status = bowline.sync_status("github", ["issues"]).connection("user-1").await?;
//! # assert_eq!(status[0].status, "SUCCESS");
//! # Ok(())
//! # }
//! ```
//!
//! [`Bowline::start_sync`], [`Bowline::pause_sync`] and [`Bowline::update_sync_connection_frequency`] steer schedules,
//! [`Bowline::create_sync_variant`] and [`Bowline::delete_sync_variant`] variants, [`Bowline::prune_records`] empties what
//! you have taken over.
//!
//! # Actions
//!
//! ```
//! # include!("../tests/guide/server.rs");
//! # #[tokio::main] async fn main() -> bowline_sdk::Result<()> {
//! # let server = serve("/action/trigger", r#"{"id": "a", "statusUrl": "/action/a", "url": "u"}"#).await;
//! # serve_also(&server, "/action/a", r#"{"url": "u"}"#).await;
//! # let bowline = bowline_sdk::Bowline::builder().host(server.uri()).secret_key("key").build()?;
//! use serde_json::json;
//!
//! #[derive(serde::Deserialize)]
//! struct Created {
//!     url: String,
//! }
//!
//! let input = json!({"title": "Fix it"});
//! let created: Created = bowline.trigger_action("github", "user-1", "create-issue").input(&input).await?;
//! # assert_eq!(created.url, "u");
//!
//! // In the background:
//! let action = bowline.trigger_action_async("github", "user-1", "create-issue").input(&input).await?;
//! let created: Created = bowline.wait_for_action(action.id).await?;
//! # assert_eq!(created.url, "u");
//! # Ok(())
//! # }
//! ```
//!
//! # Proxy
//!
//! ```
//! # include!("../tests/guide/server.rs");
//! # #[tokio::main] async fn main() -> bowline_sdk::Result<()> {
//! # let server = serve("/proxy/issues", r#"[{"id": 1}]"#).await;
//! # let bowline = bowline_sdk::Bowline::builder().host(server.uri()).secret_key("key").build()?;
//! use bowline_sdk::Error;
//! use futures_util::TryStreamExt;
//! use serde_json::{Value, json};
//!
//! let issues: Vec<Value> = bowline.get("github", "user-1", "/issues?state=open").await?.json().await?;
//! # assert_eq!(issues[0]["id"], 1);
//!
//! let call = bowline.post("github", "user-1", "/issues").json(&json!({"title": "Fix it"})).retries(2);
//! match call.await {
//!     Ok(answer) => println!("{} {:?}", answer.status(), answer.headers().get("location")),
//!     // What the provider says, as it says it.
//!     Err(Error::Upstream(error)) => println!("{} {}", error.status, error.text()),
//!     Err(error) => return Err(error),
//! }
//!
//! // A body of any length, in constant memory.
//! let mut download = bowline.get("github", "user-1", "/issues").await?.stream();
//! while let Some(chunk) = download.try_next().await? {
//!     println!("{} bytes", chunk.len());
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Bodies are [`json`](proxy::ProxyCall::json), [`form`](proxy::ProxyCall::form),
//! [`multipart`](proxy::ProxyCall::multipart), [`body`](proxy::ProxyCall::body) and
//! [`body_stream`](proxy::ProxyCall::body_stream); [`paginate`](proxy::ProxyCall::paginate) goes through a provider's list.
//!
//! # Webhooks
//!
//! ```
//! # fn main() -> bowline_sdk::Result<()> {
//! # let bowline = bowline_sdk::Bowline::builder().secret_key("secret").build()?;
//! # let (body, mut headers) = (br#"{"type":"auth"}"#, http::HeaderMap::new());
//! # let signature = "af01995ca4915ecee1b10882609cfe96684eef1de490fbbec78c317b338d05f3";
//! # headers.insert("x-nango-hmac-sha256", signature.parse().unwrap());
//! // The body as it came, before any parsing.
//! if !bowline.verify_incoming_webhook_request(body, &headers) {
//!     // answer 401
//! #   panic!("the signature fits");
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Errors
//!
//! [`Error`] is one enum. Its texts say what to do and hold no key, token or body; [`Error::request_id`] finds the
//! request in the server's log.
//!
//! # Without an async runtime
//!
//! The feature `blocking` adds `send_blocking()` to calls and a function that iterates over streams.
//!
//! # Features, versions, dependencies
//!
//! `blocking` is the one feature; it is off by default. The crate needs Rust 1.95 and tokio, which reqwest runs on; of
//! tokio it uses nothing but the timer by itself.
//!
//! | Dependency | Why |
//! |---|---|
//! | reqwest | HTTP/1.1 and 2, connections that are kept, multipart |
//! | rustls, ring, rustls-platform-verifier, webpki-roots | TLS, trusting what the system trusts; ring also checks signatures |
//! | serde, serde_json, serde_path_to_error | JSON, and where in it something is wrong |
//! | bytes, futures-util, http, url, tokio | types of the API, streams, addresses, the timer |
//! | fastrand, hex, percent-encoding, thiserror | the jitter of retries, signatures, ids in addresses, errors |
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
