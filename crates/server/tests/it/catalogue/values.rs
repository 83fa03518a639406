//! What a user might type into the fields of a definition.

use bowline_domain::provider::FieldSchema;
use indexmap::IndexMap;
use proptest::strategy::{Strategy, ValueTree};
use proptest::string::string_regex;
use proptest::test_runner::TestRunner;
use serde_json::{Map, Value};

/// An RSA key (PKCS#1).
pub const RSA_KEY: &str = include_str!("../../../../engine/tests/data/rsa-2048.pem").trim_ascii_end();
const PKCS8_KEY: &str = include_str!("../../../../engine/tests/data/rsa-2048.pk8.pem").trim_ascii_end();
const P256_KEY: &str = include_str!("../../../../engine/tests/data/p256.pk8.pem").trim_ascii_end();
const ED25519_KEY: &str = include_str!("../../../../engine/tests/data/ed25519.pk8.pem").trim_ascii_end();
const JWK: &str = include_str!("../../../../engine/tests/data/rsa-2048.jwk.json").trim_ascii_end();
const CERTIFICATE: &str = include_str!("../../../../engine/tests/data/rsa-2048.crt").trim_ascii_end();

/// Tried in turn where a definition gives no sample that passes its own rules.
const SAMPLES: [&str; 14] = [
    "acme",
    "acme.example.com",
    "https://acme.example.com",
    "6f1ed002-ab55-4d2a-9f1a-8d3a5c6b7e10",
    "ada@example.com",
    "12345678",
    "eu",
    "us-east-1",
    "abcdef0123456789abcdef0123456789",
    "/acme",
    "2024-01-31",
    "+15550100",
    PKCS8_KEY,
    CERTIFICATE,
];

/// Patterns are written for people's texts; these make those, and not the whole of Unicode.
const NARROWED: [(&str, &str); 8] = [
    (r"\d", "[0-9]"),
    (r"\w", "[a-z0-9]"),
    (r"\s", "[ ]"),
    (r"\b", ""),
    (r"\/", "/"),
    (".*", "[a-z0-9]*"),
    (".+", "[a-z0-9]+"),
    ("(?:", "("),
];

/// A value for each field that a user must fill in.
pub fn of_fields(
    provider: &str,
    fields: &IndexMap<String, FieldSchema>,
) -> Result<Map<String, Value>, String> {
    let asked = fields.iter().filter(|(_, field)| !field.automated && !field.optional);
    asked.map(|(name, field)| Ok((name.clone(), of_field(provider, name, field)?.into()))).collect()
}

/// A value for one field.
pub fn of_field(provider: &str, name: &str, field: &FieldSchema) -> Result<String, String> {
    let fits = |value: &&str| !value.is_empty() && field.check(value).is_ok();
    let key = key_of(provider, name).filter(fits);
    let own = field.allowed.first().or(field.default_value.as_ref()).or(field.example.as_ref());
    let own = key.or(own.map(String::as_str).filter(fits));
    let found = own.or_else(|| SAMPLES.into_iter().find(|sample| fits(sample))).map(str::to_owned);
    // A key as it stands in a JSON file.
    let escaped = || Some(PKCS8_KEY.replace('\n', r"\n") + r"\n").filter(|key| field.check(key).is_ok());
    let found = found.or_else(|| of_pattern(field)).or_else(escaped);
    found.ok_or_else(|| format!("no value for {name}: {:?}", field.pattern))
}

/// A key of the kind that the provider signs with.
fn key_of(provider: &str, name: &str) -> Option<&'static str> {
    match (provider, name) {
        ("apple-app-store" | "apple-business-manager", "privateKey") => Some(P256_KEY),
        ("streamline-ai", "password") => Some(ED25519_KEY),
        ("okta-cc", "client_private_key") => Some(JWK),
        (_, "privateKey" | "client_private_key") => Some(PKCS8_KEY),
        _ => None,
    }
}

/// A text of the pattern's own making, the same in every run.
fn of_pattern(field: &FieldSchema) -> Option<String> {
    let pattern = field.pattern.as_deref()?;
    let bare = pattern.strip_prefix('^').unwrap_or(pattern);
    let bare = bare.strip_suffix('$').unwrap_or(bare);
    let bare = NARROWED.iter().fold(bare.to_owned(), |bare, (from, to)| bare.replace(from, to));
    let texts = string_regex(&bare).ok()?;
    let mut runner = TestRunner::deterministic();
    let fits = |text: &String| text.bytes().all(|byte| byte.is_ascii_graphic()) && field.check(text).is_ok();
    (0..100).find_map(|_| Some(texts.new_tree(&mut runner).ok()?.current()).filter(fits))
}
