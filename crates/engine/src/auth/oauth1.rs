//! OAUTH1: temporary credentials and the token they are exchanged for (RFC 5849 §2). Tokens do not expire.

use bowline_domain::Timestamp;
use bowline_domain::provider::Provider;
use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, USER_AGENT};
use http::{HeaderMap, HeaderValue, Method};
use serde_json::{Map, Value};
use url::Url;
use uuid::Uuid;

use super::redact::scrub;
use super::token_call::{interpolated, token_url};
use crate::credential::refresh::TokenError;
use crate::credential::{CredentialKind, Credentials};
use crate::outbound::{Outbound, OutboundBody, OutboundRequest, Purpose, RedirectPolicy};
use crate::proxy::sign::oauth1::{OAuth1, SignatureMethod};

/// An answer larger than this is refused; it holds two short texts.
const ANSWER_BYTES_MAX: usize = 64 * 1024;

/// The application, and what its calls are made from.
pub struct OAuth1Client<'a> {
    /// The provider's definition.
    pub provider: &'a Provider,
    /// The application's key.
    pub key: &'a str,
    /// The application's secret.
    pub secret: &'a str,
    /// The connection config, for templates.
    pub config: &'a Map<String, Value>,
    /// The present moment.
    pub now: Timestamp,
}

impl OAuth1Client<'_> {
    /// Temporary credentials, token and secret, for a user who comes back to `callback` (RFC 5849 §2.1).
    pub async fn request_token(
        &self,
        outbound: &Outbound,
        callback: &str,
    ) -> Result<(String, String), TokenError> {
        let provider = self.provider;
        let call = Call {
            url: provider.request_url.as_deref(),
            method: provider.request_http_method.as_deref(),
            params: &provider.request_params,
            token: None,
            token_secret: "",
            extra: &[("oauth_callback", callback)],
        };
        let answer = self.send(outbound, &call).await?;
        Ok((field(&answer, "oauth_token")?, field(&answer, "oauth_token_secret")?))
    }

    /// The token a user granted (RFC 5849 §2.3).
    pub async fn access_token(
        &self,
        outbound: &Outbound,
        (token, token_secret): (&str, &str),
        verifier: &str,
    ) -> Result<Credentials, TokenError> {
        let provider = self.provider;
        let call = Call {
            url: provider.token_url_for(provider.auth_mode),
            method: provider.token_http_method.as_deref(),
            params: &provider.token_params,
            token: Some(token),
            token_secret,
            extra: &[("oauth_verifier", verifier)],
        };
        let raw = self.send(outbound, &call).await?;
        let mut fields = Map::new();
        for name in ["oauth_token", "oauth_token_secret"] {
            fields.insert(name.to_owned(), field(&raw, name)?.into());
        }
        fields.insert("raw".to_owned(), raw.into());
        Ok(Credentials::new(CredentialKind::Oauth1, fields))
    }

    async fn send(&self, outbound: &Outbound, call: &Call<'_>) -> Result<Map<String, Value>, TokenError> {
        let mut url = token_url(call.url, self.provider, self.config, self.now)?;
        let method = call.method.unwrap_or("POST").to_ascii_uppercase();
        let params: Vec<(String, String)> = interpolated(call.params, self.config, self.now)
            .into_iter()
            .map(|(name, value)| (name, value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
            .collect();
        let in_body = method == "POST" && !params.is_empty();
        if !in_body && !params.is_empty() {
            url.query_pairs_mut().extend_pairs(&params);
        }
        let form = if in_body { params } else { Vec::new() };
        let request = self.request(&method, url, &form, call)?;
        let secrets = [self.secret.to_owned(), call.token_secret.to_owned()];
        let sent = outbound.send_for_bytes(request, ANSWER_BYTES_MAX).await;
        let answer = sent.map_err(|error| TokenError::Unreachable(error.to_string()))?;
        if !answer.status.is_success() {
            let said = scrub(&String::from_utf8_lossy(&answer.body), &secrets);
            let status = answer.status.as_u16();
            return Err(TokenError::Refused { status, answer: said, oauth_error: None });
        }
        Ok(form_urlencoded::parse(&answer.body)
            .map(|(name, value)| (name.into_owned(), value.into_owned().into()))
            .collect())
    }

    fn request(
        &self,
        method: &str,
        url: Url,
        form: &[(String, String)],
        call: &Call<'_>,
    ) -> Result<OutboundRequest, TokenError> {
        let signer = OAuth1 {
            consumer_key: self.key,
            consumer_secret: self.secret,
            token: call.token,
            token_secret: call.token_secret,
            method: SignatureMethod::from_name(self.provider.signature_method.as_deref()),
            realm: None,
            nonce: &Uuid::new_v4().simple().to_string(),
            timestamp: self.now.as_seconds(),
            extra: call.extra,
        };
        let unbuildable =
            |message: &str| TokenError::Unbuildable { code: "token_err", message: message.to_owned() };
        let authorization = HeaderValue::from_str(&signer.authorization(method, &url, form));
        let mut authorization =
            authorization.map_err(|_| unbuildable("the client's key is no header value"))?;
        authorization.set_sensitive(true);
        let method = Method::from_bytes(method.as_bytes())
            .map_err(|_| unbuildable("the definition's method is none"))?;
        let mut request = OutboundRequest::new(method, url, Purpose::OAuth);
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, authorization);
        headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
        headers.insert(USER_AGENT, HeaderValue::from_static("Bowline"));
        if !form.is_empty() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
            let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
            request.body = OutboundBody::Bytes(Bytes::from(body));
        }
        request.headers = headers;
        request.redirect = RedirectPolicy::Return;
        Ok(request)
    }
}

/// One signed call.
struct Call<'a> {
    url: Option<&'a str>,
    method: Option<&'a str>,
    params: &'a Map<String, Value>,
    token: Option<&'a str>,
    token_secret: &'a str,
    extra: &'a [(&'a str, &'a str)],
}

fn field(answer: &Map<String, Value>, name: &str) -> Result<String, TokenError> {
    let text = answer.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    text.map(str::to_owned).ok_or_else(|| TokenError::Unreadable(format!("the answer has no {name}")))
}
