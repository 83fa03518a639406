//! From a header's text to a key's digest (spec `api.md` §2.1).

use bowline_domain::api_key::KeyDigest;
use ring::digest::{SHA256, digest};

const KEY_CHARS: usize = 36;

/// The key in an `Authorization` header: what follows the last `Bearer `, or all of it.
///
/// `Bearer` is matched as it is written; a header in lower case is taken as a key and refused as one.
pub fn bearer_key(header: &str) -> &str {
    header.rsplit_once("Bearer ").map_or(header, |(_, key)| key)
}

/// The digest a key is stored under, or `None` when the text is not a UUID v4.
///
/// Keys are the same in upper and lower case, so the digest is taken of the lower-case form.
pub fn key_digest(key: &str) -> Option<KeyDigest> {
    let mut lower: [u8; KEY_CHARS] = key.as_bytes().try_into().ok()?;
    lower.make_ascii_lowercase();
    let is_key = lower.iter().enumerate().all(|(at, &byte)| match at {
        8 | 13 | 18 | 23 => byte == b'-',
        14 => byte == b'4',
        19 => matches!(byte, b'8' | b'9' | b'a' | b'b'),
        _ => byte.is_ascii_digit() || matches!(byte, b'a'..=b'f'),
    });
    if !is_key {
        return None;
    }
    let bytes = digest(&SHA256, &lower).as_ref().try_into().expect("SHA-256 has 32 bytes");
    Some(KeyDigest(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "5a3ad9f1-8ac0-4c2b-9f47-2d6f0c7d1e52";

    #[test]
    fn the_key_is_what_follows_the_last_bearer_or_the_whole_header() {
        assert_eq!(bearer_key(&format!("Bearer {KEY}")), KEY);
        assert_eq!(bearer_key(&format!("Bearer Bearer {KEY}")), KEY);
        assert_eq!(bearer_key(KEY), KEY);
        assert!(key_digest(bearer_key(&format!("bearer {KEY}"))).is_none());
        assert!(key_digest(bearer_key("Bearer")).is_none());
    }

    #[test]
    fn upper_and_lower_case_are_the_same_key() {
        assert!(key_digest(KEY).is_some());
        assert_eq!(key_digest(KEY), key_digest(&KEY.to_uppercase()));
    }

    #[test]
    fn only_version_4_uuids_are_keys() {
        for bad in [
            "",
            "5a3ad9f1-8ac0-1c2b-9f47-2d6f0c7d1e52",
            "5a3ad9f1-8ac0-4c2b-cf47-2d6f0c7d1e52",
            "5a3ad9f18ac04c2b9f472d6f0c7d1e52",
            "5a3ad9f1-8ac0-4c2b-9f47-2d6f0c7d1e5g",
            "5a3ad9f1-8ac0-4c2b-9f47-2d6f0c7d1e52 ",
        ] {
            assert!(key_digest(bad).is_none(), "{bad}");
        }
    }
}
