//! One signed call to a token endpoint, and its form-encoded answer (RFC 5849 §2.1).

use bowline_domain::Timestamp;
use bowline_domain::provider::Provider;
use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, LOCATION, USER_AGENT};
use http::{HeaderMap, HeaderValue, Method};
use serde_json::{Map, Value};
use url::Url;
use uuid::Uuid;

use crate::auth::redact::{scrub, without_secrets};
use crate::auth::token_call::token_url;
use crate::credential::refresh::TokenError;
use crate::outbound::{BufferedResponse, Outbound, OutboundBody, OutboundRequest, Purpose, RedirectPolicy};
use crate::proxy::sign::oauth1::{OAuth1, SignatureMethod};

/// An answer larger than this is refused.
const RESPONSE_BYTES_MAX: usize = 64 * 1024;
/// Redirects followed in one call; each is signed anew.
const REDIRECTS_MAX: usize = 3;
const FORM: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded");

/// A call to sign and send. It holds secrets, hence no `Debug`.
pub struct SignedCall<'a> {
    /// The provider's definition.
    pub provider: &'a Provider,
    /// Template of the endpoint.
    pub url: Option<&'a str>,
    /// POST when absent.
    pub http_method: Option<&'a str>,
    /// Parameters outside the protocol: in the query of a GET, in the body of all else.
    pub params: Map<String, Value>,
    /// The client's key.
    pub consumer_key: &'a str,
    /// The client's secret.
    pub consumer_secret: &'a str,
    /// The token, once there is one.
    pub token: Option<&'a str>,
    /// The token's secret; empty without a token.
    pub token_secret: &'a str,
    /// More protocol parameters.
    pub protocol: &'a [(&'a str, &'a str)],
    /// The connection config, for templates.
    pub config: &'a Map<String, Value>,
    /// The present moment.
    pub now: Timestamp,
}

impl SignedCall<'_> {
    /// Sends the call and gives the fields of a 2xx answer.
    pub async fn send(self, outbound: &Outbound) -> Result<Map<String, Value>, TokenError> {
        let method = http_method(self.http_method)?;
        let signature_method = signature_method(self.provider.signature_method.as_deref())?;
        let mut url = token_url(self.url, self.provider, self.config, self.now)?;
        let params: Vec<(String, String)> = self.params.iter().map(|(k, v)| (k.clone(), plain(v))).collect();
        let has_body = method != Method::GET;
        if !has_body && !params.is_empty() {
            url.query_pairs_mut().extend_pairs(&params);
        }
        let form = if has_body { params.as_slice() } else { &[] };
        for _ in 0..=REDIRECTS_MAX {
            let request = self.request(&method, &url, form, signature_method)?;
            let sent = outbound.send_for_bytes(request, RESPONSE_BYTES_MAX).await;
            let response = sent.map_err(|error| TokenError::Unreachable(error.to_string()))?;
            match next_hop(&url, &response) {
                Some(next) => url = next,
                None => return self.read(&response),
            }
        }
        Err(TokenError::Unreachable(format!("more than {REDIRECTS_MAX} redirects")))
    }

    fn request(
        &self,
        method: &Method,
        url: &Url,
        form: &[(String, String)],
        signature_method: SignatureMethod,
    ) -> Result<OutboundRequest, TokenError> {
        let signer = OAuth1 {
            consumer_key: self.consumer_key,
            consumer_secret: self.consumer_secret,
            token: self.token,
            token_secret: self.token_secret,
            method: signature_method,
            realm: None,
            nonce: &Uuid::new_v4().simple().to_string(),
            timestamp: self.now.as_seconds(),
            extra: self.protocol,
        };
        let authorization = signer.authorization(method.as_str(), url, form);
        let mut authorization = HeaderValue::from_str(&authorization)
            .map_err(|_| unbuildable("invalid_token_request", "the signature is no header value"))?;
        authorization.set_sensitive(true);
        let mut request = OutboundRequest::new(method.clone(), url.clone(), Purpose::OAuth);
        request.headers = HeaderMap::from_iter([
            (ACCEPT, HeaderValue::from_static("*/*")),
            (USER_AGENT, HeaderValue::from_static("Bowline")),
            (AUTHORIZATION, authorization),
        ]);
        if !form.is_empty() {
            request.headers.insert(CONTENT_TYPE, FORM);
            let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
            request.body = OutboundBody::Bytes(Bytes::from(body));
        }
        // Followed here, because every hop needs a signature of its own.
        request.redirect = RedirectPolicy::Return;
        Ok(request)
    }

    fn read(&self, response: &BufferedResponse) -> Result<Map<String, Value>, TokenError> {
        let fields: Map<String, Value> =
            form_urlencoded::parse(&response.body).map(|(k, v)| (k.into_owned(), v.into())).collect();
        if response.status.is_success() {
            return Ok(fields);
        }
        let secrets = [Some(self.consumer_secret), self.token, Some(self.token_secret)];
        let protocol = self.protocol.iter().map(|(_, value)| *value);
        let secrets: Vec<String> = secrets.into_iter().flatten().chain(protocol).map(str::to_owned).collect();
        let is_form = fields.contains_key("oauth_token") || fields.contains_key("oauth_token_secret");
        let answer = if is_form {
            without_secrets(&fields).to_string()
        } else {
            String::from_utf8_lossy(&response.body).into_owned()
        };
        let status = response.status.as_u16();
        Err(TokenError::Refused { status, answer: scrub(&answer, &secrets), oauth_error: None })
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn unbuildable(code: &'static str, message: impl Into<String>) -> TokenError {
    TokenError::Unbuildable { code, message: message.into() }
}

fn http_method(name: Option<&str>) -> Result<Method, TokenError> {
    let Some(name) = name else { return Ok(Method::POST) };
    Method::from_bytes(name.to_ascii_uppercase().as_bytes())
        .map_err(|_| unbuildable("invalid_http_method", format!("\"{name}\" is no HTTP method")))
}

/// Unlike the proxy, which must do something with every definition, a login may be refused.
fn signature_method(name: Option<&str>) -> Result<SignatureMethod, TokenError> {
    let method = SignatureMethod::from_name(name);
    if name.is_none_or(|name| name == method.as_str()) {
        return Ok(method);
    }
    let name = name.unwrap_or_default();
    Err(unbuildable("unsupported_signature_method", format!("requests cannot be signed with \"{name}\"")))
}

/// Where a 301 or 302 leads to, if that is the same host and no step down from https.
fn next_hop(from: &Url, response: &BufferedResponse) -> Option<Url> {
    let location = response.headers.get(LOCATION).filter(|_| matches!(response.status.as_u16(), 301 | 302));
    let to = from.join(location?.to_str().ok()?).ok()?;
    let is_upgrade = from.scheme() == "http" && to.scheme() == "https" && from.port().is_none();
    (to.host() == from.host() && (to.origin() == from.origin() || is_upgrade)).then_some(to)
}
