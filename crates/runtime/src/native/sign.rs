//! Signatures with RSA and elliptic-curve keys, for `crypto.createSign` and `createVerify`.

use ring::rand::SystemRandom;
use ring::rsa::KeyPair;
use ring::signature::{self, EcdsaKeyPair, EcdsaSigningAlgorithm, RsaEncoding, VerificationAlgorithm};
use rquickjs::prelude::Opt;
use rquickjs::{ArrayBuffer, Ctx, Exception, Function, Object, Result};
use serde::Deserialize;

use super::pem::Pem;
use crate::data::{Data, Text};

/// Where Node lets one choose how signatures look.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Options {
    /// RSASSA-PSS instead of PKCS#1 v1.5.
    pss: bool,
    /// `der` or `ieee-p1363`.
    dsa_encoding: Option<String>,
}

impl Options {
    fn read(json: Opt<Option<Text>>) -> Self {
        let json = json.0.flatten();
        json.and_then(|json| serde_json::from_str(&json.0).ok()).unwrap_or_default()
    }

    fn is_fixed(&self) -> bool {
        self.dsa_encoding.as_deref() == Some("ieee-p1363")
    }
}

pub(super) fn add<'js>(ctx: &Ctx<'js>, native: &Object<'js>) -> Result<()> {
    native.set("sign", Function::new(ctx.clone(), sign)?)?;
    native.set("verify", Function::new(ctx.clone(), verify)?)
}

fn sign<'js>(
    ctx: Ctx<'js>,
    algorithm: String,
    key: Text,
    data: Data,
    options: Opt<Option<Text>>,
) -> Result<ArrayBuffer<'js>> {
    let signed = signature_of(&bits(&algorithm), &key.0, &data.0, &Options::read(options));
    let signed = signed.map_err(|problem| Exception::throw_message(&ctx, problem))?;
    ArrayBuffer::new(ctx, signed)
}

/// The size of the digest in an algorithm's name, such as `RSA-SHA256`.
fn bits(algorithm: &str) -> String {
    algorithm.chars().filter(char::is_ascii_digit).collect()
}

fn signature_of(
    bits: &str,
    key: &str,
    data: &[u8],
    options: &Options,
) -> std::result::Result<Vec<u8>, &'static str> {
    let pem = Pem::read(key).ok_or("The private key is not a PEM.")?;
    let pair = match pem.label.as_str() {
        "RSA PRIVATE KEY" => KeyPair::from_der(&pem.der),
        _ => KeyPair::from_pkcs8(&pem.der),
    };
    match pair {
        Ok(pair) => rsa_signature(&pair, bits, data, options),
        Err(_) => ecdsa_signature(&pem.der, data, options),
    }
}

fn rsa_signature(
    pair: &KeyPair,
    bits: &str,
    data: &[u8],
    options: &Options,
) -> std::result::Result<Vec<u8>, &'static str> {
    let encoding: &'static dyn RsaEncoding = match (bits, options.pss) {
        ("256", false) => &signature::RSA_PKCS1_SHA256,
        ("384", false) => &signature::RSA_PKCS1_SHA384,
        ("512", false) => &signature::RSA_PKCS1_SHA512,
        ("256", true) => &signature::RSA_PSS_SHA256,
        ("384", true) => &signature::RSA_PSS_SHA384,
        ("512", true) => &signature::RSA_PSS_SHA512,
        _ => return Err("Signatures are made with SHA-256, SHA-384 or SHA-512."),
    };
    let mut signed = vec![0; pair.public().modulus_len()];
    pair.sign(encoding, &SystemRandom::new(), data, &mut signed)
        .map_err(|_| "The private key did not sign.")?;
    Ok(signed)
}

/// P-256 signs over SHA-256 and P-384 over SHA-384, as JSON Web Signatures do.
fn ecdsa_signature(der: &[u8], data: &[u8], options: &Options) -> std::result::Result<Vec<u8>, &'static str> {
    let algorithms: [&'static EcdsaSigningAlgorithm; 2] = if options.is_fixed() {
        [&signature::ECDSA_P256_SHA256_FIXED_SIGNING, &signature::ECDSA_P384_SHA384_FIXED_SIGNING]
    } else {
        [&signature::ECDSA_P256_SHA256_ASN1_SIGNING, &signature::ECDSA_P384_SHA384_ASN1_SIGNING]
    };
    let random = SystemRandom::new();
    let pair = algorithms.iter().find_map(|algorithm| EcdsaKeyPair::from_pkcs8(algorithm, der, &random).ok());
    let pair = pair.ok_or("The private key is no RSA key and no P-256 or P-384 key in PKCS#8.")?;
    let signed = pair.sign(&random, data).map_err(|_| "The private key did not sign.")?;
    Ok(signed.as_ref().to_vec())
}

fn verify(
    ctx: Ctx<'_>,
    algorithm: String,
    key: Text,
    data: Data,
    signed: Data,
    options: Opt<Option<Text>>,
) -> Result<bool> {
    let unusable = || Exception::throw_message(&ctx, "The public key is not a usable PEM.");
    let (key, is_ec) = Pem::read(&key.0).and_then(|pem| pem.public_key()).ok_or_else(unusable)?;
    let options = Options::read(options);
    let algorithms =
        if is_ec { ecdsa_verifiers(&options) } else { rsa_verifiers(&bits(&algorithm), &options) };
    Ok(algorithms.iter().any(|algorithm| {
        signature::UnparsedPublicKey::new(*algorithm, &key).verify(&data.0, &signed.0).is_ok()
    }))
}

fn rsa_verifiers(bits: &str, options: &Options) -> Vec<&'static dyn VerificationAlgorithm> {
    match (bits, options.pss) {
        ("1", false) => vec![&signature::RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY],
        ("256", false) => vec![&signature::RSA_PKCS1_2048_8192_SHA256],
        ("384", false) => vec![&signature::RSA_PKCS1_2048_8192_SHA384],
        ("512", false) => vec![&signature::RSA_PKCS1_2048_8192_SHA512],
        ("256", true) => vec![&signature::RSA_PSS_2048_8192_SHA256],
        ("384", true) => vec![&signature::RSA_PSS_2048_8192_SHA384],
        ("512", true) => vec![&signature::RSA_PSS_2048_8192_SHA512],
        _ => Vec::new(),
    }
}

fn ecdsa_verifiers(options: &Options) -> Vec<&'static dyn VerificationAlgorithm> {
    if options.is_fixed() {
        vec![&signature::ECDSA_P256_SHA256_FIXED, &signature::ECDSA_P384_SHA384_FIXED]
    } else {
        vec![&signature::ECDSA_P256_SHA256_ASN1, &signature::ECDSA_P384_SHA384_ASN1]
    }
}
