//! Where two JSON values differ.
//!
//! What a function returns is compared after it went through JSON, so that `undefined` is gone and a date is its text;
//! with that, `toEqual` and `toStrictEqual` of the test framework ask for the same.

use std::fmt::{self, Write};

use serde::Serialize;
use serde_json::{Map, Value};

/// Differences that are worth a line; further ones are counted.
const SHOWN_MAX: usize = 10;
/// Characters of a value that are worth showing.
const VALUE_LENGTH_MAX: usize = 200;

/// Where two values differ, in the order of the expected one.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Differences {
    /// The first of them.
    pub shown: Vec<Difference>,
    /// How many there are.
    pub count: usize,
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// Where, such as `output.items[3].name`.
    pub at: String,
    /// What should be there; `None` for nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// What is there; `None` for nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub got: Option<String>,
}

impl Differences {
    /// The differences of two values, of which the first is the expected one.
    pub fn between(name: &str, expected: &Value, got: &Value) -> Self {
        let mut differences = Self::default();
        differences.compare(&mut name.to_owned(), Some(expected), Some(got));
        differences
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Adds those of another pair of values.
    pub fn extend(&mut self, more: Self) {
        self.count += more.count;
        self.shown.extend(more.shown);
        self.shown.truncate(SHOWN_MAX);
    }

    fn compare(&mut self, path: &mut String, expected: Option<&Value>, got: Option<&Value>) {
        match (expected, got) {
            (Some(Value::Object(expected)), Some(Value::Object(got))) => self.objects(path, expected, got),
            (Some(Value::Array(expected)), Some(Value::Array(got))) => self.arrays(path, expected, got),
            (Some(expected), Some(got)) if is_same(expected, got) => {}
            _ => self.add(path, expected, got),
        }
    }

    fn objects(&mut self, path: &mut String, expected: &Map<String, Value>, got: &Map<String, Value>) {
        for (key, value) in expected {
            self.below(path, &step(key), Some(value), got.get(key));
        }
        for (key, value) in got.iter().filter(|(key, _)| !expected.contains_key(*key)) {
            self.below(path, &step(key), None, Some(value));
        }
    }

    fn arrays(&mut self, path: &mut String, expected: &[Value], got: &[Value]) {
        for index in 0..expected.len().max(got.len()) {
            self.below(path, &format!("[{index}]"), expected.get(index), got.get(index));
        }
    }

    fn below(&mut self, path: &mut String, step: &str, expected: Option<&Value>, got: Option<&Value>) {
        let length = path.len();
        path.push_str(step);
        self.compare(path, expected, got);
        path.truncate(length);
    }

    fn add(&mut self, path: &str, expected: Option<&Value>, got: Option<&Value>) {
        self.count += 1;
        if self.shown.len() < SHOWN_MAX {
            let [expected, got] = [expected, got].map(|value| value.map(shortened));
            self.shown.push(Difference { at: path.to_owned(), expected, got });
        }
    }
}

/// Equality of values that hold no others. Numbers are those of JavaScript: `1` is `1.0`.
fn is_same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        _ => a == b,
    }
}

fn step(key: &str) -> String {
    let is_plain = !key.is_empty()
        && key.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '$')
        && !key.starts_with(|c: char| c.is_numeric());
    if is_plain { format!(".{key}") } else { format!("[{}]", Value::from(key)) }
}

fn shortened(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(VALUE_LENGTH_MAX) {
        None => text,
        Some((end, _)) => format!("{}… ({} characters)", &text[..end], text.chars().count()),
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { at, expected, got } = self;
        let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".to_owned());
        write!(formatter, "at {at}: expected {}, got {}", shown(expected), shown(got))
    }
}

impl fmt::Display for Differences {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        for difference in &self.shown {
            writeln!(text, "{difference}")?;
        }
        match self.count - self.shown.len() {
            0 => {}
            1 => text.push_str("and 1 more difference"),
            more => write!(text, "and {more} more differences")?,
        }
        formatter.write_str(text.trim_end())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shown(expected: &Value, got: &Value) -> String {
        Differences::between("output", expected, got).to_string()
    }

    #[test]
    fn equal_values_have_no_differences_whatever_the_order_of_keys() {
        let a = json!({ "a": [1, { "b": null }], "c": 1.0 });
        let b = json!({ "c": 1, "a": [1.0, { "b": null }] });
        assert!(Differences::between("output", &a, &b).is_empty());
    }

    #[test]
    fn each_difference_is_named_by_its_path() {
        let expected = json!({ "items": [{ "name": "a" }, { "name": "b" }], "gone": null, "odd key": 1 });
        let got = json!({ "items": [{ "name": "x" }], "odd key": "1", "new": true });
        assert_eq!(
            shown(&expected, &got),
            "at output.items[0].name: expected \"a\", got \"x\"\n\
             at output.items[1]: expected {\"name\":\"b\"}, got nothing\n\
             at output.gone: expected null, got nothing\n\
             at output[\"odd key\"]: expected 1, got \"1\"\n\
             at output.new: expected nothing, got true"
        );
    }

    #[test]
    fn many_differences_are_counted_and_long_values_cut() {
        let expected = Value::from((0..12).collect::<Vec<i32>>());
        let got = Value::from((1..13).collect::<Vec<i32>>());
        assert!(shown(&expected, &got).ends_with("and 2 more differences"));
        assert!(shown(&json!("é".repeat(500)), &json!(1)).contains("… (502 characters)"));
    }
}
