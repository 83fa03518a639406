//! Imported credentials are tried at the provider before they are stored.

use serde_json::{Value, json};

use crate::app::App;
use crate::upstream::{Upstream, reply};

/// Answers `/first` and `/second` with these statuses.
async fn app(first: u16, second: u16) -> (App, Upstream) {
    let upstream = Upstream::start(move |seen, _| match seen.path() {
        "/first" => reply(first, &[], "first"),
        _ => reply(second, &[], "second"),
    })
    .await;
    let app = App::with(&upstream).await;
    app.integrate("verified", Value::Null).await;
    (app, upstream)
}

async fn import(app: &App) -> (u16, Value) {
    app.import("verified", json!({ "type": "API_KEY", "apiKey": "top-secret" }), json!({ "tenant": "t1" }))
        .await
}

#[tokio::test]
async fn accepted_credentials_are_stored_after_one_request() {
    let (app, upstream) = app(200, 500).await;
    assert_eq!(import(&app).await.0, 201);
    let seen = upstream.last();
    assert_eq!((upstream.all().len(), seen.method.as_str(), seen.target.as_str()), (1, "POST", "/first"));
    assert_eq!((seen.header("x-api-key"), seen.header("x-check")), (Some("top-secret"), Some("yes")));
    assert_eq!(
        (seen.header("content-type"), seen.body.as_slice()),
        (Some("application/json"), &br#"{"ping":true}"#[..])
    );
}

#[tokio::test]
async fn the_next_request_is_tried_when_one_is_refused() {
    let (app, upstream) = app(404, 204).await;
    assert_eq!(import(&app).await.0, 201);
    assert_eq!(upstream.last().target, "/second?of=t1");
}

#[tokio::test]
async fn refused_credentials_are_not_stored_and_not_told() {
    let (app, upstream) = app(401, 403).await;
    let (status, answer) = import(&app).await;
    assert_eq!((status, &answer["error"]["code"]), (400, &json!("connection_test_failed")));
    assert!(!answer.to_string().contains("top-secret"));
    assert_eq!(upstream.all().len(), 2);
    app.call("verified", "GET /", &[], b"").await.assert_code(400, "server_error");
}

#[tokio::test]
async fn a_provider_that_cannot_be_reached_accepts_nothing() {
    let app = App::at("http://127.0.0.1:9").await;
    app.integrate("verified", Value::Null).await;
    let (status, answer) = import(&app).await;
    assert_eq!((status, &answer["error"]["code"]), (400, &json!("connection_test_failed")));
}
