//! Compressed answers, a dangerous one too.

use std::io::{self, Write};

use bytes::Bytes;
use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use futures_util::stream::unfold;
use http::StatusCode;
use serde_json::json;

use crate::call::Call;
use crate::reply::{self, Reply};

const BOMB_BYTES_MAX: u64 = 64 * 1024 * 1024 * 1024;
const STEP_BYTES: u64 = 1024 * 1024;

pub(crate) fn gzip() -> Reply {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    let written = encoder.write_all(payload("gzip").as_bytes());
    compressed("gzip", written.and_then(|()| encoder.finish()))
}

/// `deflate` means the zlib format (RFC 9110 §8.4.1.2).
pub(crate) fn deflate() -> Reply {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    let written = encoder.write_all(payload("deflate").as_bytes());
    compressed("deflate", written.and_then(|()| encoder.finish()))
}

fn payload(encoding: &str) -> String {
    json!({ "encoding": encoding, "text": "the same words again and again. ".repeat(64) }).to_string()
}

fn compressed(encoding: &'static str, body: io::Result<Vec<u8>>) -> Reply {
    let Ok(body) = body else {
        return reply::error(StatusCode::INTERNAL_SERVER_ERROR, "compression", "compression failed");
    };
    let mut answer = reply::bytes(StatusCode::OK, "application/json", body);
    reply::set(&mut answer, "content-encoding", encoding);
    answer
}

/// `bytes` zeros, about a thousandth of that on the wire.
pub(crate) fn gzip_bomb(call: &Call) -> Reply {
    let total = call.query().number("bytes", 1024 * 1024 * 1024, BOMB_BYTES_MAX);
    let encoder = GzEncoder::new(Vec::new(), Compression::fast());
    let chunks = unfold(Some((encoder, total)), |bomb| async move {
        let (mut encoder, left) = bomb?;
        if left == 0 {
            return Some((encoder.finish().map(Bytes::from), None));
        }
        let step = left.min(STEP_BYTES);
        let written = encoder.write_all(&vec![0; step as usize]);
        let chunk = written.map(|()| Bytes::from(std::mem::take(encoder.get_mut())));
        // Compressing is all work and no waiting, so other connections get their turn here.
        tokio::task::yield_now().await;
        Some((chunk, Some((encoder, left - step))))
    });
    let mut answer = reply::stream("application/octet-stream", chunks);
    reply::set(&mut answer, "content-encoding", "gzip");
    answer
}
