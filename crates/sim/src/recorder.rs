//! Remembers what was asked, for tests to look at. Old requests are forgotten first.

use std::collections::VecDeque;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};

use crate::call::Call;
use crate::config::RecordingConfig;

const REQUESTS_MAX: usize = 10_000;
const BODY_BYTES_MAX_TOTAL: usize = 64 * 1024 * 1024;

/// One request as it arrived.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedRequest {
    /// Counts from 1 in the order in which requests were received.
    pub sequence: u64,
    /// The simulator's time, in milliseconds since 1970.
    pub received_at_ms: i64,
    /// Requests with the same number came over the same TCP connection.
    pub connection_id: u64,
    /// HTTP method.
    pub method: String,
    /// Path as sent, still encoded.
    pub path: String,
    /// Query as sent, still encoded, without `?`.
    pub query: String,
    /// Names and values in the order and letter case in which they came.
    pub headers: Vec<(String, String)>,
    /// The body, or its first part; empty for streamed endpoints.
    pub body_base64: String,
    /// The body was longer than what is kept.
    pub body_truncated: bool,
}

impl RecordedRequest {
    /// The first value of a header, by its name in any letter case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let same = |(header, _): &&(String, String)| header.eq_ignore_ascii_case(name);
        self.headers.iter().find(same).map(|(_, value)| value.as_str())
    }

    /// The kept bytes of the body.
    pub fn body(&self) -> Vec<u8> {
        STANDARD.decode(&self.body_base64).unwrap_or_default()
    }
}

#[derive(Default)]
pub(crate) struct Recorder {
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    requests: VecDeque<RecordedRequest>,
    received: u64,
    body_bytes: usize,
}

impl Recorder {
    pub(crate) fn record(&self, call: &Call, received_at_ms: i64, config: &RecordingConfig) {
        if !config.enabled {
            return;
        }
        let kept_bytes = call.body.len().min(config.body_bytes_max);
        let body_base64 = STANDARD.encode(&call.body[..kept_bytes]);
        let mut kept = self.kept.lock();
        kept.received += 1;
        kept.body_bytes += body_base64.len();
        let request = RecordedRequest {
            sequence: kept.received,
            received_at_ms,
            connection_id: call.connection.id,
            method: call.method.to_string(),
            path: call.path.clone(),
            query: call.raw_query.clone(),
            headers: call.header_lines.clone(),
            body_base64,
            body_truncated: kept_bytes < call.body.len(),
        };
        kept.requests.push_back(request);
        kept.forget_oldest();
    }

    pub(crate) fn requests(&self) -> Vec<RecordedRequest> {
        self.kept.lock().requests.iter().cloned().collect()
    }

    pub(crate) fn clear(&self) {
        *self.kept.lock() = Kept::default();
    }
}

impl Kept {
    fn forget_oldest(&mut self) {
        while self.requests.len() > REQUESTS_MAX || self.body_bytes > BODY_BYTES_MAX_TOTAL {
            let Some(oldest) = self.requests.pop_front() else { return };
            self.body_bytes -= oldest.body_base64.len();
        }
    }
}
