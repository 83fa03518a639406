//! Whether a JSON value has the shape that a function declared.
//!
//! Schemas come from zod by way of the runtime, in JSON Schema's draft 7. This knows the keywords that zod writes; a
//! keyword that it does not know forbids nothing, as the standard has it.

use regress::Regex;
use serde_json::{Map, Value};
use url::Url;

/// How deep schemas may refer to themselves.
const DEPTH_MAX: usize = 200;
const DATE_TIME: &str = r"^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$";

/// A keyword, how it reads, and whether a number suits its limit.
type Rule = (&'static str, &'static str, fn(f64, f64) -> bool);

/// Everything that is wrong with a value, each with its place; `name` stands for the value as a whole.
pub fn problems(name: &str, schema: &Value, value: &Value) -> Vec<String> {
    let mut check = Check { root: schema, found: Vec::new() };
    check.value(schema, value, name, 0);
    check.found
}

struct Check<'a> {
    root: &'a Value,
    found: Vec<String>,
}

impl Check<'_> {
    fn value(&mut self, schema: &Value, value: &Value, at: &str, depth: usize) {
        let Value::Object(schema) = schema else {
            if *schema == Value::Bool(false) {
                self.add(at, "is not allowed");
            }
            return;
        };
        if depth > DEPTH_MAX {
            return;
        }
        if let Some(target) = schema.get("$ref").and_then(Value::as_str) {
            let target = target.strip_prefix('#').and_then(|pointer| self.root.pointer(pointer));
            if let Some(target) = target.cloned() {
                self.value(&target, value, at, depth + 1);
            }
            return;
        }
        if let Some(expected) = schema.get("type").filter(|expected| !has_type(expected, value)) {
            self.add(at, &format!("must be {}, and is {}", types_text(expected), type_of(value)));
            return;
        }
        self.choices(schema, value, at, depth);
        match value {
            Value::Object(fields) => self.fields(schema, fields, at, depth),
            Value::Array(items) => self.items(schema, items, at, depth),
            Value::String(text) => self.text(schema, text, at),
            Value::Number(_) => self.number(schema, value, at),
            Value::Null | Value::Bool(_) => {}
        }
    }

    fn add(&mut self, at: &str, what: &str) {
        self.found.push(format!("{at} {what}"));
    }

    /// What of a schema names other schemas or values.
    fn choices(&mut self, schema: &Map<String, Value>, value: &Value, at: &str, depth: usize) {
        if let Some(allowed) = schema.get("enum").and_then(Value::as_array)
            && !allowed.iter().any(|allowed| is_same(allowed, value))
        {
            let allowed: Vec<String> = allowed.iter().map(Value::to_string).collect();
            self.add(at, &format!("must be one of {}", allowed.join(", ")));
        }
        if let Some(constant) = schema.get("const").filter(|constant| !is_same(constant, value)) {
            self.add(at, &format!("must be {constant}"));
        }
        for all in schema.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            self.value(all, value, at, depth + 1);
        }
        for keyword in ["anyOf", "oneOf"] {
            let Some(options) = schema.get(keyword).and_then(Value::as_array) else { continue };
            self.options(keyword, options, value, at, depth);
        }
        if let Some(other) = schema.get("not")
            && self.of_one(other, value, at, depth).is_empty()
        {
            self.add(at, "has a shape that is not allowed");
        }
    }

    fn options(&mut self, keyword: &str, options: &[Value], value: &Value, at: &str, depth: usize) {
        let all: Vec<Vec<String>> =
            options.iter().map(|option| self.of_one(option, value, at, depth)).collect();
        match all.iter().filter(|found| found.is_empty()).count() {
            0 => {
                // The option that comes nearest tells most.
                let nearest = all.into_iter().min_by_key(Vec::len).unwrap_or_default();
                self.add(at, &format!("suits none of its {} alternatives; nearest:", options.len()));
                self.found.extend(nearest.into_iter().map(|line| format!("  {line}")));
            }
            1 => {}
            _ if keyword == "oneOf" => self.add(at, "suits more than one of its alternatives"),
            _ => {}
        }
    }

    fn of_one(&self, schema: &Value, value: &Value, at: &str, depth: usize) -> Vec<String> {
        let mut check = Check { root: self.root, found: Vec::new() };
        check.value(schema, value, at, depth + 1);
        check.found
    }

    fn fields(&mut self, schema: &Map<String, Value>, fields: &Map<String, Value>, at: &str, depth: usize) {
        let required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
        for name in required.filter_map(Value::as_str).filter(|name| !fields.contains_key(*name)) {
            self.add(&format!("{at}.{name}"), "is required");
        }
        let known = schema.get("properties").and_then(Value::as_object);
        for (name, value) in fields {
            let at = format!("{at}.{name}");
            if let Some(names) = schema.get("propertyNames") {
                self.value(names, &Value::from(name.as_str()), &at, depth + 1);
            }
            match (known.and_then(|known| known.get(name)), schema.get("additionalProperties")) {
                (Some(schema), _) => self.value(schema, value, &at, depth + 1),
                (None, Some(Value::Bool(false))) => self.add(&at, "is not declared"),
                (None, Some(schema)) => self.value(schema, value, &at, depth + 1),
                (None, None) => {}
            }
        }
    }

    fn items(&mut self, schema: &Map<String, Value>, items: &[Value], at: &str, depth: usize) {
        self.within(schema, ["minItems", "maxItems"], items.len(), "items", at);
        let rest = schema.get("additionalItems");
        for (index, item) in items.iter().enumerate() {
            let declared = match schema.get("items") {
                Some(Value::Array(tuple)) => tuple.get(index).or(rest),
                every => every,
            };
            if let Some(declared) = declared {
                self.value(declared, item, &format!("{at}[{index}]"), depth + 1);
            }
        }
    }

    fn text(&mut self, schema: &Map<String, Value>, text: &str, at: &str) {
        self.within(schema, ["minLength", "maxLength"], text.chars().count(), "characters", at);
        if let Some(pattern) = schema.get("pattern").and_then(Value::as_str)
            && Regex::with_flags(pattern, "u").is_ok_and(|regex| regex.find(text).is_none())
        {
            self.add(at, &format!("does not match {pattern}"));
        }
        let suits = match schema.get("format").and_then(Value::as_str) {
            Some("date-time") => Regex::new(DATE_TIME).is_ok_and(|regex| regex.find(text).is_some()),
            Some("uri") => Url::parse(text).is_ok(),
            _ => true,
        };
        if !suits {
            self.add(at, &format!("must be of the format {}", schema["format"]));
        }
    }

    fn within(
        &mut self,
        schema: &Map<String, Value>,
        [least, most]: [&str; 2],
        is: usize,
        of: &str,
        at: &str,
    ) {
        let limit = |name: &str| {
            schema.get(name).and_then(Value::as_u64).map(|limit| usize::try_from(limit).unwrap_or(usize::MAX))
        };
        if let Some(least) = limit(least).filter(|least| is < *least) {
            self.add(at, &format!("must have at least {least} {of}"));
        }
        if let Some(most) = limit(most).filter(|most| is > *most) {
            self.add(at, &format!("must have at most {most} {of}"));
        }
    }

    fn number(&mut self, schema: &Map<String, Value>, value: &Value, at: &str) {
        let is = value.as_f64().unwrap_or_default();
        let rules: [Rule; 4] = [
            ("minimum", "at least", |is, limit| is >= limit),
            ("maximum", "at most", |is, limit| is <= limit),
            ("exclusiveMinimum", "more than", |is, limit| is > limit),
            ("exclusiveMaximum", "less than", |is, limit| is < limit),
        ];
        for (keyword, text, suits) in rules {
            if let Some(limit) =
                schema.get(keyword).filter(|limit| limit.as_f64().is_some_and(|limit| !suits(is, limit)))
            {
                self.add(at, &format!("must be {text} {limit}"));
            }
        }
        if let Some(step) = schema.get("multipleOf").and_then(Value::as_f64).filter(|step| *step > 0.0) {
            let times = is / step;
            if (times - times.round()).abs() > 1e-9 * times.abs().max(1.0) {
                self.add(at, &format!("must be a multiple of {step}"));
            }
        }
    }
}

fn has_type(expected: &Value, value: &Value) -> bool {
    match expected {
        Value::String(name) => match name.as_str() {
            "integer" => value.as_f64().is_some_and(|number| number.fract() == 0.0),
            name => type_of(value) == name,
        },
        Value::Array(names) => names.iter().any(|name| has_type(name, value)),
        _ => true,
    }
}

fn types_text(expected: &Value) -> String {
    match expected {
        Value::Array(names) => names.iter().map(types_text).collect::<Vec<_>>().join(" or "),
        name => name.as_str().unwrap_or_default().to_owned(),
    }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// Numbers are those of JavaScript: `1` is `1.0`.
fn is_same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        _ => a == b,
    }
}

#[cfg(test)]
mod tests;
