//! Calls to a server's API, as anyone would make them: over HTTP, with a key.

use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use bowline_domain::Secret;
use bowline_engine::outbound::{
    AllowList, BufferedResponse, Outbound, OutboundBody, OutboundOptions, OutboundPolicy, OutboundRequest,
    Purpose,
};
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;

use crate::error::{WithHint, hinted};

/// Far above any answer of the API, and what a function may read of a provider in one call.
const ANSWER_BYTES_MAX: usize = 256 << 20;
/// The deployment of a large project over a slow line.
const CALL_TIME_MAX: Duration = Duration::from_secs(15 * 60);
const AGENT: &str = concat!("bowline-cli/", env!("CARGO_PKG_VERSION"));

/// Calls one server with one key.
#[derive(Clone)]
pub struct ApiClient {
    outbound: Outbound,
    url: Url,
    key: Secret,
}

/// An answer of the API.
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its body.
    pub body: String,
}

/// What the API says when it refuses a call.
#[derive(Debug, thiserror::Error)]
#[error("{message}{code}{issues}", code = in_brackets(.code), issues = listed(.issues))]
pub struct ApiError {
    /// The status of the answer.
    pub status: StatusCode,
    /// What happened, for people.
    pub message: String,
    /// The kind of error.
    pub code: Option<String>,
    /// What exactly is wrong, a line each.
    pub issues: Vec<String>,
}

impl ApiClient {
    /// A client that may call the server at `url` and whatever is public.
    pub fn new(url: &str, key: Secret) -> Result<Self> {
        let url = Url::parse(url)
            .map_err(anyhow::Error::from)
            .and_then(|url| {
                let is_web = matches!(url.scheme(), "http" | "https") && url.has_host();
                if is_web { Ok(url) } else { Err(anyhow!("it is no http or https address")) }
            })
            .with_context(|| format!("`{url}` is not the URL of a server"))
            .hint("a URL looks like https://bowline.example.com")?;
        let policy = OutboundPolicy::new(AllowList::parse(url.authority())?);
        let options =
            OutboundOptions { policy, buffered_timeout: CALL_TIME_MAX, ..OutboundOptions::default() };
        Ok(Self { outbound: Outbound::new(options)?, url, key })
    }

    /// The key.
    pub fn key(&self) -> &str {
        self.key.expose()
    }

    /// The server's URL.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Makes a call; a body is JSON.
    pub async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&str>,
    ) -> Result<Answer> {
        let mut all = HeaderMap::new();
        if body.is_some() {
            all.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        for (name, value) in headers {
            all.insert(HeaderName::try_from(*name)?, HeaderValue::try_from(*value)?);
        }
        let body = body.map(|body| Bytes::copy_from_slice(body.as_bytes()));
        let answer = self.send_raw(Method::from_bytes(method.as_bytes())?, path, all, body).await?;
        Ok(Answer { status: answer.status, body: String::from_utf8_lossy(&answer.body).into_owned() })
    }

    /// Makes a call with any body; gives the answer's headers and bytes too. `path` begins with a slash.
    pub async fn send_raw(
        &self,
        method: Method,
        path: &str,
        mut headers: HeaderMap,
        body: Option<Bytes>,
    ) -> Result<BufferedResponse> {
        let url = Url::parse(&format!("{}{path}", self.url.as_str().trim_end_matches('/')))?;
        headers.insert(AUTHORIZATION, HeaderValue::try_from(format!("Bearer {}", self.key()))?);
        headers.entry(USER_AGENT).or_insert(HeaderValue::from_static(AGENT));
        let mut request = OutboundRequest::new(method, url, Purpose::Proxy);
        request.headers = headers;
        request.body = body.map_or(OutboundBody::Empty, OutboundBody::Bytes);
        self.outbound.send_for_bytes(request, ANSWER_BYTES_MAX).await.context("no answer")
    }

    /// Makes a call whose answer is JSON.
    ///
    /// # Errors
    /// An [`ApiError`] when the server refuses it, and others when there is no server.
    pub async fn json<T: DeserializeOwned>(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&str>,
    ) -> Result<T> {
        let answer = self.send(method, path, headers, body).await.map_err(|error| {
            hinted(
                error.context(format!("the server at {} cannot be reached", self.url)),
                "is it running, and is BOWLINE_URL (or NANGO_HOSTPORT) its address?",
            )
        })?;
        if answer.status.is_success() {
            return serde_json::from_str(&answer.body)
                .with_context(|| format!("{method} {path} answered something else than the API does"))
                .hint(format!("is {} the address of the API?", self.url));
        }
        let error = ApiError::read(answer.status, &answer.body);
        if error.status == StatusCode::UNAUTHORIZED {
            return Err(hinted(error, "`bowline env list` shows the keys of the environments"));
        }
        Err(error.into())
    }
}

impl ApiError {
    /// Reads `{"error": {"code", "message", "errors": [{"message", "path"}]}}`.
    pub fn read(status: StatusCode, body: &str) -> Self {
        let body: Value = serde_json::from_str(body).unwrap_or_default();
        let error = body.get("error").unwrap_or(&Value::Null);
        let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
        let message = text(error, "message").or_else(|| error.as_str().map(str::to_owned));
        let issues = error.get("errors").and_then(Value::as_array).into_iter().flatten();
        let issue = |issue: &Value| {
            let message = text(issue, "message")?;
            let path = issue.get("path").and_then(Value::as_array).into_iter().flatten();
            let path: Vec<String> =
                path.map(|part| part.as_str().map_or_else(|| part.to_string(), str::to_owned)).collect();
            Some(if path.is_empty() { message } else { format!("{}: {message}", path.join(".")) })
        };
        Self {
            status,
            message: message.unwrap_or_else(|| format!("the server answered {status}")),
            code: text(error, "code"),
            issues: issues.filter_map(issue).collect(),
        }
    }
}

fn in_brackets(code: &Option<String>) -> String {
    code.as_ref().map(|code| format!(" ({code})")).unwrap_or_default()
}

fn listed(issues: &[String]) -> String {
    issues.iter().map(|issue| format!("\n  {issue}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_the_api_show_their_message_their_code_and_every_issue() {
        let body = r#"{"error":{"code":"invalid_body","message":"no","errors":[
            {"code":"x","message":"is required","path":["flowConfigs",0,"runs"]},{"message":"too long"}]}}"#;
        let error = ApiError::read(StatusCode::BAD_REQUEST, body);
        assert_eq!(error.to_string(), "no (invalid_body)\n  flowConfigs.0.runs: is required\n  too long");
        let error = ApiError::read(StatusCode::BAD_GATEWAY, "<html>");
        assert_eq!(error.to_string(), "the server answered 502 Bad Gateway");
    }
}
