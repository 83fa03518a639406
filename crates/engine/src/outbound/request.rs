//! What a caller asks for.

use std::time::Duration;

use http::header::{CONTENT_LENGTH, EXPECT, HOST};
use http::{HeaderMap, HeaderName, Method, Uri};
use url::{Position, Url};

use super::body::OutboundBody;
use super::error::OutboundError;
use super::headers::strip_hop_by_hop;
use super::policy::Purpose;
use super::tls::ClientIdentity;

/// What to do with a redirect.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RedirectPolicy {
    /// Follow it, within the client's limit.
    #[default]
    Follow,
    /// Hand it to the caller as it is.
    Return,
}

/// A call to make. It holds credentials, hence no `Debug`.
pub struct OutboundRequest {
    /// The method; anything but `CONNECT`.
    pub method: Method,
    /// Where to.
    pub url: Url,
    /// The same place as `url`, spelled as it goes on the wire: the parser of `url` rewrites some characters of a
    /// query. Used for the first hop only, and only if it names the same origin.
    pub exact_uri: Option<Uri>,
    /// End-to-end headers. Hop-by-hop headers, `Host`, `Content-Length` and `Expect` are removed; framing is ours.
    pub headers: HeaderMap,
    /// The body.
    pub body: OutboundBody,
    /// Why the call is made.
    pub purpose: Purpose,
    /// What to do with redirects.
    pub redirect: RedirectPolicy,
    /// Keep every header and query key on redirects, wherever they lead.
    pub forward_headers: bool,
    /// Headers that carry credentials, besides `authorization`, `proxy-authorization` and `cookie`.
    pub sensitive_headers: Vec<HeaderName>,
    /// Query keys that carry credentials; removed from redirects that leave the host.
    pub sensitive_query_keys: Vec<String>,
    /// The client certificate for mutual TLS.
    pub client_identity: Option<ClientIdentity>,
    /// Undo the response's content codings, if all of them are known.
    pub decompress: bool,
    /// Instead of the client's own limit.
    pub response_header_timeout: Option<Duration>,
}

impl OutboundRequest {
    /// A request with no headers and no body, which follows redirects and decompresses.
    #[must_use]
    pub fn new(method: Method, url: Url, purpose: Purpose) -> Self {
        Self {
            method,
            url,
            exact_uri: None,
            headers: HeaderMap::new(),
            body: OutboundBody::Empty,
            purpose,
            redirect: RedirectPolicy::Follow,
            forward_headers: false,
            sensitive_headers: Vec::new(),
            sensitive_query_keys: Vec::new(),
            client_identity: None,
            decompress: true,
            response_header_timeout: None,
        }
    }

    /// Removes what is ours to decide. A tunnel is nothing a caller may open.
    pub(super) fn take_framing(&mut self) -> Result<(), OutboundError> {
        if self.method == Method::CONNECT {
            return Err(OutboundError::InvalidRequest("the CONNECT method is refused"));
        }
        strip_hop_by_hop(&mut self.headers);
        for name in [HOST, CONTENT_LENGTH, EXPECT] {
            self.headers.remove(name);
        }
        Ok(())
    }
}

/// The exact spelling if there is one and it is of the same origin, else the URL's own.
pub(super) fn first_uri(url: &Url, exact: Option<Uri>) -> Result<Uri, OutboundError> {
    // The URL's own authority, without a port that the scheme implies.
    let authority = &url[Position::BeforeUsername..Position::AfterPort];
    let is_same = |exact: &Uri| {
        exact.scheme_str() == Some(url.scheme())
            && exact.authority().is_some_and(|exact| exact.as_str().eq_ignore_ascii_case(authority))
    };
    exact.filter(is_same).map_or_else(|| wire_uri(url), Ok)
}

/// The URL in hyper's form; the fragment stays here.
fn wire_uri(url: &Url) -> Result<Uri, OutboundError> {
    let text = url.as_str();
    let text = text.split_once('#').map_or(text, |(before, _)| before);
    text.parse().map_err(|_| OutboundError::InvalidRequest("the URL cannot be put on the wire"))
}
