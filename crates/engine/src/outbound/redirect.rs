//! Following redirects (RFC 9110 §15.4): pure decisions about the next hop.

use std::borrow::Cow;

use http::header::{
    ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LOCATION,
    CONTENT_TYPE, COOKIE, HeaderName, LOCATION, PROXY_AUTHORIZATION, USER_AGENT,
};
use http::{HeaderMap, Method, StatusCode};
use url::{Host, Url};

use super::policy::{Purpose, is_within};

/// Whose headers and query keys count as credentials on this call.
pub(super) struct Credentials<'r> {
    pub headers: &'r [HeaderName],
    pub query_keys: &'r [String],
    pub forward: bool,
    pub purpose: Purpose,
}

/// The URL that a redirect leads to, if this is one that can be followed.
pub(super) fn target(status: StatusCode, headers: &HeaderMap, current: &Url) -> Option<Url> {
    if !matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let location = headers.get(LOCATION)?;
    // Many servers write raw UTF-8 here; what is neither UTF-8 nor a URL cannot be followed.
    let location = std::str::from_utf8(location.as_bytes()).ok()?;
    current.join(location).ok()
}

/// The method of the next hop: a changed one goes without a body.
pub(super) fn next_method(status: StatusCode, method: &Method) -> Method {
    match (status.as_u16(), method) {
        (303, &Method::HEAD) => Method::HEAD,
        (303, _) | (301 | 302, &Method::POST) => Method::GET,
        _ => method.clone(),
    }
}

/// Whether what was meant for `from` may also be shown to `to`: the same host or one below it, the same port, no
/// step down from https. A step up to https on the default ports stays with the same server.
pub(super) fn is_same_audience(from: &Url, to: &Url) -> bool {
    let is_upgrade = from.scheme() == "http" && to.scheme() == "https";
    let is_scheme_kept = from.scheme() == to.scheme() || is_upgrade;
    let is_port_kept = from.port_or_known_default() == to.port_or_known_default()
        || (is_upgrade && from.port().is_none() && to.port().is_none());
    is_scheme_kept && is_port_kept && is_same_host_or_below(from, to)
}

fn is_same_host_or_below(from: &Url, to: &Url) -> bool {
    match (from.host(), to.host()) {
        (Some(Host::Domain(from)), Some(Host::Domain(to))) => {
            is_within(to.trim_end_matches('.'), from.trim_end_matches('.'))
        }
        (from, to) => from.is_some() && from == to,
    }
}

/// Removes what described a body that is no longer sent.
pub(super) fn drop_body_headers(headers: &mut HeaderMap) {
    for name in [CONTENT_TYPE, CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LOCATION] {
        headers.remove(name);
    }
}

impl Credentials<'_> {
    /// Whether the body must not follow: token calls carry their secrets in it.
    pub(super) fn keeps_body_home(&self, from: &Url, to: &Url) -> bool {
        self.purpose == Purpose::OAuth && !self.forward && !is_same_audience(from, to)
    }

    /// Takes from the next hop what its host must not see. What is dropped once never comes back.
    pub(super) fn withhold(&self, from: &Url, to: &mut Url, headers: &mut HeaderMap) {
        if self.forward {
            return;
        }
        if self.purpose == Purpose::OAuth {
            retain(headers, &[ACCEPT, ACCEPT_ENCODING, CONTENT_TYPE, USER_AGENT]);
        }
        if is_same_audience(from, to) {
            return;
        }
        for name in [AUTHORIZATION, PROXY_AUTHORIZATION, COOKIE].iter().chain(self.headers) {
            headers.remove(name);
        }
        drop_query_keys(to, self.query_keys);
    }
}

fn retain(headers: &mut HeaderMap, kept: &[HeaderName]) {
    let dropped: Vec<HeaderName> = headers.keys().filter(|name| !kept.contains(name)).cloned().collect();
    for name in dropped {
        headers.remove(name);
    }
}

/// Leaves the bytes of the other pairs as they are.
fn drop_query_keys(url: &mut Url, keys: &[String]) {
    let Some(query) = url.query().filter(|_| !keys.is_empty()) else { return };
    let is_kept = |pair: &&str| {
        let key: Cow<'_, str> =
            form_urlencoded::parse(pair.as_bytes()).next().map_or(Cow::Borrowed(""), |(key, _)| key);
        !keys.iter().any(|sensitive| sensitive.eq_ignore_ascii_case(&key))
    };
    let kept = query.split('&').filter(is_kept).collect::<Vec<_>>().join("&");
    if kept.len() != query.len() {
        url.set_query(Some(kept.as_str()).filter(|kept| !kept.is_empty()));
    }
}
