//! A simulated third-party provider: an OAuth 2 server and a REST API over real HTTP, with scriptable misbehaviour.
//!
//! `bowline demo` connects to it for a first look without an account anywhere, and every test that needs a provider
//! talks to it. It rotates refresh tokens, detects their reuse, loses answers, resets connections, limits rates,
//! streams without end and compresses bombs, each on request.
//!
//! What it never does: it calls no one, stores nothing on disk, knows nothing of Bowline, and keeps no secret. Anyone
//! who reaches it can script it, so it belongs on a loopback address. Everything it remembers is bounded. With the
//! same [`SimOptions::seed`] it gives the same tokens; its clock moves by [`Control::advance`].
//!
//! Start reading at `router.rs`, then `oauth/token.rs` for refreshes or `api/mod.rs` for the endpoints. [`Simulator`]
//! starts one, [`Control`] scripts it, [`SimConfig`] says what can be scripted.
//!
//! ```no_run
//! # async fn example() -> std::io::Result<()> {
//! use bowline_sim::{NewGrant, PlannedFailure, SimOptions, Simulator};
//!
//! let simulator = Simulator::start(SimOptions::default()).await?;
//! let control = simulator.control();
//! let grant = control.mint_grant(NewGrant::default());
//! control.plan_failure(PlannedFailure::lost_answer());
//! // … let something refresh `grant.refresh_token` at `{base_url}/oauth/token` …
//! assert_eq!(control.stats().token_requests_total, 1);
//! simulator.shutdown().await;
//! # Ok(())
//! # }
//! ```
//!
//! # Control: `/_sim/*`, JSON, no authentication
//!
//! | Endpoint | What it does |
//! |---|---|
//! | `GET /_sim/config`, `POST /_sim/config` | read the [`SimConfig`]; merge a partial one into it |
//! | `GET /_sim/requests`, `DELETE /_sim/requests` | the [`RecordedRequest`]s, oldest first; forget them |
//! | `GET /_sim/stats`, `DELETE /_sim/stats` | the [`Stats`]; back to zero |
//! | `POST /_sim/grants` | mint a [`Grant`] from a [`NewGrant`] (may be empty) |
//! | `POST /_sim/failures` | append one [`PlannedFailure`] or a list |
//! | `GET /_sim/clock`, `POST /_sim/clock` | the time; `{"advance_seconds": N}` |
//! | `POST /_sim/reset` | everything as after the start |
//!
//! # Authorization server
//!
//! | Endpoint | What it does |
//! |---|---|
//! | `GET /.well-known/oauth-authorization-server` | metadata (RFC 8414) |
//! | `GET /oauth/authorize` | page to approve or deny; with `auto_approve` a redirect with `code`, `state`, `iss` |
//! | `POST /oauth/token` | `authorization_code` (PKCE S256), `refresh_token`, `client_credentials`; form or JSON |
//! | `POST /oauth/revoke` | RFC 7009; a refresh token takes its family along |
//! | `POST /oauth/introspect` | RFC 7662 |
//!
//! A refresh within `refresh_grace_seconds` by the *previous* refresh token gives a new access token and the current
//! refresh token. Outside it, reuse revokes the family.
//!
//! # API: `Authorization: Bearer`, `x-api-key: sim-key-…`, `?api_key=sim-key-…`, or Basic `sim-user:sim-password`
//!
//! | Endpoint under `/api` | What it does |
//! |---|---|
//! | `user` | who the credentials belong to |
//! | `issues?cursor&limit`, `issues-offset?offset&limit`, `issues-link?page&per_page` | three paginations of one set; all take `updated_since` |
//! | `POST issues`, `GET/PATCH/PUT/DELETE issues/{id}` | changes the set |
//! | `echo/*` | the request as it arrived: headers in order and letter case, body, hash |
//! | `status/{code}?body=` | that status |
//! | `redirect?to&status`, `redirect-chain/{n}` | redirects |
//! | `rate-limited?style&times&key&after` | limited for the first calls per key: `retry-after`, `retry-after-date`, `x-ratelimit-reset-epoch`, `x-ratelimit-reset-ms`, `github` |
//! | `flaky?times&status&key`, `reset?times&key` | an error status, or a TCP reset, for the first calls per key |
//! | `stream?bytes&chunk&delay_ms&length=1` | deterministic bytes ([`stream_byte`]), chunked or with a length |
//! | `sink` | reads any body; its length and hash |
//! | `gzip`, `deflate`, `gzip-bomb?bytes` | compressed answers |
//! | `binary?status` | all 256 byte values |
//! | `headers?Name=value&…` | these response headers, repeated and hop-by-hop ones too |
//! | `huge-headers?bytes`, `slow-headers?delay_ms` | a large head, a late head |
//! | `truncated?bytes&sent` | a body shorter than its `Content-Length` |
//! | `cookies` | sets two, tells which came |
//! | `multipart` | content type, boundary, length and hash of the body |
//! | `sse?events&delay_ms` | server-sent events |

mod admin;
mod api;
mod bounded;
mod call;
mod clock;
mod config;
mod connection;
mod control;
mod failure;
mod oauth;
mod random;
mod recorder;
mod reply;
mod router;
mod server;
mod state;
mod stats;

pub use api::stream::stream_byte;
pub use config::{ApiConfig, Client, ClientAuthMethod, ExpiryStyle, OauthConfig, RecordingConfig, SimConfig};
pub use control::{Control, NewGrant};
pub use failure::{FailureKind, PlannedFailure};
pub use oauth::store::Grant;
pub use recorder::RecordedRequest;
pub use server::{SimOptions, Simulator, run};
pub use stats::Stats;
