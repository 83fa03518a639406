//! JSON bodies, read strictly: UTF-8, an object or array at the top, no key twice, bounded depth, no NUL.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Parses a body, or says what is wrong with it. The parser itself stops at 128 levels.
pub(super) fn parse(bytes: &[u8]) -> Result<Value, String> {
    let mut parser = serde_json::Deserializer::from_slice(bytes);
    let value = StrictValue.deserialize(&mut parser).map_err(|error| error.to_string())?;
    parser.end().map_err(|error| error.to_string())?;
    match value {
        Value::Object(_) | Value::Array(_) => Ok(value),
        _ => Err("expected an object or an array".to_owned()),
    }
}

struct StrictValue;

impl<'de> DeserializeSeed<'de> for StrictValue {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for StrictValue {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        self.visit_string(value.to_owned())
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Value, E> {
        refuse_nul(&value)?;
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(StrictValue)? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            if key == NUMBER && map.is_empty() {
                return number(&entries.next_value::<String>()?);
            }
            refuse_nul(&key)?;
            let value = entries.next_value_seed(StrictValue)?;
            if map.contains_key(&key) {
                return Err(A::Error::custom(format_args!("the key {key:?} is there twice")));
            }
            map.insert(key, value);
        }
        Ok(Value::Object(map))
    }
}

/// How the parser hands on a number that is no small integer, where some crate of the binary has turned its feature
/// `arbitrary_precision` on (the bundler's does): as an object with this key.
const NUMBER: &str = "$serde_json::private::Number";

/// The number as without that feature: a double, and an error where that would be infinite.
fn number<E: Error>(text: &str) -> Result<Value, E> {
    let number = text.parse().ok().and_then(Number::from_f64);
    number.map(Value::Number).ok_or_else(|| E::custom("number out of range"))
}

/// Databases cannot store the character NUL, so no text that could reach one may hold it.
fn refuse_nul<E: Error>(text: &str) -> Result<(), E> {
    if text.contains('\0') {
        Err(E::custom("texts must not contain the character NUL (\\u0000)"))
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_json_allows_is_read_as_it_is() {
        let text = br#"{"a":[1,-2,3.5,"x",true,null],"b":{"$serde_json::private::RawValue":"1"}}"#;
        assert_eq!(
            parse(text),
            Ok(json!({"a": [1, -2, 3.5, "x", true, null], "b": {"$serde_json::private::RawValue": "1"}}))
        );
    }

    #[test]
    fn a_key_twice_in_one_object_is_refused_at_any_depth() {
        assert!(parse(br#"{"a":1,"a":2}"#).unwrap_err().contains("twice"));
        assert!(parse(br#"[{"a":{"b":1,"\u0062":2}}]"#).unwrap_err().contains("twice"));
        assert!(parse(br#"[{"a":1},{"a":2}]"#).is_ok());
    }

    #[test]
    fn the_character_nul_is_refused_in_values_and_keys_at_any_depth() {
        let cases: [&[u8]; 4] =
            [br#"{"a":"x\u0000"}"#, br#"{"\u0000":1}"#, br#"[{"a":["\u0000"]}]"#, br#"["\u0000"]"#];
        for case in cases {
            assert!(parse(case).unwrap_err().contains("NUL"), "{}", String::from_utf8_lossy(case));
        }
        assert_eq!(parse(br#"["\\u0000"]"#), Ok(json!(["\\u0000"])));
    }

    #[test]
    fn primitives_trailing_text_bad_utf_8_and_great_depth_are_refused() {
        let deep = "[".repeat(200_000);
        let cases: [&[u8]; 6] = [b"1", b"\"x\"", b"{} {}", b"{\"a\":\"\xff\"}", b"{", deep.as_bytes()];
        for case in cases {
            assert!(parse(case).is_err(), "{}", String::from_utf8_lossy(&case[..case.len().min(20)]));
        }
    }
}
