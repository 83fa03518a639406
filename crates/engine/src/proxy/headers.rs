//! The headers a provider gets.
//!
//! In order, the later over the earlier: the credentials' own header, the definition's templates, the caller's
//! headers (but not over a defined `user-agent`), the transport's defaults where nothing is set, and last an AWS
//! signature over the result.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bowline_domain::provider::AuthMode;
use http::{
    HeaderMap, HeaderName, HeaderValue,
    header::{
        ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, COOKIE, PROXY_AUTHORIZATION,
        USER_AGENT,
    },
};
use url::Position;

use super::{
    BuildError, BuildInput, BuiltBody, InboundBody, KeyPlacement,
    body::{self, BodyPlan},
    carries_credential, form,
    request::api,
    sign::{
        aws::{AwsSigner, SignedParts, UNSIGNED_PAYLOAD, amz_date, payload_hash},
        oauth1::{OAuth1, SignatureMethod},
    },
    url::ProxyUrl,
    variables::Variables,
};
use crate::template::{Form, Scope, Template};

const DEFAULT_ACCEPT: HeaderValue = HeaderValue::from_static("application/json, text/plain, */*");
/// What the outbound client can decode.
const DEFAULT_ACCEPT_ENCODING: HeaderValue = HeaderValue::from_static("gzip, deflate, br");
const DEFAULT_USER_AGENT: HeaderValue =
    HeaderValue::from_static(concat!("bowline/", env!("CARGO_PKG_VERSION")));

/// Whether a header belongs to the connection or to the way a request came, and is never the caller's to set.
pub fn is_framing(name: &HeaderName) -> bool {
    const NAMES: [&str; 12] = [
        "connection",
        "content-length",
        "expect",
        "forwarded",
        "host",
        "http2-settings",
        "keep-alive",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "via",
    ];
    let name = name.as_str();
    NAMES.contains(&name) || name.starts_with("proxy-") || name.starts_with("x-forwarded-")
}

/// The headers, and which of them hold credentials.
pub(super) struct UpstreamHeaders {
    pub headers: HeaderMap,
    pub credential_headers: Vec<HeaderName>,
}

/// Makes all headers of the request.
pub(super) fn build(
    input: &BuildInput<'_>,
    url: &ProxyUrl,
    plan: &BodyPlan,
) -> Result<UpstreamHeaders, BuildError> {
    let mut built = UpstreamHeaders { headers: HeaderMap::new(), credential_headers: Vec::new() };
    if let Some(value) = default_authorization(input, url, plan)? {
        built.set_credential(AUTHORIZATION, &value)?;
    }
    built.add_templates(input, url, plan)?;
    built.add_caller_headers(input, plan)?;
    built.add_defaults(plan)?;
    if input.connection.credential.kind == AuthMode::AwsSigV4 {
        built.sign_for_aws(input, url, plan)?;
    }
    built.mark_credentials();
    Ok(built)
}

/// The header that follows from the kind of credentials alone.
fn default_authorization(
    input: &BuildInput<'_>,
    url: &ProxyUrl,
    plan: &BodyPlan,
) -> Result<Option<String>, BuildError> {
    let credential = &input.connection.credential;
    let bearer = |token: Option<&str>| token.map(|token| format!("Bearer {token}"));
    Ok(match credential.kind {
        AuthMode::OAuth2 | AuthMode::App | AuthMode::McpOAuth2 | AuthMode::McpOAuth2Generic => {
            bearer(credential.text("access_token"))
        }
        AuthMode::OAuth2Cc | AuthMode::Signature | AuthMode::Jwt => bearer(credential.text("token")),
        AuthMode::TwoStep if places_token_itself(input) => None,
        AuthMode::TwoStep => bearer(credential.text("token")),
        AuthMode::Basic | AuthMode::InstallPlugin => Some(basic(input)),
        AuthMode::OAuth1 => Some(oauth1(input, url, plan)?),
        AuthMode::Tba => Some(token_based(input, url, plan)?),
        AuthMode::ApiKey | AuthMode::Bill | AuthMode::AwsSigV4 | AuthMode::Custom | AuthMode::None => None,
    })
}

/// Whether the definition's headers say where the token goes.
fn places_token_itself(input: &BuildInput<'_>) -> bool {
    let mut headers = api(input.provider).map(|api| &api.headers).into_iter().flatten();
    headers.any(|(name, value)| {
        value.contains("${accessToken}")
            || name.eq_ignore_ascii_case("cookie") && value.contains("${credentials._cookies}")
    })
}

fn basic(input: &BuildInput<'_>) -> String {
    let credential = &input.connection.credential;
    let text = |name| credential.text(name).unwrap_or_default();
    format!("Basic {}", STANDARD.encode(format!("{}:{}", text("username"), text("password"))))
}

fn oauth1(input: &BuildInput<'_>, url: &ProxyUrl, plan: &BodyPlan) -> Result<String, BuildError> {
    let (credential, integration) = (&input.connection.credential, &input.integration);
    let signer = OAuth1 {
        consumer_key: integration.client_id.ok_or(BuildError::UnsupportedAuth)?,
        consumer_secret: integration.client_secret.unwrap_or_default(),
        token: Some(credential.text("oauth_token").ok_or(BuildError::UnsupportedAuth)?),
        token_secret: credential.text("oauth_token_secret").unwrap_or_default(),
        method: SignatureMethod::from_name(input.provider.signature_method.as_deref()),
        realm: None,
        nonce: &nonce(input),
        timestamp: input.context.now.as_seconds(),
        extra: &[],
    };
    Ok(signer.authorization(input.method.as_str(), &url.url, &form_parameters(plan)))
}

/// NetSuite's token-based authentication: OAuth 1 with HMAC-SHA256 and the account as realm.
fn token_based(input: &BuildInput<'_>, url: &ProxyUrl, plan: &BodyPlan) -> Result<String, BuildError> {
    let (connection, credential) = (&input.connection, &input.connection.credential);
    let consumer = |own: &str, setting: &str, shared| {
        credential.override_text(own).or_else(|| connection.setting(setting)).or(shared)
    };
    let client_id = consumer("client_id", "oauth_client_id", input.integration.client_id);
    let client_secret = consumer("client_secret", "oauth_client_secret", input.integration.client_secret);
    let realm = connection.setting("accountId").map(|account| account.replacen('-', "_", 1).to_uppercase());
    let signer = OAuth1 {
        consumer_key: client_id.ok_or(BuildError::UnsupportedAuth)?,
        consumer_secret: client_secret.unwrap_or_default(),
        token: Some(credential.text("token_id").ok_or(BuildError::UnsupportedAuth)?),
        token_secret: credential.text("token_secret").unwrap_or_default(),
        method: SignatureMethod::HmacSha256,
        realm: realm.as_deref(),
        nonce: &nonce(input),
        timestamp: input.context.now.as_seconds(),
        extra: &[],
    };
    Ok(signer.authorization(input.method.as_str(), &url.url, &form_parameters(plan)))
}

fn nonce(input: &BuildInput<'_>) -> String {
    input.context.random.simple().to_string()
}

/// The parameters of a form body, which OAuth 1 signs (RFC 5849 section 3.4.1.3.1).
fn form_parameters(plan: &BodyPlan) -> Vec<(String, String)> {
    match &plan.body {
        BuiltBody::Bytes(bytes) if body::is_form(plan.content_type.as_deref()) => form::decode(bytes),
        _ => Vec::new(),
    }
}

/// The names a header template of this connection may use.
fn template_scope<'s>(input: &BuildInput<'s>, variables: &'s Variables<'_, '_>, source: &str) -> Scope<'s> {
    let credential = &input.connection.credential;
    if source.contains("connectionConfig") {
        return input.connection.scope(input.context).request(variables);
    }
    let scope = Scope::new(input.context);
    match credential.kind {
        AuthMode::OAuth2 | AuthMode::McpOAuth2 | AuthMode::McpOAuth2Generic => scope
            .text_if("accessToken", credential.text("access_token"))
            .text_if("clientId", credential.override_text("client_id").or(input.integration.client_id))
            .text_if(
                "clientSecret",
                credential.override_text("client_secret").or(input.integration.client_secret),
            ),
        AuthMode::OAuth2Cc | AuthMode::Jwt | AuthMode::Signature => {
            scope.text_if("accessToken", credential.text("token"))
        }
        AuthMode::TwoStep => scope
            .text_if("accessToken", credential.text("token"))
            .under("credentials", credential.fields)
            .request(variables),
        _ => input.connection.scope(input.context).request(variables),
    }
}

impl UpstreamHeaders {
    fn set(&mut self, name: HeaderName, value: &str) -> Result<(), BuildError> {
        match HeaderValue::from_str(value).ok().filter(|_| value.is_ascii()) {
            Some(value) => self.headers.insert(name, value),
            None => return Err(BuildError::InvalidHeader(name.to_string())),
        };
        Ok(())
    }

    fn set_credential(&mut self, name: HeaderName, value: &str) -> Result<(), BuildError> {
        self.credential_headers.push(name.clone());
        self.set(name, value)
    }

    fn add_templates(
        &mut self,
        input: &BuildInput<'_>,
        url: &ProxyUrl,
        plan: &BodyPlan,
    ) -> Result<(), BuildError> {
        let body = match &plan.body {
            BuiltBody::Bytes(bytes) => Some(bytes),
            BuiltBody::None | BuiltBody::Forward => None,
        };
        let variables = Variables { input, url: &url.url, body, content_type: plan.content_type.as_deref() };
        let defined = api(input.provider).map(|api| &api.headers).into_iter().flatten();
        let defined = defined.map(|(name, source)| (name.as_str(), source.as_str()));
        let own = KeyPlacement::of(input).filter(|placement| !placement.is_query);
        for (name, source) in defined.chain(own.map(|placement| (placement.name, placement.template))) {
            self.add_template(input, &variables, name, source)?;
        }
        Ok(())
    }

    /// Headers with settings are left out if one is missing; in others what is missing stays visible.
    fn add_template(
        &mut self,
        input: &BuildInput<'_>,
        variables: &Variables<'_, '_>,
        name: &str,
        source: &str,
    ) -> Result<(), BuildError> {
        let template = Template::parse(source, Form::Object);
        let rendered = template.render(&template_scope(input, variables, source));
        if !rendered.is_resolved && source.contains("connectionConfig") {
            return Ok(());
        }
        let header = HeaderName::from_bytes(name.as_bytes()).ok().filter(|header| !is_framing(header));
        let header = header.ok_or_else(|| BuildError::InvalidHeader(name.to_owned()))?;
        if carries_credential(&template.names()) {
            return self.set_credential(header, &rendered.text);
        }
        self.set(header, &rendered.text)
    }

    fn add_caller_headers(&mut self, input: &BuildInput<'_>, plan: &BodyPlan) -> Result<(), BuildError> {
        let has_own_agent = self.headers.contains_key(USER_AGENT);
        // The coding is that of the caller's body, and goes with it.
        let is_without_body = matches!(input.body, InboundBody::None) || plan.body == BuiltBody::None;
        for (name, value) in &input.call.headers {
            let is_withheld =
                name == USER_AGENT && has_own_agent || name == CONTENT_ENCODING && is_without_body;
            if is_withheld || is_framing(name) {
                continue;
            }
            if !value.as_bytes().is_ascii() {
                return Err(BuildError::InvalidHeader(name.to_string()));
            }
            self.headers.insert(name, value.clone());
        }
        Ok(())
    }

    fn add_defaults(&mut self, plan: &BodyPlan) -> Result<(), BuildError> {
        if let Some(content_type) = &plan.content_type {
            self.set(CONTENT_TYPE, content_type)?;
        }
        let defaults = [
            (ACCEPT, DEFAULT_ACCEPT),
            (ACCEPT_ENCODING, DEFAULT_ACCEPT_ENCODING),
            (USER_AGENT, DEFAULT_USER_AGENT),
        ];
        for (name, value) in defaults {
            self.headers.entry(name).or_insert(value);
        }
        Ok(())
    }

    /// Signs host, content type and AWS headers; what other parts may still change stays unsigned.
    fn sign_for_aws(
        &mut self,
        input: &BuildInput<'_>,
        url: &ProxyUrl,
        plan: &BodyPlan,
    ) -> Result<(), BuildError> {
        let credential = &input.connection.credential;
        let field = |name| credential.text(name).ok_or(BuildError::UnsupportedAuth);
        let signer = AwsSigner {
            access_key_id: field("access_key_id")?,
            secret_access_key: field("secret_access_key")?,
            region: field("region")?,
            service: field("service")?,
        };
        let now = input.context.now;
        let payload_hash = match &plan.body {
            BuiltBody::None => payload_hash(b""),
            BuiltBody::Bytes(bytes) => payload_hash(bytes),
            BuiltBody::Forward => UNSIGNED_PAYLOAD.to_owned(),
        };
        self.set(HeaderName::from_static("x-amz-date"), &amz_date(now))?;
        self.set(HeaderName::from_static("x-amz-content-sha256"), &payload_hash)?;
        if let Some(token) = credential.text("session_token") {
            self.set_credential(HeaderName::from_static("x-amz-security-token"), token)?;
        }
        let parts = SignedParts {
            method: input.method.as_str(),
            path: url.uri.path(),
            query: url.uri.query().unwrap_or_default(),
            headers: self.headers_to_sign(&url.url[Position::BeforeHost..Position::AfterPort]),
            payload_hash: &payload_hash,
        };
        self.set_credential(AUTHORIZATION, &signer.authorization(parts, now))
    }

    fn headers_to_sign(&self, host: &str) -> Vec<(String, String)> {
        let is_signed = |name: &HeaderName| name == CONTENT_TYPE || name.as_str().starts_with("x-amz-");
        let own = self.headers.iter().filter(|(name, _)| is_signed(name));
        let own = own.filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())));
        own.chain([("host".to_owned(), host.to_owned())]).collect()
    }

    /// The well-known credential headers count as such also where the caller set them.
    fn mark_credentials(&mut self) {
        let known = [AUTHORIZATION, PROXY_AUTHORIZATION, COOKIE];
        self.credential_headers.extend(known.into_iter().filter(|name| self.headers.contains_key(name)));
        self.credential_headers.sort_by(|a, b| a.as_str().cmp(b.as_str()));
        self.credential_headers.dedup();
        for name in &self.credential_headers {
            if let Some(value) = self.headers.get_mut(name) {
                value.set_sensitive(true);
            }
        }
    }
}

#[cfg(test)]
mod tests;
