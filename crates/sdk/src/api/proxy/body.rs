//! What is sent to a provider.

use bytes::Bytes;
use futures_util::Stream;
use serde::Serialize;

use super::ProxyCall;
use crate::error::Error;
use crate::http::request::Body;

impl ProxyCall {
    /// Sends JSON.
    pub fn json(self, value: &impl Serialize) -> Self {
        match serde_json::to_vec(value) {
            Ok(json) => self.content("application/json", Body::Bytes(json.into())),
            Err(_) => self.with(|_| Err(Error::invalid("json", "cannot be written as JSON"))),
        }
    }

    /// Sends fields as a web form does.
    pub fn form<K: AsRef<str>, V: AsRef<str>>(self, fields: impl IntoIterator<Item = (K, V)>) -> Self {
        let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.content("application/x-www-form-urlencoded", Body::Bytes(form.into()))
    }

    /// Sends fields and files as a web form does. Files that are streams are not held in memory.
    pub fn multipart(self, form: reqwest::multipart::Form) -> Self {
        let kind = format!("multipart/form-data; boundary={}", form.boundary());
        self.content(&kind, Body::Once(reqwest::Body::wrap_stream(form.into_stream())))
    }

    /// Sends bytes of some content type.
    pub fn body(self, content_type: &str, bytes: impl Into<Bytes>) -> Self {
        self.content(content_type, Body::Bytes(bytes.into()))
    }

    /// Sends bytes as they come, in constant memory. Such a call is never made again.
    pub fn body_stream<S, E>(self, content_type: &str, stream: S) -> Self
    where
        S: Stream<Item = std::result::Result<Bytes, E>> + Send + 'static,
        E: Into<Box<dyn std::error::Error + Send + Sync>> + 'static,
    {
        self.content(content_type, Body::Once(reqwest::Body::wrap_stream(stream)))
    }
}
