//! Reading one entry of a `nango.yaml`, field by field.

use serde_json::{Map, Value};

use super::{Endpoint, SyncType, YamlError};

/// The methods that an endpoint can have.
const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/// An object of the file, and where it stands.
pub struct Fields<'y> {
    /// The keys that lead to it, with dots between them.
    pub place: String,
    fields: Option<&'y Map<String, Value>>,
}

impl<'y> Fields<'y> {
    /// Takes a value for an object; nothing is an empty one.
    pub fn new(place: String, value: &'y Value) -> Result<Self, YamlError> {
        match value {
            Value::Object(fields) => Ok(Self { place, fields: Some(fields) }),
            Value::Null => Ok(Self { place, fields: None }),
            _ => Err(YamlError::Invalid { place, reason: "this must be an object".to_owned() }),
        }
    }

    /// A field that is there and not null.
    pub fn get(&self, name: &str) -> Option<&'y Value> {
        self.fields?.get(name).filter(|value| !value.is_null())
    }

    /// All fields.
    pub fn iter(&self) -> impl Iterator<Item = (&'y String, &'y Value)> + use<'y> {
        self.fields.into_iter().flatten()
    }

    /// The error that a field is not what it must be.
    pub fn invalid(&self, name: &str, reason: &str) -> YamlError {
        YamlError::Invalid { place: format!("{}.{name}", self.place), reason: reason.to_owned() }
    }

    /// A text; a number counts as one, for `version: 1.0` is a number in YAML.
    pub fn text(&self, name: &str) -> Result<Option<String>, YamlError> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(Value::Number(number)) => Ok(Some(number.to_string())),
            Some(_) => Err(self.invalid(name, "this must be a text")),
        }
    }

    /// A yes or no.
    pub fn flag(&self, name: &str, default: bool) -> Result<bool, YamlError> {
        match self.get(name) {
            None => Ok(default),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(_) => Err(self.invalid(name, "this must be true or false")),
        }
    }

    /// A list of texts, or one text with commas.
    pub fn texts(&self, name: &str) -> Result<Vec<String>, YamlError> {
        let texts: Option<Vec<&str>> = match self.get(name) {
            None => Some(Vec::new()),
            Some(Value::String(text)) => Some(text.split(',').collect()),
            Some(Value::Array(items)) => items.iter().map(Value::as_str).collect(),
            Some(_) => None,
        };
        let texts = texts.ok_or_else(|| self.invalid(name, "this must be a text or a list of texts"))?;
        Ok(texts.into_iter().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()).collect())
    }

    /// How a sync reads.
    pub fn sync_type(&self) -> Result<SyncType, YamlError> {
        match self.text("sync_type")?.map(|text| text.to_ascii_lowercase()).as_deref() {
            None | Some("full") => Ok(SyncType::Full),
            Some("incremental") => Ok(SyncType::Incremental),
            Some(_) => Err(self.invalid("sync_type", "this must be full or incremental")),
        }
    }

    /// One endpoint or a list of them, each in any of the ways there were to write one.
    pub fn endpoints(&self) -> Result<Vec<Endpoint>, YamlError> {
        let entries = match self.get("endpoint") {
            None => Vec::new(),
            Some(Value::Array(items)) => items.iter().collect(),
            Some(one) => vec![one],
        };
        let read = |entry| {
            let reason = "this must be like `GET /path`, or an object with `method` and `path`";
            endpoint(entry).ok_or_else(|| self.invalid("endpoint", reason))
        };
        entries.into_iter().map(read).collect()
    }
}

fn endpoint(value: &Value) -> Option<Endpoint> {
    match value {
        Value::String(text) => match text.split_once(char::is_whitespace) {
            Some((method, path)) => made(method, path.trim(), None),
            None => made("GET", text, None),
        },
        Value::Object(fields) => {
            let text = |name: &str| fields.get(name).and_then(Value::as_str);
            match text("path") {
                Some(path) => made(text("method").unwrap_or("GET"), path, text("group").map(str::to_owned)),
                None => METHODS.iter().find_map(|method| made(method, text(method)?, None)),
            }
        }
        _ => None,
    }
}

fn made(method: &str, path: &str, group: Option<String>) -> Option<Endpoint> {
    let method = method.to_ascii_uppercase();
    let is_known = METHODS.contains(&method.as_str()) && path.starts_with('/');
    is_known.then(|| Endpoint { method, path: path.to_owned(), group })
}
