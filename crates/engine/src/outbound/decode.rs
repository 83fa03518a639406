//! Undoing content codings while the body streams.
//!
//! A bomb costs its author's bandwidth and our CPU, never memory: each coding holds one window and one buffer, and
//! output is made only as fast as it is read.

use std::io::{self, ErrorKind};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use async_compression::tokio::bufread::{BrotliDecoder, DeflateDecoder, GzipDecoder, ZlibDecoder};
use bytes::Bytes;
use futures_util::{Stream, TryStreamExt};
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use http::{HeaderMap, Method, StatusCode};
use http_body_util::BodyDataStream;
use tokio::io::{AsyncBufRead, AsyncRead, BufReader, ReadBuf};
use tokio_util::io::{ReaderStream, StreamReader};

use super::error::{OutboundError, find};
use super::response::PlainBody;

/// More layers than this are an attack; the body is then passed on as it is.
const CODINGS_MAX: usize = 4;
const OUTPUT_BYTES: usize = 16 * 1024;

/// A content coding that can be undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    Gzip,
    /// By the book zlib (RFC 1950), in practice often raw deflate (RFC 1951).
    Deflate,
    Brotli,
}

type BoxRead = Pin<Box<dyn AsyncBufRead + Send>>;

/// A body with its codings undone.
pub(super) struct DecodedBody(ReaderStream<BoxRead>);

impl DecodedBody {
    /// `codings` in the order in which the upstream applied them.
    pub(super) fn new(body: PlainBody, codings: &[Coding]) -> Self {
        let source = BodyDataStream::new(body).map_err(io::Error::other);
        let mut reader: BoxRead = Box::pin(StreamReader::new(source));
        for coding in codings.iter().rev() {
            reader = Box::pin(BufReader::new(Decoder::Unstarted(*coding, reader)));
        }
        Self(ReaderStream::with_capacity(reader, OUTPUT_BYTES))
    }

    pub(super) fn poll_data(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, OutboundError>>> {
        Pin::new(&mut self.0).poll_next(cx).map(|data| data.map(|data| data.map_err(into_outbound)))
    }
}

/// The codings to undo, if there are any and all of them are known. Headers are changed to match.
pub(super) fn take_codings(method: &Method, status: StatusCode, headers: &mut HeaderMap) -> Vec<Coding> {
    let has_no_body = method == Method::HEAD
        || matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED | StatusCode::RESET_CONTENT);
    // A part of a compressed body cannot be decompressed.
    if has_no_body || status == StatusCode::PARTIAL_CONTENT || !headers.contains_key(CONTENT_ENCODING) {
        return Vec::new();
    }
    let Some(codings) = parse_codings(headers).filter(|codings| codings.len() <= CODINGS_MAX) else {
        return Vec::new();
    };
    headers.remove(CONTENT_ENCODING);
    if !codings.is_empty() {
        headers.remove(CONTENT_LENGTH);
    }
    codings
}

fn parse_codings(headers: &HeaderMap) -> Option<Vec<Coding>> {
    let mut codings = Vec::new();
    for value in headers.get_all(CONTENT_ENCODING) {
        for name in value.to_str().ok()?.split(',').map(str::trim) {
            match name.to_ascii_lowercase().as_str() {
                "" | "identity" => {}
                "gzip" | "x-gzip" => codings.push(Coding::Gzip),
                "deflate" => codings.push(Coding::Deflate),
                "br" => codings.push(Coding::Brotli),
                _ => return None,
            }
        }
    }
    Some(codings)
}

/// Chosen when the first byte is there: an empty body is empty in every coding, and only the byte tells zlib from
/// raw deflate.
enum Decoder {
    Unstarted(Coding, BoxRead),
    Started(Pin<Box<dyn AsyncRead + Send>>),
    Empty,
}

impl AsyncRead for Decoder {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, out: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if let Self::Unstarted(coding, reader) = this {
            let first = ready!(reader.as_mut().poll_fill_buf(cx))?.first().copied();
            let coding = *coding;
            *this = match (first, std::mem::replace(this, Self::Empty)) {
                (Some(first), Self::Unstarted(_, reader)) => Self::Started(start(coding, first, reader)),
                _ => Self::Empty,
            };
        }
        match this {
            Self::Started(reader) => reader.as_mut().poll_read(cx, out),
            Self::Unstarted(..) | Self::Empty => Poll::Ready(Ok(())),
        }
    }
}

fn start(coding: Coding, first: u8, reader: BoxRead) -> Pin<Box<dyn AsyncRead + Send>> {
    match coding {
        Coding::Gzip => {
            let mut decoder = GzipDecoder::new(reader);
            decoder.multiple_members(true);
            Box::pin(decoder)
        }
        // A zlib header's low four bits say "deflate"; raw deflate in use never begins so.
        Coding::Deflate if first & 0x0f == 0x08 => Box::pin(ZlibDecoder::new(reader)),
        Coding::Deflate => Box::pin(DeflateDecoder::new(reader)),
        Coding::Brotli => Box::pin(BrotliDecoder::new(reader)),
    }
}

fn into_outbound(error: io::Error) -> OutboundError {
    // An error of the body below arrives wrapped; anything else is the decoder's own.
    if find::<OutboundError>(&error).is_none() {
        return OutboundError::Decode { truncated: error.kind() == ErrorKind::UnexpectedEof };
    }
    match error.into_inner().map(|inner| inner.downcast::<OutboundError>()) {
        Some(Ok(outbound)) => *outbound,
        _ => OutboundError::Decode { truncated: false },
    }
}
