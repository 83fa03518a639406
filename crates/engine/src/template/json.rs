//! Templates inside JSON: bodies, parameters, claims.

use serde_json::{Map, Value};

use super::{Form, Scope, render};

/// Values nested deeper than this are left as they are.
const DEPTH_MAX: usize = 64;

/// What to do with strings that do not resolve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unresolved {
    /// They stay, placeholders as written.
    Keep,
    /// They are left out of their object or array.
    Drop,
}

/// Renders every string inside a value. `None` when the value itself is dropped.
pub fn interpolate(value: &Value, form: Form, scope: &Scope<'_>, unresolved: Unresolved) -> Option<Value> {
    Walk { form, scope, unresolved }.value(value, 0)
}

/// Renders every string inside an object.
pub fn interpolate_object(
    object: &Map<String, Value>,
    form: Form,
    scope: &Scope<'_>,
    unresolved: Unresolved,
) -> Map<String, Value> {
    Walk { form, scope, unresolved }.object(object, 0)
}

struct Walk<'w, 's> {
    form: Form,
    scope: &'w Scope<'s>,
    unresolved: Unresolved,
}

impl Walk<'_, '_> {
    fn value(&self, value: &Value, depth: usize) -> Option<Value> {
        match value {
            Value::String(text) => {
                let rendered = render(text, self.form, self.scope);
                let is_kept = rendered.is_resolved || self.unresolved == Unresolved::Keep;
                is_kept.then_some(Value::String(rendered.text))
            }
            Value::Array(items) if depth < DEPTH_MAX => {
                Some(items.iter().filter_map(|item| self.value(item, depth + 1)).collect())
            }
            Value::Object(members) if depth < DEPTH_MAX => Some(Value::Object(self.object(members, depth))),
            other => Some(other.clone()),
        }
    }

    fn object(&self, members: &Map<String, Value>, depth: usize) -> Map<String, Value> {
        let rendered =
            members.iter().map(|(key, member)| Some((key.clone(), self.value(member, depth + 1)?)));
        rendered.flatten().collect()
    }
}
