//! Signatures over whole requests.

pub mod aws;
pub mod oauth1;

use crate::template::url::COMPONENT;

/// Percent-encodes all but RFC 3986 "unreserved" characters.
pub(crate) fn encode(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, COMPONENT).to_string()
}

/// Pairs as `name=value`, encoded, sorted and joined with `&`: the canonical form of both signatures.
pub(crate) fn canonical_pairs(pairs: impl IntoIterator<Item = (String, String)>) -> String {
    let mut encoded: Vec<(String, String)> =
        pairs.into_iter().map(|(name, value)| (encode(&name), encode(&value))).collect();
    encoded.sort();
    let joined: Vec<String> = encoded.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    joined.join("&")
}

/// The pairs of a raw query.
pub(crate) fn query_pairs(query: &str) -> impl Iterator<Item = (String, String)> + '_ {
    form_urlencoded::parse(query.as_bytes()).into_owned()
}
