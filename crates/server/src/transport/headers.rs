//! Headers on every answer: CORS, security, request id, rate limit. All values are made once.

use axum::body::Body;
use axum::response::Response;
use bowline_engine::rate_limit::RateLimitVerdict;
use http::StatusCode;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};

use super::RequestContext;
use crate::settings::ServerSettings;

static ALLOWED_METHODS: HeaderValue = HeaderValue::from_static("GET,HEAD,PUT,PATCH,POST,DELETE");
static ALLOWED_HEADERS: HeaderValue = HeaderValue::from_static(
    "Authorization, Content-Type, Accept, Origin, X-Requested-With, Nango-Activity-Log-Id, Nango-Is-Dry-Run, \
     Nango-Is-Sync, Provider-Config-Key, Connection-Id, Sentry-Trace, Baggage",
);
static EXPOSED_HEADERS: HeaderValue = HeaderValue::from_static(
    "Authorization, Etag, Content-Type, Content-Length, X-Nango-Signature, X-RateLimit-Limit, \
     X-RateLimit-Remaining, X-RateLimit-Reset",
);
static MAX_AGE: HeaderValue = HeaderValue::from_static("600");
static ANY_ORIGIN: HeaderValue = HeaderValue::from_static("*");
static TRUE: HeaderValue = HeaderValue::from_static("true");

static TELEMETRY_METHODS: HeaderValue = HeaderValue::from_static("POST");
static TELEMETRY_HEADERS: HeaderValue = HeaderValue::from_static("Authorization, Content-type");
static TELEMETRY_MAX_AGE: HeaderValue = HeaderValue::from_static("36000");

static CONTENT_SECURITY_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'self'; base-uri 'self'; object-src 'none'; frame-ancestors 'self'; form-action 'self'; \
     img-src 'self' data: https:; style-src 'self' 'unsafe-inline'; connect-src 'self' ws: wss: https:",
);

static SECURITY: [(HeaderName, HeaderValue); 7] = [
    (header::X_XSS_PROTECTION, HeaderValue::from_static("0")),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (HeaderName::from_static("x-download-options"), HeaderValue::from_static("noopen")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN")),
    (header::X_DNS_PREFETCH_CONTROL, HeaderValue::from_static("off")),
    (header::REFERRER_POLICY, HeaderValue::from_static("strict-origin")),
    (header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=5184000; includeSubDomains")),
];

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const RATE_LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
const RATE_REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
const RATE_RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");

/// Which CORS rules an address has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Surface {
    /// Any origin, no cookies.
    Public,
    /// The Connect UI's own reports.
    ConnectTelemetry,
}

impl Surface {
    pub fn of(path: &str) -> Self {
        let path = path.strip_suffix('/').unwrap_or(path);
        if path.eq_ignore_ascii_case("/connect/telemetry") { Self::ConnectTelemetry } else { Self::Public }
    }
}

/// The headers of this installation.
pub(super) struct CommonHeaders {
    policy_name: HeaderName,
    connect_origin: HeaderValue,
}

impl CommonHeaders {
    pub fn new(settings: &ServerSettings) -> Self {
        let policy_name = if settings.enforces_content_security_policy {
            header::CONTENT_SECURITY_POLICY
        } else {
            header::CONTENT_SECURITY_POLICY_REPORT_ONLY
        };
        let origin = url::Url::parse(&settings.connect_url).map(|url| url.origin().ascii_serialization());
        let connect_origin = origin.ok().and_then(|origin| HeaderValue::try_from(origin).ok());
        let connect_origin = connect_origin.unwrap_or(HeaderValue::from_static("null"));
        Self { policy_name, connect_origin }
    }

    /// The answer to any `OPTIONS`.
    pub fn preflight(&self, path: &str) -> Response {
        let (methods, allowed, age) = match Surface::of(path) {
            Surface::Public => (&ALLOWED_METHODS, &ALLOWED_HEADERS, &MAX_AGE),
            Surface::ConnectTelemetry => (&TELEMETRY_METHODS, &TELEMETRY_HEADERS, &TELEMETRY_MAX_AGE),
        };
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NO_CONTENT;
        let headers = response.headers_mut();
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, methods.clone());
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, allowed.clone());
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, age.clone());
        response
    }

    /// Adds what every answer carries.
    pub fn add(&self, response: &mut Response, context: &RequestContext, surface: Surface) {
        let headers = response.headers_mut();
        headers.reserve(SECURITY.len() + 8);
        // A proxied answer keeps what the provider sent under these names: its answers come back as they are.
        for (name, value) in &SECURITY {
            headers.entry(name).or_insert_with(|| value.clone());
        }
        // A page with a policy of its own needs no second one beside it.
        if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
            headers.entry(&self.policy_name).or_insert_with(|| CONTENT_SECURITY_POLICY.clone());
        }
        headers.entry(REQUEST_ID).or_insert_with(|| context.id.clone());
        self.add_cors(headers, surface);
        if let Some(verdict) = context.counted.get() {
            add_rate_limit(headers, verdict);
        }
    }

    fn add_cors(&self, headers: &mut HeaderMap, surface: Surface) {
        match surface {
            Surface::Public => {
                headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, ANY_ORIGIN.clone());
                headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED_HEADERS.clone());
            }
            Surface::ConnectTelemetry => {
                headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, self.connect_origin.clone());
                headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, TRUE.clone());
                headers.insert(header::VARY, HeaderValue::from_static("Origin"));
            }
        }
    }
}

fn add_rate_limit(headers: &mut HeaderMap, verdict: &RateLimitVerdict) {
    let own = [
        (RATE_LIMIT, HeaderValue::from(verdict.limit)),
        (RATE_REMAINING, HeaderValue::from(verdict.remaining)),
        (RATE_RESET, HeaderValue::from(verdict.resets_at.as_seconds())),
    ];
    // All or none: a provider's limit beside our remainder would mislead.
    if !own.iter().any(|(name, _)| headers.contains_key(name)) {
        headers.extend(own);
    }
}
