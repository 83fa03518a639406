//! A connection's metadata: a JSON object that belongs to the user.

use std::io;

use serde_json::{Map, Value};

/// The metadata object; key order is kept.
pub type Metadata = Map<String, Value>;

/// What one connection may hold, as JSON text: merges add up, and every list and read carries the sum.
pub const METADATA_BYTES_MAX: usize = 1024 * 1024;

/// Whether metadata is more than a connection may hold.
pub fn is_too_large(metadata: &Metadata) -> bool {
    let mut room = Room(METADATA_BYTES_MAX);
    serde_json::to_writer(&mut room, metadata).is_err()
}

/// Counts what is written, and fails when there is no room left.
struct Room(usize);

impl io::Write for Room {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.checked_sub(bytes.len()).ok_or(io::ErrorKind::StorageFull)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

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

    #[test]
    fn the_limit_counts_the_bytes_of_the_json_text() {
        let of_length = |length: usize| {
            let text = "é".repeat((length - r#"{"k":""}"#.len()) / 2);
            let metadata = Metadata::from_iter([("k".to_owned(), text.into())]);
            assert_eq!(serde_json::to_vec(&metadata).unwrap().len(), length);
            metadata
        };
        assert!(!is_too_large(&Metadata::new()));
        assert!(!is_too_large(&of_length(METADATA_BYTES_MAX)));
        assert!(is_too_large(&of_length(METADATA_BYTES_MAX + 2)));
    }
}
