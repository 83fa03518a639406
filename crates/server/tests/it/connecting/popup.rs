//! Accounts connected in a window at the provider.

use bowline_sim::PlannedFailure;
use serde_json::json;

use super::scene::{Scene, session};

#[tokio::test]
async fn a_window_goes_to_the_provider_with_pkce_and_comes_back_as_a_connection() {
    let scene = Scene::start().await;
    let window = scene.open("oauth?params[region]=eu").await;
    assert_eq!(window.param("client_id").as_deref(), Some("sim-client"));
    assert_eq!(window.param("redirect_uri").as_deref(), Some("http://localhost:3003/oauth/callback"));
    assert_eq!(window.param("code_challenge_method").as_deref(), Some("S256"));
    assert_eq!(window.param("prompt").as_deref(), Some("consent"));
    let back = scene.approve(&window).await;
    let page = scene.come_back(&back, &window.cookie).await;
    assert_eq!(page.status, 200, "{}", page.body);
    assert!(page.body.contains("data-outcome=\"success\""));
    let connection = scene.only_connection("oauth").await;
    assert_eq!(connection["credentials"]["type"], "OAUTH2");
    assert!(connection["credentials"]["refresh_token"].is_string());
    assert_eq!(connection["connection_config"], json!({"region": "eu"}));
    assert_eq!(connection["end_user"]["id"], "u");
    let exchange =
        scene.control().requests().into_iter().find(|request| request.path == "/oauth/token").unwrap();
    let body = String::from_utf8_lossy(&exchange.body()).into_owned();
    assert!(body.contains("grant_type=authorization_code") && body.contains("code_verifier="), "{body}");
}

#[tokio::test]
async fn a_session_may_connect_several_accounts() {
    let scene = Scene::start().await;
    assert_eq!(scene.connect("oauth").await.status, 200);
    assert_eq!(scene.connect("oauth").await.status, 200);
    assert_eq!(scene.connections().await.len(), 2);
}

#[tokio::test]
async fn a_reconnect_in_a_window_keeps_the_connections_id() {
    let scene = Scene::start().await;
    scene.app.connection("oauth", "c", json!({"type": "OAUTH2", "access_token": "old"})).await;
    let body = json!({"connection_id": "c", "integration_id": "oauth"});
    let opened = scene.app.own("POST /connect/sessions/reconnect", body).await.json();
    let scene = Scene { token: opened["data"]["token"].as_str().unwrap().to_owned(), ..scene };
    assert_eq!(scene.connect("oauth").await.status, 200);
    let connection = scene.only_connection("oauth").await;
    assert_eq!(connection["connection_id"], "c");
    assert_ne!(connection["credentials"]["access_token"], "old");
}

#[tokio::test]
async fn the_waiting_page_is_told_of_success_once_and_through_its_own_session_only() {
    let scene = Scene::start().await;
    let page = "5a3ad9f1-8ac0-4c2b-9f47-2d6f0c7d1e52";
    let status = async |token: &str| {
        scene.app.get_as(token, &format!("/connect/session/status?ws_client_id={page}")).await.json()["data"]
            .clone()
    };
    assert_eq!(status(&scene.token).await, json!({"status": "pending"}));
    assert_eq!(scene.connect(&format!("oauth?ws_client_id={page}")).await.status, 200);
    let stranger = session(&scene.app, json!({})).await;
    assert_eq!(status(&stranger).await, json!({"status": "pending"}));
    let told = status(&scene.token).await;
    assert_eq!((&told["status"], &told["provider_config_key"]), (&json!("success"), &json!("oauth")));
    assert_eq!(told["connection_id"], scene.connections().await[0]["connection_id"]);
    assert_eq!(status(&scene.token).await, json!({"status": "pending"}));
}

#[tokio::test]
async fn whatever_goes_wrong_the_waiting_page_gets_the_documented_error() {
    let scene = Scene::start().await;
    let page = "5a3ad9f1-8ac0-4c2b-9f47-2d6f0c7d1e52";
    let told = async || {
        let path = format!("/connect/session/status?ws_client_id={page}");
        scene.app.get_as(&scene.token, &path).await.json()["data"].clone()
    };
    // Before the provider is asked.
    for (query, error) in [
        ("nope", "provider_config_err"),
        ("key", "auth_mode_err"),
        ("hosted", "url_param_err"),
        ("hosted?params[host]=evil.test", "url_param_err"),
    ] {
        let mark = if query.contains('?') { '&' } else { '?' };
        let answer = scene.try_open(&scene.token, &format!("{query}{mark}ws_client_id={page}")).await;
        assert_eq!(answer.status, 400);
        assert_eq!(told().await["error_type"], error, "{query}");
    }
    // The user says no.
    scene.control().configure(|config| config.oauth.authorize_error = Some("access_denied".to_owned()));
    let answer = scene.connect(&format!("oauth?ws_client_id={page}")).await;
    assert!(answer.body.contains("error: access_denied"), "{}", answer.body);
    let told_of = told().await;
    assert_eq!((&told_of["status"], &told_of["error_type"]), (&json!("error"), &json!("callback_err")));
    scene.control().configure(|config| config.oauth.authorize_error = None);
    // The token endpoint fails in every shape.
    for failure in [
        PlannedFailure::status(400, json!({"error": "invalid_grant"})),
        PlannedFailure::status(500, json!({})),
        PlannedFailure::status(200, json!({"error": "bad"})),
        PlannedFailure::status(200, json!("no object")),
        PlannedFailure::status(200, json!({"token_type": "bearer"})),
    ] {
        scene.control().plan_failure(failure);
        let answer = scene.connect(&format!("oauth?ws_client_id={page}")).await;
        assert_eq!(answer.status, 400);
        assert_eq!(told().await["error_type"], "token_err");
    }
    assert!(scene.connections().await.is_empty());
}

#[tokio::test]
async fn the_result_page_keeps_nothing_and_lets_nothing_in() {
    let scene = Scene::start().await;
    let window = scene.open("oauth").await;
    let back = scene.approve(&window).await;
    let page = scene.come_back(&back, &window.cookie).await;
    assert_eq!(page.header("cache-control"), "no-store");
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    let policy = page.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; script-src 'self';") && !policy.contains("unsafe"));
    assert!(policy.contains("frame-ancestors 'none'"));
    assert!(page.headers.get("content-security-policy-report-only").is_none());
    let code = back.split("code=").nth(1).unwrap().split('&').next().unwrap();
    assert!(!page.body.contains(code) && !page.body.contains(&window.state()), "{}", page.body);
    let name = window.cookie.split('=').next().unwrap();
    assert!(page.header("set-cookie").starts_with(&format!("{name}=; Path=/; Max-Age=0")));
}

#[tokio::test]
async fn the_application_may_decide_scopes_and_parameters_of_the_authorization() {
    let scene = Scene::start().await;
    let more = json!({"integrations_config_defaults": {"oauth": {
        "authorization_params": {"login_hint": "u@example.com"},
        "connection_config": {"oauth_scopes_override": "read,write"},
    }}});
    let token = session(&scene.app, more).await;
    let scene = Scene { token, ..scene };
    let window =
        scene.open("oauth?authorization_params[prompt]=none&params[oauth_scopes_override]=admin").await;
    assert_eq!(window.param("scope").as_deref(), Some("read write"));
    assert_eq!(window.param("login_hint").as_deref(), Some("u@example.com"));
    assert_eq!(window.param("prompt").as_deref(), Some("consent"));
    let back = scene.approve(&window).await;
    scene.come_back(&back, &window.cookie).await;
    let config = scene.only_connection("oauth").await["connection_config"].clone();
    assert_eq!(config["oauth_scopes_override"], json!(["read", "write"]));
}

#[tokio::test]
async fn a_client_of_the_users_own_is_used_and_kept_for_refreshes() {
    let scene = Scene::start().await;
    scene.control().configure(|config| {
        config.oauth.clients.push(bowline_sim::Client::new("own-client", "own-secret"));
    });
    let query = "oauth?credentials[oauth_client_id_override]=own-client&credentials[oauth_client_secret_override]=own-secret";
    let window = scene.open(query).await;
    assert_eq!(window.param("client_id").as_deref(), Some("own-client"));
    assert!(!window.location.as_str().contains("own-secret"));
    let back = scene.approve(&window).await;
    assert_eq!(scene.come_back(&back, &window.cookie).await.status, 200);
    let credentials = scene.only_connection("oauth").await["credentials"].clone();
    assert_eq!(
        credentials["config_override"],
        json!({"client_id": "own-client", "client_secret": "own-secret"})
    );
}

#[tokio::test]
async fn an_installation_that_was_changed_at_the_provider_goes_back_there() {
    let scene = Scene::start().await;
    let path = "/app-auth/connect?installation_id=1&setup_action=update";
    let answer = scene.app.get(path).await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (302, "https://github.com"));
    let evil = [("referer", "https://evil.test/")];
    let answer = scene.app.call(&format!("GET {path}"), &evil, "").await;
    assert_eq!(answer.header("location"), "https://github.com");
}
