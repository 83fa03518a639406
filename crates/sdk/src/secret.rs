//! Values that must not reach a log.

use std::fmt;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A secret text. It prints as `***`; [`expose`](Self::expose) gives the text itself.
#[derive(Clone, PartialEq, Eq, Hash, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// The text itself.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The text itself, by value.
    pub fn into_exposed(self) -> String {
        self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("***")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("***")
    }
}

impl<T: Into<String>> From<T> for Secret {
    fn from(text: T) -> Self {
        Self(text.into())
    }
}

/// A JSON object whose values may be secret. It prints its keys, and `***` for every value.
#[derive(Clone, Default, PartialEq, Deserialize)]
#[serde(transparent)]
pub struct SecretMap(Map<String, Value>);

impl SecretMap {
    /// The object itself.
    pub fn expose(&self) -> &Map<String, Value> {
        &self.0
    }

    /// One value, where it is a text.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.as_str()
    }

    /// The object as a type of your own.
    ///
    /// # Errors
    ///
    /// When the object does not have that shape. The error's text names no value.
    pub fn read<T: DeserializeOwned>(&self) -> crate::Result<T> {
        crate::http::decode::from_value(Value::Object(self.0.clone()))
    }

    pub(crate) fn from_map(map: Map<String, Value>) -> Self {
        Self(map)
    }
}

impl fmt::Debug for SecretMap {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_map().entries(self.0.keys().map(|key| (key, Secret(String::new())))).finish()
    }
}

/// Puts a secret into a request. Deliberately not `Serialize` on the type itself: answers that hold secrets
/// should not be written out by accident.
pub(crate) fn serialize<S: serde::Serializer>(secret: &Secret, serializer: S) -> Result<S::Ok, S::Error> {
    secret.0.serialize(serializer)
}

/// The same for a secret that may be absent.
pub(crate) fn serialize_option<S: serde::Serializer>(
    secret: &Option<Secret>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    secret.as_ref().map(Secret::expose).serialize(serializer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_print_as_stars_and_compare_by_value() {
        let secret = Secret::from("hush");
        assert_eq!(format!("{secret} {secret:?}"), "*** ***");
        assert_eq!(secret.expose(), "hush");
        let map: SecretMap = serde_json::from_str(r#"{"access_token":"hush"}"#).unwrap();
        assert_eq!(format!("{map:?}"), r#"{"access_token": ***}"#);
        assert_eq!(map.text("access_token"), Some("hush"));
    }
}
