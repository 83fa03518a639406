//! From a caller's request and a connection to the provider's request.

use ::url::Url;
use bowline_domain::{
    Secret,
    provider::{ApiDefinition, Provider},
};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, Method, Uri};

use super::{
    ConnectionView, InboundBody, IntegrationView, ProxyCall, body, headers,
    url::{self, QueryParams},
};
use crate::template::{RenderContext, key};

/// Everything a request is made of.
#[derive(Clone, Copy)]
pub struct BuildInput<'a> {
    /// What the protocol's headers say.
    pub call: &'a ProxyCall,
    /// The method, for the provider as for us.
    pub method: &'a Method,
    /// Path and raw query, as [`super::endpoint_of`] gives them.
    pub endpoint: &'a str,
    /// Parameters given apart from the endpoint.
    pub params: QueryParams<'a>,
    /// The inbound `Content-Type`.
    pub content_type: Option<&'a str>,
    /// The inbound body.
    pub body: InboundBody<'a>,
    /// The provider.
    pub provider: &'a Provider,
    /// The integration.
    pub integration: IntegrationView<'a>,
    /// The connection, with fresh credentials.
    pub connection: ConnectionView<'a>,
    /// Time and random number; a new one for each attempt.
    pub context: &'a RenderContext,
}

/// The body for the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BuiltBody {
    /// None; an inbound one is dropped.
    None,
    /// The inbound body, streamed as it is.
    Forward,
    /// These bytes.
    Bytes(Bytes),
}

/// A request ready to be sent. It holds credentials, hence no `Debug`.
pub struct BuiltRequest {
    /// The method.
    pub method: Method,
    /// The URL, parsed; for policies and redirects.
    pub url: Url,
    /// The URL as it goes out, with the caller's query byte for byte.
    pub uri: Uri,
    /// All headers but framing.
    pub headers: HeaderMap,
    /// The body.
    pub body: BuiltBody,
    /// Headers to drop when a redirect leaves the host.
    pub credential_headers: Vec<HeaderName>,
    /// Query parameters to drop when a redirect leaves the host.
    pub credential_query_keys: Vec<String>,
    /// The body holds a credential: a redirect that leaves the host must not get it.
    pub body_has_credential: bool,
    /// The client certificate, for providers that ask for one.
    pub client_certificate: Option<ClientCertificate>,
    /// Whether redirects get all headers again.
    pub forward_headers_on_redirect: bool,
}

/// A client certificate and its key, each a well-formed PEM text.
#[derive(Debug, Clone)]
pub struct ClientCertificate {
    /// The certificate, and those that vouch for it.
    pub certificates: Secret<String>,
    /// The private key.
    pub private_key: Secret<String>,
}

/// Why a request cannot be built. No message holds a value of the connection.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BuildError {
    /// Neither endpoint nor base URL.
    #[error("the request has neither an endpoint nor a base URL")]
    MissingApiUrl,
    /// The provider has no base URL.
    #[error("the provider has no base URL; give one with the Base-Url-Override header")]
    UnsupportedProvider,
    /// The credentials cannot authorize a request.
    #[error("the connection's credentials cannot be used to authorize requests")]
    UnsupportedAuth,
    /// Parameters both in the endpoint and as a text.
    #[error("query parameters cannot be given both in the endpoint and as a text")]
    InvalidQueryParams,
    /// No URL comes out.
    #[error("the URL cannot be built: {0}")]
    InvalidUrl(String),
    /// The integration allows no calls to the host that the caller or the connection names.
    #[error("the integration allows no calls to the host of this base URL")]
    BaseUrlNotAllowed,
    /// A header has an impossible name or value, mostly a line break or a non-ASCII character in a credential.
    #[error("the header `{0}` cannot be sent")]
    InvalidHeader(String),
    /// The client certificate or its key is missing or unreadable.
    #[error("the client certificate or its private key is not valid PEM")]
    InvalidCertificateOrKey,
    /// The caller of this function was told to read the body first.
    #[error("the request body has not been read")]
    BodyNotRead,
}

impl BuildError {
    /// The code on the wire.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::MissingApiUrl => "missing_api_url",
            Self::UnsupportedProvider => "unsupported_provider",
            Self::UnsupportedAuth => "unsupported_auth",
            Self::InvalidQueryParams => "invalid_query_params",
            Self::InvalidUrl(_) => "invalid_url",
            Self::BaseUrlNotAllowed => "base_url_override_not_allowed",
            Self::InvalidHeader(_) => "invalid_headers",
            Self::InvalidCertificateOrKey => "invalid_certificate_or_key_format",
            Self::BodyNotRead => "server_error",
        }
    }
}

/// Builds the request. [`super::body_need`] says beforehand whether the body must be in memory.
///
/// # Errors
/// [`BuildError`] says what is missing or cannot be used.
pub fn build_request(input: &BuildInput<'_>) -> Result<BuiltRequest, BuildError> {
    let url = url::build(input)?;
    let plan = body::plan(input)?;
    let upstream = headers::build(input, &url, &plan)?;
    let by_provider = api(input.provider).is_some_and(|api| api.forward_headers_on_redirect);
    Ok(BuiltRequest {
        method: input.method.clone(),
        url: url.url,
        uri: url.uri,
        headers: upstream.headers,
        body: plan.body,
        credential_headers: upstream.credential_headers,
        credential_query_keys: url.credential_query_keys,
        body_has_credential: plan.has_credential,
        client_certificate: client_certificate(input)?,
        forward_headers_on_redirect: input.call.forward_headers_on_redirect.unwrap_or(by_provider),
    })
}

/// The provider's API definition.
pub(super) fn api(provider: &Provider) -> Option<&ApiDefinition> {
    provider.proxy.as_ref()
}

fn client_certificate(input: &BuildInput<'_>) -> Result<Option<ClientCertificate>, BuildError> {
    if !input.provider.require_client_certificate {
        return Ok(None);
    }
    let credential = &input.connection.credential;
    let pem = |name| {
        let text = credential.text(name).and_then(key::normalize_pem);
        text.map(Secret::new).ok_or(BuildError::InvalidCertificateOrKey)
    };
    Ok(Some(ClientCertificate {
        certificates: pem("client_certificate")?,
        private_key: pem("client_private_key")?,
    }))
}
