//! Digests, keyed digests, derived keys and randomness, for the `crypto` module.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use md5::Md5;
use ring::rand::{SecureRandom as _, SystemRandom};
use rquickjs::prelude::Opt;
use rquickjs::{ArrayBuffer, Ctx, Exception, Function, IntoJs as _, Object, Result, Value};
use sha1::Sha1;
use sha2::{Digest as _, Sha224, Sha256, Sha384, Sha512};
use uuid::Uuid;

use crate::data::Data;

/// Bytes of randomness that one call may ask for.
const RANDOM_BYTES_MAX: usize = 65_536;
/// Rounds of key derivation that one call may ask for: about a second of work.
const ROUNDS_MAX: u32 = 2_000_000;

pub(super) fn add<'js>(ctx: &Ctx<'js>, native: &Object<'js>) -> Result<()> {
    native.set("hash", Function::new(ctx.clone(), hash)?)?;
    native.set("hmac", Function::new(ctx.clone(), hmac)?)?;
    native.set("pbkdf2", Function::new(ctx.clone(), pbkdf2)?)?;
    native.set("randomBytes", Function::new(ctx.clone(), random_bytes)?)?;
    native.set("randomUUID", Function::new(ctx.clone(), || Uuid::new_v4().to_string())?)?;
    native.set("timingSafeEqual", Function::new(ctx.clone(), timing_safe_equal)?)
}

/// Runs one expression with the digest type that a name of Node's means.
macro_rules! with_digest {
    ($algorithm:expr, $digest:ident => $value:expr) => {
        match $algorithm.to_ascii_lowercase().replace('-', "").trim_start_matches("rsa") {
            "md5" => Some({
                type $digest = Md5;
                $value
            }),
            "sha1" => Some({
                type $digest = Sha1;
                $value
            }),
            "sha224" => Some({
                type $digest = Sha224;
                $value
            }),
            "sha256" => Some({
                type $digest = Sha256;
                $value
            }),
            "sha384" => Some({
                type $digest = Sha384;
                $value
            }),
            "sha512" => Some({
                type $digest = Sha512;
                $value
            }),
            _ => None,
        }
    };
}

fn hash<'js>(
    ctx: Ctx<'js>,
    algorithm: String,
    data: Data,
    encoding: Opt<Option<String>>,
) -> Result<Value<'js>> {
    let digest = with_digest!(algorithm, Chosen => Chosen::digest(&data.0).to_vec());
    let digest = digest.ok_or_else(|| Exception::throw_message(&ctx, "Digest method not supported"))?;
    encoded(&ctx, digest, encoding.0.flatten())
}

fn hmac<'js>(
    ctx: Ctx<'js>,
    algorithm: String,
    key: Data,
    data: Data,
    encoding: Opt<Option<String>>,
) -> Result<Value<'js>> {
    let code = keyed(&algorithm, &key.0, &data.0);
    let code = code.ok_or_else(|| Exception::throw_message(&ctx, &format!("Invalid digest: {algorithm}")))?;
    encoded(&ctx, code, encoding.0.flatten())
}

fn keyed(algorithm: &str, key: &[u8], data: &[u8]) -> Option<Vec<u8>> {
    with_digest!(algorithm, Chosen => {
        let mut code = Hmac::<Chosen>::new_from_slice(key).ok()?;
        code.update(data);
        code.finalize().into_bytes().to_vec()
    })
}

fn pbkdf2<'js>(
    ctx: Ctx<'js>,
    algorithm: String,
    password: Data,
    salt: Data,
    rounds: u32,
    length: usize,
) -> Result<ArrayBuffer<'js>> {
    if rounds == 0 || rounds > ROUNDS_MAX || length > 1024 {
        return Err(Exception::throw_range(
            &ctx,
            "The number of iterations or the key length is out of range.",
        ));
    }
    let mut key = Vec::with_capacity(length);
    let mut block = 0_u32;
    while key.len() < length {
        block += 1;
        let first = keyed(&algorithm, &password.0, &[&salt.0[..], &block.to_be_bytes()].concat());
        let first =
            first.ok_or_else(|| Exception::throw_message(&ctx, &format!("Invalid digest: {algorithm}")))?;
        key.extend(rounds_of(&algorithm, &password.0, first, rounds));
    }
    key.truncate(length);
    ArrayBuffer::new(ctx, key)
}

/// One block of PBKDF2 (RFC 8018 §5.2), from its first round on.
fn rounds_of(algorithm: &str, password: &[u8], first: Vec<u8>, rounds: u32) -> Vec<u8> {
    let mut block = first.clone();
    let mut last = first;
    for _ in 1..rounds {
        last = keyed(algorithm, password, &last).unwrap_or_default();
        block.iter_mut().zip(&last).for_each(|(sum, byte)| *sum ^= byte);
    }
    block
}

fn random_bytes(ctx: Ctx<'_>, length: usize) -> Result<ArrayBuffer<'_>> {
    if length > RANDOM_BYTES_MAX {
        return Err(Exception::throw_range(&ctx, "At most 65536 random bytes can be had at a time."));
    }
    let mut bytes = vec![0; length];
    SystemRandom::new()
        .fill(&mut bytes)
        .map_err(|_| Exception::throw_message(&ctx, "The system has no randomness."))?;
    ArrayBuffer::new(ctx, bytes)
}

fn timing_safe_equal(ctx: Ctx<'_>, left: Data, right: Data) -> Result<bool> {
    if left.0.len() != right.0.len() {
        return Err(Exception::throw_range(&ctx, "Input buffers must have the same byte length"));
    }
    Ok(left.0.iter().zip(&right.0).fold(0, |difference, (left, right)| difference | (left ^ right)) == 0)
}

/// The bytes as an `ArrayBuffer`, or as a text in an encoding.
fn encoded<'js>(ctx: &Ctx<'js>, bytes: Vec<u8>, encoding: Option<String>) -> Result<Value<'js>> {
    match encoding.as_deref() {
        None => Ok(ArrayBuffer::new(ctx.clone(), bytes)?.into_value()),
        Some("hex") => hex::encode(bytes).into_js(ctx),
        Some("base64") => STANDARD.encode(bytes).into_js(ctx),
        Some("base64url") => URL_SAFE_NO_PAD.encode(bytes).into_js(ctx),
        Some(other) => Err(Exception::throw_type(ctx, &format!("Unknown encoding: {other}"))),
    }
}
