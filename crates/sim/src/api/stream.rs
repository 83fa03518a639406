//! Bodies made while they are sent, at constant memory.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::unfold;

use crate::call::Call;
use crate::reply::{self, Reply};

const STREAM_BYTES_MAX: u64 = 64 * 1024 * 1024 * 1024;
const CHUNK_BYTES_MAX: u64 = 1024 * 1024;
const DELAY_MS_MAX: u64 = 60_000;
const EVENTS_MAX: u64 = 1_000_000;
/// A prime, so that no chunk size lines up with the pattern.
const PERIOD: u64 = 251;

/// The byte at `position` of every `/api/stream` body.
pub fn stream_byte(position: u64) -> u8 {
    // A remainder by 251 fits one byte.
    (position % PERIOD) as u8
}

pub(crate) fn handle(call: &Call) -> Reply {
    let query = call.query();
    let total = query.number("bytes", 1024 * 1024, STREAM_BYTES_MAX);
    let chunk = query.number("chunk", 16 * 1024, CHUNK_BYTES_MAX).max(1);
    let delay = Duration::from_millis(query.number("delay_ms", 0, DELAY_MS_MAX));
    // Every chunk is a window of this pattern, so sending copies nothing.
    let pattern: Bytes = (0..chunk + PERIOD).map(stream_byte).collect();
    let chunks = unfold(0, move |sent| {
        let pattern = pattern.clone();
        async move {
            let step = chunk.min(total - sent);
            if step == 0 {
                return None;
            }
            pause(delay, sent > 0).await;
            let start = (sent % PERIOD) as usize;
            Some((io::Result::Ok(pattern.slice(start..start + step as usize)), sent + step))
        }
    });
    let mut answer = reply::stream("application/octet-stream", chunks);
    if query.get("length") == Some("1") {
        reply::set(&mut answer, "content-length", total);
    }
    answer
}

pub(crate) fn events(call: &Call) -> Reply {
    let query = call.query();
    let total = query.number("events", 3, EVENTS_MAX);
    let delay = Duration::from_millis(query.number("delay_ms", 0, DELAY_MS_MAX));
    let events = unfold(0, move |sent| async move {
        if sent == total {
            return None;
        }
        pause(delay, sent > 0).await;
        let event = format!("id: {sent}\nevent: tick\ndata: {{\"number\":{sent}}}\n\n");
        Some((io::Result::Ok(Bytes::from(event)), sent + 1))
    });
    let mut answer = reply::stream("text/event-stream", events);
    reply::set(&mut answer, "cache-control", "no-cache");
    answer
}

/// The first chunk goes out at once, so that a caller sees the stream begin.
async fn pause(delay: Duration, wanted: bool) {
    if wanted && !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
}
