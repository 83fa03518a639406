//! Sends proxied requests: fresh credentials, attempts and waits, one refresh when the provider says 401.

use std::sync::Arc;
use std::time::Duration;

use bowline_domain::Timestamp;
use bowline_domain::environment::Environment;
use bowline_domain::id::{ConnectionKey, IntegrationKey};
use bowline_domain::provider::{AuthMode, Provider, RetryRules};
use bowline_domain::storage::StorageError;
use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::{Method, StatusCode};
use http_body_util::combinators::UnsyncBoxBody;
use thiserror::Error;
use tokio::time::sleep;
use uuid::Uuid;

use super::body::sends_body;
use super::held::Held;
use super::request::api;
use super::retry::{self, Failure, RetryInput};
use super::url::{HOSTS_SETTING, QueryParams, check_host};
use super::{
    BodyNeed, BuildError, BuildInput, BuiltBody, BuiltRequest, ConnectionView, CredentialView, InboundBody,
    IntegrationView, ProxyCall, body_need, build_request,
};
use crate::Engine;
use crate::connection::{GetConnectionError, OpenConnection};
use crate::credential::refresh::RefreshError;
use crate::credential::vault::VaultError;
use crate::integration::IntegrationCredentials;
use crate::outbound::{
    BoxError, ClientIdentity, OutboundBody, OutboundError, OutboundRequest, OutboundResponse, Purpose,
    RedirectPolicy,
};
use crate::template::RenderContext;

/// A body of known length up to this is kept in memory, so that the request can be sent again after a 401.
const REPLAY_BYTES_MAX: u64 = 256 * 1024;
/// Credentials are looked at again before an attempt when the last look is longer ago than this.
const CREDENTIALS_FRESH: Duration = Duration::from_secs(60);
/// Credentials that were renewed this recently are not renewed again because of a 401.
const RENEWED_LATELY: Duration = Duration::from_secs(30);

/// A request to the proxy.
pub struct ProxyRequest {
    /// What the protocol's headers say.
    pub call: ProxyCall,
    /// The method.
    pub method: Method,
    /// Path and raw query, as [`super::endpoint_of`] gives them.
    pub endpoint: String,
    /// The inbound content type.
    pub content_type: Option<String>,
    /// The inbound body; `None` when there is none.
    pub body: Option<UnsyncBoxBody<Bytes, BoxError>>,
    /// Its length, if the caller said so.
    pub content_length: Option<u64>,
    /// A body that must be in memory may be this long.
    pub body_bytes_max: usize,
    /// Query parameters beside the endpoint's own.
    pub params: OwnedParams,
    /// Headers that say when to try again, before the provider's own.
    pub retry_rules: Option<RetryRules>,
}

/// Query parameters given apart from the endpoint (functions do so).
#[derive(Debug, Clone, Default)]
pub enum OwnedParams {
    /// None.
    #[default]
    None,
    /// A query to append; the endpoint must not have one.
    Text(String),
    /// Parameters that replace those of the same name.
    Pairs(Vec<(String, String)>),
}

impl OwnedParams {
    fn view(&self) -> QueryParams<'_> {
        match self {
            Self::None => QueryParams::None,
            Self::Text(text) => QueryParams::Text(text),
            Self::Pairs(pairs) => QueryParams::Pairs(pairs),
        }
    }
}

/// Why a request was not answered by the provider.
#[derive(Debug, Error)]
pub enum ProxyError {
    /// The integration does not exist.
    #[error("the integration does not exist")]
    UnknownIntegration,
    /// Its provider is not in the catalogue.
    #[error("the integration's provider is not in the catalogue")]
    UnknownProvider,
    /// The connection does not exist.
    #[error("the connection does not exist")]
    UnknownConnection,
    /// The credentials are due for a refresh that did not succeed.
    #[error(transparent)]
    Refresh(#[from] RefreshError),
    /// The request cannot be built.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// A body that had to be read into memory is too long.
    #[error("the body is longer than {limit} bytes and cannot be streamed in this request")]
    BodyTooLarge {
        /// The limit.
        limit: usize,
    },
    /// The caller's body broke off.
    #[error("the request's body could not be read")]
    BodyUnreadable(#[source] BoxError),
    /// The call left, or was not allowed to leave, and no answer came.
    #[error(transparent)]
    Outbound(#[from] OutboundError),
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The vault failed.
    #[error(transparent)]
    Vault(#[from] VaultError),
}

impl From<GetConnectionError> for ProxyError {
    fn from(error: GetConnectionError) -> Self {
        match error {
            GetConnectionError::UnknownIntegration => Self::UnknownIntegration,
            GetConnectionError::UnknownConnection => Self::UnknownConnection,
            GetConnectionError::Refresh { error, .. } => Self::Refresh(error),
            GetConnectionError::Storage(error) => Self::Storage(error),
            GetConnectionError::Vault(error) => Self::Vault(error),
        }
    }
}

/// The parts of a call that stay the same over all attempts.
struct Route {
    provider: Arc<Provider>,
    integration: IntegrationCredentials,
}

impl Engine {
    /// Sends a request to the provider with the connection's credentials and returns the provider's answer,
    /// whatever its status.
    pub async fn proxy(
        &self,
        environment: &Arc<Environment>,
        request: ProxyRequest,
    ) -> Result<OutboundResponse, ProxyError> {
        let integration_key = IntegrationKey::from_stored(request.call.provider_config_key.clone());
        let connection_key = ConnectionKey::from_stored(request.call.connection_id.clone());
        // Side by side: on a database over the network the second answer then costs no wait of its own.
        let (route, found) = tokio::join!(
            self.route(environment, &integration_key, &request.call),
            self.find_connection(environment, &integration_key, &connection_key),
        );
        let (route, found) = (route?, found?);
        let now = self.clock.now();
        self.fetch_log.note(found.id, now);
        let mut opened = self.open_fresh(environment, found, false).await?;
        let mut checked_at = now;
        let ProxyRequest { call, method, endpoint, content_type, body, content_length, .. } = request;
        let ProxyRequest { body_bytes_max, params, retry_rules, .. } = request;
        // What is not sent on need not be read either.
        let body = body.filter(|_| sends_body(&method));
        let attempt = Attempt {
            call: &call,
            method: &method,
            endpoint: &endpoint,
            content_type: content_type.as_deref(),
            params: params.view(),
        };
        let must_buffer = {
            let inbound = if body.is_some() { InboundBody::Stream } else { InboundBody::None };
            let context = RenderContext { now, random: Uuid::nil() };
            body_need(&attempt.input(&route, &opened, inbound, &context)?) == BodyNeed::Buffer
        };
        let replay_bytes_max = REPLAY_BYTES_MAX.min(body_bytes_max as u64);
        let keep = must_buffer
            || call.retries > 0
            || content_length.is_some_and(|length| length <= replay_bytes_max);
        let mut held = Held::take(body, keep, body_bytes_max).await?;
        let (mut retries_done, mut waited, mut renewed) = (0, Duration::ZERO, false);
        loop {
            let started = self.clock.now();
            if started.since(checked_at) > CREDENTIALS_FRESH {
                let found = self.find_connection(environment, &integration_key, &connection_key).await?;
                opened = self.open_fresh(environment, found, false).await?;
                checked_at = started;
            }
            let outcome = self.attempt(&attempt, &route, &opened, &mut held).await?;
            if !held.can_be_sent() {
                return Ok(outcome?);
            }
            if !renewed && is_unauthorized(&outcome) && may_renew(&call, &opened, started) {
                renewed = true;
                if let Some(new) = self.renew(environment, &opened).await {
                    (opened, checked_at) = (new, self.clock.now());
                    continue;
                }
            }
            let rules = route.provider.proxy.as_ref().and_then(|api| api.retry.as_ref());
            let Some(failure) = failure_of(&outcome) else { return Ok(outcome?) };
            let input = RetryInput {
                retries_done,
                waited,
                retries: call.retries,
                failure,
                rules,
                retry_on: &call.retry_on,
                caller_rules: retry_rules.as_ref(),
                now: self.clock.now(),
            };
            match retry::decide(&input) {
                Some(wait) => {
                    tracing::debug!(connection = %opened.connection.id, retries_done, ?wait, "proxied call is tried again");
                    drop(outcome);
                    sleep(wait).await;
                    (retries_done, waited) = (retries_done + 1, waited + wait);
                }
                None => return Ok(outcome?),
            }
        }
    }

    async fn route(
        &self,
        environment: &Environment,
        key: &IntegrationKey,
        call: &ProxyCall,
    ) -> Result<Route, ProxyError> {
        let found = self.storage.find_integration(environment.id, key).await?;
        let integration = found.ok_or(ProxyError::UnknownIntegration)?;
        let provider = self.catalog.find(integration.provider.as_str()).ok_or(ProxyError::UnknownProvider)?;
        if !reads_integration(&provider, call) {
            return Ok(Route { provider, integration: IntegrationCredentials::default() });
        }
        let credentials = IntegrationCredentials::open(&self.vault, environment, &integration)?;
        if let Some(base_url) = call.base_url_override.as_deref() {
            check_host(credentials.custom_text(HOSTS_SETTING), base_url)?;
        }
        Ok(Route { provider, integration: credentials })
    }

    /// One request on the wire. The inner error is the wire's: it may be tried again.
    async fn attempt(
        &self,
        attempt: &Attempt<'_>,
        route: &Route,
        opened: &OpenConnection,
        held: &mut Held,
    ) -> Result<Result<OutboundResponse, OutboundError>, ProxyError> {
        let context = RenderContext { now: self.clock.now(), random: Uuid::new_v4() };
        let mut built = {
            let input = attempt.input(route, opened, held.view(), &context)?;
            build_request(&input)?
        };
        let body = held.outbound(std::mem::replace(&mut built.body, BuiltBody::None));
        let request = wire_request(built, body)?;
        Ok(self.outbound.send(request).await)
    }

    /// Renews credentials that the provider just refused; `None` when that gave nothing new.
    async fn renew(&self, environment: &Arc<Environment>, opened: &OpenConnection) -> Option<OpenConnection> {
        let before = Arc::clone(&opened.connection);
        let version = before.credentials_version;
        let renewed = self.open_fresh(environment, before, true).await.ok()?;
        (renewed.connection.credentials_version != version).then_some(renewed)
    }

    /// Whether webhooks could be sent to an address.
    pub fn check_webhook_target(&self, address: &str) -> Result<(), OutboundError> {
        let url = ::url::Url::parse(address).map_err(|_| OutboundError::InvalidRequest("not a URL"))?;
        Ok(self.outbound.policy().check_url(&url, Purpose::Webhook)?)
    }
}

/// What of the caller's request goes into every attempt.
struct Attempt<'a> {
    call: &'a ProxyCall,
    method: &'a Method,
    endpoint: &'a str,
    content_type: Option<&'a str>,
    params: QueryParams<'a>,
}

impl<'a> Attempt<'a> {
    fn input(
        &self,
        route: &'a Route,
        opened: &'a OpenConnection,
        body: InboundBody<'a>,
        context: &'a RenderContext,
    ) -> Result<BuildInput<'a>, BuildError> {
        let credential =
            CredentialView::new(opened.credentials.expose()).map_err(|_| BuildError::UnsupportedAuth)?;
        let integration = &route.integration;
        Ok(BuildInput {
            call: self.call,
            method: self.method,
            endpoint: self.endpoint,
            params: self.params,
            content_type: self.content_type,
            body,
            provider: &route.provider,
            integration: IntegrationView {
                client_id: integration.client_id.as_deref(),
                client_secret: integration.client_secret.as_ref().map(|secret| secret.expose().as_str()),
                custom: Some(&integration.custom),
            },
            connection: ConnectionView {
                connection_id: opened.connection.key.as_str(),
                config: &opened.config,
                metadata: opened.connection.metadata.as_ref(),
                credential,
            },
            context,
        })
    }
}

/// A built request as the outbound client takes it.
pub(crate) fn wire_request(built: BuiltRequest, body: OutboundBody) -> Result<OutboundRequest, BuildError> {
    let mut request = OutboundRequest::new(built.method, built.url, Purpose::Proxy);
    request.exact_uri = Some(built.uri);
    request.headers = built.headers;
    request.body = body;
    request.forward_headers = built.forward_headers_on_redirect;
    request.sensitive_headers = built.credential_headers;
    request.sensitive_query_keys = built.credential_query_keys;
    if built.body_has_credential {
        request.redirect = RedirectPolicy::Return;
    }
    if let Some(pair) = built.client_certificate {
        let identity = ClientIdentity::from_pem(pair.certificates.expose(), pair.private_key.expose());
        request.client_identity = Some(identity.map_err(|_| BuildError::InvalidCertificateOrKey)?);
    }
    Ok(request)
}

fn is_unauthorized(outcome: &Result<OutboundResponse, OutboundError>) -> bool {
    matches!(outcome, Ok(response) if response.status == StatusCode::UNAUTHORIZED)
}

/// A 401 is a reason to renew credentials when they were ours to begin with, and are not brand new.
fn may_renew(call: &ProxyCall, opened: &OpenConnection, now: Timestamp) -> bool {
    let renewed_lately =
        opened.connection.refresh.last_success_at.is_some_and(|at| now.since(at) < RENEWED_LATELY);
    !call.headers.contains_key(AUTHORIZATION) && !renewed_lately
}

fn failure_of(outcome: &Result<OutboundResponse, OutboundError>) -> Option<Failure<'_>> {
    match outcome {
        Ok(response) if response.status.is_success() => None,
        Ok(response) => {
            Some(Failure::Response { status: response.status, headers: &response.headers, body: None })
        }
        Err(error) => Some(Failure::Transport(error.code())),
    }
}

/// Whether the integration's own credentials have a part in a call. Most calls need none, and opening them costs a
/// decryption on every one.
fn reads_integration(provider: &Provider, call: &ProxyCall) -> bool {
    let signs_as_client = matches!(provider.auth_mode, AuthMode::OAuth1 | AuthMode::Tba | AuthMode::Custom);
    let names_client = |template: &String| template.contains("clientId") || template.contains("clientSecret");
    call.base_url_override.is_some()
        || signs_as_client
        || provider.auth_mode == AuthMode::AwsSigV4
        || !provider.integration_config.is_empty()
        || api(provider).is_some_and(|api| api.headers.values().any(names_client))
}
