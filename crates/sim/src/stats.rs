//! Counts of what reached the simulator.

use std::collections::BTreeMap;

use parking_lot::Mutex;
use serde::{Deserialize, Serialize};

use crate::bounded::BoundedMap;

const REFRESH_TOKENS_MAX: usize = 10_000;

/// A snapshot of the counts since the start or the last reset.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stats {
    /// Requests to `/oauth/token`, failed ones too.
    pub token_requests_total: u64,
    /// The same by `grant_type`.
    pub token_requests_by_grant: BTreeMap<String, u64>,
    /// The same by the refresh token that was sent.
    pub token_requests_by_refresh_token: BTreeMap<String, u64>,
    /// Token requests being processed right now.
    pub token_requests_in_flight: u64,
    /// The largest number of token requests that were processed at the same time.
    pub token_requests_in_flight_max: u64,
    /// Requests under `/api`.
    pub api_requests_total: u64,
    /// TCP connections accepted.
    pub connections_total: u64,
}

pub(crate) struct Counts {
    inner: Mutex<Inner>,
}

struct Inner {
    stats: Stats,
    by_refresh_token: BoundedMap<String, u64>,
}

impl Default for Counts {
    fn default() -> Self {
        Self { inner: Mutex::new(Inner::new()) }
    }
}

impl Inner {
    fn new() -> Self {
        Self { stats: Stats::default(), by_refresh_token: BoundedMap::new(REFRESH_TOKENS_MAX) }
    }
}

impl Counts {
    /// Counts a token request; it is in flight until the guard is dropped.
    pub(crate) fn token_request(&self, grant_type: &str, refresh_token: Option<&str>) -> InFlight<'_> {
        let mut inner = self.inner.lock();
        inner.stats.token_requests_total += 1;
        *inner.stats.token_requests_by_grant.entry(known_grant(grant_type)).or_default() += 1;
        if let Some(token) = refresh_token {
            inner.by_refresh_token.count(token.to_owned());
        }
        inner.stats.token_requests_in_flight += 1;
        let in_flight = inner.stats.token_requests_in_flight;
        inner.stats.token_requests_in_flight_max = inner.stats.token_requests_in_flight_max.max(in_flight);
        InFlight { counts: self }
    }

    pub(crate) fn api_request(&self) {
        self.inner.lock().stats.api_requests_total += 1;
    }

    pub(crate) fn connection(&self) {
        self.inner.lock().stats.connections_total += 1;
    }

    pub(crate) fn snapshot(&self) -> Stats {
        let inner = self.inner.lock();
        let mut stats = inner.stats.clone();
        stats.token_requests_by_refresh_token =
            inner.by_refresh_token.iter().map(|(token, count)| (token.clone(), *count)).collect();
        stats
    }

    /// Starts again from zero; requests still in flight stay counted as such.
    pub(crate) fn reset(&self) {
        let mut inner = self.inner.lock();
        let in_flight = inner.stats.token_requests_in_flight;
        *inner = Inner::new();
        inner.stats.token_requests_in_flight = in_flight;
        inner.stats.token_requests_in_flight_max = in_flight;
    }
}

/// A caller must not be able to grow the map with invented grant types.
fn known_grant(grant_type: &str) -> String {
    match grant_type {
        "authorization_code" | "refresh_token" | "client_credentials" => grant_type.to_owned(),
        _ => "other".to_owned(),
    }
}

pub(crate) struct InFlight<'a> {
    counts: &'a Counts,
}

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.counts.inner.lock().stats.token_requests_in_flight -= 1;
    }
}
