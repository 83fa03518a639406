//! Calls to a provider's own API, with a connection's credentials.

mod body;
mod endpoint;
mod page;
mod response;

use std::future::IntoFuture;
use std::time::Duration;

use futures_util::future::BoxFuture;
use http::{HeaderName, HeaderValue, Method};

use crate::client::{Bowline, header_name, header_value};
use crate::error::{Error, Result};
use crate::http::request::{Body, RequestSpec};
use crate::ids::{ConnectionId, IntegrationKey};
use crate::retry::RetryPolicy;

pub use page::{CursorPages, LinkPages, OffsetPages, Paging};
pub use response::ProxyResponse;

const PREFIX: &str = "nango-proxy-";

/// A call to a provider's API that is set up but not yet made: add options, then `.await` it.
///
/// What comes back is the provider's own answer: status, headers and body, byte by byte. A status other than 2xx is
/// [`Error::Upstream`], unless [`any_status`](Self::any_status) says that it is welcome.
#[must_use = "a call is made when it is awaited"]
pub struct ProxyCall {
    client: Bowline,
    request: Result<RequestSpec>,
    is_any_status_welcome: bool,
}

macro_rules! verb {
    ($(#[$doc:meta])* $name:ident $method:ident) => {
        $(#[$doc])*
        pub fn $name(
            &self,
            integration: impl Into<IntegrationKey>,
            connection: impl Into<ConnectionId>,
            endpoint: &str,
        ) -> ProxyCall {
            self.proxy(Method::$method, integration, connection, endpoint)
        }
    };
}

impl Bowline {
    /// Calls a provider's API by any method. `ANY /proxy/{endpoint}`
    ///
    /// The endpoint is a path of the provider's API, with a query if you like.
    ///
    /// ```
    /// # async fn run(bowline: bowline_sdk::Bowline) -> bowline_sdk::Result<()> {
    /// use serde_json::{Value, json};
    ///
    /// let issues: Value = bowline.get("github", "user-1", "/issues?state=open").await?.json().await?;
    /// bowline
    ///     .post("github", "user-1", "/repos/ada/engine/issues")
    ///     .json(&json!({"title": "Fix it"}))
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn proxy(
        &self,
        method: Method,
        integration: impl Into<IntegrationKey>,
        connection: impl Into<ConnectionId>,
        endpoint: &str,
    ) -> ProxyCall {
        let request = endpoint::path(endpoint).and_then(|path| {
            let mut request = RequestSpec::new(method, path);
            request.is_proxied = true;
            request.id_header("connection_id", "connection-id", connection.into().as_str())?;
            request.id_header("integration", "provider-config-key", integration.into().as_str())?;
            Ok(request)
        });
        ProxyCall { client: self.clone(), request, is_any_status_welcome: false }
    }

    verb!(
        /// `GET`s from a provider's API. See [`proxy`](Self::proxy).
        get GET
    );
    verb!(
        /// `POST`s to a provider's API. See [`proxy`](Self::proxy).
        post POST
    );
    verb!(
        /// `PUT`s to a provider's API. See [`proxy`](Self::proxy).
        put PUT
    );
    verb!(
        /// `PATCH`es a provider's API. See [`proxy`](Self::proxy).
        patch PATCH
    );
    verb!(
        /// `DELETE`s from a provider's API. See [`proxy`](Self::proxy).
        delete DELETE
    );
}

impl ProxyCall {
    /// A query parameter for the provider. Of several with one name, all are sent.
    pub fn query(self, name: &str, value: impl ToString) -> Self {
        self.with(|request| {
            request.query(name, value);
            Ok(())
        })
    }

    /// A header for the provider. It wins over the one the server would send, `Authorization` included.
    pub fn header(self, name: &str, value: &str) -> Self {
        self.with(|request| set_header(request, name, header_value("header", value)?))
    }

    /// How often the server makes the call again when the provider fails.
    pub fn retries(self, retries: u32) -> Self {
        self.with(|request| request.header("retries", &retries.to_string()))
    }

    /// Statuses that also count as failures to make the call again for.
    pub fn retry_on(self, statuses: impl IntoIterator<Item = u16>) -> Self {
        let statuses: Vec<String> = statuses.into_iter().map(|status| status.to_string()).collect();
        if statuses.is_empty() {
            return self;
        }
        self.with(|request| request.header("retry-on", &statuses.join(",")))
    }

    /// Another base address than the provider's.
    pub fn base_url_override(self, url: &str) -> Self {
        self.with(|request| request.header("base-url-override", url))
    }

    /// Has older servers decompress the provider's answer; newer ones always do.
    pub fn decompress(self) -> Self {
        self.with(|request| {
            request.flag_header("decompress");
            Ok(())
        })
    }

    /// Whether the provider's redirects to another host take the headers along.
    pub fn forward_headers_on_redirect(self, forward: bool) -> Self {
        self.with(|request| {
            request.header("forward-headers-on-redirect", if forward { "true" } else { "false" })
        })
    }

    /// How long the call may take. It ends when the body has been read, so give streams the time they need.
    pub fn timeout(self, timeout: Duration) -> Self {
        self.with(|request| {
            request.timeout = Some(timeout);
            Ok(())
        })
    }

    /// How this client makes the call again when it fails, in place of the client's policy.
    pub fn retry(self, policy: RetryPolicy) -> Self {
        self.with(|request| {
            request.retry = Some(policy);
            Ok(())
        })
    }

    /// Gives every answer of the provider as it is, also one with an error's status.
    pub fn any_status(mut self) -> Self {
        self.is_any_status_welcome = true;
        self
    }

    /// Makes the call; the same as awaiting it.
    ///
    /// # Errors
    ///
    /// As [`Error`] says; [`Error::Upstream`] when the provider's status is not 2xx.
    pub async fn send(self) -> Result<ProxyResponse> {
        let limit_bytes = self.client.inner.answer_bytes_max;
        match self.client.send(self.request?).await {
            Ok(response) => Ok(ProxyResponse::streamed(response, limit_bytes)),
            Err(Error::Upstream(error)) if self.is_any_status_welcome => {
                Ok(ProxyResponse::whole(*error, limit_bytes))
            }
            Err(error) => Err(error),
        }
    }

    /// Makes the call and waits for its head, on a runtime of this crate's own.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send); [`Error::InvalidArgument`] inside of an async runtime, which waiting would block.
    #[cfg(feature = "blocking")]
    pub fn send_blocking(self) -> Result<ProxyResponse> {
        crate::blocking::wait(self.send())?
    }

    fn with(mut self, change: impl FnOnce(&mut RequestSpec) -> Result<()>) -> Self {
        self.request = self.request.and_then(|mut request| change(&mut request).map(|()| request));
        self
    }

    /// Sets a body, and its type for the server and for the provider unless the caller has chosen one.
    fn content(self, kind: &str, body: Body) -> Self {
        self.with(|request| {
            let chosen = request.headers.get(format!("{PREFIX}content-type").as_str()).cloned();
            let value = match chosen {
                Some(value) => value,
                None => header_value("content_type", kind)?,
            };
            set_header(request, "content-type", value)?;
            request.body = body;
            Ok(())
        })
    }
}

impl IntoFuture for ProxyCall {
    type Output = Result<ProxyResponse>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

/// A header for the provider travels under a name of its own. The type of the body is for both.
fn set_header(request: &mut RequestSpec, name: &str, value: HeaderValue) -> Result<()> {
    let name = header_name(name)?;
    let travelling = HeaderName::try_from(format!("{PREFIX}{name}"))
        .map_err(|_| Error::invalid("header", format!("has a name that is too long: {name}")))?;
    if name == http::header::CONTENT_TYPE {
        request.headers.insert(name, value.clone());
    }
    request.headers.insert(travelling, value);
    Ok(())
}
