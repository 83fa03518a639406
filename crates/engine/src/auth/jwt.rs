//! Signs RS256 JSON Web Tokens (RFC 7519, RFC 7515) for clients that authenticate by key.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::rand::SystemRandom;
use ring::rsa::KeyPairComponents;
use ring::signature::{KeyPair, RSA_PKCS1_SHA256, RsaKeyPair, RsaPublicKeyComponents};
use serde_json::{Map, Value, json};
use thiserror::Error;

/// Why a token could not be signed. The texts hold nothing of the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SignError {
    /// Not a PEM or JWK private key that signs RS256.
    #[error("the private key is not a usable RSA key (PEM in PKCS#1 or PKCS#8, or a JWK)")]
    BadKey,
    /// The signature could not be made.
    #[error("the private key did not sign")]
    NotSigned,
}

/// An RSA private key and, when it came as a JWK, its id.
pub struct SigningKey {
    pair: RsaKeyPair,
    key_id: Option<String>,
}

impl SigningKey {
    /// Reads a PEM; line breaks may have been lost or escaped on the way here.
    pub fn from_pem(pem: &str) -> Result<Self, SignError> {
        let pem = pem.replace("\\n", "\n");
        let is_pkcs1 = pem.contains("BEGIN RSA PRIVATE KEY");
        let body: String = pem
            .split("-----")
            .filter(|part| !part.contains("PRIVATE KEY"))
            .flat_map(str::chars)
            .filter(|c| !c.is_whitespace())
            .collect();
        let der = STANDARD.decode(body).map_err(|_| SignError::BadKey)?;
        let pair = if is_pkcs1 { RsaKeyPair::from_der(&der) } else { RsaKeyPair::from_pkcs8(&der) };
        Ok(Self { pair: pair.map_err(|_| SignError::BadKey)?, key_id: None })
    }

    /// Reads a private RSA key in JWK form (RFC 7517, RFC 7518 §6.3).
    pub fn from_jwk(text: &str) -> Result<Self, SignError> {
        let jwk: Map<String, Value> = serde_json::from_str(text).map_err(|_| SignError::BadKey)?;
        let part = |name: &str| {
            let text = jwk.get(name).and_then(Value::as_str).ok_or(SignError::BadKey)?;
            URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).map_err(|_| SignError::BadKey)
        };
        let components = KeyPairComponents {
            public_key: RsaPublicKeyComponents { n: part("n")?, e: part("e")? },
            d: part("d")?,
            p: part("p")?,
            q: part("q")?,
            dP: part("dp")?,
            dQ: part("dq")?,
            qInv: part("qi")?,
        };
        let pair = RsaKeyPair::from_components(&components).map_err(|_| SignError::BadKey)?;
        let key_id = jwk.get("kid").and_then(Value::as_str).map(str::to_owned);
        Ok(Self { pair, key_id })
    }

    /// Signs the claims as a compact JWT.
    pub fn sign(&self, claims: &Value) -> Result<String, SignError> {
        let mut header = json!({"alg": "RS256", "typ": "JWT"});
        if let Some(key_id) = &self.key_id {
            header["kid"] = key_id.as_str().into();
        }
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", encode(&header), encode(claims));
        let mut signature = vec![0; self.pair.public_key().modulus_len()];
        self.pair
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message.as_bytes(), &mut signature)
            .map_err(|_| SignError::NotSigned)?;
        Ok(format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    #[cfg(test)]
    fn public_key(&self) -> Vec<u8> {
        self.pair.public_key().as_ref().to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};

    const KEY: &str = include_str!("../../tests/data/rsa-2048.pem");

    #[test]
    fn a_signed_token_verifies_with_the_public_key() {
        let key = SigningKey::from_pem(KEY).unwrap();
        let token = key.sign(&json!({"iss": "app"})).unwrap();
        let (message, signature) = token.rsplit_once('.').unwrap();
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
        let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.public_key());
        public.verify(message.as_bytes(), &signature).unwrap();
    }

    #[test]
    fn a_pem_on_one_line_is_read_and_garbage_is_refused() {
        assert!(SigningKey::from_pem(&KEY.replace('\n', " ")).is_ok());
        for bad in ["", "secret", "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----"] {
            assert_eq!(SigningKey::from_pem(bad).err(), Some(SignError::BadKey));
        }
        assert_eq!(SigningKey::from_jwk("{}").err(), Some(SignError::BadKey));
    }
}
