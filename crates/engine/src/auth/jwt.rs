//! Signs JSON Web Tokens (RFC 7519, RFC 7515): RS256, PS256, ES256 and HS256 (RFC 7518 §3.1).

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::hmac;
use ring::rand::SystemRandom;
use ring::rsa::KeyPairComponents;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaEncoding,
    RsaKeyPair, RsaPublicKeyComponents,
};
use serde_json::{Map, Value, json};
use thiserror::Error;

/// Why a token could not be signed. The texts hold nothing of the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SignError {
    /// Not a PEM or JWK private key that signs RS256.
    #[error("the private key is not a usable RSA key (PEM in PKCS#1 or PKCS#8, or a JWK)")]
    BadKey,
    /// Not a PEM private key that signs ES256.
    #[error("the private key is not a usable P-256 key (PEM in PKCS#8)")]
    BadEcKey,
    /// Not the text of a shared secret.
    #[error("the secret is not a text in the encoding the provider asks for")]
    BadSecret,
    /// No algorithm of ours.
    #[error("the algorithm the provider asks for is not one of RS256, PS256, ES256 and HS256")]
    UnknownAlgorithm,
    /// The signature could not be made.
    #[error("the private key did not sign")]
    NotSigned,
}

/// How tokens are signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// RSASSA-PSS with SHA-256.
    Ps256,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// HMAC with SHA-256.
    Hs256,
}

impl Algorithm {
    /// The algorithm with this name in `alg`.
    pub fn from_name(name: &str) -> Result<Self, SignError> {
        match name {
            "RS256" => Ok(Self::Rs256),
            "PS256" => Ok(Self::Ps256),
            "ES256" => Ok(Self::Es256),
            "HS256" => Ok(Self::Hs256),
            _ => Err(SignError::UnknownAlgorithm),
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
            Self::Es256 => "ES256",
            Self::Hs256 => "HS256",
        }
    }
}

/// A key and, when it came as a JWK, its id.
pub struct SigningKey {
    secret: SecretKey,
    algorithm: Algorithm,
    key_id: Option<String>,
}

enum SecretKey {
    Rsa(RsaKeyPair),
    Ec(EcdsaKeyPair),
    Hmac(hmac::Key),
}

impl SigningKey {
    /// Reads a PEM that signs RS256; line breaks may have been lost or escaped on the way here.
    pub fn from_pem(pem: &str) -> Result<Self, SignError> {
        Self::from_pem_for(pem, Algorithm::Rs256)
    }

    /// Reads a PEM for one of the algorithms with a key pair.
    pub fn from_pem_for(pem: &str, algorithm: Algorithm) -> Result<Self, SignError> {
        let secret = match algorithm {
            Algorithm::Rs256 | Algorithm::Ps256 => {
                let der = der_of(pem).ok_or(SignError::BadKey)?;
                let is_pkcs1 = pem.contains("BEGIN RSA PRIVATE KEY");
                let pair = if is_pkcs1 { RsaKeyPair::from_der(&der) } else { RsaKeyPair::from_pkcs8(&der) };
                SecretKey::Rsa(pair.map_err(|_| SignError::BadKey)?)
            }
            Algorithm::Es256 => {
                let der = der_of(pem).ok_or(SignError::BadEcKey)?;
                let random = SystemRandom::new();
                let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &der, &random);
                SecretKey::Ec(pair.map_err(|_| SignError::BadEcKey)?)
            }
            Algorithm::Hs256 => return Err(SignError::UnknownAlgorithm),
        };
        Ok(Self { secret, algorithm, key_id: None })
    }

    /// Takes a shared secret.
    pub fn from_secret(secret: &[u8]) -> Self {
        let secret = SecretKey::Hmac(hmac::Key::new(hmac::HMAC_SHA256, secret));
        Self { secret, algorithm: Algorithm::Hs256, key_id: None }
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
        Ok(Self { secret: SecretKey::Rsa(pair), algorithm: Algorithm::Rs256, key_id })
    }

    /// Signs the claims as a compact JWT.
    pub fn sign(&self, claims: &Value) -> Result<String, SignError> {
        let mut header = Map::from_iter([("typ".to_owned(), json!("JWT"))]);
        if let Some(key_id) = &self.key_id {
            header.insert("kid".to_owned(), key_id.as_str().into());
        }
        self.sign_under(&header, claims)
    }

    /// Signs the claims under a header of the caller's; `alg` is this key's.
    pub fn sign_under(&self, header: &Map<String, Value>, claims: &Value) -> Result<String, SignError> {
        let mut all = Map::from_iter([("alg".to_owned(), json!(self.algorithm.as_str()))]);
        all.extend(header.iter().filter(|(name, _)| *name != "alg").map(|(n, v)| (n.clone(), v.clone())));
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", encode(&Value::Object(all)), encode(claims));
        let signature = self.signature(message.as_bytes())?;
        Ok(format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    /// Signs bytes as they are.
    pub fn signature(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        let random = SystemRandom::new();
        match &self.secret {
            SecretKey::Rsa(pair) => {
                let encoding: &'static dyn RsaEncoding = match self.algorithm {
                    Algorithm::Ps256 => &RSA_PSS_SHA256,
                    _ => &RSA_PKCS1_SHA256,
                };
                let mut signature = vec![0; pair.public_key().modulus_len()];
                pair.sign(encoding, &random, message, &mut signature).map_err(|_| SignError::NotSigned)?;
                Ok(signature)
            }
            SecretKey::Ec(pair) => {
                let signature = pair.sign(&random, message).map_err(|_| SignError::NotSigned)?;
                Ok(signature.as_ref().to_vec())
            }
            SecretKey::Hmac(key) => Ok(hmac::sign(key, message).as_ref().to_vec()),
        }
    }

    #[cfg(test)]
    pub(super) fn public_key(&self) -> Vec<u8> {
        match &self.secret {
            SecretKey::Rsa(pair) => pair.public_key().as_ref().to_vec(),
            SecretKey::Ec(pair) => pair.public_key().as_ref().to_vec(),
            SecretKey::Hmac(_) => Vec::new(),
        }
    }
}

/// What a token says of itself, unverified: for texts that came from the token endpoint itself, and decide nothing that
/// the provider does not check again.
pub fn claims_of(token: &str) -> Option<Map<String, Value>> {
    let claims = token.split('.').nth(1)?.trim_end_matches('=');
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()
}

/// The bytes of a PEM whose line breaks may have been lost or escaped.
fn der_of(pem: &str) -> Option<Vec<u8>> {
    let pem = pem.replace("\\n", "\n");
    let body: String = pem
        .split("-----")
        .filter(|part| !part.contains("PRIVATE KEY"))
        .flat_map(str::chars)
        .filter(|c| !c.is_whitespace())
        .collect();
    STANDARD.decode(body).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ring::signature::{
        ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256, UnparsedPublicKey,
        VerificationAlgorithm,
    };

    const KEY: &str = include_str!("../../tests/data/rsa-2048.pem");

    fn verify(key: &SigningKey, by: &'static dyn VerificationAlgorithm, alg: &str) {
        let token = key.sign(&json!({"iss": "app"})).unwrap();
        let (message, signature) = token.rsplit_once('.').unwrap();
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
        UnparsedPublicKey::new(by, key.public_key()).verify(message.as_bytes(), &signature).unwrap();
        let header = URL_SAFE_NO_PAD.decode(message.split('.').next().unwrap()).unwrap();
        let header: Value = serde_json::from_slice(&header).unwrap();
        assert_eq!(header["alg"], alg);
    }

    #[test]
    fn a_signed_token_verifies_with_the_public_key() {
        verify(&SigningKey::from_pem(KEY).unwrap(), &RSA_PKCS1_2048_8192_SHA256, "RS256");
        let pss = SigningKey::from_pem_for(KEY, Algorithm::Ps256).unwrap();
        verify(&pss, &RSA_PSS_2048_8192_SHA256, "PS256");
        let random = SystemRandom::new();
        let pair = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let pem =
            format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----", STANDARD.encode(pair));
        let ec = SigningKey::from_pem_for(&pem, Algorithm::Es256).unwrap();
        verify(&ec, &ECDSA_P256_SHA256_FIXED, "ES256");
    }

    #[test]
    fn a_shared_secret_signs_the_token_of_rfc_7515_appendix_a_1() {
        let key = URL_SAFE_NO_PAD
            .decode("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow")
            .unwrap();
        // The RFC's own message, whose line breaks our serialiser would not write.
        let message = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0\
                       dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
        let signature = SigningKey::from_secret(&key).signature(message.as_bytes()).unwrap();
        assert_eq!(URL_SAFE_NO_PAD.encode(signature), "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
    }

    #[test]
    fn a_pem_on_one_line_is_read_and_garbage_is_refused() {
        assert!(SigningKey::from_pem(&KEY.replace('\n', " ")).is_ok());
        for bad in ["", "secret", "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----"] {
            assert_eq!(SigningKey::from_pem(bad).err(), Some(SignError::BadKey));
            assert_eq!(SigningKey::from_pem_for(bad, Algorithm::Es256).err(), Some(SignError::BadEcKey));
        }
        assert_eq!(SigningKey::from_jwk("{}").err(), Some(SignError::BadKey));
    }
}
