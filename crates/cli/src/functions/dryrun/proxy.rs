//! A function's request to the provider, as a request to the proxy of a server.

use bowline_engine::outbound::BufferedResponse;
use bowline_runtime::{Body, HostAnswer};
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use url::form_urlencoded;

const FORM: &str = "application/x-www-form-urlencoded";
/// Types of answers whose body is bytes.
const BINARY: [&str; 3] = ["arraybuffer", "stream", "blob"];

/// The arguments of the operation `http`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Asked<'a> {
    method: String,
    endpoint: Value,
    #[serde(default)]
    params: Map<String, Value>,
    params_text: Option<String>,
    #[serde(default)]
    headers: Map<String, Value>,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
    data_text: Option<String>,
    retries: Option<Value>,
    #[serde(default)]
    retry_on: Vec<Value>,
    base_url_override: Option<String>,
    decompress: Option<Value>,
    response_type: Option<String>,
    forward_headers_on_redirect: Option<bool>,
    /// Another integration than the run's.
    pub provider_config_key: Option<String>,
    /// Another connection than the run's.
    pub connection_id: Option<String>,
}

/// A request to the proxy.
pub struct ProxyRequest {
    /// The method.
    pub method: Method,
    /// Path and query, from `/proxy` on.
    pub path: String,
    /// Headers, without the key.
    pub headers: HeaderMap,
    /// The body.
    pub body: Option<Bytes>,
}

impl Asked<'_> {
    /// The request for a connection.
    ///
    /// # Errors
    /// What of the request cannot be sent.
    pub fn request(
        &self,
        integration: &str,
        connection: &str,
        bytes: Option<Vec<u8>>,
    ) -> Result<ProxyRequest, http::Error> {
        let mut headers = self.options(integration, connection)?;
        for (name, value) in &self.headers {
            let name = HeaderName::try_from(format!("nango-proxy-{name}"))?;
            headers.insert(name, HeaderValue::try_from(text_of(value))?);
        }
        let (body, default_type) = self.body(bytes);
        let own_type = headers.get("nango-proxy-content-type").cloned();
        if let Some(content_type) = own_type.or(default_type.map(HeaderValue::from_static)) {
            headers.insert(CONTENT_TYPE, content_type);
        }
        Ok(ProxyRequest {
            method: Method::from_bytes(self.method.as_bytes())?,
            path: self.path(),
            headers,
            body,
        })
    }

    /// Headers for the proxy itself.
    fn options(&self, integration: &str, connection: &str) -> Result<HeaderMap, http::Error> {
        let mut headers = HeaderMap::new();
        let mut set = |name: &'static str, value: &str| {
            headers.insert(name, HeaderValue::try_from(value)?);
            Ok::<_, http::Error>(())
        };
        set("provider-config-key", integration)?;
        set("connection-id", connection)?;
        set("nango-is-sync", "true")?;
        set("nango-is-dry-run", "true")?;
        set("retries", &self.retries.as_ref().map_or_else(|| "0".to_owned(), text_of))?;
        if !self.retry_on.is_empty() {
            set("retry-on", &self.retry_on.iter().map(text_of).collect::<Vec<_>>().join(","))?;
        }
        if let Some(base) = &self.base_url_override {
            set("base-url-override", base)?;
        }
        if let Some(decompress) = &self.decompress {
            set("decompress", &text_of(decompress))?;
        }
        if let Some(forward) = self.forward_headers_on_redirect {
            set("forward-headers-on-redirect", if forward { "true" } else { "false" })?;
        }
        Ok(headers)
    }

    /// The body, and its type where the function names none: that of the axios client.
    fn body(&self, bytes: Option<Vec<u8>>) -> (Option<Bytes>, Option<&'static str>) {
        match (bytes, &self.data_text, self.data) {
            (Some(bytes), ..) => (Some(bytes.into()), Some(FORM)),
            (None, Some(text), _) => (Some(text.clone().into()), Some(FORM)),
            (None, None, Some(json)) => (Some(json.get().to_owned().into()), Some("application/json")),
            (None, None, None) => (None, None),
        }
    }

    /// The endpoint below the proxy. A query stays byte for byte what it was unless parameters join it.
    fn path(&self) -> String {
        let endpoint = text_of(&self.endpoint);
        let endpoint = endpoint.trim_start_matches('/');
        let Some(query) = self.query(endpoint.split_once('?').map(|(_, query)| query)) else {
            return format!("/proxy/{endpoint}");
        };
        let path = endpoint.split_once('?').map_or(endpoint, |(path, _)| path);
        format!("/proxy/{path}?{query}")
    }

    fn query(&self, written: Option<&str>) -> Option<String> {
        if let Some(text) = &self.params_text {
            return Some(text.strip_prefix('?').unwrap_or(text).to_owned());
        }
        if self.params.is_empty() {
            return None;
        }
        let mut pairs: Vec<(String, String)> =
            form_urlencoded::parse(written.unwrap_or_default().as_bytes()).into_owned().collect();
        for (name, value) in &self.params {
            pairs.retain(|(known, _)| known != name);
            pairs.push((name.clone(), text_of(value)));
        }
        Some(form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish())
    }

    /// What the function gets of an answer.
    pub fn answer(&self, response: &BufferedResponse) -> HostAnswer {
        let head = json!({
            "status": response.status.as_u16(),
            "statusText": response.status.canonical_reason().unwrap_or_default(),
            "headers": headers_json(&response.headers),
            "url": text_of(&self.endpoint),
        });
        let is_binary = self.response_type.as_deref().is_some_and(|wanted| BINARY.contains(&wanted));
        let body = if is_binary {
            Body::Bytes(response.body.to_vec())
        } else {
            Body::Text(String::from_utf8_lossy(&response.body).into_owned())
        };
        HostAnswer { json: head.to_string(), body: Some(body) }
    }
}

/// Headers by their lower-case name; cookies are a list, as the axios client has them.
pub fn headers_json(headers: &HeaderMap) -> Map<String, Value> {
    let mut all = Map::new();
    for name in headers.keys() {
        let values: Vec<String> = headers
            .get_all(name)
            .iter()
            .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
            .collect();
        let value = if name == http::header::SET_COOKIE { json!(values) } else { json!(values.join(", ")) };
        all.insert(name.as_str().to_owned(), value);
    }
    all
}

fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(json: &str) -> ProxyRequest {
        serde_json::from_str::<Asked<'_>>(json).unwrap().request("github", "ada", None).unwrap()
    }

    #[test]
    fn options_headers_and_query_go_where_the_proxy_reads_them() {
        let sent = request(
            r#"{"method":"POST","endpoint":"/a?b=1&c=2","params":{"b":"x y"},"headers":{"X-A":"1"},"data":{"k":1},
                "retries":3,"retryOn":[404,409],"baseUrlOverride":"https://example.com"}"#,
        );
        assert_eq!((sent.method.as_str(), sent.path.as_str()), ("POST", "/proxy/a?c=2&b=x+y"));
        for (name, value) in [
            ("provider-config-key", "github"),
            ("connection-id", "ada"),
            ("nango-is-dry-run", "true"),
            ("retries", "3"),
            ("retry-on", "404,409"),
            ("base-url-override", "https://example.com"),
            ("nango-proxy-x-a", "1"),
            ("content-type", "application/json"),
        ] {
            assert_eq!(sent.headers[name], value);
        }
        assert_eq!(sent.body.unwrap(), r#"{"k":1}"#);
    }

    #[test]
    fn a_query_without_parameters_stays_as_it_is_written() {
        assert_eq!(request(r#"{"method":"GET","endpoint":"a?b=%20+'"}"#).path, "/proxy/a?b=%20+'");
        assert_eq!(request(r#"{"method":"GET","endpoint":"/a","paramsText":"?x=1"}"#).path, "/proxy/a?x=1");
    }

    #[test]
    fn the_type_that_a_function_names_for_its_body_counts() {
        let sent = request(
            r#"{"method":"PUT","endpoint":"/a","headers":{"Content-Type":"text/xml"},"dataText":"<a/>"}"#,
        );
        assert_eq!(sent.headers["content-type"], "text/xml");
        let sent = request(r#"{"method":"PUT","endpoint":"/a","dataText":"a=1"}"#);
        assert_eq!(sent.headers["content-type"], FORM);
    }
}
