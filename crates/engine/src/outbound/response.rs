//! What comes back: status, headers, and a body that streams.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, StatusCode};
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use tokio::time::{Instant, Sleep, sleep};
use url::Url;

use super::decode::DecodedBody;
use super::error::{OutboundError, Phase};

/// An answer whose body has yet to be read.
pub struct OutboundResponse {
    /// The status.
    pub status: StatusCode,
    /// End-to-end headers. `content-encoding` and `content-length` are gone if the body is decompressed.
    pub headers: HeaderMap,
    /// The body.
    pub body: ResponseBody,
    /// Where the answer came from, after redirects.
    pub final_url: Url,
}

/// A streaming response body. It fails if the upstream breaks off or falls silent; dropping it ends the call.
pub struct ResponseBody(Kind);

enum Kind {
    Plain(PlainBody),
    Decoded(Box<DecodedBody>),
}

impl ResponseBody {
    pub(super) fn plain(body: PlainBody) -> Self {
        Self(Kind::Plain(body))
    }

    pub(super) fn decoded(body: DecodedBody) -> Self {
        Self(Kind::Decoded(Box::new(body)))
    }

    /// Reads the whole body into memory, up to `max_bytes` (counted after decompression).
    ///
    /// # Errors
    /// [`OutboundError::TooLarge`], or whatever ended the body early.
    pub async fn collect_limited(mut self, max_bytes: usize) -> Result<Bytes, OutboundError> {
        let too_large = || OutboundError::TooLarge { limit: max_bytes };
        if self.size_hint().lower() > max_bytes as u64 {
            return Err(too_large());
        }
        let Some(first) = self.next_data().await.transpose()? else { return Ok(Bytes::new()) };
        if first.len() > max_bytes {
            return Err(too_large());
        }
        let Some(second) = self.next_data().await.transpose()? else { return Ok(first) };
        let mut whole = BytesMut::from(first);
        let mut next = Some(second);
        while let Some(piece) = next {
            if whole.len() + piece.len() > max_bytes {
                return Err(too_large());
            }
            whole.extend_from_slice(&piece);
            next = self.next_data().await.transpose()?;
        }
        Ok(whole.freeze())
    }

    async fn next_data(&mut self) -> Option<Result<Bytes, OutboundError>> {
        let frame = self.frame().await?;
        // Only data frames are ever produced.
        Some(frame.map(|frame| frame.into_data().unwrap_or_default()))
    }
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = OutboundError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, OutboundError>>> {
        match &mut self.get_mut().0 {
            Kind::Plain(body) => Pin::new(body).poll_frame(cx),
            Kind::Decoded(body) => body.poll_data(cx).map(|data| data.map(|data| data.map(Frame::data))),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Kind::Plain(body) => body.is_end_stream(),
            Kind::Decoded(_) => false,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Kind::Plain(body) => body.size_hint(),
            Kind::Decoded(_) => SizeHint::default(),
        }
    }
}

/// The body as it arrives, with a limit on silence. Trailers end here.
pub(super) struct PlainBody {
    incoming: Incoming,
    silence_max: Duration,
    /// Made on the first wait, then kept: most small bodies never wait.
    alarm: Option<Pin<Box<Sleep>>>,
    is_armed: bool,
}

impl PlainBody {
    pub(super) fn new(incoming: Incoming, silence_max: Duration) -> Self {
        Self { incoming, silence_max, alarm: None, is_armed: false }
    }

    fn poll_alarm(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let silence_max = self.silence_max;
        let alarm = self.alarm.get_or_insert_with(|| {
            self.is_armed = true;
            Box::pin(sleep(silence_max))
        });
        if !self.is_armed {
            alarm.as_mut().reset(Instant::now() + silence_max);
            self.is_armed = true;
        }
        alarm.as_mut().poll(cx)
    }
}

impl Body for PlainBody {
    type Data = Bytes;
    type Error = OutboundError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, OutboundError>>> {
        let this = self.get_mut();
        loop {
            match Pin::new(&mut this.incoming).poll_frame(cx) {
                Poll::Ready(Some(Ok(frame))) => {
                    this.is_armed = false;
                    if frame.is_data() {
                        return Poll::Ready(Some(Ok(frame)));
                    }
                }
                Poll::Ready(Some(Err(error))) => {
                    return Poll::Ready(Some(Err(OutboundError::from_transport(Box::new(error)))));
                }
                Poll::Ready(None) => return Poll::Ready(None),
                Poll::Pending => {
                    ready!(this.poll_alarm(cx));
                    return Poll::Ready(Some(Err(OutboundError::Timeout(Phase::ResponseBody))));
                }
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.size_hint()
    }
}
