//! Token requests that are signed: SHOPLINE by header, Revolut by assertion.

use bowline_domain::Timestamp;
use ring::hmac;
use serde_json::{Value, json};
use url::Url;

use crate::auth::jwt::SigningKey;
use crate::auth::oauth2::grant::{Grant, Prepared, put_header};
use crate::auth::token_call::BodyFormat;
use crate::credential::refresh::TokenError;

/// Revolut's issuer is the host of the redirect URI. Only the exchange sees that, so the config keeps it.
pub const CALLBACK_HOST: &str = "callback_host";
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const ASSERTION_SECONDS: i64 = 300;

/// What is signed before a token call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signing {
    /// Nothing.
    None,
    /// Body and time, in headers of SHOPLINE's own.
    Shopline,
    /// A client assertion (RFC 7523 §2.2) with the "client secret" as its private key.
    Revolut,
}

impl Signing {
    /// Signs a request that is otherwise complete.
    pub fn sign(self, grant: &Grant<'_>, prepared: &mut Prepared) -> Result<(), TokenError> {
        match self {
            Self::None => Ok(()),
            Self::Shopline => shopline(grant, prepared),
            Self::Revolut => revolut(grant, prepared),
        }
    }
}

fn shopline(grant: &Grant<'_>, prepared: &mut Prepared) -> Result<(), TokenError> {
    let body = match prepared.call.format {
        // The very text that will be sent.
        BodyFormat::Json => Value::from(prepared.call.params.clone()).to_string(),
        BodyFormat::Form | BodyFormat::Query => String::new(),
    };
    let timestamp = grant.now.as_millis().to_string();
    let key = hmac::Key::new(hmac::HMAC_SHA256, grant.client.secret.unwrap_or_default().as_bytes());
    let signature = hex::encode(hmac::sign(&key, format!("{body}{timestamp}").as_bytes()));
    put_header(&mut prepared.headers, "appkey", grant.client.id)?;
    put_header(&mut prepared.headers, "timestamp", &timestamp)?;
    put_header(&mut prepared.headers, "sign", &signature)
}

fn revolut(grant: &Grant<'_>, prepared: &mut Prepared) -> Result<(), TokenError> {
    let issuer = match grant.redirect_uri.and_then(host) {
        Some(host) => host,
        None => grant.setting(CALLBACK_HOST, "missing_callback_host")?,
    };
    let assertion = assertion(&issuer, grant.client.id, grant.client.secret.unwrap_or_default(), grant.now)?;
    let params = &mut prepared.call.params;
    params.insert("client_assertion_type".to_owned(), ASSERTION_TYPE.into());
    params.insert("client_assertion".to_owned(), assertion.as_str().into());
    prepared.call.secrets.push(assertion);
    Ok(())
}

fn assertion(issuer: &str, client_id: &str, key: &str, now: Timestamp) -> Result<String, TokenError> {
    let claims = json!({
        "iss": issuer, "sub": client_id, "aud": "https://revolut.com",
        "exp": now.as_seconds() + ASSERTION_SECONDS,
    });
    SigningKey::from_pem(key).and_then(|key| key.sign(&claims)).map_err(|error| TokenError::Unbuildable {
        code: "invalid_certificate_or_key_format",
        message: error.to_string(),
    })
}

/// The host of a redirect URI.
pub fn host(redirect_uri: &str) -> Option<String> {
    Url::parse(redirect_uri).ok()?.host_str().map(str::to_owned)
}
