//! The client and how it is made.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};
use url::Url;

use crate::error::{Error, Result};
use crate::retry::RetryPolicy;
use crate::secret::Secret;

/// Where a Bowline on this machine listens.
pub const DEFAULT_HOST: &str = "http://127.0.0.1:3003";

const ANSWER_BYTES_MAX: u64 = 256 << 20;

/// A client of one environment. Cheap to clone; all clones share connections and the retry budget.
///
/// ```
/// # fn main() -> bowline_sdk::Result<()> {
/// use bowline_sdk::Bowline;
///
/// let bowline = Bowline::builder()
///     .secret_key("11111111-1111-4111-8111-111111111111")
///     .host("https://bowline.example.com")
///     .build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Bowline {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub http: reqwest::Client,
    /// Without a trailing slash.
    pub host: String,
    /// `Authorization` and `User-Agent` among them.
    pub headers: HeaderMap,
    pub timeout: Option<Duration>,
    pub retry: Option<RetryPolicy>,
    pub answer_bytes_max: u64,
    pub secret_key: Secret,
    pub webhook_signing_key: Option<Secret>,
}

impl Bowline {
    /// Starts a client.
    pub fn builder() -> BowlineBuilder {
        BowlineBuilder::default()
    }

    /// A client from the variables `BOWLINE_SECRET_KEY`, `BOWLINE_HOST` and `BOWLINE_WEBHOOK_SIGNING_KEY`;
    /// for each that is not set, the name with `NANGO_` in front counts.
    ///
    /// # Errors
    ///
    /// When no key is set, or as [`BowlineBuilder::build`].
    pub fn from_env() -> Result<Self> {
        Self::from_variables(|name| std::env::var(name).ok())
    }

    fn from_variables(read: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let either = |name: &str| read(&format!("BOWLINE_{name}")).or_else(|| read(&format!("NANGO_{name}")));
        let mut builder = Self::builder();
        let key = either("SECRET_KEY").ok_or_else(|| {
            Error::invalid("secret_key", "is missing: set BOWLINE_SECRET_KEY (or NANGO_SECRET_KEY)")
        })?;
        builder = builder.secret_key(key);
        if let Some(host) = either("HOST") {
            builder = builder.host(host);
        }
        if let Some(key) = either("WEBHOOK_SIGNING_KEY") {
            builder = builder.webhook_signing_key(key);
        }
        builder.build()
    }

    /// The address of the server, without a trailing slash.
    pub fn host(&self) -> &str {
        &self.inner.host
    }
}

impl fmt::Debug for Bowline {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Bowline").field("host", &self.inner.host).finish_non_exhaustive()
    }
}

/// Settings of a client. Only the secret key has no default.
#[derive(Default)]
#[must_use]
pub struct BowlineBuilder {
    secret_key: Option<Secret>,
    webhook_signing_key: Option<Secret>,
    host: Option<String>,
    user_agent: Option<String>,
    timeout: Option<Duration>,
    retry: Option<RetryPolicy>,
    headers: Vec<(String, String)>,
    answer_bytes_max: Option<u64>,
    http: Option<reqwest::Client>,
}

impl BowlineBuilder {
    /// The environment's secret key, or an API key with the scopes you need. `bowline env list` prints it.
    pub fn secret_key(mut self, key: impl Into<Secret>) -> Self {
        self.secret_key = Some(key.into());
        self
    }

    /// The key that webhooks are signed with, where it is not the secret key.
    pub fn webhook_signing_key(mut self, key: impl Into<Secret>) -> Self {
        self.webhook_signing_key = Some(key.into());
        self
    }

    /// The server's address; [`DEFAULT_HOST`] when it is not set.
    pub fn host(mut self, host: impl Into<String>) -> Self {
        self.host = Some(host.into());
        self
    }

    /// Text to append to the `User-Agent`, such as `my-product/1.2`.
    pub fn user_agent(mut self, text: impl Into<String>) -> Self {
        self.user_agent = Some(text.into());
        self
    }

    /// How long a call may take, from its start until its whole answer is there. No limit when it is not set.
    /// [`Call::timeout`](crate::Call::timeout) sets it for one call.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Makes failed calls again, as the policy says. Without one, no call is made twice.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = Some(policy);
        self
    }

    /// A header for every call.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// The longest answer that is held in memory, in bytes; 256 MiB when it is not set.
    pub fn max_answer_bytes(mut self, bytes: u64) -> Self {
        self.answer_bytes_max = Some(bytes);
        self
    }

    /// An HTTP client of your own, for a proxy or a certificate of your own. Turn its redirects off: the key
    /// would go with them.
    pub fn http_client(mut self, client: reqwest::Client) -> Self {
        self.http = Some(client);
        self
    }

    /// Makes the client. Nothing is sent.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] when the key is missing or malformed, the host is no address, or a header
    /// cannot be sent.
    pub fn build(self) -> Result<Bowline> {
        let secret_key = self.secret_key.ok_or_else(|| {
            Error::invalid("secret_key", "is missing: pass the environment's secret key to the builder")
        })?;
        check_key("secret_key", &secret_key)?;
        if let Some(key) = &self.webhook_signing_key {
            check_key("webhook_signing_key", key)?;
        }
        let mut headers = HeaderMap::new();
        let bearer = format!("Bearer {}", secret_key.expose());
        let mut bearer = header_value("secret_key", &bearer)?;
        bearer.set_sensitive(true);
        headers.insert(http::header::AUTHORIZATION, bearer);
        headers.insert(http::header::USER_AGENT, user_agent(self.user_agent.as_deref())?);
        headers.insert(http::header::ACCEPT, HeaderValue::from_static("application/json, text/plain, */*"));
        for (name, value) in &self.headers {
            headers.insert(header_name(name)?, header_value("header", value)?);
        }
        let host = check_host(self.host.as_deref().unwrap_or(DEFAULT_HOST))?;
        let http = match self.http {
            Some(client) => client,
            None => crate::http::connect::client()?,
        };
        Ok(Bowline {
            inner: Arc::new(Inner {
                http,
                host,
                headers,
                timeout: self.timeout,
                retry: self.retry,
                answer_bytes_max: self.answer_bytes_max.unwrap_or(ANSWER_BYTES_MAX),
                secret_key,
                webhook_signing_key: self.webhook_signing_key,
            }),
        })
    }
}

fn check_key(argument: &'static str, key: &Secret) -> Result<()> {
    if key.expose().is_empty() {
        return Err(Error::invalid(argument, "is empty: pass the key that `bowline env list` prints"));
    }
    if !key.expose().bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Error::invalid(
            argument,
            "holds a space, a line break or a non-ASCII character: check that nothing was copied along with it",
        ));
    }
    Ok(())
}

fn check_host(host: &str) -> Result<String> {
    let invalid = |problem: String| Error::invalid("host", problem);
    let hint = "pass an address such as https://bowline.example.com";
    let url = Url::parse(host).map_err(|error| invalid(format!("is no URL ({error}): {hint}")))?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
        return Err(invalid(format!("is neither http nor https: {hint}")));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(invalid(format!("holds a user name or password, which would not be used: {hint}")));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(invalid(format!("holds a query or a fragment: {hint}")));
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

fn user_agent(more: Option<&str>) -> Result<HeaderValue> {
    let own = format!("bowline-sdk-rust/{} ({})", env!("CARGO_PKG_VERSION"), std::env::consts::OS);
    match more {
        None => header_value("user_agent", &own),
        Some(more) => header_value("user_agent", &format!("{own}; {more}")),
    }
}

pub(crate) fn header_name(name: &str) -> Result<HeaderName> {
    HeaderName::try_from(name)
        .map_err(|_| Error::invalid("header", format!("has a name that HTTP does not allow: {name:?}")))
}

/// Text as a header value; what is not ASCII goes as UTF-8.
pub(crate) fn header_value(argument: &'static str, value: &str) -> Result<HeaderValue> {
    HeaderValue::from_bytes(value.as_bytes())
        .map_err(|_| Error::invalid(argument, "holds a line break or another control character"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "11111111-1111-4111-8111-111111111111";

    fn refused(builder: BowlineBuilder) -> String {
        builder.build().unwrap_err().to_string()
    }

    #[test]
    fn keys_that_cannot_be_keys_are_refused_with_what_to_do() {
        assert!(refused(Bowline::builder()).starts_with("secret_key is missing"));
        assert!(refused(Bowline::builder().secret_key("")).starts_with("secret_key is empty"));
        for key in ["a b", "key\n", "clé", " key", "\u{200b}key"] {
            let text = refused(Bowline::builder().secret_key(key));
            assert!(text.contains("copied along"), "{text}");
            assert!(!text.contains(key), "{text}");
        }
        assert!(
            refused(Bowline::builder().secret_key(KEY).webhook_signing_key(""))
                .contains("webhook_signing_key")
        );
    }

    #[test]
    fn hosts_that_are_no_address_of_a_server_are_refused() {
        for host in [
            "",
            "bowline",
            "localhost:3003",
            "ftp://x",
            "http://",
            "https://u:p@x",
            "http://x/?a=1",
            "http://x/#a",
        ] {
            let text = refused(Bowline::builder().secret_key(KEY).host(host));
            assert!(text.starts_with("host "), "{host}: {text}");
            assert!(text.contains("https://bowline.example.com"), "{host}: {text}");
        }
    }

    #[test]
    fn a_host_keeps_its_path_and_loses_its_last_slash() {
        let host =
            |host: &str| Bowline::builder().secret_key(KEY).host(host).build().unwrap().host().to_owned();
        assert_eq!(host("https://example.com/"), "https://example.com");
        assert_eq!(host("https://example.com/bowline//"), "https://example.com/bowline");
        assert_eq!(Bowline::builder().secret_key(KEY).build().unwrap().host(), DEFAULT_HOST);
    }

    #[test]
    fn variables_are_read_under_our_name_first_and_under_the_older_one_else() {
        let read = |pairs: &'static [(&str, &str)]| {
            move |name: &str| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        };
        let both = Bowline::from_variables(read(&[
            ("BOWLINE_SECRET_KEY", "ours"),
            ("NANGO_SECRET_KEY", "theirs"),
            ("NANGO_HOST", "http://example.com"),
        ]))
        .unwrap();
        assert_eq!(both.inner.secret_key.expose(), "ours");
        assert_eq!(both.host(), "http://example.com");
        assert!(Bowline::from_variables(read(&[])).unwrap_err().to_string().contains("BOWLINE_SECRET_KEY"));
    }

    #[test]
    fn a_client_prints_without_its_keys() {
        let client = Bowline::builder().secret_key(KEY).webhook_signing_key("signing").build().unwrap();
        let text = format!("{client:?}");
        assert!(!text.contains(KEY) && !text.contains("signing"), "{text}");
    }
}
