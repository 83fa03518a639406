//! JSON into types; what fails is told by place, never by value.

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::{DecodeError, Error, Result};

/// A whole body.
pub(crate) fn from_slice<T: DeserializeOwned>(body: &[u8]) -> Result<T> {
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = error.path().to_string();
        decode_error(path, error.inner())
    })?;
    deserializer.end().map_err(|error| decode_error(".".into(), &error))?;
    Ok(value)
}

/// A part of a body.
pub(crate) fn from_value<T: DeserializeOwned>(value: Value) -> Result<T> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = error.path().to_string();
        decode_error(path, error.inner())
    })
}

fn decode_error(path: String, error: &serde_json::Error) -> Error {
    let problem = if error.is_eof() {
        "the JSON ends early".to_owned()
    } else if error.is_syntax() {
        format!("no JSON at line {} column {}", error.line(), error.column())
    } else {
        without_values(&error.to_string())
    };
    Error::Decode(DecodeError { path, problem })
}

/// Serde's message without what it quotes from the data: ``invalid type: string "tok", expected u64`` keeps
/// the kinds and loses the text.
fn without_values(message: &str) -> String {
    let message = message.split(" at line ").next().unwrap_or(message);
    // These name a field of our own types.
    if message.starts_with("missing field") || message.starts_with("duplicate field") {
        return message.to_owned();
    }
    // What a type of the caller says in its own words may quote anything.
    let serdes_words =
        ["invalid type", "invalid value", "invalid length", "unknown variant", "unknown field"];
    if !serdes_words.iter().any(|start| message.starts_with(start)) {
        return "a value that its type does not take".to_owned();
    }
    let expected = message.rfind(", expected").map_or("", |at| &message[at..]);
    let found = &message[..message.len() - expected.len()];
    let quote = found.find(['"', '`']).unwrap_or(found.len());
    format!("{}{expected}", found[..quote].trim_end())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn problem<T: DeserializeOwned + std::fmt::Debug>(json: &str) -> DecodeError {
        match from_slice::<T>(json.as_bytes()).unwrap_err() {
            Error::Decode(error) => error,
            other => panic!("{other}"),
        }
    }

    #[test]
    fn an_error_names_the_place_and_the_kinds_but_no_value() {
        let error = problem::<BTreeMap<String, Vec<u8>>>(r#"{"list":[1,"hush, expected \"nothing\" `x`"]}"#);
        assert_eq!(error.path, "list[1]");
        assert_eq!(error.problem, "invalid type: string, expected u8");
        let error = problem::<Vec<u8>>("[70000]");
        assert_eq!(error.problem, "invalid value: integer, expected u8");
    }

    #[test]
    fn what_a_type_of_the_caller_says_is_not_repeated() {
        #[derive(Debug)]
        struct Picky;
        impl<'de> serde::Deserialize<'de> for Picky {
            fn deserialize<D: serde::Deserializer<'de>>(
                deserializer: D,
            ) -> std::result::Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                Err(serde::de::Error::custom(format!("no colour: {text}")))
            }
        }
        assert_eq!(problem::<Vec<Picky>>(r#"["hush"]"#).problem, "a value that its type does not take");
    }

    #[test]
    fn broken_json_is_told_from_json_that_ends_early() {
        assert_eq!(problem::<Value>(r#"{"a":"#).problem, "the JSON ends early");
        assert_eq!(problem::<Value>("{]").problem, "no JSON at line 1 column 2");
        assert_eq!(problem::<Value>("{} x").problem, "no JSON at line 1 column 4");
    }
}
