//! A connection's metadata: a JSON object that belongs to the user.

use serde_json::{Map, Value};

/// The metadata object; key order is kept.
pub type Metadata = Map<String, Value>;

/// How a metadata write treats what is there.
#[derive(Debug, Clone, PartialEq)]
pub enum MetadataWrite {
    /// The new object takes the old one's place.
    Replace(Metadata),
    /// The new object's top-level keys are laid over the old one's.
    Merge(Metadata),
}

impl MetadataWrite {
    /// The metadata after this write.
    pub fn apply(&self, old: Option<Metadata>) -> Metadata {
        match self {
            Self::Replace(new) => new.clone(),
            Self::Merge(new) => {
                let mut merged = old.unwrap_or_default();
                merged.extend(new.iter().map(|(key, value)| (key.clone(), value.clone())));
                merged
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_merge_is_shallow() {
        let object = |text: &str| serde_json::from_str::<Metadata>(text).unwrap();
        let write = MetadataWrite::Merge(object(r#"{"a":{"y":2},"c":3}"#));
        assert_eq!(
            write.apply(Some(object(r#"{"a":{"x":1},"b":1}"#))),
            object(r#"{"a":{"y":2},"b":1,"c":3}"#)
        );
        assert_eq!(write.apply(None), object(r#"{"a":{"y":2},"c":3}"#));
    }
}
