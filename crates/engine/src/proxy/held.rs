//! The inbound body while attempts are made: a stream that passes once, or bytes that can be sent again.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body::Body as _;
use http_body_util::BodyExt;
use http_body_util::combinators::UnsyncBoxBody;
use tokio::time::timeout;

use super::{BuiltBody, InboundBody, ProxyError};
use crate::outbound::{BoxError, OutboundBody};

/// A caller that takes longer than this to send a body that must be kept is not waited for.
const RECEIVE_MAX: Duration = Duration::from_secs(300);

/// A body as it comes in.
type Inbound = UnsyncBoxBody<Bytes, BoxError>;

/// The inbound body while attempts are made.
pub(super) enum Held {
    /// There is none.
    None,
    /// It passes through once.
    Stream(Inbound),
    /// It can be sent as often as needed.
    Bytes(Bytes),
    /// It was streamed to the provider and cannot be sent again.
    Gone,
}

impl Held {
    /// Reads a body into memory if it is to be kept, else leaves it a stream.
    pub async fn take(body: Option<Inbound>, keep: bool, bytes_max: usize) -> Result<Self, ProxyError> {
        let Some(body) = body else { return Ok(Self::None) };
        if !keep {
            return Ok(Self::Stream(body));
        }
        let late = |_| ProxyError::BodyUnreadable("it did not arrive in time".into());
        timeout(RECEIVE_MAX, read(body, bytes_max)).await.map_err(late)?.map(Self::Bytes)
    }

    /// The body as the request is built from it.
    pub fn view(&self) -> InboundBody<'_> {
        match self {
            Self::None => InboundBody::None,
            Self::Stream(_) | Self::Gone => InboundBody::Stream,
            Self::Bytes(bytes) => InboundBody::Bytes(bytes),
        }
    }

    /// Whether another attempt would have the body that the first one had.
    pub fn can_be_sent(&self) -> bool {
        !matches!(self, Self::Gone)
    }

    /// The body for the wire.
    pub fn outbound(&mut self, built: BuiltBody) -> OutboundBody {
        match built {
            BuiltBody::None => OutboundBody::Empty,
            BuiltBody::Bytes(bytes) => OutboundBody::Bytes(bytes),
            BuiltBody::Forward => match std::mem::replace(self, Self::Gone) {
                Self::Stream(body) => OutboundBody::Stream(body),
                Self::Bytes(bytes) => {
                    *self = Self::Bytes(bytes.clone());
                    OutboundBody::Bytes(bytes)
                }
                Self::None | Self::Gone => OutboundBody::Empty,
            },
        }
    }
}

async fn read(mut body: Inbound, bytes_max: usize) -> Result<Bytes, ProxyError> {
    let too_large = || ProxyError::BodyTooLarge { limit: bytes_max };
    if body.size_hint().lower() > bytes_max as u64 {
        return Err(too_large());
    }
    let mut whole = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let piece = frame.map_err(ProxyError::BodyUnreadable)?.into_data().unwrap_or_default();
        if whole.len() + piece.len() > bytes_max {
            return Err(too_large());
        }
        // Most bodies come in one piece, which then need not be copied.
        if whole.is_empty() && body.is_end_stream() {
            return Ok(piece);
        }
        whole.extend_from_slice(&piece);
    }
    Ok(whole.freeze())
}
