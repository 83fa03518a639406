//! Input that no honest client sends.

use axum::body::Body;
use bytes::Bytes;
use serde_json::{Value, json};

use crate::app::{Answer, TestApp};

async fn raw(app: &TestApp, line: &str, body: impl Into<Body>) -> Answer {
    let bearer = format!("Bearer {}", app.key);
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    app.call(line, &headers, body).await
}

#[tokio::test]
async fn the_character_nul_is_refused_in_any_text_of_a_body() {
    let app = TestApp::start().await;
    app.free_connections(&["c"]).await;
    let nul = "\\u0000";
    for (line, body) in [
        (
            "POST /integrations",
            format!(r#"{{"provider":"unauthenticated","unique_key":"k","display_name":"a{nul}"}}"#),
        ),
        (
            "POST /connections",
            format!(
                r#"{{"provider_config_key":"free","credentials":{{"type":"NONE"}},"metadata":{{"a":["{nul}"]}}}}"#
            ),
        ),
        ("POST /connection", format!(r#"{{"provider_config_key":"free","metadata":{{"{nul}":1}}}}"#)),
        (
            "PATCH /connections/metadata",
            format!(r#"{{"connection_id":"c","provider_config_key":"free","metadata":{{"a":"{nul}"}}}}"#),
        ),
        ("POST /connection/c/metadata?provider_config_key=free", format!(r#"{{"{nul}":1}}"#)),
        (
            "POST /config",
            format!(r#"{{"provider":"unauthenticated","provider_config_key":"k","custom":{{"a":"{nul}"}}}}"#),
        ),
    ] {
        let answer = raw(&app, line, body).await;
        answer.assert_code(400, "invalid_json");
        assert!(answer.json()["error"]["message"].as_str().unwrap().contains("NUL"), "{}", answer.body);
    }
    let fine =
        raw(&app, "POST /connection/c/metadata?provider_config_key=free", r#"{"a":"\\u0000 is spelled"}"#)
            .await;
    assert_eq!(fine.status, 201);
}

#[tokio::test]
async fn the_character_nul_is_refused_in_queries_and_paths() {
    let app = TestApp::start().await;
    for path in [
        "/connections?search=a%00",
        "/connections?tags[a]=%00",
        "/connections?%00=1",
        "/providers?search=%00",
    ] {
        app.get_as_owner(path).await.assert_code(400, "invalid_query_params");
    }
    for path in ["/connections/a%00?provider_config_key=x", "/integrations/a%00", "/providers/a%00"] {
        app.get_as_owner(path).await.assert_code(400, "invalid_uri_params");
    }
    assert_eq!(app.get_as_owner("/connections%00").await.status, 404);
    assert_eq!(app.get_as_owner("/provider/a%00").await.json(), json!({"provider": null}));
    let answer = app.own("POST /connection/a%00/metadata?provider_config_key=x", json!({})).await;
    answer.assert_code(404, "unknown_connection");
}

#[tokio::test]
async fn broken_json_is_refused_wherever_it_is_sent() {
    let app = TestApp::start().await;
    let cases: [&[u8]; 10] = [
        b"{\"a\":1,}",
        b"{'a':1}",
        b"{\"a\":01}",
        b"{\"a\":1e999}",
        b"[NaN]",
        b"{\"a\":\"\\ud800\"}",
        b"{\"a\":\"\xc0\xae\"}",
        b"{\"a\":{\"b\":1,\"b\":2}}",
        b"\xef\xbb\xbf{}",
        b"{\"a\":\"tab\there\"}",
    ];
    for line in ["POST /connections", "PUT /config", "DELETE /environment/api-keys", "GET /connections"] {
        for case in cases {
            let answer = raw(&app, line, Body::from(Bytes::from_static(case))).await;
            assert_eq!(
                answer.code(),
                (400, "invalid_json".to_owned()),
                "{line} {}",
                String::from_utf8_lossy(case)
            );
        }
    }
    let deep = format!("{}{}", "{\"a\":".repeat(5_000), "}".repeat(5_000));
    raw(&app, "POST /connections", deep).await.assert_code(400, "invalid_json");
}

#[tokio::test]
async fn seventy_six_megabytes_are_too_many_announced_or_not() {
    let app = TestApp::start().await;
    const MEGABYTE: usize = 1 << 20;
    let announced = Bytes::from(vec![b' '; 76 * MEGABYTE]);
    raw(&app, "POST /connections", announced.clone()).await.assert_code(413, "request_too_large");
    let chunks: Vec<_> = (0..76)
        .map(|at| Ok::<_, std::io::Error>(announced.slice(at * MEGABYTE..(at + 1) * MEGABYTE)))
        .collect();
    let streamed = Body::from_stream(futures_util::stream::iter(chunks));
    raw(&app, "POST /connections", streamed).await.assert_code(413, "request_too_large");
    let mut fits = vec![b' '; 74 * MEGABYTE];
    fits[..2].copy_from_slice(b"{}");
    raw(&app, "POST /connections", fits).await.assert_code(400, "invalid_body");
}

#[tokio::test]
async fn line_breaks_reach_no_header() {
    let app = TestApp::start().await;
    let name = "x\r\nSet-Cookie: a=b";
    let created = app
        .own(
            "POST /integrations",
            json!({
                "provider": "unauthenticated", "unique_key": "k", "display_name": name,
            }),
        )
        .await;
    assert_eq!(created.json()["data"]["display_name"], name, "a name is only text");
    assert!(!created.headers.contains_key("set-cookie"));
    for path in [
        "/connections/c?provider_config_key=a%0d%0aSet-Cookie:%20a=b",
        "/integrations/a%0d%0aSet-Cookie:%20a=b",
        "/providers/a%0aLocation:%20x",
    ] {
        let answer = app.get_as_owner(path).await;
        assert_eq!(answer.status, 400, "{path}");
        assert!(!answer.headers.contains_key("set-cookie") && !answer.headers.contains_key("location"));
    }
    let headers =
        [("x-request-id", "mine"), ("if-none-match", "W/\"\u{e9}\""), ("accept-language", "\u{ff}, de;q=x")];
    let answer = app.call("GET /health", &headers, "").await;
    assert_eq!(answer.status, 200);
    assert_ne!(answer.header("x-request-id"), "mine", "a caller cannot choose what is logged");
}

#[tokio::test]
async fn paths_mean_what_they_spell_and_nothing_else() {
    let app = TestApp::start().await;
    app.free_connections(&["c"]).await;
    for path in [
        "//integrations",
        "/./integrations",
        "/connections/../integrations",
        "/%2fintegrations",
        "/integrations;x=1",
        "/integrations%20",
        "/integrations/free/",
        "/integrations/free/x",
        "/integrations//free",
        "/integrations/\\free",
        "/x/../../etc/passwd",
    ] {
        let answer = app.get_as_owner(path).await;
        let is_the_integration = answer.json()["data"]["unique_key"] == "free";
        let may_be = path == "/integrations/free/";
        assert_eq!(is_the_integration, may_be, "{path}: {}", answer.body);
        assert!(may_be || matches!(answer.status.as_u16(), 400 | 404), "{path}: {}", answer.status);
    }
    for (path, status) in [
        ("/providers/..%2f..%2fetc%2fpasswd", 400),
        ("/providers/%2e%2e", 400),
        ("/integrations/%c0%ae%c0%ae", 400),
        ("/integrations/%u0041", 400),
        ("/connections/..?provider_config_key=free", 404),
        ("/connections/..%2Fc?provider_config_key=free", 404),
    ] {
        assert_eq!(app.get_as_owner(path).await.status.as_u16(), status, "{path}");
    }
}

#[tokio::test]
async fn a_field_cannot_be_smuggled_in_by_its_spelling() {
    let app = TestApp::start().await;
    app.integration("unauthenticated", "free", Value::Null).await;
    for surplus in ["__proto__", "constructor", "Credentials", "id", "environment_id", "created_at"] {
        let mut body = json!({"provider_config_key": "free", "credentials": {"type": "NONE"}});
        body[surplus] = json!(2);
        app.own("POST /connections", body).await.assert_issue("invalid_body", "unrecognized_keys", "");
    }
    let answer = app.get_as_owner("/connections?__proto__[a]=1").await;
    answer.assert_issue("invalid_query_params", "unrecognized_keys", "");
    let metadata = json!({"__proto__": {"polluted": true}});
    let body = json!({
        "provider_config_key": "free", "connection_id": "c", "credentials": {"type": "NONE"}, "metadata": metadata,
    });
    assert_eq!(app.own("POST /connections", body).await.json()["metadata"], metadata, "data is only data");
}

#[tokio::test]
async fn a_query_is_bounded() {
    let app = TestApp::start().await;
    let many = vec!["connectionId=a"; 101].join("&");
    let wide: String = (0..1_001).map(|at| format!("a{at}=1&")).collect();
    let deep = format!("tags{}=1", "[a]".repeat(50));
    for query in [many, wide, deep] {
        let answer = app.get_as_owner(&format!("/connections?{query}")).await;
        answer.assert_code(400, "invalid_query_params");
    }
}
