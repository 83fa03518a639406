//! Source texts: what they are kept under, and how small.

use std::io::{Read, Write};

use bowline_domain::function::{Function, SourceDigest};
use bowline_domain::storage::StorageError;
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use ring::digest::{SHA256, digest};
use thiserror::Error;

use crate::Engine;

/// No text is longer: the body it comes in is not.
const SOURCE_BYTES_MAX: u64 = 128 << 20;

/// Why a source could not be read.
#[derive(Debug, Error)]
pub enum SourceError {
    /// It is not there any more: its function was deleted meanwhile.
    #[error("the function's source is gone")]
    Gone,
    /// What is stored is not what was written.
    #[error("the function's source is damaged")]
    Damaged,
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// What a text is kept under.
pub fn digest_of(text: &str) -> SourceDigest {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(digest(&SHA256, text.as_bytes()).as_ref());
    SourceDigest(bytes)
}

/// A text as it is kept.
pub(super) fn deflate(text: &str) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).and_then(|()| encoder.finish()).expect("a Vec takes every byte")
}

/// The text that was kept under a digest.
fn inflate(deflated: &[u8], expected: &SourceDigest) -> Result<String, SourceError> {
    let mut text = String::new();
    let mut decoder = DeflateDecoder::new(deflated).take(SOURCE_BYTES_MAX);
    decoder.read_to_string(&mut text).map_err(|_| SourceError::Damaged)?;
    if digest_of(&text) == *expected { Ok(text) } else { Err(SourceError::Damaged) }
}

impl Engine {
    /// The JavaScript of a function, as it was deployed.
    pub async fn function_js(&self, function: &Function) -> Result<String, SourceError> {
        self.function_source(function, &function.js_digest).await
    }

    /// The TypeScript of a function, as it was deployed.
    pub async fn function_ts(&self, function: &Function) -> Result<String, SourceError> {
        self.function_source(function, &function.ts_digest).await
    }

    async fn function_source(
        &self,
        function: &Function,
        digest: &SourceDigest,
    ) -> Result<String, SourceError> {
        let (environment, integration) = (function.environment_id, function.integration_id);
        let found = self.storage.find_function_source(environment, integration, digest).await?;
        inflate(&found.ok_or(SourceError::Gone)?, digest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_comes_back_and_damage_is_found_out() {
        let text = "module.exports = { exec: async () => 'grüße ✓' };\n".repeat(100);
        let (digest, deflated) = (digest_of(&text), deflate(&text));
        assert!(deflated.len() < text.len() / 10);
        assert_eq!(inflate(&deflated, &digest).unwrap(), text);
        assert!(matches!(inflate(&deflated, &digest_of("other")), Err(SourceError::Damaged)));
        assert!(matches!(inflate(&deflated[..20], &digest), Err(SourceError::Damaged)));
    }
}
