//! The body of a request: nothing, bytes, or a stream.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::{Stream, TryStreamExt};
use http_body::{Body, Frame, SizeHint};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, StreamBody};

use super::error::{BodySourceError, BoxError};

/// Bytes are handed on in pieces of this size, so that the progress of a long upload can be seen.
const PIECE_BYTES: usize = 64 * 1024;

/// What to send. Only `Empty` and `Bytes` can be sent again after a redirect.
pub enum OutboundBody {
    /// No body.
    Empty,
    /// A body in memory.
    Bytes(Bytes),
    /// A body that passes through; sent with `Content-Length` if its size hint is exact, else chunked.
    Stream(UnsyncBoxBody<Bytes, BoxError>),
}

impl OutboundBody {
    /// A streamed body; its trailers are not sent.
    pub fn from_body<B>(body: B) -> Self
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        Self::Stream(body.map_err(Into::into).boxed_unsync())
    }

    /// A streamed body of unknown length.
    pub fn from_stream<S, E>(stream: S) -> Self
    where
        S: Stream<Item = Result<Bytes, E>> + Send + 'static,
        E: Into<BoxError> + 'static,
    {
        Self::Stream(StreamBody::new(stream.map_ok(Frame::data).map_err(Into::into)).boxed_unsync())
    }

    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Bytes(bytes) => bytes.is_empty(),
            Self::Stream(_) => false,
        }
    }

    /// A second copy, if there can be one.
    pub(super) fn replay(&self) -> Option<Self> {
        match self {
            Self::Empty => Some(Self::Empty),
            Self::Bytes(bytes) => Some(Self::Bytes(bytes.clone())),
            Self::Stream(_) => None,
        }
    }

    /// The form in which hyper takes it, and a view of its progress where there is any to be seen.
    pub(super) fn into_wire(self) -> (WireBody, Option<Arc<UploadProgress>>) {
        let progress = match &self {
            Self::Empty => None,
            Self::Bytes(bytes) if bytes.len() <= PIECE_BYTES => None,
            Self::Bytes(_) | Self::Stream(_) => Some(Arc::new(UploadProgress::default())),
        };
        let source = match self {
            Self::Empty => Source::Bytes(Bytes::new()),
            Self::Bytes(bytes) => Source::Bytes(bytes),
            Self::Stream(body) => Source::Stream(body),
        };
        (WireBody { source, progress: progress.clone() }, progress)
    }
}

/// How far an upload has come, as seen by whoever waits for the response.
#[derive(Default)]
pub(super) struct UploadProgress {
    pieces: AtomicU64,
    waits_for_caller: AtomicBool,
}

impl UploadProgress {
    /// Whether the upload moved since `seen`, or stands still only because the caller has sent no more yet.
    pub(super) fn is_alive(&self, seen: &mut u64) -> bool {
        let pieces = self.pieces.load(Ordering::Relaxed);
        let moved = pieces != *seen;
        *seen = pieces;
        moved || self.waits_for_caller.load(Ordering::Relaxed)
    }
}

/// The body that hyper polls.
pub(super) struct WireBody {
    source: Source,
    progress: Option<Arc<UploadProgress>>,
}

enum Source {
    Bytes(Bytes),
    Stream(UnsyncBoxBody<Bytes, BoxError>),
}

impl Body for WireBody {
    type Data = Bytes;
    type Error = BodySourceError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodySourceError>>> {
        let this = self.get_mut();
        let polled = this.source.poll_data(cx);
        if let Some(progress) = &this.progress {
            progress.waits_for_caller.store(polled.is_pending(), Ordering::Relaxed);
            if polled.is_ready() {
                progress.pieces.fetch_add(1, Ordering::Relaxed);
            }
        }
        polled.map(|piece| piece.map(|piece| piece.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        match &self.source {
            Source::Bytes(bytes) => bytes.is_empty(),
            Source::Stream(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.source {
            Source::Bytes(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Source::Stream(body) => body.size_hint(),
        }
    }
}

impl Source {
    fn poll_data(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, BodySourceError>>> {
        let body = match self {
            Self::Bytes(bytes) if bytes.is_empty() => return Poll::Ready(None),
            Self::Bytes(bytes) => {
                let piece = bytes.split_to(bytes.len().min(PIECE_BYTES));
                return Poll::Ready(Some(Ok(piece)));
            }
            Self::Stream(body) => body,
        };
        loop {
            match std::task::ready!(Pin::new(&mut *body).poll_frame(cx)) {
                None => return Poll::Ready(None),
                Some(Err(error)) => return Poll::Ready(Some(Err(BodySourceError(error)))),
                // Anything but data is a trailer, which belongs to the hop it came by.
                Some(Ok(frame)) => {
                    if let Ok(data) = frame.into_data() {
                        return Poll::Ready(Some(Ok(data)));
                    }
                }
            }
        }
    }
}
