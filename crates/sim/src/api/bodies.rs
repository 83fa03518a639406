//! Bodies that are awkward to pass on.

use std::io;

use bytes::Bytes;
use futures_util::stream::unfold;
use http::StatusCode;

use crate::call::Call;
use crate::reply::{self, Reply};

const TRUNCATED_BYTES_MAX: u64 = 1024 * 1024;

/// All 256 byte values, which no text encoding survives.
pub(crate) fn binary(call: &Call) -> Reply {
    let status = reply::final_status(call.query().number("status", 200, 999)).unwrap_or(StatusCode::OK);
    let body: Bytes = (0..=u8::MAX).collect();
    reply::bytes(status, "application/octet-stream", body)
}

/// Promises `bytes`, sends `sent`, and closes the connection.
pub(crate) fn truncated(call: &Call) -> Reply {
    let query = call.query();
    let promised = query.number("bytes", 1_000, TRUNCATED_BYTES_MAX).max(1);
    let sent = query.number("sent", promised / 2, promised - 1);
    let chunks = unfold(Some(sent), |left| async move {
        let Some(left) = left else {
            // The server writes what it has while this waits; an error at once would lose it.
            tokio::task::yield_now().await;
            return Some((Err(io::Error::from(io::ErrorKind::UnexpectedEof)), None));
        };
        Some((Ok(Bytes::from(vec![b't'; left as usize])), None))
    });
    let mut answer = reply::stream("application/octet-stream", chunks);
    reply::set(&mut answer, "content-length", promised);
    answer
}
