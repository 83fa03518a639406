//! The models of a `nango.yaml` as JSON schemas (draft-07).
//!
//! A field's type is an expression: names of types and models, literals, `|` between alternatives, `[]` behind what is
//! a list, parentheses. Objects and lists of YAML nest. A bare word that names nothing is a literal, as it always was.

use serde_json::{Map, Value, json};

/// How deep types and models may nest.
const DEPTH_MAX: usize = 64;

/// A model that cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// A type is written in a way that has no meaning.
    #[error("`{text}` is no type; write names, literals, `|`, `[]` and parentheses")]
    Type {
        /// What is written.
        text: String,
    },
    /// `__extends` names a model that does not exist.
    #[error("`__extends` names the model `{name}`, which does not exist")]
    Base {
        /// The name.
        name: String,
    },
    /// Types nest too deeply.
    #[error("types nest more than {DEPTH_MAX} deep")]
    Depth,
    /// `__extends` is no list of names.
    #[error("`__extends` is a name, or several with commas between them")]
    Shape,
}

/// A type, and whether a field of it may be left out.
struct Type {
    schema: Value,
    may_be_absent: bool,
}

impl Type {
    fn of(schema: Value) -> Self {
        Self { schema, may_be_absent: false }
    }
}

/// The schemas of all models, by name. References point to `#/definitions/…`.
///
/// # Errors
/// The first model that cannot be understood, by name.
pub fn definitions(models: &Map<String, Value>) -> Result<Map<String, Value>, (String, ModelError)> {
    let reader = Reader { models };
    let mut definitions = Map::new();
    for (name, model) in models {
        let schema = match model {
            Value::Object(fields) => reader.object(fields, 0),
            other => reader.value(other, 0).map(|found| found.schema),
        };
        definitions.insert(name.clone(), schema.map_err(|error| (name.clone(), error))?);
    }
    Ok(definitions)
}

/// The schema of a type that stands outside of any model: an input or an output.
///
/// # Errors
/// When it cannot be understood.
pub fn schema_of(value: &Value, models: &Map<String, Value>) -> Result<Value, ModelError> {
    Reader { models }.value(value, 0).map(|found| found.schema)
}

struct Reader<'m> {
    models: &'m Map<String, Value>,
}

impl Reader<'_> {
    fn value(&self, value: &Value, depth: usize) -> Result<Type, ModelError> {
        if depth > DEPTH_MAX {
            return Err(ModelError::Depth);
        }
        Ok(match value {
            Value::Null => Type::of(json!({"type": "null"})),
            Value::Bool(flag) => Type::of(json!({"type": "boolean", "const": flag})),
            Value::Number(number) => Type::of(json!({"type": "number", "const": number})),
            Value::String(text) => self.expression(text, depth)?,
            Value::Array(items) => {
                let types = items.iter().map(|item| self.value(item, depth + 1));
                Type::of(list_of(union(types.collect::<Result<_, _>>()?).schema))
            }
            Value::Object(fields) => Type::of(self.object(fields, depth + 1)?),
        })
    }

    fn object(&self, fields: &Map<String, Value>, depth: usize) -> Result<Value, ModelError> {
        let mut all = Map::new();
        self.gather(fields, &mut all, &mut Vec::new())?;
        let (mut properties, mut required, mut rest) = (Map::new(), Vec::new(), Value::Bool(false));
        for (name, value) in &all {
            let found = self.value(value, depth + 1)?;
            if name == "__string" {
                rest = found.schema;
                continue;
            }
            let (name, is_optional) =
                name.strip_suffix('?').map_or((name.as_str(), false), |name| (name, true));
            if !is_optional && !found.may_be_absent {
                required.push(Value::String(name.to_owned()));
            }
            properties.insert(name.to_owned(), found.schema);
        }
        let mut schema = json!({"type": "object", "properties": properties});
        if !required.is_empty() {
            schema["required"] = Value::Array(required);
        }
        // An index signature of anything closes nothing.
        if rest != json!({}) {
            schema["additionalProperties"] = rest;
        }
        Ok(schema)
    }

    /// The fields of an object after those of what it extends; a later field replaces an earlier one. Each model is taken
    /// in once, so that models which extend each other end.
    fn gather(
        &self,
        fields: &Map<String, Value>,
        all: &mut Map<String, Value>,
        seen: &mut Vec<String>,
    ) -> Result<(), ModelError> {
        for base in names(fields.get("__extends"))? {
            let Some(Value::Object(fields)) = self.models.get(&base) else {
                return Err(ModelError::Base { name: base });
            };
            if !seen.contains(&base) {
                seen.push(base);
                self.gather(fields, all, seen)?;
            }
        }
        for (name, value) in fields.iter().filter(|(name, _)| *name != "__extends") {
            let bare = name.trim_end_matches('?');
            all.retain(|known, _| known.trim_end_matches('?') != bare);
            all.insert(name.clone(), value.clone());
        }
        Ok(())
    }

    fn expression(&self, text: &str, depth: usize) -> Result<Type, ModelError> {
        if depth > DEPTH_MAX {
            return Err(ModelError::Depth);
        }
        let alternatives = alternatives(text).ok_or_else(|| ModelError::Type { text: text.to_owned() })?;
        let types = alternatives.into_iter().map(|part| self.alternative(part.trim(), depth));
        Ok(union(types.collect::<Result<_, _>>()?))
    }

    fn alternative(&self, text: &str, depth: usize) -> Result<Type, ModelError> {
        let no_type = || ModelError::Type { text: text.to_owned() };
        if let Some(literal) = quoted(text) {
            return Ok(Type::of(json!({"type": "string", "const": literal})));
        }
        if let Some(item) = text.strip_suffix("[]") {
            return Ok(Type::of(list_of(self.expression(item, depth + 1)?.schema)));
        }
        if let Some(group) = text.strip_prefix('(') {
            return self.expression(group.strip_suffix(')').ok_or_else(no_type)?, depth + 1);
        }
        if text.is_empty()
            || text.contains(['<', '>', '{', '}', '(', ')', '[', ']', '&', ';', '\'', '"', '`'])
        {
            return Err(no_type());
        }
        Ok(self.word(text))
    }

    fn word(&self, word: &str) -> Type {
        if self.models.contains_key(word) {
            return Type::of(json!({"$ref": format!("#/definitions/{word}")}));
        }
        let schema = match word {
            "string" | "char" | "varchar" => json!({"type": "string"}),
            "number" | "integer" | "int" | "float" | "bigint" => json!({"type": "number"}),
            "boolean" | "bool" => json!({"type": "boolean"}),
            "date" | "Date" => json!({"type": "string", "format": "date-time"}),
            "object" => json!({"type": "object"}),
            "array" => list_of(json!({})),
            "any" => json!({}),
            "null" => json!({"type": "null"}),
            "undefined" => return Type { schema: json!({"not": {}}), may_be_absent: true },
            "true" => json!({"type": "boolean", "const": true}),
            "false" => json!({"type": "boolean", "const": false}),
            _ => match serde_json::from_str::<serde_json::Number>(word) {
                Ok(number) => json!({"type": "number", "const": number}),
                Err(_) => json!({"type": "string", "const": word}),
            },
        };
        Type::of(schema)
    }
}

fn list_of(items: Value) -> Value {
    json!({"type": "array", "items": items})
}

/// One of several types. `undefined` among them means that the field may be left out.
fn union(types: Vec<Type>) -> Type {
    let may_be_absent = types.iter().any(|found| found.may_be_absent);
    let mut schemas: Vec<Value> = Vec::new();
    for found in types {
        let is_alternative = !found.may_be_absent || found.schema != json!({"not": {}});
        if is_alternative && !schemas.contains(&found.schema) {
            schemas.push(found.schema);
        }
    }
    let schema = match schemas.len() {
        0 => json!({"not": {}}),
        1 => schemas.remove(0),
        _ => {
            plain_types(&schemas).or_else(|| literals(&schemas)).unwrap_or_else(|| json!({"anyOf": schemas}))
        }
    };
    Type { schema, may_be_absent }
}

/// `{"type": […]}` where each schema is a type and nothing else.
fn plain_types(schemas: &[Value]) -> Option<Value> {
    let names = schemas.iter().map(|schema| match schema.as_object() {
        Some(object) if object.len() == 1 => object.get("type").filter(|name| name.is_string()),
        _ => None,
    });
    names.collect::<Option<Vec<_>>>().map(|names| json!({"type": names}))
}

/// `{"type": …, "enum": […]}` where each schema is a literal, or null beside literals.
fn literals(schemas: &[Value]) -> Option<Value> {
    let (mut kinds, mut values) = (Vec::new(), Vec::new());
    for schema in schemas {
        let kind = schema.get("type")?;
        values.push(match schema.get("const") {
            Some(value) => value.clone(),
            None if kind == "null" => Value::Null,
            None => return None,
        });
        if !kinds.contains(kind) {
            kinds.push(kind.clone());
        }
    }
    let kind = if kinds.len() == 1 { kinds.remove(0) } else { Value::Array(kinds) };
    Some(json!({"type": kind, "enum": values}))
}

/// The parts between `|` that stand in no parentheses and no quotes; none where those do not close.
fn alternatives(text: &str) -> Option<Vec<&str>> {
    let (mut depth, mut quote, mut start, mut parts) = (0_usize, None, 0, Vec::new());
    for (index, character) in text.char_indices() {
        match (quote, character) {
            (Some(open), _) => quote = Some(open).filter(|open| *open != character),
            (None, '\'' | '"' | '`') => quote = Some(character),
            (None, '(') => depth += 1,
            (None, ')') => depth = depth.checked_sub(1)?,
            (None, '|') if depth == 0 => {
                parts.push(&text[start..index]);
                start = index + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    (depth == 0 && quote.is_none()).then_some(parts)
}

/// What stands between quotes, where the text is one quoted literal.
fn quoted(text: &str) -> Option<&str> {
    let quote = text.chars().next().filter(|quote| matches!(quote, '\'' | '"' | '`'))?;
    let inside = text[1..].strip_suffix(quote)?;
    (!inside.contains(quote)).then_some(inside)
}

/// The names in a list, or in a text with commas.
fn names(value: Option<&Value>) -> Result<Vec<String>, ModelError> {
    let texts: Vec<&str> = match value {
        None => Vec::new(),
        Some(Value::String(text)) => text.split(',').collect(),
        Some(Value::Array(items)) => {
            items.iter().map(Value::as_str).collect::<Option<_>>().ok_or(ModelError::Shape)?
        }
        Some(_) => return Err(ModelError::Shape),
    };
    Ok(texts.into_iter().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Map, Value, json};

    use super::{ModelError, definitions, schema_of};

    fn models() -> Map<String, Value> {
        let Value::Object(models) = json!({"User": {"id": "string"}}) else { unreachable!() };
        models
    }

    fn schema(text: &str) -> Value {
        schema_of(&json!(text), &models()).unwrap()
    }

    fn object(fields: Value) -> Value {
        schema_of(&fields, &models()).unwrap()
    }

    #[test]
    fn words_are_types_models_or_literals() {
        for (text, expected) in [
            ("varchar", json!({"type": "string"})),
            ("integer", json!({"type": "number"})),
            ("bool", json!({"type": "boolean"})),
            ("date", json!({"type": "string", "format": "date-time"})),
            ("object", json!({"type": "object"})),
            ("any", json!({})),
            ("array", json!({"type": "array", "items": {}})),
            ("User", json!({"$ref": "#/definitions/User"})),
            ("open", json!({"type": "string", "const": "open"})),
            ("'string'", json!({"type": "string", "const": "string"})),
            ("12", json!({"type": "number", "const": 12})),
            ("true", json!({"type": "boolean", "const": true})),
            ("undefined", json!({"not": {}})),
        ] {
            assert_eq!(schema(text), expected, "{text}");
        }
    }

    #[test]
    fn alternatives_and_lists_nest() {
        let user = json!({"$ref": "#/definitions/User"});
        let list = |items: Value| json!({"type": "array", "items": items});
        assert_eq!(schema("string | null"), json!({"type": ["string", "null"]}));
        assert_eq!(schema("open | closed"), json!({"type": "string", "enum": ["open", "closed"]}));
        assert_eq!(
            schema("open | 1 | null"),
            json!({"type": ["string", "number", "null"], "enum": ["open", 1, null]})
        );
        assert_eq!(schema("User | null"), json!({"anyOf": [user, {"type": "null"}]}));
        assert_eq!(schema("number[][]"), list(list(json!({"type": "number"}))));
        assert_eq!(schema("(string | number)[]"), list(json!({"type": ["string", "number"]})));
        assert_eq!(schema("'a|b'[]"), list(json!({"type": "string", "const": "a|b"})));
        assert_eq!(object(json!(["User"])), list(user));
    }

    #[test]
    fn fields_are_required_unless_they_may_be_left_out() {
        let found =
            object(json!({"a": "string", "b?": "string", "c": "string | undefined", "d": {"e": "null"}}));
        let expected = json!({
            "type": "object",
            "properties": {
                "a": {"type": "string"},
                "b": {"type": "string"},
                "c": {"type": "string"},
                "d": {
                    "type": "object",
                    "properties": {"e": {"type": "null"}},
                    "required": ["e"],
                    "additionalProperties": false
                }
            },
            "required": ["a", "d"],
            "additionalProperties": false
        });
        assert_eq!(found, expected);
    }

    #[test]
    fn other_fields_are_what_the_index_signature_says() {
        assert_eq!(object(json!({"__string": "number"}))["additionalProperties"], json!({"type": "number"}));
        assert_eq!(object(json!({"__string": "any"})).get("additionalProperties"), None);
    }

    #[test]
    fn a_model_takes_in_what_it_extends_and_may_replace_it() {
        let Value::Object(models) = json!({
            "A": {"id": "string", "x": "string"},
            "B": {"y?": "string", "__extends": "C"},
            "C": {"__extends": ["B"], "z": "string"},
            "D": {"__extends": "A, B", "x?": "number"}
        }) else {
            unreachable!()
        };
        let found = definitions(&models).unwrap();
        assert_eq!(found["D"]["properties"]["x"], json!({"type": "number"}));
        assert_eq!(found["D"]["required"], json!(["id", "z"]));
    }

    #[test]
    fn what_does_not_close_is_no_type() {
        for text in ["(a", "a)", "Array<a>", "'a", "a |", "", "[]", "{a}", "(a)(b)", "'a' 'b'"] {
            let error = schema_of(&json!(text), &models()).unwrap_err();
            assert!(matches!(error, ModelError::Type { .. }), "{text}");
        }
        let deep = "(".repeat(100) + "a" + &")".repeat(100);
        assert_eq!(schema_of(&json!(deep), &models()).unwrap_err(), ModelError::Depth);
    }

    /// A type as it is written, and the schema that it means.
    fn types() -> impl Strategy<Value = (String, Value)> {
        let leaf = prop_oneof![
            Just(("string".to_owned(), json!({"type": "string"}))),
            Just(("User".to_owned(), json!({"$ref": "#/definitions/User"}))),
            (0..100_u8).prop_map(|n| (n.to_string(), json!({"type": "number", "const": n}))),
            "[a-z]{1,8}[|() ]?[a-z]{1,3}"
                .prop_map(|s| (format!("'{s}'"), json!({"type": "string", "const": s}))),
        ];
        leaf.prop_recursive(6, 24, 3, |inner| {
            prop_oneof![
                inner
                    .clone()
                    .prop_map(|(text, s)| (format!("({text})[]"), json!({"type": "array", "items": s}))),
                inner.prop_map(|(text, s)| (format!(" ( {text} ) "), s)),
            ]
        })
    }

    proptest! {
        #[test]
        fn a_written_type_means_its_schema_however_it_is_nested((text, expected) in types()) {
            prop_assert_eq!(schema(&text), expected);
        }

        #[test]
        fn alternatives_allow_what_each_of_them_allows(parts in prop::collection::vec(types(), 2..5)) {
            let text = parts.iter().map(|(text, _)| text.as_str()).collect::<Vec<_>>().join("|");
            let found = schema(&text);
            let mut expected: Vec<&Value> = Vec::new();
            for (_, part) in &parts {
                if !expected.contains(&part) {
                    expected.push(part);
                }
            }
            let alternatives: Vec<Value> = if let Some(any) = found.get("anyOf") {
                any.as_array().unwrap().clone()
            } else if let Some(values) = found.get("enum") {
                let constant = |v: &Value| {
                    let kind = if v.is_string() { "string" } else { "number" };
                    json!({"type": kind, "const": v})
                };
                values.as_array().unwrap().iter().map(constant).collect()
            } else {
                vec![found]
            };
            prop_assert_eq!(alternatives.iter().collect::<Vec<_>>(), expected);
        }

        #[test]
        fn no_text_makes_reading_panic(text in "[ a-zA-Z0-9|()\\[\\]'\"<>é]{0,40}") {
            let _answer = schema_of(&json!(text), &models());
        }
    }
}
