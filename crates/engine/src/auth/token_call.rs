//! Builds and sends token requests: client authentication and body formats in one place.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bowline_domain::Timestamp;
use bowline_domain::provider::Provider;
use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, USER_AGENT};
use http::{HeaderMap, HeaderValue, Method};
use serde_json::{Map, Value};
use url::Url;
use uuid::Uuid;

use super::redact::{scrub, without_secrets};
use crate::credential::refresh::TokenError;
use crate::outbound::{ClientIdentity, Outbound, OutboundBody, OutboundRequest, Purpose, RedirectPolicy};
use crate::template::{Form, RenderContext, Scope, Template, UrlValues, json};

/// A token response larger than this is refused.
const RESPONSE_BYTES_MAX: usize = 1024 * 1024;

/// How a request's values travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyFormat {
    /// `application/x-www-form-urlencoded`.
    Form,
    /// A JSON object.
    Json,
    /// In the query; no body.
    Query,
}

impl BodyFormat {
    /// The provider's format; forms are the default (RFC 6749 §4.1.3).
    pub fn of(provider: &Provider) -> Self {
        match provider.body_format.as_deref() {
            Some("json") => Self::Json,
            Some("query") => Self::Query,
            _ => Self::Form,
        }
    }
}

/// A token request before it is sent.
pub struct TokenCall {
    /// Where to.
    pub url: Url,
    /// Values of the body or query.
    pub params: Map<String, Value>,
    /// How the values travel.
    pub format: BodyFormat,
    /// Client authentication by header.
    pub authorization: Option<HeaderValue>,
    /// Client certificate for mutual TLS.
    pub identity: Option<ClientIdentity>,
    /// Texts that must not show up in errors.
    pub secrets: Vec<String>,
}

impl TokenCall {
    /// Sends the request and gives the JSON object of a 2xx answer.
    pub async fn send(self, outbound: &Outbound) -> Result<Map<String, Value>, TokenError> {
        self.send_as(outbound, Method::POST, HeaderMap::new()).await
    }

    /// [`Self::send`] with another method and more headers.
    pub async fn send_as(
        self,
        outbound: &Outbound,
        method: Method,
        headers: HeaderMap,
    ) -> Result<Map<String, Value>, TokenError> {
        let secrets = self.secrets.clone();
        let request = self.into_request_as(method, headers)?;
        let sent = outbound.send_for_bytes(request, RESPONSE_BYTES_MAX).await;
        let response = sent.map_err(|error| TokenError::Unreachable(error.to_string()))?;
        read_answer(response.status.as_u16(), &response.body, &secrets)
    }

    /// The request of [`Self::send_as`], for answers of another kind.
    pub fn into_request_as(self, method: Method, more: HeaderMap) -> Result<OutboundRequest, TokenError> {
        let mut url = self.url;
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(USER_AGENT, HeaderValue::from_static("Bowline"));
        let body = match self.format {
            BodyFormat::Form => {
                headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
                OutboundBody::Bytes(Bytes::from(form(&self.params)))
            }
            BodyFormat::Json => {
                headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
                OutboundBody::Bytes(Bytes::from(Value::from(self.params).to_string()))
            }
            BodyFormat::Query => {
                if !self.params.is_empty() {
                    url.query_pairs_mut()
                        .extend_pairs(self.params.iter().map(|(key, value)| (key, plain(value))));
                }
                OutboundBody::Empty
            }
        };
        if let Some(value) = self.authorization {
            headers.insert(AUTHORIZATION, value);
        }
        headers.extend(more);
        let mut request = OutboundRequest::new(method, url, Purpose::OAuth);
        request.headers = headers;
        request.body = body;
        request.client_identity = self.identity;
        // A redirected token request would hand the client's secret to another place.
        request.redirect = RedirectPolicy::Return;
        Ok(request)
    }
}

fn form(params: &Map<String, Value>) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    for (key, value) in params {
        form.append_pair(key, &plain(value));
    }
    form.finish()
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn read_answer(status: u16, body: &[u8], secrets: &[String]) -> Result<Map<String, Value>, TokenError> {
    let is_success = (200..300).contains(&status);
    let parsed = serde_json::from_slice::<Value>(body).ok().and_then(|value| match value {
        Value::Object(object) => Some(object),
        _ => None,
    });
    if !is_success {
        return Err(refusal(status, parsed.as_ref(), body, secrets));
    }
    // Some providers send JSON under another content type, so the text itself decides.
    let object = parsed.ok_or_else(|| {
        TokenError::Unreadable(format!(
            "a JSON object was expected, and {} bytes of another kind came",
            body.len()
        ))
    })?;
    // Some providers report errors with status 200 (RFC 6749 asks for 400).
    match object.get("error").and_then(Value::as_str) {
        Some(_) if !object.contains_key("access_token") => Err(refusal(status, Some(&object), body, secrets)),
        _ => Ok(object),
    }
}

fn refusal(status: u16, object: Option<&Map<String, Value>>, body: &[u8], secrets: &[String]) -> TokenError {
    let text = |name: &str| object.and_then(|object| object.get(name)).and_then(Value::as_str);
    let oauth_error = text("error").map(|error| scrub(error, secrets));
    let answer = match (&oauth_error, text("error_description")) {
        (Some(error), Some(description)) => format!("{error}: {}", scrub(description, secrets)),
        (Some(error), None) => error.clone(),
        (None, _) => scrub(&shown(object, body), secrets),
    };
    TokenError::Refused { status, answer, oauth_error }
}

fn shown(object: Option<&Map<String, Value>>, body: &[u8]) -> String {
    object.map_or_else(
        || String::from_utf8_lossy(body).into_owned(),
        |object| without_secrets(object).to_string(),
    )
}

/// `Basic` credentials. RFC 6749 §2.3.1 wants both parts form-encoded first; many providers do not.
pub fn basic(id: &str, secret: &str, form_encoded: bool) -> Result<HeaderValue, TokenError> {
    let encode = |text: &str| -> String { form_urlencoded::byte_serialize(text.as_bytes()).collect() };
    let pair =
        if form_encoded { format!("{}:{}", encode(id), encode(secret)) } else { format!("{id}:{secret}") };
    let mut value = HeaderValue::from_str(&format!("Basic {}", STANDARD.encode(pair)))
        .expect("base64 is always a valid header value");
    value.set_sensitive(true);
    Ok(value)
}

/// A provider's token URL with the connection's values in it.
pub fn token_url(
    template: Option<&str>,
    provider: &Provider,
    config: &Map<String, Value>,
    now: Timestamp,
) -> Result<Url, TokenError> {
    let template = template.ok_or_else(|| TokenError::Unbuildable {
        code: "missing_token_url",
        message: format!("provider \"{}\" has no token URL", provider.name),
    })?;
    let is_raw = provider.token_url_skip_encode.iter().any(|part| part == "base_url");
    let values = if is_raw { UrlValues::Raw } else { UrlValues::Encoded };
    let context = RenderContext { now, random: Uuid::new_v4() };
    let scope = Scope::new(&context).under("connectionConfig", config);
    Template::parse(template, Form::Object).render_url(&scope, values).map_err(|error| {
        TokenError::Unbuildable {
            code: "invalid_token_url",
            message: format!("the token URL of provider \"{}\" cannot be built: {error}", provider.name),
        }
    })
}

/// Values of token parameters with the connection's values in them; those that stay open are left out.
pub fn interpolated(
    params: &Map<String, Value>,
    config: &Map<String, Value>,
    now: Timestamp,
) -> Map<String, Value> {
    let context = RenderContext { now, random: Uuid::new_v4() };
    let scope = Scope::new(&context).under("connectionConfig", config);
    json::interpolate_object(params, Form::Object, &scope, json::Unresolved::Drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_never_repeats_a_secret() {
        let body = br#"{"error":"invalid_grant","error_description":"token rt-12345 is revoked"}"#;
        let error = read_answer(400, body, &["rt-12345".to_owned()]).unwrap_err();
        let text = error.to_string();
        assert!(
            text.contains("invalid_grant") && text.contains("***") && !text.contains("rt-12345"),
            "{text}"
        );
    }

    #[test]
    fn an_html_page_with_status_200_is_no_token() {
        assert!(matches!(read_answer(200, b"<html>", &[]), Err(TokenError::Unreadable(_))));
        assert!(matches!(read_answer(200, b"{\"a\":", &[]), Err(TokenError::Unreadable(_))));
    }

    #[test]
    fn an_error_with_status_200_is_a_refusal() {
        let error = read_answer(200, br#"{"error":"bad_refresh_token"}"#, &[]).unwrap_err();
        assert!(matches!(error, TokenError::Refused { status: 200, .. }));
    }

    #[test]
    fn basic_credentials_are_form_encoded_where_the_rfc_asks_for_it() {
        assert_eq!(basic("a b", "s:", true).unwrap(), format!("Basic {}", STANDARD.encode("a+b:s%3A")));
        assert_eq!(basic("a b", "s", false).unwrap(), format!("Basic {}", STANDARD.encode("a b:s")));
    }
}
