//! Paths whose parts may hold any character.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::error::{Error, Result};

/// All but the unreserved characters of RFC 3986 §2.3.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A path as a text: `/connections/` and an id, say.
#[derive(Debug, Clone)]
pub(crate) struct Path(String);

impl Path {
    /// A path that is known when this is compiled.
    pub fn fixed(path: &'static str) -> Self {
        Self(path.to_owned())
    }

    /// A path that the server named, such as the status address of an action.
    pub fn given(path: &str) -> Result<Self> {
        let is_path = path.starts_with('/') && !path.starts_with("//");
        if !is_path || path.contains(['\\', '#']) || path.chars().any(char::is_control) {
            return Err(Error::invalid(
                "status_url",
                "is no path of the server: pass it as the server gave it",
            ));
        }
        Ok(Self(path.to_owned()))
    }

    /// The path, followed by a segment that may hold any character.
    pub fn segment(mut self, argument: &'static str, segment: &str) -> Result<Self> {
        check_text(argument, segment)?;
        // A URL resolves these away however they are encoded (WHATWG URL §4.4).
        if matches!(segment, "." | "..") {
            return Err(Error::invalid(argument, format!("is {segment:?}, which an address cannot hold")));
        }
        self.0.push('/');
        self.0.extend(utf8_percent_encode(segment, RESERVED));
        Ok(self)
    }

    /// The path, followed by text that is known when this is compiled.
    pub fn then(mut self, rest: &'static str) -> Self {
        self.0.push_str(rest);
        self
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An id or name that must be there.
pub(crate) fn check_text(argument: &'static str, text: &str) -> Result<()> {
    if text.is_empty() {
        return Err(Error::invalid(argument, "is empty"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_of_an_id_arrives_as_part_of_the_id() {
        let path = Path::fixed("/connections").segment("connection_id", "a/b?c#d%2Fé ü+~").unwrap();
        assert_eq!(path.as_str(), "/connections/a%2Fb%3Fc%23d%252F%C3%A9%20%C3%BC%2B~");
    }

    #[test]
    fn ids_that_no_address_can_hold_are_refused() {
        for id in ["", ".", ".."] {
            assert!(Path::fixed("/connections").segment("connection_id", id).is_err(), "{id:?}");
        }
        for path in ["", "action/1", "//evil.example", "http://evil.example", "/a#b", "/\\evil.example"] {
            assert!(Path::given(path).is_err(), "{path:?}");
        }
    }
}
