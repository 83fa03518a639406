//! Keys in PEM form: reading them, signing with them, naming them.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ring::{
    digest, rand,
    signature::{self, Ed25519KeyPair, KeyPair as _, RsaKeyPair},
};

/// One PEM block.
pub struct Pem<'a> {
    /// What stands after `BEGIN`, as `PRIVATE KEY` or `CERTIFICATE`.
    pub label: &'a str,
    /// The DER bytes.
    pub der: Vec<u8>,
}

/// The PEM blocks of a text. Line ends may be missing, doubled or written as `\n`, as they come out of forms.
/// A block that cannot be read makes the whole text unreadable.
pub fn read_pem(text: &str) -> Option<Vec<Pem<'_>>> {
    let mut blocks = Vec::new();
    let mut rest = text;
    while let Some((_, after_begin)) = rest.split_once("-----BEGIN ") {
        let (label, after_label) = after_begin.split_once("-----")?;
        let (body, after_body) = after_label.split_once("-----END ")?;
        let (end_label, after_end) = after_body.split_once("-----")?;
        if label != end_label {
            return None;
        }
        blocks.push(Pem { label, der: decode_body(body)? });
        rest = after_end;
    }
    (!blocks.is_empty()).then_some(blocks)
}

fn decode_body(body: &str) -> Option<Vec<u8>> {
    let digits: String = body.replace("\\n", "").replace("\\r", "").split_whitespace().collect();
    STANDARD.decode(digits).ok().filter(|der| !der.is_empty())
}

/// The PEM blocks of a text, written as RFC 7468 wants them; `None` if one cannot be read.
pub fn normalize_pem(text: &str) -> Option<String> {
    let mut normal = String::new();
    for block in read_pem(text)? {
        let digits = STANDARD.encode(&block.der);
        normal.push_str(&format!("-----BEGIN {}-----\n", block.label));
        for line in digits.as_bytes().chunks(64) {
            normal.push_str(&String::from_utf8_lossy(line));
            normal.push('\n');
        }
        normal.push_str(&format!("-----END {}-----\n", block.label));
    }
    Some(normal)
}

/// Signs with an Ed25519 private key (PKCS #8).
pub(super) fn ed25519_sign(message: &[u8], pem: &str) -> Option<Vec<u8>> {
    let block = read_pem(pem)?.into_iter().next()?;
    let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(&block.der).ok()?;
    Some(pair.sign(message).as_ref().to_vec())
}

/// `SHA256:` and the base64 SHA-256 of the public key (SubjectPublicKeyInfo), for a private or public key.
pub(super) fn fingerprint(pem: &str) -> Option<String> {
    let block = read_pem(pem)?.into_iter().next()?;
    let public = match block.label {
        "PUBLIC KEY" => block.der,
        "RSA PUBLIC KEY" => subject_public_key_info(&RSA_ALGORITHM, &block.der),
        "RSA PRIVATE KEY" => rsa_public(&RsaKeyPair::from_der(&block.der).ok()?),
        "PRIVATE KEY" => public_of_pkcs8(&block.der)?,
        _ => return None,
    };
    let hash = digest::digest(&digest::SHA256, &public);
    Some(format!("SHA256:{}", STANDARD.encode(hash)))
}

/// rsaEncryption with its NULL parameter (RFC 3279 section 2.3.1).
const RSA_ALGORITHM: [u8; 15] =
    [0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];
/// id-ecPublicKey on prime256v1 (RFC 5480).
const P256_ALGORITHM: [u8; 21] = [
    0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce,
    0x3d, 0x03, 0x01, 0x07,
];
/// id-ecPublicKey on secp384r1 (RFC 5480).
const P384_ALGORITHM: [u8; 18] = [
    0x30, 0x10, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00,
    0x22,
];
/// id-Ed25519 (RFC 8410).
const ED25519_ALGORITHM: [u8; 7] = [0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70];

fn public_of_pkcs8(der: &[u8]) -> Option<Vec<u8>> {
    if let Ok(pair) = RsaKeyPair::from_pkcs8(der) {
        return Some(rsa_public(&pair));
    }
    if let Ok(pair) = Ed25519KeyPair::from_pkcs8_maybe_unchecked(der) {
        return Some(subject_public_key_info(&ED25519_ALGORITHM, pair.public_key().as_ref()));
    }
    let rng = rand::SystemRandom::new();
    let curves: [(_, &[u8]); 2] = [
        (&signature::ECDSA_P256_SHA256_ASN1_SIGNING, &P256_ALGORITHM),
        (&signature::ECDSA_P384_SHA384_ASN1_SIGNING, &P384_ALGORITHM),
    ];
    curves.into_iter().find_map(|(curve, algorithm)| {
        let pair = signature::EcdsaKeyPair::from_pkcs8(curve, der, &rng).ok()?;
        Some(subject_public_key_info(algorithm, pair.public_key().as_ref()))
    })
}

fn rsa_public(pair: &RsaKeyPair) -> Vec<u8> {
    subject_public_key_info(&RSA_ALGORITHM, pair.public_key().as_ref())
}

/// RFC 5280 section 4.1: SEQUENCE { algorithm, BIT STRING }.
fn subject_public_key_info(algorithm: &[u8], key: &[u8]) -> Vec<u8> {
    let mut bits = vec![0];
    bits.extend_from_slice(key);
    let mut content = algorithm.to_vec();
    content.extend(der_element(0x03, &bits));
    der_element(0x30, &content)
}

fn der_element(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut element = vec![tag];
    let length = content.len().to_be_bytes();
    let significant = &length[length.iter().position(|byte| *byte != 0).unwrap_or(length.len() - 1)..];
    match significant {
        [short @ 0..0x80] => element.push(*short),
        long => {
            element.push(0x80 | u8::try_from(long.len()).expect("a usize has at most 8 bytes"));
            element.extend_from_slice(long);
        }
    }
    element.extend_from_slice(content);
    element
}

#[cfg(test)]
mod tests;
