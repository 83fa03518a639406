//! What belongs to one request beside its message.

use std::net::IpAddr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use bowline_domain::id::{AccountId, ApiKeyId};
use bowline_engine::rate_limit::RateLimitVerdict;
use http::{HeaderMap, HeaderValue};
use parking_lot::Mutex;
use uuid::Uuid;

use super::RequestBody;
use crate::settings::ServerSettings;

/// Rides in the request's extensions, and stays with the transport to complete the response.
#[derive(Debug)]
pub(crate) struct RequestContext {
    /// The value of `X-Request-Id`.
    pub id: HeaderValue,
    /// The client's address.
    pub client: Option<IpAddr>,
    /// What became of counting the request; set when it was counted.
    pub counted: OnceLock<RateLimitVerdict>,
    /// Who called; set when they were authenticated.
    pub caller: OnceLock<(AccountId, ApiKeyId)>,
    body: Mutex<RequestBody>,
}

impl RequestContext {
    pub fn new(id: HeaderValue, client: Option<IpAddr>) -> Self {
        Self {
            id,
            client,
            counted: OnceLock::new(),
            caller: OnceLock::new(),
            body: Mutex::new(RequestBody::Absent),
        }
    }

    pub fn put_body(&self, body: RequestBody) {
        *self.body.lock() = body;
    }

    /// The body, once; later calls find it absent.
    pub fn take_body(&self) -> RequestBody {
        std::mem::replace(&mut self.body.lock(), RequestBody::Absent)
    }
}

const ID_PREFIX_CHARS: usize = 16;
const ID_CHARS: usize = ID_PREFIX_CHARS + 1 + u64::BITS as usize / 4;

/// Numbers requests: a random start per process, then counting, so that ids cost no system call.
pub(super) struct RequestIds {
    /// Prefix, hyphen, and room for a number.
    pattern: [u8; ID_CHARS],
    next: AtomicU64,
}

impl Default for RequestIds {
    fn default() -> Self {
        let mut pattern = [b'-'; ID_CHARS];
        let random = Uuid::new_v4().simple().to_string();
        pattern[..ID_PREFIX_CHARS].copy_from_slice(&random.as_bytes()[..ID_PREFIX_CHARS]);
        Self { pattern, next: AtomicU64::new(1) }
    }
}

impl RequestIds {
    /// Every id has the same length; digits are written by hand, as this is on the path of each request.
    pub fn next(&self) -> HeaderValue {
        let mut number = self.next.fetch_add(1, Ordering::Relaxed);
        let mut text = self.pattern;
        for digit in text[ID_PREFIX_CHARS + 1..].iter_mut().rev() {
            *digit = b"0123456789abcdef"[(number & 0xf) as usize];
            number >>= 4;
        }
        HeaderValue::from_bytes(&text).expect("hex digits and a hyphen are a header value")
    }
}

/// The address the request comes from: one hop of `X-Forwarded-For` is trusted.
pub(super) fn client_address(
    headers: &HeaderMap,
    peer: Option<IpAddr>,
    settings: &ServerSettings,
) -> Option<IpAddr> {
    if !settings.trusts_forwarded_for {
        return peer;
    }
    let forwarded = headers.get_all("x-forwarded-for").iter().next_back();
    let last_hop = forwarded.and_then(|value| value.to_str().ok()).and_then(|list| list.rsplit(',').next());
    last_hop.and_then(|address| address.trim().parse().ok()).or(peer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn request_ids_share_a_prefix_and_count_in_hexadecimal() {
        let ids = RequestIds::default();
        ids.next.store(0x1f, Ordering::Relaxed);
        let (first, second) = (ids.next(), ids.next());
        let (prefix, number) = first.to_str().unwrap().split_once('-').unwrap();
        assert_eq!((prefix.len(), number), (ID_PREFIX_CHARS, "000000000000001f"));
        assert_eq!(second.to_str().unwrap(), format!("{prefix}-0000000000000020"));
    }
}
