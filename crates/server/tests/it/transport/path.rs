//! How paths are matched.

use serde_json::json;

use crate::app::TestApp;

#[tokio::test]
async fn fixed_segments_match_in_any_case_and_with_a_trailing_slash() {
    let app = TestApp::start().await;
    for path in ["/health", "/HEALTH", "/health/", "/Health/?x=1"] {
        app.get(path).await.assert(200, &json!({"result": "ok"}));
    }
    assert_eq!(app.get_as_owner("/PROVIDERS/github/").await.status, 200);
    assert_eq!(app.get_as_owner("/providers/GITHUB").await.status, 404);
}

#[tokio::test]
async fn unknown_paths_and_methods_are_json_404s() {
    let app = TestApp::start().await;
    for (line, route) in [
        ("GET /nothing", "GET /nothing"),
        ("DELETE /health", "DELETE /health"),
        ("GET /health//", "GET /health//"),
    ] {
        let message = format!("There is no route {route}");
        let error = json!({"error": {"code": "not_found", "message": message}});
        app.call(line, &[], "").await.assert(404, &error);
    }
}

#[tokio::test]
async fn broken_escapes_are_refused_and_sound_ones_decoded() {
    let app = TestApp::start().await;
    let error = json!({"error": {"code": "invalid_uri_params", "errors": [{
        "code": "custom",
        "message": "Invalid percent-encoding in the path",
        "path": [],
    }]}});
    for path in ["/providers/%zz", "/providers/%", "/providers/%ff"] {
        app.get(path).await.assert(400, &error);
    }
    let answer = app.get_as_owner("/providers/%67ithub").await;
    assert_eq!(answer.json()["data"]["name"], "github");
}

#[tokio::test]
async fn head_is_the_get_without_its_body() {
    let app = TestApp::start().await;
    let get = app.get("/health").await;
    let head = app.call("HEAD /health", &[], "").await;
    assert_eq!((head.status.as_u16(), head.body.as_str()), (200, ""));
    assert_eq!(head.header("content-length"), "15");
    assert_eq!(head.header("etag"), get.header("etag"));
}

#[tokio::test]
async fn the_proxy_takes_any_content_type_and_asks_for_a_key() {
    let app = TestApp::start().await;
    let headers = [("content-type", "text/plain")];
    let answer = app.call("POST /proxy/%zz?a=%", &headers, "{").await;
    assert_eq!(answer.json()["error"]["code"], "missing_auth_header");
}
