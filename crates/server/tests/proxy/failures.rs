//! What the caller is told when no answer can be had.

use std::time::Duration;

use bowline_engine::outbound::OutboundOptions;
use bowline_server::ServerSettings;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::app::{App, Setup};
use crate::client::{Answer, exchange};
use crate::upstream::{Upstream, ok};

#[track_caller]
fn assert_no_answer(answer: &Answer, code: &str, method: &str) {
    let body = answer.json();
    let mut names: Vec<_> = body.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!((answer.status, names), (500, vec!["code", "message", "method"]), "{body}");
    assert_eq!((&body["code"], &body["method"]), (&json!(code), &json!(method)));
    assert!(answer.header("content-type").unwrap().starts_with("application/json"));
}

#[tokio::test]
async fn a_port_where_nobody_listens_refuses() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let app = App::at(&url).await;
    assert_no_answer(&app.get("/").await, "ECONNREFUSED", "get");
    assert_no_answer(&app.call("none", "DELETE /", &[], b"").await, "ECONNREFUSED", "delete");
}

#[tokio::test]
async fn a_host_that_does_not_exist_is_not_found() {
    let app = App::at("http://no-such-host.invalid").await;
    let answer = app.get("/").await;
    // Without any network the resolver cannot tell.
    let code = answer.json()["code"].as_str().unwrap().to_owned();
    assert!(matches!(code.as_str(), "ENOTFOUND" | "EAI_AGAIN"), "{code}");
    assert_no_answer(&answer, &code, "get");
}

#[tokio::test]
async fn answers_that_are_no_http_are_told_apart() {
    let cases: [(&[u8], &str); 4] = [
        (b"SSH-2.0-OpenSSH_9\r\n\r\n", "ERR_BAD_RESPONSE"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab", "ERR_BAD_RESPONSE"),
        (
            b"HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n",
            "ERR_BAD_RESPONSE",
        ),
        (b"", "ECONNRESET"),
    ];
    for (bytes, code) in cases {
        let upstream = Upstream::saying(bytes.to_vec()).await;
        assert_no_answer(&App::with(&upstream).await.get("/").await, code, "get");
    }
}

#[tokio::test]
async fn a_head_without_measure_is_refused_with_a_code() {
    let long = format!("HTTP/1.1 200 OK\r\nx-long: {}\r\n\r\n", "h".repeat(300_000));
    let many = format!("HTTP/1.1 200 OK\r\n{}\r\n", "a: b\r\n".repeat(1_000));
    for head in [long, many] {
        let upstream = Upstream::saying(head).await;
        assert_no_answer(&App::with(&upstream).await.get("/").await, "HPE_HEADER_OVERFLOW", "get");
    }
}

#[tokio::test]
async fn a_provider_that_says_nothing_is_not_waited_for_for_ever() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let outbound =
        OutboundOptions { response_header_timeout: Duration::from_millis(200), ..OutboundOptions::default() };
    let app = App::build(Setup { upstream: &url, allow: "127.0.0.1", outbound, ..Setup::default() }).await;
    app.connect("none", json!({ "type": "NONE" })).await;
    assert_no_answer(&app.get("/").await, "ECONNABORTED", "get");
}

#[tokio::test]
async fn unknown_integrations_and_connections_have_their_codes() {
    let upstream = Upstream::saying(ok()).await;
    let app = App::with(&upstream).await;
    app.call("nowhere", "GET /", &[], b"").await.assert_code(404, "unknown_provider_config");
    app.integrate("basic", Value::Null).await;
    app.call("basic", "GET /", &[], b"").await.assert_code(400, "server_error");
}

#[tokio::test]
async fn a_provider_without_an_api_is_not_supported() {
    let app = App::at("http://127.0.0.1:9").await;
    app.connect("unauthenticated", json!({ "type": "NONE" })).await;
    app.call("unauthenticated", "GET /", &[], b"").await.assert_code(400, "unsupported_provider");
}

#[tokio::test]
async fn headers_that_break_their_rules_are_named() {
    let app = App::at("http://127.0.0.1:9").await;
    let request = |headers: &str| {
        format!("GET /proxy/x HTTP/1.1\r\nhost: b\r\nauthorization: Bearer {}\r\n{headers}\r\n", app.key)
            .into_bytes()
    };
    let named = "provider-config-key: none\r\nconnection-id: c\r\n";
    let cases = [
        ("", "provider-config-key", "invalid_type"),
        ("provider-config-key: none\r\n", "connection-id", "invalid_type"),
        ("provider-config-key: a/b\r\nconnection-id: c\r\n", "provider-config-key", "invalid_format"),
        (&format!("{named}retries: many\r\n"), "retries", "invalid_type"),
        (&format!("{named}retry-on: 5xx\r\n"), "retry-on", "invalid_format"),
        (&format!("{named}decompress: maybe\r\n"), "decompress", "invalid_value"),
        (&format!("{named}base-url-override: nope\r\n"), "base-url-override", "invalid_format"),
        (
            &format!("{named}forward-headers-on-redirect: 1\r\n"),
            "forward-headers-on-redirect",
            "invalid_value",
        ),
    ];
    for (headers, path, code) in cases {
        let answer = exchange(app.address, &request(headers)).await;
        answer.assert_code(400, "invalid_headers");
        let issue = &answer.json()["error"]["errors"][0];
        assert_eq!((&issue["path"], &issue["code"]), (&json!([path]), &json!(code)), "{headers}");
    }
    let nobody = b"GET /proxy/x HTTP/1.1\r\nhost: b\r\n\r\n";
    assert_eq!(exchange(app.address, nobody).await.status, 401);
}

#[tokio::test]
async fn a_body_too_long_to_keep_is_refused_and_one_that_is_not_sent_on_is_not_kept() {
    let upstream = Upstream::saying(ok()).await;
    let url = upstream.url();
    let settings = ServerSettings { body_bytes_max: 1_000, ..ServerSettings::default() };
    let app = App::build(Setup { upstream: &url, allow: "127.0.0.1", settings, ..Setup::default() }).await;
    app.connect("none", json!({ "type": "NONE" })).await;
    let headers = [("retries", "1"), ("content-type", "text/plain")];
    let answer = app.call("none", "POST /", &headers, &[b'x'; 1_001]).await;
    answer.assert_code(413, "request_too_large");
    assert_eq!(upstream.all().len(), 0);
    app.call("none", "GET /", &headers, &[b'x'; 1_001]).await.assert(200, "ok");
    // Nothing has to be kept here, so nothing is too long.
    app.call("none", "POST /", &[("content-type", "text/plain")], &[b'x'; 300_000]).await.assert(200, "ok");
    app.call("none", "POST /", &[("content-type", "text/plain")], &[b'x'; 1_001]).await.assert(200, "ok");
}
