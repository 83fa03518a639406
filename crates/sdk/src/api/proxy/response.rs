//! What a provider answered.

use bytes::Bytes;
use futures_util::stream::{self, Stream, StreamExt, TryStreamExt};
use http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;

use crate::error::{Result, UpstreamError};
use crate::http::answer::{broken, collect};
use crate::http::decode;

/// A provider's answer. Its body is read when it is asked for.
pub struct ProxyResponse {
    status: StatusCode,
    headers: HeaderMap,
    body: Source,
    limit_bytes: u64,
}

enum Source {
    Network(Box<reqwest::Response>),
    Memory(Bytes),
}

impl ProxyResponse {
    pub(super) fn streamed(response: reqwest::Response, limit_bytes: u64) -> Self {
        Self {
            status: response.status(),
            headers: response.headers().clone(),
            body: Source::Network(Box::new(response)),
            limit_bytes,
        }
    }

    pub(super) fn whole(error: UpstreamError, limit_bytes: u64) -> Self {
        Self { status: error.status, headers: error.headers, body: Source::Memory(error.body), limit_bytes }
    }

    /// The provider's status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The provider's headers, and the server's own beside them.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The body as JSON.
    ///
    /// # Errors
    ///
    /// [`Error::Decode`](crate::Error::Decode) when it is none or of another shape; else as [`bytes`](Self::bytes).
    pub async fn json<T: DeserializeOwned>(self) -> Result<T> {
        decode::from_slice(&self.bytes().await?)
    }

    /// The body as text; what is not UTF-8 is replaced.
    ///
    /// # Errors
    ///
    /// As [`bytes`](Self::bytes).
    pub async fn text(self) -> Result<String> {
        Ok(String::from_utf8_lossy(&self.bytes().await?).into_owned())
    }

    /// The whole body.
    ///
    /// # Errors
    ///
    /// [`Error::Transport`](crate::Error::Transport) when it does not arrive whole, [`Error::AnswerTooLarge`](crate::Error::AnswerTooLarge) when it is longer than the client
    /// allows.
    pub async fn bytes(self) -> Result<Bytes> {
        match self.body {
            Source::Memory(bytes) => Ok(bytes),
            Source::Network(response) => collect(*response, self.limit_bytes).await,
        }
    }

    /// The body as it comes, in constant memory and of any length. It ends with an error when the body does not arrive
    /// whole.
    pub fn stream(self) -> impl Stream<Item = Result<Bytes>> + Send + Unpin + 'static {
        match self.body {
            Source::Memory(bytes) => stream::iter([Ok(bytes)]).left_stream(),
            Source::Network(response) => response.bytes_stream().map_err(broken).right_stream(),
        }
    }

    /// The body as JSON, waited for on a runtime of this crate's own.
    ///
    /// # Errors
    ///
    /// As [`json`](Self::json); [`Error::InvalidArgument`](crate::Error::InvalidArgument) inside of an async runtime.
    #[cfg(feature = "blocking")]
    pub fn json_blocking<T: DeserializeOwned + Send>(self) -> Result<T> {
        crate::blocking::wait(self.json())?
    }

    /// The whole body, waited for on a runtime of this crate's own.
    ///
    /// # Errors
    ///
    /// As [`bytes`](Self::bytes); [`Error::InvalidArgument`](crate::Error::InvalidArgument) inside of an async runtime.
    #[cfg(feature = "blocking")]
    pub fn bytes_blocking(self) -> Result<Bytes> {
        crate::blocking::wait(self.bytes())?
    }
}

impl std::fmt::Debug for ProxyResponse {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("ProxyResponse").field("status", &self.status).finish_non_exhaustive()
    }
}
