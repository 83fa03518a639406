//! Every kind of field and what is said about it.

use axum::response::IntoResponse;
use bowline_domain::Timestamp;
use bowline_domain::text;
use http_body_util::BodyExt;
use serde_json::{Value, json};

use super::*;

/// The issues of an unfinished group, as the wire shows them.
async fn issues(fields: Fields) -> Value {
    let body = fields.finish().expect_err("an issue").into_response().into_body();
    let bytes = body.collect().await.unwrap().to_bytes();
    let mut error: Value = serde_json::from_slice(&bytes).unwrap();
    error["error"]["errors"].take()
}

fn issue(code: &str, message: &str, path: &[&str]) -> Value {
    json!({"code": code, "message": message, "path": path})
}

fn query(text: &str) -> Fields {
    Fields::query(parse_query(Some(text)).unwrap())
}

#[test]
fn sound_fields_are_read_and_finish_is_content() {
    let mut f = Fields::body(Some(json!({
        "name": "dev", "on": true, "n": 3, "kind": "b", "at": "2024-03-08T09:43:03Z", "meta": {"x": [1]},
        "tags": {"Team": "a"}, "map": {"k": "v"}, "list": ["x", "y"], "user": {"id": "u"},
    })));
    assert_eq!(f.required_text("name", text::check_environment_name), "dev");
    assert_eq!(f.optional_bool("on"), Some(true));
    assert_eq!(f.required_integer("n", 1..=5), 3);
    assert_eq!(f.required_one_of("kind", &["a", "b"]), "b");
    assert_eq!(f.optional_moment("at"), Some(Timestamp::from_seconds(1_709_890_983)));
    assert_eq!(f.optional_json_object("meta").map(Value::Object), Some(json!({"x": [1]})));
    assert_eq!(f.optional_tags("tags").unwrap().iter().collect::<Vec<_>>(), [("team", "a")]);
    assert_eq!(f.optional_text_map("map", any_text).unwrap()["k"], "v");
    assert_eq!(f.optional_texts("list", 2, any_text).unwrap(), ["x", "y"]);
    let id = f.optional_object("user", |user| user.required_text("id", length(1, 255)));
    assert_eq!(id.as_deref(), Some("u"));
    assert_eq!(f.optional_text("absent", any_text), None);
    assert!(f.finish().is_ok());
}

#[tokio::test]
async fn null_is_not_absence() {
    let mut f = Fields::body(Some(json!({"a": null})));
    assert_eq!(f.optional_text("a", any_text), None);
    let message = "Invalid input: expected string, received null";
    assert_eq!(issues(f).await, json!([issue("invalid_type", message, &["a"])]));
}

#[tokio::test]
async fn numbers_are_whole_and_within_their_range() {
    let mut f = Fields::body(Some(json!({"a": 0, "b": 9, "c": 1.5, "d": "1", "e": 1e300})));
    for name in ["a", "b", "c", "d", "e"] {
        f.optional_integer(name, 1..=5);
    }
    assert_eq!(
        issues(f).await,
        json!([
            issue("too_small", "Too small: expected number to be >=1", &["a"]),
            issue("too_big", "Too big: expected number to be <=5", &["b"]),
            issue("invalid_type", "Invalid input: expected int, received number", &["c"]),
            issue("invalid_type", "Invalid input: expected number, received string", &["d"]),
            issue("too_big", "Too big: expected number to be <=5", &["e"]),
        ])
    );
}

#[tokio::test]
async fn query_strings_bring_numbers_and_booleans_as_text() {
    let mut f = query("n=7&yes=Enabled&no=OFF&one=x");
    assert_eq!(f.optional_integer("n", 0..=9), Some(7));
    assert_eq!((f.optional_bool("yes"), f.optional_bool("no")), (Some(true), Some(false)));
    assert_eq!(f.optional_texts("one", 2, any_text).unwrap(), ["x"]);
    assert!(f.finish().is_ok());

    let mut f = query("n=x&b=&c=maybe");
    f.optional_integer("n", 0..=9);
    f.optional_bool("b");
    f.optional_bool("c");
    let words = r#"Invalid option: expected one of "true"|"1"|"yes"|"on"|"y"|"enabled"|"false"|"0"|"no"|"off"|"n"|"disabled""#;
    assert_eq!(
        issues(f).await,
        json!([
            issue("invalid_type", "Invalid input: expected number, received NaN", &["n"]),
            issue("invalid_value", words, &["b"]),
            issue("invalid_value", words, &["c"]),
        ])
    );
}

#[tokio::test]
async fn issues_within_objects_and_lists_carry_the_way_there() {
    let mut f = Fields::body(Some(json!({"user": {"mail": "x", "y": 1}, "list": ["a", 2], "o": []})));
    f.optional_object("user", |user| user.optional_text("mail", email));
    f.optional_texts("list", 9, any_text);
    f.optional_object("o", |_| ());
    assert_eq!(
        issues(f).await,
        json!([
            issue("invalid_format", "Invalid email address", &["user", "mail"]),
            issue("unrecognized_keys", "Unrecognized key: \"y\"", &["user"]),
            issue("invalid_type", "Invalid input: expected string, received number", &["list", "1"]),
            issue("invalid_type", "Invalid input: expected object, received array", &["o"]),
        ])
    );
}

#[tokio::test]
async fn a_union_is_told_apart_by_its_type() {
    let read = |f: &mut Fields| {
        f.optional_tagged("credentials", "invalid credentials object", |kind, f| {
            (kind == "API_KEY").then(|| f.required_text("apiKey", length(1, 1024)))
        })
    };
    let mut f = Fields::body(Some(json!({"credentials": {"type": "API_KEY", "apiKey": "k"}})));
    assert_eq!(read(&mut f).as_deref(), Some("k"));
    assert!(f.finish().is_ok());

    for unknown in [json!({"type": "X", "apiKey": 1}), json!({"apiKey": 1})] {
        let mut f = Fields::body(Some(json!({"credentials": unknown})));
        assert_eq!(read(&mut f), None);
        let expected = issue("invalid_union", "invalid credentials object", &["credentials", "type"]);
        assert_eq!(issues(f).await, json!([expected]));
    }

    let mut f = Fields::body(Some(json!({"credentials": {"type": "API_KEY", "apiKey": "", "x": 1}})));
    read(&mut f);
    assert_eq!(
        issues(f).await,
        json!([
            issue(
                "too_small",
                "Too small: expected string to have >=1 characters",
                &["credentials", "apiKey"]
            ),
            issue("unrecognized_keys", "Unrecognized key: \"x\"", &["credentials"]),
        ])
    );
}

#[tokio::test]
async fn tags_are_refused_with_the_key_that_is_wrong() {
    let mut f = Fields::body(Some(json!({"tags": {"1a": "x"}})));
    assert!(f.optional_tags("tags").is_none());
    let found = issues(f).await;
    assert_eq!((&found[0]["code"], &found[0]["path"]), (&json!("invalid_key"), &json!(["tags", "1a"])));
}

#[tokio::test]
async fn some_headers_are_read_under_their_lower_case_names() {
    let mut headers = http::HeaderMap::new();
    headers.insert("Connection-Id", "a?b".parse().unwrap());
    headers.insert("x-other", "1".parse().unwrap());
    let mut f = Fields::headers(&headers, &["connection-id", "provider-config-key"]);
    f.required_text("connection-id", text::check_connection_key);
    f.required_text("provider-config-key", text::check_integration_key);
    let found = issues(f).await;
    assert_eq!(found[0]["path"], json!(["connection-id"]));
    assert_eq!(found[1]["message"], "Invalid input: expected string, received undefined");
    assert_eq!(found.as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_body_that_is_no_object_has_one_issue() {
    let mut f = Fields::body(Some(json!([1])));
    f.required_text("a", any_text);
    let message = "Invalid input: expected object, received array";
    assert_eq!(issues(f).await, json!([issue("invalid_type", message, &[])]));
}
