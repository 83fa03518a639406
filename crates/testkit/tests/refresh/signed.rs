//! Checks RS256 tokens (RFC 7515) with the key they should have been signed with.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use serde_json::{Value, json};

/// A private key made for tests.
pub const PEM: &str = include_str!("../../../engine/tests/data/rsa-2048.pem");

/// The numbers of a PKCS#1 private key (RFC 8017 §A.1.2), without its version.
fn numbers() -> Vec<Vec<u8>> {
    let body: String = PEM.lines().filter(|line| !line.starts_with("-----")).collect();
    let der = STANDARD.decode(body).expect("the test's key is base64");
    let mut rest = &der[4..];
    let mut numbers = Vec::new();
    while let [2, length, tail @ ..] = rest {
        let (length, tail) = match length {
            0x81 => (usize::from(tail[0]), &tail[1..]),
            0x82 => (usize::from(tail[0]) << 8 | usize::from(tail[1]), &tail[2..]),
            short => (usize::from(*short), tail),
        };
        let (number, tail) = tail.split_at(length);
        numbers.push(number.iter().copied().skip_while(|byte| *byte == 0).collect());
        rest = tail;
    }
    numbers.split_off(1)
}

/// The key as a JWK with an id.
pub fn jwk() -> String {
    let mut jwk = json!({"kty": "RSA", "kid": "key-1"});
    for (name, number) in ["n", "e", "d", "p", "q", "dp", "dq", "qi"].iter().zip(numbers()) {
        jwk[name] = URL_SAFE_NO_PAD.encode(number).into();
    }
    jwk.to_string()
}

/// Header and claims of a token whose signature is right.
pub fn verified(token: &str) -> (Value, Value) {
    let numbers = numbers();
    let public = RsaPublicKeyComponents { n: &numbers[0], e: &numbers[1] };
    let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).expect("base64url");
    let (message, signature) = token.rsplit_once('.').expect("three parts");
    let checked = public.verify(&RSA_PKCS1_2048_8192_SHA256, message.as_bytes(), &decode(signature));
    checked.expect("the signature is right");
    let (header, claims) = message.split_once('.').expect("three parts");
    let read = |part: &str| serde_json::from_slice(&decode(part)).expect("JSON");
    (read(header), read(claims))
}
