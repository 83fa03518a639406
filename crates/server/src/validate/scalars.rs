//! Reading fields of each kind: texts, numbers, booleans, objects, lists, tags.

use std::fmt::Display;
use std::ops::RangeInclusive;

use bowline_api::error::IssueCode;
use bowline_domain::Timestamp;
use bowline_domain::tags::Tags;
use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::kinds::{bool_of_text, bool_words, one_of};
use super::{Fields, Refusal};

impl Fields {
    /// A text that must be there.
    pub fn required_text<E: Into<Refusal>>(
        &mut self,
        name: &str,
        check: impl Fn(&str) -> Result<(), E>,
    ) -> String {
        let value = self.take_required(name, "string");
        value.and_then(|value| self.checked_text(&[name], value, check)).unwrap_or_default()
    }

    /// A text that may be left out.
    pub fn optional_text<E: Into<Refusal>>(
        &mut self,
        name: &str,
        check: impl Fn(&str) -> Result<(), E>,
    ) -> Option<String> {
        let value = self.take(name)?;
        self.checked_text(&[name], value, check)
    }

    fn checked_text<E: Into<Refusal>>(
        &mut self,
        at: &[&str],
        value: Value,
        check: impl Fn(&str) -> Result<(), E>,
    ) -> Option<String> {
        let Value::String(text) = value else {
            self.refuse_type(at, "string", Some(&value));
            return None;
        };
        match check(&text) {
            Ok(()) => Some(text),
            Err(problem) => {
                self.refuse(at, problem);
                None
            }
        }
    }

    /// One of a few words, which must be there; the first of them until `finish`.
    pub fn required_one_of<'a>(&mut self, name: &str, allowed: &[&'a str]) -> &'a str {
        let value = self.take(name);
        let first = allowed.first().copied().unwrap_or_default();
        self.word(name, value.as_ref(), allowed).unwrap_or(first)
    }

    /// One of a few words, which may be left out.
    pub fn optional_one_of<'a>(&mut self, name: &str, allowed: &[&'a str]) -> Option<&'a str> {
        let value = self.take(name)?;
        self.word(name, Some(&value), allowed)
    }

    fn word<'a>(&mut self, name: &str, value: Option<&Value>, allowed: &[&'a str]) -> Option<&'a str> {
        let text = value.and_then(Value::as_str);
        let found = text.and_then(|text| allowed.iter().copied().find(|word| *word == text));
        if found.is_none() {
            self.refuse(&[name], Refusal { code: IssueCode::InvalidValue, message: one_of(allowed) });
        }
        found
    }

    /// A boolean that may be left out. Outside of bodies it is a word such as `true`, `1` or `off`.
    pub fn optional_bool(&mut self, name: &str) -> Option<bool> {
        let value = self.take(name)?;
        match (&value, self.group.is_text_only()) {
            (Value::Bool(value), false) => Some(*value),
            (Value::String(text), true) => {
                let value = bool_of_text(text);
                if value.is_none() {
                    self.refuse(&[name], Refusal { code: IssueCode::InvalidValue, message: bool_words() });
                }
                value
            }
            _ => {
                self.refuse_type(&[name], "boolean", Some(&value));
                None
            }
        }
    }

    /// A whole number that may be left out. Outside of bodies it is written as text.
    pub fn optional_integer(&mut self, name: &str, range: RangeInclusive<i64>) -> Option<i64> {
        let value = self.take(name)?;
        self.integer(name, &value, range)
    }

    /// A whole number that must be there.
    pub fn required_integer(&mut self, name: &str, range: RangeInclusive<i64>) -> i64 {
        let value = self.take_required(name, "number");
        value.and_then(|value| self.integer(name, &value, range)).unwrap_or_default()
    }

    /// A whole number that must be there, in a body also as text (`"7"`).
    pub fn required_integer_or_text(&mut self, name: &str, range: RangeInclusive<i64>) -> i64 {
        if let Some(number) = self.peek_text(name).and_then(|text| text.trim().parse::<i64>().ok()) {
            self.ignore(name);
            return self.integer(name, &Value::from(number), range).unwrap_or_default();
        }
        self.required_integer(name, range)
    }

    fn peek_text(&self, name: &str) -> Option<&str> {
        self.peek(name).and_then(Value::as_str)
    }

    fn integer(&mut self, name: &str, value: &Value, range: RangeInclusive<i64>) -> Option<i64> {
        let number = match value {
            Value::Number(number) => number.as_f64(),
            Value::String(text) if self.group.is_text_only() => match text.trim().parse::<f64>() {
                Ok(number) if number.is_finite() => Some(number),
                _ => {
                    let message = "Invalid input: expected number, received NaN".to_owned();
                    self.refuse(&[name], Refusal { code: IssueCode::InvalidType, message });
                    return None;
                }
            },
            _ => None,
        };
        let Some(number) = number else {
            self.refuse_type(&[name], "number", Some(value));
            return None;
        };
        if number.fract() != 0.0 {
            let message = "Invalid input: expected int, received number".to_owned();
            self.refuse(&[name], Refusal { code: IssueCode::InvalidType, message });
            return None;
        }
        // Larger numbers than i64 saturate, and no range here reaches that far.
        self.in_range(name, number as i64, range)
    }

    fn in_range(&mut self, name: &str, number: i64, range: RangeInclusive<i64>) -> Option<i64> {
        let too = |word: &str, sign: &str, limit: &dyn Display| {
            format!("Too {word}: expected number to be {sign}{limit}")
        };
        if number < *range.start() {
            let message = too("small", ">=", range.start());
            self.refuse(&[name], Refusal { code: IssueCode::TooSmall, message });
            return None;
        }
        if number > *range.end() {
            let message = too("big", "<=", range.end());
            self.refuse(&[name], Refusal { code: IssueCode::TooBig, message });
            return None;
        }
        Some(number)
    }

    /// A strict object that may be left out, read by `read`.
    pub fn optional_object<T>(&mut self, name: &str, read: impl FnOnce(&mut Fields) -> T) -> Option<T> {
        let value = self.take(name)?;
        self.nested(name, value, read)
    }

    /// A map whose values are strict objects, each read by `read`; it may be left out.
    pub fn optional_object_map<T>(
        &mut self,
        name: &str,
        read: impl Fn(&mut Fields) -> T,
    ) -> Option<IndexMap<String, T>> {
        let value = self.take(name)?;
        self.nested(name, value, |map| {
            let keys = map.names();
            let read_one = |key: String| {
                let value = map.take(&key)?;
                let read = map.nested(&key, value, &read)?;
                Some((key, read))
            };
            keys.into_iter().filter_map(read_one).collect()
        })
    }

    /// A JSON object that belongs to the user, kept as it is.
    pub fn optional_json_object(&mut self, name: &str) -> Option<Map<String, Value>> {
        match self.take(name)? {
            Value::Object(map) => Some(map),
            other => {
                self.refuse_type(&[name], "object", Some(&other));
                None
            }
        }
    }

    /// As [`Fields::optional_json_object`], but it must be there.
    pub fn required_json_object(&mut self, name: &str) -> Map<String, Value> {
        let Some(value) = self.take_required(name, "object") else { return Map::new() };
        match value {
            Value::Object(map) => map,
            other => {
                self.refuse_type(&[name], "object", Some(&other));
                Map::new()
            }
        }
    }

    /// All fields not yet read, as they are: at most `fields_max`, their texts at most `chars_max` long.
    pub fn take_rest(&mut self, fields_max: usize, chars_max: usize) -> Map<String, Value> {
        let names = self.names();
        if names.len() > fields_max {
            let message = format!("Too big: expected object to have <={fields_max} keys");
            self.refuse(&[], Refusal { code: IssueCode::TooBig, message });
        }
        let mut rest = Map::with_capacity(names.len());
        for name in names {
            let Some(value) = self.take(&name) else { continue };
            if value.as_str().is_some_and(|text| text.chars().count() > chars_max) {
                let message = format!("Too big: expected string to have <={chars_max} characters");
                self.refuse(&[&name], Refusal { code: IssueCode::TooBig, message });
            }
            rest.insert(name, value);
        }
        rest
    }

    /// A map of texts that may be left out.
    pub fn optional_text_map<E: Into<Refusal>>(
        &mut self,
        name: &str,
        check: impl Fn(&str) -> Result<(), E>,
    ) -> Option<IndexMap<String, String>> {
        let map = self.optional_json_object(name)?;
        let mut texts = IndexMap::with_capacity(map.len());
        for (key, value) in map {
            if let Some(text) = self.checked_text(&[name, &key], value, &check) {
                texts.insert(key, text);
            }
        }
        Some(texts)
    }

    /// Tags, checked and in lower case.
    pub fn optional_tags(&mut self, name: &str) -> Option<Tags> {
        let fine_before = self.issue_count();
        let pairs = self.optional_text_map(name, super::any_text)?;
        if self.issue_count() > fine_before {
            return None;
        }
        match Tags::parse(pairs) {
            Ok(tags) => Some(tags),
            Err(problem) => {
                let at: Vec<&str> = std::iter::once(name).chain(problem.key()).collect();
                self.refuse(&at, &problem);
                None
            }
        }
    }

    /// Texts that may be left out: one, or a list of at most `items_max`.
    pub fn optional_texts<E: Into<Refusal>>(
        &mut self,
        name: &str,
        items_max: usize,
        check: impl Fn(&str) -> Result<(), E>,
    ) -> Option<Vec<String>> {
        let items = match self.take(name)? {
            Value::Array(items) => items,
            one @ Value::String(_) if self.group.is_text_only() => vec![one],
            other => {
                self.refuse_type(&[name], "array", Some(&other));
                return None;
            }
        };
        if items.len() > items_max {
            let message = format!("Too big: expected array to have <={items_max} items");
            self.refuse(&[name], Refusal { code: IssueCode::TooBig, message });
            return None;
        }
        let checked = |(at, item)| self.checked_text(&[name, &usize::to_string(&at)], item, &check);
        Some(items.into_iter().enumerate().filter_map(checked).collect())
    }

    /// A moment that must be there, in the forms of [`Fields::optional_moment`]; `None` when it was refused.
    pub fn required_moment(&mut self, name: &str) -> Option<Timestamp> {
        if !self.has(name) {
            self.refuse_type(&[name], "date", None);
        }
        self.optional_moment(name)
    }

    /// A moment that may be left out: an ISO 8601 text, or (in bodies) milliseconds since the epoch.
    pub fn optional_moment(&mut self, name: &str) -> Option<Timestamp> {
        let value = self.take(name)?;
        let moment = match &value {
            Value::String(text) => Timestamp::parse_iso(text.trim()),
            Value::Number(millis) => millis.as_i64().map(Timestamp::from_millis),
            _ => None,
        };
        if moment.is_none() {
            let message = "Invalid input: expected date, received Date".to_owned();
            self.refuse(&[name], Refusal { code: IssueCode::InvalidType, message });
        }
        moment
    }
}
