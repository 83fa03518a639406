use serde_json::json;

use super::*;

#[test]
fn a_value_of_the_declared_shape_has_no_problems() {
    let schema = json!({
        "type": "object",
        "properties": {
            "id": { "type": "string", "minLength": 1, "pattern": "^[a-z]+$" },
            "count": { "type": "integer", "minimum": 0, "exclusiveMaximum": 10, "multipleOf": 0.1 },
            "at": { "anyOf": [{ "type": "string", "format": "date-time" }, { "type": "null" }] },
            "pair": { "type": "array", "items": [{ "type": "string" }, { "const": 1 }] },
            "tree": { "$ref": "#" },
            "map": { "type": "object", "propertyNames": { "enum": ["a"] }, "additionalProperties": { "type": "number" } }
        },
        "required": ["id"],
        "additionalProperties": false
    });
    let value = json!({ "id": "a", "count": 3.0, "at": "2026-05-04T09:30:00.5+02:00", "pair": ["x", 1.0],
                        "tree": { "id": "b", "at": null }, "map": { "a": 1 } });
    assert_eq!(problems("output", &schema, &value), Vec::<String>::new());
}

#[test]
fn each_problem_is_told_with_its_place() {
    let schema = json!({
        "type": "object",
        "properties": {
            "id": { "type": "string", "maxLength": 2 },
            "count": { "type": "integer", "maximum": 2 },
            "at": { "anyOf": [{ "type": "string", "format": "date-time" }, { "type": "null" }] },
            "kind": { "enum": ["a", "b"] },
            "tags": { "type": "array", "maxItems": 1, "items": { "type": "string" } }
        },
        "required": ["id", "name"],
        "additionalProperties": false
    });
    let value =
        json!({ "id": "long", "count": 2.5, "at": "today", "kind": "c", "tags": ["x", 1], "more": 1 });
    assert_eq!(
        problems("record", &schema, &value),
        [
            "record.name is required",
            "record.id must have at most 2 characters",
            "record.count must be integer, and is number",
            "record.at suits none of its 2 alternatives; nearest:",
            "  record.at must be of the format \"date-time\"",
            "record.kind must be one of \"a\", \"b\"",
            "record.tags must have at most 1 items",
            "record.tags[1] must be string, and is number",
            "record.more is not declared",
        ]
    );
}

#[test]
fn a_schema_that_only_refers_to_itself_ends() {
    assert_eq!(problems("x", &json!({ "$ref": "#" }), &json!(1)), Vec::<String>::new());
}
