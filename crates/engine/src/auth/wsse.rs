//! SIGNATURE: WSSE user name tokens (OASIS Username Token Profile, as its HTTP dialect has it; spec `auth.md` §9.8).

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bowline_domain::Timestamp;
use bowline_domain::provider::Provider;
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use ring::rand::{SecureRandom, SystemRandom};
use serde_json::{Map, Value};

use super::TokenCreation;
use crate::credential::refresh::{Refreshed, TokenError, TokenRefresh};
use crate::credential::{CredentialKind, Credentials};

const NONCE_BYTES: usize = 16;

/// Makes the first token.
pub fn create(creation: &TokenCreation<'_>) -> Result<Refreshed, TokenError> {
    let text = |name: &str| creation.input.get(name).and_then(Value::as_str).unwrap_or_default();
    made(creation.provider, text("username"), text("password"), creation.now)
}

/// Makes a new token with the stored password.
pub fn refresh(request: &TokenRefresh<'_>) -> Result<Refreshed, TokenError> {
    let text = |name: &str| request.credentials.text(name).unwrap_or_default();
    made(request.provider, text("username"), text("password"), request.now)
}

fn made(
    provider: &Provider,
    username: &str,
    password: &str,
    now: Timestamp,
) -> Result<Refreshed, TokenError> {
    let mut nonce = [0; NONCE_BYTES];
    SystemRandom::new().fill(&mut nonce).map_err(|_| TokenError::Unbuildable {
        code: "server_error",
        message: "no randomness from the system".to_owned(),
    })?;
    let lives = provider.token.as_ref().and_then(|token| token.expires_in_ms).unwrap_or_default();
    let fields = [
        ("username", username.to_owned()),
        ("password", password.to_owned()),
        ("token", token(username, password, &hex::encode(nonce), &now.iso_millis_z())),
        ("expires_at", now.plus(Duration::from_millis(lives)).iso_millis_z()),
    ];
    let fields = fields.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
    let credentials = Credentials::new(CredentialKind::Signature, fields);
    Ok(Refreshed { credentials, config_changes: Map::new() })
}

/// The digest is of the nonce's text, and its base64 is of the hash's hex text: so the providers of this dialect
/// compute it.
fn token(username: &str, password: &str, nonce: &str, created: &str) -> String {
    let hash = digest(&SHA1_FOR_LEGACY_USE_ONLY, format!("{nonce}{created}{password}").as_bytes());
    let digest = STANDARD.encode(hex::encode(hash));
    format!(
        r#"UsernameToken Username="{username}", PasswordDigest="{digest}", Nonce="{nonce}", Created="{created}""#
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_holds_the_digest_of_nonce_time_and_password() {
        let made = token("u", "p", "00", "2024-01-01T00:00:00.000Z");
        // Computed with sha1sum and base64.
        let expected = r#"UsernameToken Username="u", PasswordDigest="MDAyZTM0NDc5MDJlYWEzM2RmZTNlMzc0ZjliOTczN2U4MzZiMjg1NA==", Nonce="00", Created="2024-01-01T00:00:00.000Z""#;
        assert_eq!(made, expected);
    }
}
