//! The names a template can use.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::{AwsArguments, RenderContext, moment};

/// Names that follow from the request being built (`method`, `host`, `params`, …).
pub trait RequestVariables {
    /// The value of a name, if it is one of the request's.
    fn find(&self, name: &str) -> Option<Cow<'_, str>>;

    /// The `Authorization` header of AWS Signature Version 4 for this request.
    fn sign_aws(&self, arguments: &AwsArguments<'_>) -> Option<String>;
}

/// Where names are looked up: what was added first wins. `now…` and `random` are always there.
pub struct Scope<'a> {
    context: &'a RenderContext,
    layers: Vec<Layer<'a>>,
    request: Option<&'a dyn RequestVariables>,
}

enum Layer<'a> {
    /// `prefix.path`
    Under(&'a str, &'a Map<String, Value>),
    /// `path`
    Top(&'a Map<String, Value>),
    Text(&'a str, &'a str),
}

impl<'a> Scope<'a> {
    /// A scope without names.
    pub fn new(context: &'a RenderContext) -> Self {
        Self { context, layers: Vec::new(), request: None }
    }

    /// Makes the members of `object` available as `<prefix>.<path>`.
    #[must_use]
    pub fn under(mut self, prefix: &'a str, object: &'a Map<String, Value>) -> Self {
        self.layers.push(Layer::Under(prefix, object));
        self
    }

    /// Makes the members of `object` available as `<path>`.
    #[must_use]
    pub fn top(mut self, object: &'a Map<String, Value>) -> Self {
        self.layers.push(Layer::Top(object));
        self
    }

    /// Adds one name.
    #[must_use]
    pub fn text(mut self, name: &'a str, value: &'a str) -> Self {
        self.layers.push(Layer::Text(name, value));
        self
    }

    /// Adds one name if it has a value.
    #[must_use]
    pub fn text_if(self, name: &'a str, value: Option<&'a str>) -> Self {
        match value {
            Some(value) => self.text(name, value),
            None => self,
        }
    }

    /// Adds the names of a request, and `awsSigV4`.
    #[must_use]
    pub fn request(mut self, request: &'a dyn RequestVariables) -> Self {
        self.request = Some(request);
        self
    }

    pub(super) fn request_variables(&self) -> Option<&'a dyn RequestVariables> {
        self.request
    }

    /// The value of a name. Only strings and numbers have one.
    pub fn find(&self, name: &str) -> Option<Cow<'_, str>> {
        if name == "random" {
            return Some(self.context.random.to_string().into());
        }
        if let Some(moment) = moment::resolve(name, self.context.now) {
            return Some(moment.into());
        }
        let in_layers = self.layers.iter().find_map(|layer| layer.find(name));
        in_layers.or_else(|| self.request?.find(name))
    }
}

impl Layer<'_> {
    fn find(&self, name: &str) -> Option<Cow<'_, str>> {
        match self {
            Self::Under(prefix, object) => {
                let path = name.strip_prefix(prefix)?.strip_prefix('.')?;
                text_of(lookup(object, path)?)
            }
            Self::Top(object) => text_of(lookup(object, name)?),
            Self::Text(own_name, value) => (*own_name == name).then_some(Cow::Borrowed(*value)),
        }
    }
}

/// The value at a dotted path. A key that is the whole path wins: metadata copied from token responses keeps
/// its dotted name (`team.id`) as one flat key.
pub fn lookup<'v>(object: &'v Map<String, Value>, path: &str) -> Option<&'v Value> {
    if let Some(value) = object.get(path) {
        return Some(value);
    }
    let (first, rest) = path.split_once('.')?;
    let mut value = object.get(first)?;
    for part in rest.split('.') {
        value = match value {
            Value::Object(members) => members.get(part)?,
            Value::Array(items) => items.get(part.parse::<usize>().ok()?)?,
            _ => return None,
        };
    }
    Some(value)
}

fn text_of(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) => Some(Cow::Borrowed(text)),
        Value::Number(number) => Some(Cow::Owned(number.to_string())),
        _ => None,
    }
}
