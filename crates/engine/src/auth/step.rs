//! One call of a login that a definition describes: any method, any of three body formats, answers read as they come.

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde_json::{Map, Value};
use url::Url;

use super::redact::{scrub, without_secrets};
use super::xml;
use crate::credential::refresh::TokenError;
use crate::outbound::{Outbound, OutboundBody, OutboundRequest, Purpose, RedirectPolicy};

/// A larger answer is refused.
const ANSWER_BYTES_MAX: usize = 1024 * 1024;

/// A call before it is sent.
pub struct Step {
    /// GET sends no body.
    pub method: Method,
    /// Where to.
    pub url: Url,
    /// Headers of the definition.
    pub headers: Vec<(String, String)>,
    /// Values of the body.
    pub params: Map<String, Value>,
    /// `form`, `xml`, or JSON.
    pub format: Option<String>,
    /// Texts that must not show up in errors.
    pub secrets: Vec<String>,
}

/// What came back with 2xx.
pub struct StepAnswer {
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body: JSON or XML as an object, anything else as a text.
    pub body: Value,
}

impl Step {
    /// Sends the call.
    pub async fn send(self, outbound: &Outbound) -> Result<StepAnswer, TokenError> {
        let secrets = self.secrets.clone();
        let request = self.into_request()?;
        let sent = outbound.send_for_bytes(request, ANSWER_BYTES_MAX).await;
        let answer = sent.map_err(|error| TokenError::Unreachable(error.to_string()))?;
        let body = read_body(&answer.body);
        if answer.status.is_success() {
            return Ok(StepAnswer { headers: answer.headers, body });
        }
        let shown = match &body {
            Value::Object(object) => without_secrets(object).to_string(),
            other => other.as_str().map_or_else(|| other.to_string(), str::to_owned),
        };
        let oauth_error = body.get("error").and_then(Value::as_str).map(|error| scrub(error, &secrets));
        let (status, answer) = (answer.status.as_u16(), scrub(&shown, &secrets));
        Err(TokenError::Refused { status, answer, oauth_error })
    }

    fn into_request(self) -> Result<OutboundRequest, TokenError> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(USER_AGENT, HeaderValue::from_static("Bowline"));
        let (content_type, body) = self.body();
        if let Some(content_type) = content_type {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        }
        for (name, value) in &self.headers {
            let name = HeaderName::from_bytes(name.as_bytes());
            let value = HeaderValue::from_str(value);
            let (Ok(name), Ok(mut value)) = (name, value) else {
                let message = "a header of the token request holds characters that no header may".to_owned();
                return Err(TokenError::Unbuildable { code: "invalid_credentials", message });
            };
            value.set_sensitive(true);
            headers.insert(name, value);
        }
        let mut request = OutboundRequest::new(self.method, self.url, Purpose::OAuth);
        request.headers = headers;
        request.body = body;
        // A redirected login would hand the user's secrets to another place.
        request.redirect = RedirectPolicy::Return;
        Ok(request)
    }

    fn body(&self) -> (Option<&'static str>, OutboundBody) {
        if self.method == Method::GET {
            return (None, OutboundBody::Empty);
        }
        let bytes = |text: String| OutboundBody::Bytes(Bytes::from(text));
        match self.format.as_deref() {
            Some("form") => {
                let mut form = form_urlencoded::Serializer::new(String::new());
                for (name, value) in &self.params {
                    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                    form.append_pair(name, &text);
                }
                (Some("application/x-www-form-urlencoded"), bytes(form.finish()))
            }
            Some("xml") => (Some("application/xml"), bytes(xml::write(&self.params))),
            _ => (Some("application/json"), bytes(Value::from(self.params.clone()).to_string())),
        }
    }
}

/// The text itself decides what it is: many providers send another content type than what they mean.
fn read_body(bytes: &[u8]) -> Value {
    if let Ok(value) = serde_json::from_slice::<Value>(bytes) {
        return value;
    }
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim();
    match text.starts_with('<').then(|| xml::read(text)).flatten() {
        Some(object) => Value::Object(object),
        None => Value::from(text),
    }
}
