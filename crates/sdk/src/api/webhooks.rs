//! Whether a webhook is really from the server. Nothing is sent.

use http::HeaderMap;
use ring::{digest, hmac};
use serde::Serialize;

use crate::client::Bowline;
use crate::error::{Error, Result};
use crate::secret::Secret;

/// The header with the signature that [`Bowline::verify_incoming_webhook_request`] checks.
pub const SIGNATURE_HEADER: &str = "x-nango-hmac-sha256";
/// The header with the older signature that [`Bowline::verify_webhook_signature`] checks.
pub const OLD_SIGNATURE_HEADER: &str = "x-nango-signature";

impl Bowline {
    /// Whether a webhook's body is signed with the webhook signing key (without one, with the secret key), in constant
    /// time. Take the body as it came, before any parsing.
    ///
    /// ```
    /// # fn run(bowline: bowline_sdk::Bowline, headers: http::HeaderMap, body: &[u8]) {
    /// if !bowline.verify_incoming_webhook_request(body, &headers) {
    ///     // answer 401
    /// }
    /// # }
    /// ```
    pub fn verify_incoming_webhook_request(&self, body: &[u8], headers: &HeaderMap) -> bool {
        let mut signatures = headers.get_all(SIGNATURE_HEADER).iter();
        let (Some(signature), None) = (signatures.next(), signatures.next()) else { return false };
        let Ok(signature) = signature.to_str() else { return false };
        self.verify_hmac(body, signature)
    }

    /// The same for frameworks with header types of their own: the value of [`SIGNATURE_HEADER`] as text.
    pub fn verify_hmac(&self, body: &[u8], signature: &str) -> bool {
        let Ok(signature) = hex::decode(signature) else { return false };
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.signing_key().expose().as_bytes());
        hmac::verify(&key, body, &signature).is_ok()
    }

    /// Whether the older signature, the value of [`OLD_SIGNATURE_HEADER`], fits a payload.
    ///
    /// The hash covers `JSON.stringify` of the payload, so pass what the body was parsed to, with its keys in their order:
    /// a [`serde_json::Value`].
    ///
    /// # Errors
    ///
    /// When the payload cannot be written as JSON.
    #[deprecated(note = "it can be forged by extending a signed body: use `verify_incoming_webhook_request`")]
    pub fn verify_webhook_signature(&self, signature: &str, payload: &impl Serialize) -> Result<bool> {
        let json = serde_json::to_vec(payload)
            .map_err(|_| Error::invalid("payload", "cannot be written as JSON"))?;
        let mut hash = digest::Context::new(&digest::SHA256);
        hash.update(self.signing_key().expose().as_bytes());
        hash.update(&json);
        Ok(is_equal(hex::encode(hash.finish()).as_bytes(), signature.as_bytes()))
    }

    fn signing_key(&self) -> &Secret {
        self.inner.webhook_signing_key.as_ref().unwrap_or(&self.inner.secret_key)
    }
}

/// Looks at every byte, wherever the first difference is.
fn is_equal(left: &[u8], right: &[u8]) -> bool {
    left.len() == right.len() && left.iter().zip(right).fold(0, |all, (a, b)| all | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use serde_json::{Value, json};

    use super::*;

    const BODY: &str = r#"{"from":"nango","type":"auth","nested":{"list":[1,"ü"]}}"#;

    fn client() -> crate::BowlineBuilder {
        Bowline::builder().secret_key("secret")
    }

    /// With `openssl dgst -sha256 -hmac secret`.
    fn signed(key: &str) -> HeaderValue {
        let key = hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes());
        HeaderValue::from_str(&hex::encode(hmac::sign(&key, BODY.as_bytes()))).unwrap()
    }

    #[test]
    fn a_signature_of_the_raw_body_is_accepted_and_everything_else_is_not() {
        let bowline = client().build().unwrap();
        let check = |body: &str, values: &[HeaderValue]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(SIGNATURE_HEADER, value.clone());
            }
            bowline.verify_incoming_webhook_request(body.as_bytes(), &headers)
        };
        assert!(check(BODY, &[signed("secret")]));
        assert!(!check(&format!("{BODY} "), &[signed("secret")]));
        assert!(!check(BODY, &[signed("other")]));
        assert!(!check(BODY, &[]));
        assert!(!check(BODY, &[signed("secret"), signed("secret")]));
        assert!(!check(BODY, &[HeaderValue::from_static("no hex")]));
        assert!(!check(BODY, &[HeaderValue::from_static("")]));
        assert!(!check(BODY, &[HeaderValue::from_bytes(b"\xff").unwrap()]));
    }

    #[test]
    fn a_signing_key_of_its_own_wins_over_the_secret_key() {
        let bowline = client().webhook_signing_key("signing").build().unwrap();
        let by = |key| HeaderMap::from_iter([(http::HeaderName::from_static(SIGNATURE_HEADER), signed(key))]);
        assert!(bowline.verify_incoming_webhook_request(BODY.as_bytes(), &by("signing")));
        assert!(!bowline.verify_incoming_webhook_request(BODY.as_bytes(), &by("secret")));
    }

    #[test]
    #[expect(deprecated, reason = "it is still offered")]
    fn the_older_signature_covers_the_payload_as_the_official_client_writes_it() {
        let bowline = client().build().unwrap();
        let payload: Value = serde_json::from_str(BODY).unwrap();
        // sha256("secret" + BODY), from the official client's own rule.
        let digest = digest::digest(&digest::SHA256, format!("secret{BODY}").as_bytes());
        let signature = hex::encode(digest);
        assert!(bowline.verify_webhook_signature(&signature, &payload).unwrap());
        assert!(!bowline.verify_webhook_signature(&signature, &json!({"from": "nango"})).unwrap());
        assert!(!bowline.verify_webhook_signature(&signature[1..], &payload).unwrap());
    }
}
