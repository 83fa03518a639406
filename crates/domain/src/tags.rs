//! Tags: a few short key-value pairs on a connection (spec `api.md` §3.3).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::text::is_email;

/// Most tags one connection carries.
pub const TAGS_MAX: usize = 10;
const KEY_CHARS_MAX: usize = 64;
const VALUE_CHARS_MAX: usize = 255;

/// Why a set of tags was refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TagsProblem {
    /// More than [`TAGS_MAX`] keys.
    #[error("Tags cannot contain more than 10 keys")]
    TooMany,
    /// A key with another form than a letter and then letters, digits and `_-./`.
    #[error(
        "Tag key must start with a letter and contain only alphanumerics, underscores, hyphens, periods, or slashes"
    )]
    BadKey(String),
    /// Two keys that are equal in lower case.
    #[error("Tag keys must be unique (case-insensitive)")]
    DuplicateKey(String),
    /// A value that is empty or too long.
    #[error("Tag value must have 1 to 255 characters")]
    BadValue(String),
    /// The key `end_user_email` with something else than an e-mail address.
    #[error("end_user_email must be a valid email address")]
    BadEmail(String),
}

impl TagsProblem {
    /// The key the problem is at, if it is at one.
    pub fn key(&self) -> Option<&str> {
        match self {
            Self::TooMany => None,
            Self::BadKey(key) | Self::DuplicateKey(key) | Self::BadValue(key) | Self::BadEmail(key) => {
                Some(key)
            }
        }
    }
}

/// Checked tags; keys are lower case.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Tags(BTreeMap<String, String>);

impl Tags {
    /// Checks and lower-cases tags from outside.
    pub fn parse<I: IntoIterator<Item = (String, String)>>(pairs: I) -> Result<Self, TagsProblem> {
        let mut tags = BTreeMap::new();
        for (key, value) in pairs {
            if !is_key(&key) {
                return Err(TagsProblem::BadKey(key));
            }
            let lower = key.to_ascii_lowercase();
            check_value(&lower, &value).map_err(|problem| problem(key.clone()))?;
            if tags.insert(lower, value).is_some() {
                return Err(TagsProblem::DuplicateKey(key));
            }
        }
        if tags.len() > TAGS_MAX {
            return Err(TagsProblem::TooMany);
        }
        Ok(Self(tags))
    }

    /// The tags as pairs in key order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds a generated tag: cut to the limits, left out when the key is not one.
    pub fn insert_generated(&mut self, key: &str, value: &str) {
        let key: String = key.to_ascii_lowercase().chars().take(KEY_CHARS_MAX).collect();
        let value: String = value.chars().take(VALUE_CHARS_MAX).collect();
        if is_key(&key) && !value.is_empty() {
            self.0.insert(key, value);
        }
    }

    /// These tags with `over` laid on top.
    #[must_use]
    pub fn overlaid(mut self, over: &Tags) -> Self {
        self.0.extend(over.0.iter().map(|(key, value)| (key.clone(), value.clone())));
        self
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

fn is_key(key: &str) -> bool {
    let mut chars = key.chars();
    chars.next().is_some_and(|c| c.is_ascii_alphabetic())
        && chars.all(|c| c.is_ascii_alphanumeric() || "_-./".contains(c))
        && key.len() <= KEY_CHARS_MAX
}

fn check_value(key: &str, value: &str) -> Result<(), fn(String) -> TagsProblem> {
    if value.is_empty() || value.chars().count() > VALUE_CHARS_MAX {
        return Err(TagsProblem::BadValue);
    }
    if key == "end_user_email" && !is_email(value) {
        return Err(TagsProblem::BadEmail);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(key: &str, value: &str) -> (String, String) {
        (key.to_owned(), value.to_owned())
    }

    #[test]
    fn keys_are_lower_cased_and_duplicates_after_that_are_refused() {
        let tags = Tags::parse([pair("Team", "A")]).unwrap();
        assert_eq!(tags.iter().collect::<Vec<_>>(), [("team", "A")]);
        let twice = Tags::parse([pair("Team", "A"), pair("team", "B")]);
        assert_eq!(twice, Err(TagsProblem::DuplicateKey("team".to_owned())));
    }

    #[test]
    fn eleven_tags_are_too_many() {
        let pairs = (0..11).map(|n| pair(&format!("k{n}"), "v"));
        assert_eq!(Tags::parse(pairs), Err(TagsProblem::TooMany));
    }

    #[test]
    fn the_email_tag_must_hold_an_email() {
        assert!(Tags::parse([pair("end_user_email", "nobody")]).is_err());
        assert!(Tags::parse([pair("end_user_email", "a@b.co")]).is_ok());
    }
}
