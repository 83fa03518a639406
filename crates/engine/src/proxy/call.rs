//! The protocol's own headers on a proxied request.

use http::{HeaderMap, HeaderName, HeaderValue};

use super::headers::is_framing;

/// Attempts beyond this are not made, whatever the header says.
pub const RETRIES_MAX: u32 = 100;
const ID_CHARS_MAX: usize = 255;
const PROXY_PREFIX: &str = "nango-proxy-";

/// What a caller asks of the proxy, besides method, endpoint and body.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ProxyCall {
    /// The integration's key.
    pub provider_config_key: String,
    /// The connection's id.
    pub connection_id: String,
    /// Attempts after the first.
    pub retries: u32,
    /// Base URL in place of the provider's.
    pub base_url_override: Option<String>,
    /// Kept for old clients; bodies are always decompressed.
    pub decompress: Option<bool>,
    /// More retryable statuses.
    pub retry_on: Vec<u16>,
    /// Whether redirects get all headers again; `None` leaves it to the provider.
    pub forward_headers_on_redirect: Option<bool>,
    /// The log operation to append to.
    pub activity_log_id: Option<String>,
    /// The call is part of a sync.
    pub is_sync: bool,
    /// The call is part of a dry run.
    pub is_dry_run: bool,
    /// Headers for the provider, without the protocol's prefix.
    pub headers: HeaderMap,
    /// Headers the caller wanted to send and may not: they belong to the connection, not to the request.
    pub dropped_headers: Vec<HeaderName>,
}

/// What is wrong with one header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderIssue {
    /// The header, in lower case.
    pub header: &'static str,
    /// Machine-readable reason.
    pub code: &'static str,
    /// The reason in words.
    pub message: String,
}

/// The endpoint named by the path and query of a request to `/proxy…`, byte for byte.
pub fn endpoint_of(path_and_query: &str) -> String {
    const PROXY: &str = "/proxy";
    let starts = path_and_query.get(..PROXY.len()).is_some_and(|start| start.eq_ignore_ascii_case(PROXY));
    let rest = if starts { &path_and_query[PROXY.len()..] } else { path_and_query };
    format!("/{}", rest.strip_prefix('/').unwrap_or(rest))
}

impl ProxyCall {
    /// Reads the headers of a request to `/proxy`.
    ///
    /// # Errors
    /// Every header that breaks its rule.
    pub fn parse(inbound: &HeaderMap) -> Result<Self, Vec<HeaderIssue>> {
        let mut reader = Reader { inbound, issues: Vec::new() };
        let mut call = Self {
            provider_config_key: reader.id("provider-config-key", PROVIDER_CONFIG_KEY, is_config_key_char),
            connection_id: reader.id("connection-id", CONNECTION_ID, is_connection_id_char),
            retries: reader.retries(),
            base_url_override: reader.base_url_override(),
            decompress: reader.flag("decompress"),
            retry_on: reader.retry_on(),
            forward_headers_on_redirect: reader.flag("forward-headers-on-redirect"),
            activity_log_id: reader.activity_log_id(),
            is_sync: reader.flag("nango-is-sync").unwrap_or(false),
            is_dry_run: reader.flag("nango-is-dry-run").unwrap_or(false),
            headers: HeaderMap::new(),
            dropped_headers: Vec::new(),
        };
        if !reader.issues.is_empty() {
            return Err(reader.issues);
        }
        call.take_forwarded_headers(inbound);
        Ok(call)
    }

    /// Of several headers with one name the last wins.
    fn take_forwarded_headers(&mut self, inbound: &HeaderMap) {
        for (name, value) in inbound {
            let Some(name) = name.as_str().strip_prefix(PROXY_PREFIX) else { continue };
            let Ok(name) = HeaderName::from_bytes(name.as_bytes()) else { continue };
            self.set_header(name, value.clone());
        }
    }

    /// Sets a header for the provider, unless it is one that callers may not set.
    pub fn set_header(&mut self, name: HeaderName, value: HeaderValue) {
        if is_framing(&name) {
            self.dropped_headers.push(name);
        } else {
            self.headers.insert(name, value);
        }
    }
}

const PROVIDER_CONFIG_KEY: &str = "/^[a-zA-Z0-9~:.@ _-]+$/";
const CONNECTION_ID: &str = "/^[a-zA-Z0-9,.;:=+~[\\]|@${}\"'\\\\/_ -]+$/";
const RETRY_ON: &str = "/^\\d+(,\\d+)*$/";

fn is_config_key_char(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"~:.@ _-".contains(&byte)
}

fn is_connection_id_char(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b",.;:=+~[]|@${}\"'\\/_ -".contains(&byte)
}

/// Reads headers one by one and gathers what is wrong with them.
struct Reader<'h> {
    inbound: &'h HeaderMap,
    issues: Vec<HeaderIssue>,
}

impl<'h> Reader<'h> {
    fn issue(&mut self, header: &'static str, code: &'static str, message: impl Into<String>) {
        self.issues.push(HeaderIssue { header, code, message: message.into() });
    }

    /// The text of a header; one that is no printable ASCII is reported and absent.
    fn text(&mut self, header: &'static str) -> Option<&'h str> {
        let text = self.inbound.get(header)?.to_str();
        if text.is_err() {
            self.issue(header, "invalid_format", "Invalid string: must be printable ASCII");
        }
        text.ok()
    }

    fn id(&mut self, header: &'static str, pattern: &str, is_allowed: fn(u8) -> bool) -> String {
        if !self.inbound.contains_key(header) {
            self.issue(header, "invalid_type", "Invalid input: expected string, received undefined");
        }
        let Some(text) = self.text(header) else { return String::new() };
        if text.is_empty() {
            self.issue(header, "too_small", "Too small: expected string to have >=1 characters");
        } else if !text.bytes().all(is_allowed) {
            self.issue(header, "invalid_format", format!("Invalid string: must match pattern {pattern}"));
        }
        self.check_length(header, text);
        text.to_owned()
    }

    fn check_length(&mut self, header: &'static str, text: &str) {
        if text.len() > ID_CHARS_MAX {
            let message = format!("Too big: expected string to have <={ID_CHARS_MAX} characters");
            self.issue(header, "too_big", message);
        }
    }

    /// A number as JavaScript reads one; what it rounds to counts, and less than none is none.
    fn retries(&mut self) -> u32 {
        let Some(text) = self.text("retries").map(str::trim).filter(|text| !text.is_empty()) else {
            return 0;
        };
        match text.parse::<f64>().ok().filter(|number| number.is_finite()) {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "clamped to the range first"
            )]
            Some(number) => number.clamp(0.0, f64::from(RETRIES_MAX)) as u32,
            None => {
                self.issue("retries", "invalid_type", "Invalid input: expected number, received NaN");
                0
            }
        }
    }

    fn base_url_override(&mut self) -> Option<String> {
        let text = self.text("base-url-override").filter(|text| !text.is_empty())?;
        if ::url::Url::parse(text).is_err() {
            self.issue("base-url-override", "invalid_format", "Invalid URL");
        }
        Some(text.to_owned())
    }

    fn flag(&mut self, header: &'static str) -> Option<bool> {
        match self.text(header)? {
            "true" => Some(true),
            "false" => Some(false),
            _ => {
                let message = r#"Invalid option: expected one of "true"|"false""#;
                self.issue(header, "invalid_value", message);
                None
            }
        }
    }

    fn retry_on(&mut self) -> Vec<u16> {
        let Some(text) = self.text("retry-on") else { return Vec::new() };
        let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !text.split(',').all(is_number) {
            self.issue(
                "retry-on",
                "invalid_format",
                format!("Invalid string: must match pattern {RETRY_ON}"),
            );
        }
        // Numbers that are no status match none.
        text.split(',').filter_map(|part| part.parse().ok()).collect()
    }

    fn activity_log_id(&mut self) -> Option<String> {
        let text = self.text("nango-activity-log-id").filter(|text| !text.is_empty())?;
        self.check_length("nango-activity-log-id", text);
        Some(text.to_owned())
    }
}

#[cfg(test)]
mod tests;
