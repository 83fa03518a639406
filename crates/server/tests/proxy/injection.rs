//! What definitions and integrations put into requests: keys in bodies, places for keys, client certificates.

use serde_json::{Value, json};

use crate::app::App;
use crate::upstream::{Upstream, ok};

#[tokio::test]
async fn the_definitions_values_get_into_bodies_that_can_take_them() {
    let upstream = Upstream::saying(ok()).await;
    let app = App::with(&upstream).await;
    app.connect("key-body", json!({ "type": "API_KEY", "apiKey": "k-1" })).await;
    let send = async |content_type: &str, body: &[u8]| {
        app.call("key-body", "POST /", &[("content-type", content_type)], body).await.assert(200, "ok");
        let seen = upstream.last();
        (String::from_utf8(seen.body.clone()).unwrap(), seen.header("content-type").unwrap().to_owned())
    };
    let (body, _) = send("application/json", br#"{"key":"callers","n":1}"#).await;
    assert_eq!(serde_json::from_str::<Value>(&body).unwrap(), json!({ "key": "k-1", "n": 1 }));
    assert_eq!(send("application/x-www-form-urlencoded", b"a=%20+").await.0, "a=%20+&key=k-1");
    let (body, content_type) = send("multipart/form-data; boundary=B", b"--B\r\n\r\nx\r\n--B--\r\n").await;
    assert_eq!(content_type, "multipart/form-data; boundary=B");
    assert!(body.ends_with("name=\"key\"\r\n\r\nk-1\r\n--B--\r\n"), "{body}");
    assert_eq!(send("text/plain", b"as it is").await.0, "as it is");
    app.call("key-body", "POST /", &[], b"").await.assert(200, "ok");
    let seen = upstream.last();
    assert_eq!(
        (seen.body.as_slice(), seen.header("content-type")),
        (&br#"{"key":"k-1"}"#[..], Some("application/json"))
    );
    app.call("key-body", "GET /", &[], b"").await.assert(200, "ok");
    assert_eq!(upstream.last().body, b"");
}

#[tokio::test]
async fn nothing_is_put_into_a_coded_body() {
    let upstream = Upstream::saying(ok()).await;
    let app = App::with(&upstream).await;
    app.connect("key-body", json!({ "type": "API_KEY", "apiKey": "k-1" })).await;
    for content_type in ["application/x-www-form-urlencoded", "application/json"] {
        let headers = [("content-type", content_type), ("content-encoding", "gzip")];
        app.call("key-body", "POST /", &headers, b"\x1f\x8b\x08").await.assert(200, "ok");
        assert_eq!(upstream.last().body, b"\x1f\x8b\x08");
    }
}

async fn generic(app: &App, base_url: &str, placement: &str, template: Option<&str>) {
    let mut custom =
        json!({ "keyPlacement": placement, "keyName": "X-Key", "baseUrl": base_url, "keyLabel": "Key" });
    if let Some(template) = template {
        custom["valueTemplate"] = template.into();
    }
    let more = json!({ "integration_config": custom });
    app.integrate("private-api-generic", more).await;
    let key = json!({ "type": "API_KEY", "apiKey": "k/1" });
    assert_eq!(app.import("private-api-generic", key, json!({})).await.0, 201);
}

#[tokio::test]
async fn an_integration_says_where_its_key_goes() {
    let upstream = Upstream::saying(ok()).await;
    let base = format!("{}/api/", upstream.url());
    for (placement, template, header, target) in [
        ("header", Some("Api-Key ${apiKey}"), Some("Api-Key k/1"), "/api/x?a=1"),
        ("header", None, Some("k/1"), "/api/x?a=1"),
        ("query", None, None, "/api/x?a=1&X-Key=k%2F1"),
    ] {
        let app = App::with(&upstream).await;
        generic(&app, &base, placement, template).await;
        app.call("private-api-generic", "GET /x?a=1", &[], b"").await.assert(200, "ok");
        let seen = upstream.last();
        assert_eq!(
            (seen.header("x-key"), seen.target.as_str()),
            (header, target),
            "{placement} {template:?}"
        );
    }
}

#[tokio::test]
async fn a_certificate_that_is_none_is_refused_with_its_code() {
    let upstream = Upstream::saying(ok()).await;
    let app = App::with(&upstream).await;
    app.integrate("mutual", Value::Null).await;
    let pem = |label: &str, text: &str| format!("-----BEGIN {label}-----\n{text}\n-----END {label}-----\n");
    let certificates = [
        ("nonsense".to_owned(), "nonsense".to_owned()),
        (pem("CERTIFICATE", "AAAA"), pem("PRIVATE KEY", "AAAA")),
        (String::new(), String::new()),
    ];
    for (certificate, key) in certificates {
        let credentials = json!({
            "type": "OAUTH2_CC", "token": "t", "client_id": "i", "client_secret": "s",
            "client_certificate": certificate, "client_private_key": key,
        });
        let (status, answer) = app.import("mutual", credentials, json!({})).await;
        assert_eq!(status, 201, "{answer}");
        let answer = app.call("mutual", "GET /", &[], b"").await;
        answer.assert_code(400, "invalid_certificate_or_key_format");
    }
    assert_eq!(upstream.count("/"), 0);
}
