//! The client: one call in, one answer out, redirects and all.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper_util::client::legacy::ResponseFuture;
use rustls::pki_types::CertificateDer;
use tokio::time::timeout;
use url::Url;

use super::body::{OutboundBody, UploadProgress};
use super::decode::{DecodedBody, take_codings};
use super::error::{OutboundError, Phase};
use super::headers::strip_hop_by_hop;
use super::policy::OutboundPolicy;
use super::pools::{Pool, Pools};
use super::redirect::{self, Credentials};
use super::request::{OutboundRequest, RedirectPolicy, first_uri};
use super::resolver::{Resolver, SystemResolver};
use super::response::{OutboundResponse, PlainBody, ResponseBody};
use super::tls::trusted_roots;

/// How the client behaves. Streams may last as long as they move.
#[derive(Clone, Debug)]
pub struct OutboundOptions {
    /// What may be called.
    pub policy: OutboundPolicy,
    /// Resolving the host and opening the connection.
    pub connect_timeout: Duration,
    /// The TLS handshake.
    pub tls_timeout: Duration,
    /// Until the response's headers, counted anew while an upload moves.
    pub response_header_timeout: Duration,
    /// The longest silence within a response's body.
    pub body_silence_max: Duration,
    /// The whole of a call made with [`Outbound::send_for_bytes`].
    pub buffered_timeout: Duration,
    /// How long an idle connection is kept; at most a minute, since DNS is only asked for new ones.
    pub pool_idle_timeout: Duration,
    /// Idle connections kept per host.
    pub pool_idle_per_host_max: usize,
    /// The number of headers in a response.
    pub response_headers_max: usize,
    /// The bytes of a response's headers, and of one read of its body; at least 8 KiB.
    pub response_header_bytes_max: usize,
    /// Redirects followed in one call.
    pub redirects_max: usize,
    /// Roots trusted besides Mozilla's, by the operator's choice.
    pub extra_roots: Vec<CertificateDer<'static>>,
}

impl Default for OutboundOptions {
    fn default() -> Self {
        Self {
            policy: OutboundPolicy::default(),
            connect_timeout: Duration::from_secs(10),
            tls_timeout: Duration::from_secs(10),
            response_header_timeout: Duration::from_secs(300),
            body_silence_max: Duration::from_secs(300),
            buffered_timeout: Duration::from_secs(60),
            pool_idle_timeout: Duration::from_secs(30),
            pool_idle_per_host_max: 1024,
            response_headers_max: 128,
            response_header_bytes_max: 64 * 1024,
            redirects_max: 5,
            extra_roots: Vec::new(),
        }
    }
}

const POOL_IDLE_TIMEOUT_MAX: Duration = Duration::from_secs(60);
/// hyper refuses smaller buffers.
const RESPONSE_HEADER_BYTES_MIN: usize = 8 * 1024;

/// The outbound client. Cloning it shares its connections.
#[derive(Clone)]
pub struct Outbound {
    inner: Arc<Inner>,
}

struct Inner {
    policy: Arc<OutboundPolicy>,
    pools: Pools,
    options: OutboundOptions,
}

impl Outbound {
    /// A client that resolves hosts through the operating system.
    ///
    /// # Errors
    /// If one of the operator's extra roots is not a certificate.
    pub fn new(options: OutboundOptions) -> Result<Self, rustls::Error> {
        Self::with_resolver(options, Arc::new(SystemResolver))
    }

    /// A client with a resolver of its own.
    ///
    /// # Errors
    /// If one of the operator's extra roots is not a certificate.
    pub fn with_resolver(
        mut options: OutboundOptions,
        resolver: Arc<dyn Resolver>,
    ) -> Result<Self, rustls::Error> {
        options.pool_idle_timeout = options.pool_idle_timeout.min(POOL_IDLE_TIMEOUT_MAX);
        options.response_header_bytes_max = options.response_header_bytes_max.max(RESPONSE_HEADER_BYTES_MIN);
        let roots = trusted_roots(&options.extra_roots)?;
        let policy = Arc::new(options.policy.clone());
        let pools = Pools::new(policy.clone(), resolver, roots, options.clone());
        Ok(Self { inner: Arc::new(Inner { policy, pools, options }) })
    }

    /// The policy in force, for checking a URL before it is stored.
    #[must_use]
    pub fn policy(&self) -> &OutboundPolicy {
        &self.inner.policy
    }

    pub(super) fn options(&self) -> &OutboundOptions {
        &self.inner.options
    }

    /// Makes the call and returns as soon as the final response's headers are there.
    ///
    /// Dropping the future, or the response's body, ends the call.
    ///
    /// # Errors
    /// Whatever kept the headers from arriving. A status is never an error.
    pub async fn send(&self, mut request: OutboundRequest) -> Result<OutboundResponse, OutboundError> {
        request.take_framing()?;
        let of_identity;
        let pool = match &request.client_identity {
            None => self.inner.pools.shared(request.purpose),
            Some(identity) => {
                of_identity = self.inner.pools.of_identity(request.purpose, identity);
                &of_identity
            }
        };
        let mut followed = 0;
        loop {
            self.inner.policy.check_url(&request.url, request.purpose)?;
            let replay = request.body.replay();
            let response = self.exchange(pool, &mut request).await?;
            if request.redirect == RedirectPolicy::Return
                || !prepare_next_hop(&mut request, response.status(), response.headers(), replay)
            {
                return Ok(self.finish(request, response));
            }
            followed += 1;
            if followed > self.inner.options.redirects_max {
                return Err(OutboundError::TooManyRedirects { limit: self.inner.options.redirects_max });
            }
        }
    }

    /// One request on one connection.
    async fn exchange(
        &self,
        pool: &Pool,
        request: &mut OutboundRequest,
    ) -> Result<Response<Incoming>, OutboundError> {
        let uri = first_uri(&request.url, request.exact_uri.take())?;
        let may_hop = request.redirect == RedirectPolicy::Follow;
        let mut headers =
            if may_hop { request.headers.clone() } else { std::mem::take(&mut request.headers) };
        let body = std::mem::replace(&mut request.body, OutboundBody::Empty);
        // hyper writes the length of a body, but not that there is none where one is expected (RFC 9110 §8.6).
        if body.is_empty() && matches!(request.method, Method::POST | Method::PUT | Method::PATCH) {
            headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        }

        let (body, progress) = body.into_wire();
        let mut wire = Request::new(body);
        *wire.method_mut() = request.method.clone();
        *wire.uri_mut() = uri;
        *wire.headers_mut() = headers;
        let within = request.response_header_timeout.unwrap_or(self.inner.options.response_header_timeout);
        let response = await_headers(pool.request(wire), progress.as_deref(), within).await?;
        let response = response
            .map_err(|error| OutboundError::from_exchange(request.url.host_str().unwrap_or(""), error))?;
        if response.status() == StatusCode::SWITCHING_PROTOCOLS {
            // We never ask to switch, so nobody can have been asked to.
            return Err(OutboundError::BadResponse { source: "unexpected switch of protocols".into() });
        }
        Ok(response)
    }

    fn finish(&self, request: OutboundRequest, response: Response<Incoming>) -> OutboundResponse {
        let (parts, incoming) = response.into_parts();
        let (status, mut headers) = (parts.status, parts.headers);
        if headers.contains_key(TRANSFER_ENCODING) {
            // Where both were sent the length is a lie (RFC 9112 §6.3).
            headers.remove(CONTENT_LENGTH);
        }
        strip_hop_by_hop(&mut headers);
        let codings = match request.decompress {
            true => take_codings(&request.method, status, &mut headers),
            false => Vec::new(),
        };
        let body = PlainBody::new(incoming, self.inner.options.body_silence_max);
        let body = match codings.is_empty() {
            true => ResponseBody::plain(body),
            false => ResponseBody::decoded(DecodedBody::new(body, &codings)),
        };
        OutboundResponse { status, headers, body, final_url: request.url }
    }
}

/// Turns the request into the next hop. `false` leaves it as it is: the response is the answer.
fn prepare_next_hop(
    request: &mut OutboundRequest,
    status: StatusCode,
    response_headers: &HeaderMap,
    replay: Option<OutboundBody>,
) -> bool {
    let Some(mut url) = redirect::target(status, response_headers, &request.url) else { return false };
    let credentials = Credentials {
        headers: &request.sensitive_headers,
        query_keys: &request.sensitive_query_keys,
        forward: request.forward_headers,
        purpose: request.purpose,
    };
    let method = redirect::next_method(status, &request.method);
    if method != request.method {
        redirect::drop_body_headers(&mut request.headers);
    } else {
        let Some(body) = replay else { return false };
        if !body.is_empty() && credentials.keeps_body_home(&request.url, &url) {
            return false;
        }
        request.body = body;
    }
    credentials.withhold(&request.url, &mut url, &mut request.headers);
    request.method = method;
    set_url(&mut request.url, url);
    true
}

fn set_url(current: &mut Url, mut next: Url) {
    // RFC 9110 §10.2.2: the fragment of the request is inherited where the target has none.
    if next.fragment().is_none() {
        next.set_fragment(current.fragment());
    }
    *current = next;
}

/// Waits for the response, as long as the upload still moves.
async fn await_headers(
    response: ResponseFuture,
    progress: Option<&UploadProgress>,
    within: Duration,
) -> Result<Result<Response<Incoming>, hyper_util::client::legacy::Error>, OutboundError> {
    let mut response = pin!(response);
    let mut seen = 0;
    loop {
        match timeout(within, response.as_mut()).await {
            Ok(response) => return Ok(response),
            Err(_) if progress.is_some_and(|progress| progress.is_alive(&mut seen)) => {}
            Err(_) => return Err(OutboundError::Timeout(Phase::ResponseHeaders)),
        }
    }
}
