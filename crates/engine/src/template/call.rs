//! The functions of the language.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ring::{digest, hmac};

use super::{key, parse::Function, scope::Scope};

/// Arguments of `awsSigV4`.
#[derive(Clone, Copy)]
pub struct AwsArguments<'a> {
    /// Access key id.
    pub access_key_id: &'a str,
    /// Secret access key.
    pub secret_access_key: &'a str,
    /// Region.
    pub region: &'a str,
    /// Service.
    pub service: &'a str,
    /// Host to sign for; `<service>.amazonaws.com` when absent.
    pub host: Option<&'a str>,
}

/// The function's result; `None` leaves the placeholder as it is.
pub(super) fn call(function: Function, arguments: &[String], scope: &Scope<'_>) -> Option<String> {
    match (function, arguments) {
        (Function::Base64, [text]) => Some(STANDARD.encode(text)),
        (Function::Sha256Hex, [text]) => Some(hex::encode(sha256(text.as_bytes()))),
        (Function::Sha256Base64, [text]) => Some(STANDARD.encode(sha256(text.as_bytes()))),
        (Function::HmacSha1Hex, [message, secret]) => Some(hmac_sha1_hex(message, secret)),
        (Function::Ed25519Sign, [message, pem]) => {
            key::ed25519_sign(message.as_bytes(), pem).map(|signature| STANDARD.encode(signature))
        }
        (Function::Fingerprint, [pem]) => key::fingerprint(pem),
        (Function::AwsSigV4, arguments) => scope.request_variables()?.sign_aws(&aws_arguments(arguments)?),
        _ => None,
    }
}

fn sha256(bytes: &[u8]) -> digest::Digest {
    digest::digest(&digest::SHA256, bytes)
}

fn hmac_sha1_hex(message: &str, secret: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret.as_bytes());
    hex::encode(hmac::sign(&key, message.as_bytes()))
}

fn aws_arguments(arguments: &[String]) -> Option<AwsArguments<'_>> {
    if arguments.iter().any(String::is_empty) {
        return None;
    }
    let (first_four, host) = match arguments {
        [.., host] if arguments.len() == 5 => (&arguments[..4], Some(host.as_str())),
        _ => (arguments, None),
    };
    let [access_key_id, secret_access_key, region, service] = first_four else { return None };
    Some(AwsArguments { access_key_id, secret_access_key, region, service, host })
}
