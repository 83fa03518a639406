//! Values for a provider's integration-level fields (`integration_config`). Pure.

use std::collections::HashSet;

use bowline_domain::provider::{FieldSchema, Provider};
use indexmap::IndexMap;
use serde_json::{Map, Value};

/// Lays submitted values over stored ones and checks them by the provider's schema. On creation absent
/// fields take their defaults; on a change absent fields keep what is stored. All problems are returned.
pub fn resolve(
    provider: &Provider,
    submitted: &IndexMap<String, String>,
    stored: &Map<String, Value>,
    creating: bool,
) -> Result<Map<String, Value>, Vec<String>> {
    let schema = &provider.integration_config;
    if schema.is_empty() {
        return if submitted.is_empty() {
            Ok(stored.clone())
        } else {
            Err(vec!["this provider takes no integration_config".to_owned()])
        };
    }
    let mut problems: Vec<String> = submitted
        .keys()
        .filter(|name| !schema.contains_key(*name))
        .map(|name| format!("{name} is not a field of this provider"))
        .collect();
    let mut raw = stored.clone();
    raw.extend(submitted.iter().map(|(name, value)| (name.clone(), value.clone().into())));
    let mut resolved = Map::new();
    for (name, field) in schema {
        if !is_visible(name, schema, &raw, &mut HashSet::new()) {
            continue;
        }
        match value_of(name, field, submitted, stored, creating) {
            Ok(Some(value)) => {
                resolved.insert(name.clone(), value.into());
            }
            Ok(None) => {}
            Err(problem) => problems.push(format!("{name} {problem}")),
        }
    }
    if problems.is_empty() { Ok(resolved) } else { Err(problems) }
}

fn value_of(
    name: &str,
    field: &FieldSchema,
    submitted: &IndexMap<String, String>,
    stored: &Map<String, Value>,
    creating: bool,
) -> Result<Option<String>, String> {
    let kept = stored.get(name).and_then(Value::as_str).map(str::to_owned);
    let given = match submitted.get(name) {
        None if !creating => return Ok(kept),
        None => String::new(),
        Some(value) => value.clone(),
    };
    let value =
        if given.is_empty() && creating { field.default_value.clone().unwrap_or_default() } else { given };
    if value.is_empty() {
        return if field.optional { Ok(None) } else { Err("is required".to_owned()) };
    }
    field.check(&value).map_err(|problem| problem.to_string())?;
    Ok(Some(value))
}

/// A field is visible when its controller is and has the wanted value; a circle of controllers hides all.
fn is_visible<'a>(
    name: &'a str,
    schema: &'a IndexMap<String, FieldSchema>,
    values: &Map<String, Value>,
    path: &mut HashSet<&'a str>,
) -> bool {
    if !path.insert(name) {
        return false;
    }
    let Some(condition) = schema.get(name).and_then(|field| field.visible_when.as_ref()) else { return true };
    let value = values.get(&condition.field).and_then(Value::as_str).unwrap_or_default();
    value == condition.equals && is_visible(&condition.field, schema, values, path)
}
