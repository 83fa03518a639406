//! Calls whose answer is small and read whole: tokens, discovery documents, key sets.

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use tokio::time::timeout;
use url::Url;

use super::client::Outbound;
use super::error::{OutboundError, Phase};
use super::request::OutboundRequest;

/// An answer with its body in memory.
pub struct BufferedResponse {
    /// The status.
    pub status: StatusCode,
    /// End-to-end headers.
    pub headers: HeaderMap,
    /// The body, decompressed if the request asked for that.
    pub body: Bytes,
    /// Where the answer came from, after redirects.
    pub final_url: Url,
}

impl Outbound {
    /// Makes the call and reads at most `max_bytes` of body, all within
    /// [`buffered_timeout`](super::OutboundOptions::buffered_timeout).
    ///
    /// # Errors
    /// As [`Outbound::send`], and [`OutboundError::TooLarge`].
    pub async fn send_for_bytes(
        &self,
        request: OutboundRequest,
        max_bytes: usize,
    ) -> Result<BufferedResponse, OutboundError> {
        let whole = async {
            let response = self.send(request).await?;
            let body = response.body.collect_limited(max_bytes).await?;
            Ok(BufferedResponse {
                status: response.status,
                headers: response.headers,
                body,
                final_url: response.final_url,
            })
        };
        let within = self.options().buffered_timeout;
        timeout(within, whole).await.map_err(|_| OutboundError::Timeout(Phase::Whole))?
    }
}
