//! Checks values against the fields a provider declares. Pure.

use bowline_domain::provider::{FieldProblem, FieldSchema};
use indexmap::IndexMap;
use serde_json::{Map, Value};

/// The first value that does not fit its field, by name. Empty and absent values are not judged here.
pub(crate) fn check_fields(
    fields: &IndexMap<String, FieldSchema>,
    values: &Map<String, Value>,
) -> Result<(), (String, FieldProblem)> {
    for (name, field) in fields {
        let value = values.get(name).and_then(Value::as_str).filter(|value| !value.is_empty());
        if let Some(value) = value {
            field.check(value).map_err(|problem| (name.clone(), problem))?;
        }
    }
    Ok(())
}
