//! The attack checklist's part A with default settings; each test names its item.

use bowline_server::ServerSettings;
use serde_json::{Value, json};

use super::scene::{Scene, session};

/// A1
#[tokio::test]
async fn a_state_has_256_random_bits_is_used_once_and_dies_after_fifteen_minutes() {
    let scene = Scene::start().await;
    let window = scene.open("oauth").await;
    let state = window.state();
    assert!(state.len() == 64 && state.bytes().all(|byte| byte.is_ascii_hexdigit()), "{state}");
    assert_ne!(state, scene.open("oauth").await.state());
    let back = scene.approve(&window).await;
    assert_eq!(scene.come_back(&back, &window.cookie).await.status, 200);
    let replay = scene.come_back(&back, &window.cookie).await;
    assert_eq!(replay.status, 400);
    assert!(replay.body.contains("data-error-type=\"state_err\""));
    assert_eq!(scene.connections().await.len(), 1);

    let window = scene.open("oauth").await;
    let back = scene.approve(&window).await;
    scene.app.advance(15 * 60);
    assert!(scene.come_back(&back, &window.cookie).await.body.contains("data-error-type=\"state_err\""));
    assert_eq!(scene.connections().await.len(), 1);
}

/// A2: the victim of a shared authorization link has no cookie; the attacker's own does not fit another state.
#[tokio::test]
async fn an_answer_in_another_browser_connects_nothing_and_spends_the_state() {
    let scene = Scene::start().await;
    let (window, other) = (scene.open("oauth").await, scene.open("oauth").await);
    let name = window.cookie.split('=').next().unwrap();
    let forged = format!("{name}=1");
    for cookie in ["", other.cookie.as_str(), forged.as_str(), &format!("{name}=")] {
        let window = scene.open("oauth").await;
        let name = window.cookie.split('=').next().unwrap();
        let cookie = cookie.replace(cookie.split('=').next().unwrap_or_default(), name);
        let back = scene.approve(&window).await;
        let answer = scene.come_back(&back, &cookie).await;
        assert_eq!(answer.status, 400);
        assert!(answer.body.contains("data-error-type=\"state_cookie_err\""), "{}", answer.body);
        // Even the right browser cannot use it any more.
        assert_eq!(scene.come_back(&back, &window.cookie).await.status, 400);
    }
    assert!(scene.connections().await.is_empty());
    let exchanges = scene.control().stats().token_requests_total;
    assert_eq!(exchanges, 0, "no code was exchanged");
}

/// A2
#[tokio::test]
async fn the_cookie_is_random_http_only_and_over_tls_bound_to_the_host() {
    let scene = Scene::start().await;
    let answer = scene.try_open(&scene.token, "oauth").await;
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("oauth2-") && cookie.ends_with("; HttpOnly; SameSite=Lax"), "{cookie}");
    let window = scene.open("oauth").await;
    let (name, value) = window.cookie.split_once('=').unwrap();
    assert_eq!(value.len(), 64);
    assert!(!window.location.as_str().contains(value) && !name.contains(&window.state()));

    let settings =
        ServerSettings { public_url: "https://api.example.com".to_owned(), ..ServerSettings::default() };
    let scene = Scene::with(settings).await;
    let answer = scene.try_open(&scene.token, "oauth").await;
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("__Host-oauth2-") && cookie.contains("Path=/;"), "{cookie}");
    assert!(cookie.ends_with("; Secure; SameSite=Lax") && !cookie.contains("Domain"), "{cookie}");
}

/// A3
#[tokio::test]
async fn a_code_is_worth_nothing_without_the_verifier_which_never_leaves_the_server() {
    let scene = Scene::start().await;
    scene.control().configure(|config| config.oauth.require_pkce = true);
    let window = scene.open("oauth").await;
    assert!(window.param("code_verifier").is_none());
    let challenge = window.param("code_challenge").unwrap();
    assert_eq!(challenge.len(), 43);
    let page =
        "oauth?authorization_params[code_challenge]=mine&authorization_params[code_challenge_method]=plain";
    let window = scene.open(page).await;
    assert_ne!(window.param("code_challenge").as_deref(), Some("mine"));
    assert_eq!(window.param("code_challenge_method").as_deref(), Some("S256"));
    let back = scene.approve(&window).await;
    assert_eq!(scene.come_back(&back, &window.cookie).await.status, 200);
}

/// A4
#[tokio::test]
async fn an_answer_that_names_another_issuer_is_not_believed() {
    let scene = Scene::start().await;
    let window = scene.open("oauth").await;
    let state = window.state();
    for issuer in ["https%3A%2F%2Fevil.test", "nonsense", "https%3A%2F%2F127.0.0.1.evil.test"] {
        let window = scene.open("oauth").await;
        let path = format!("/oauth/callback?code=c&state={}&iss={issuer}", window.state());
        let answer = scene.come_back(&path, &window.cookie).await;
        assert!(answer.body.contains("data-error-type=\"callback_err\""), "{}", answer.body);
    }
    assert_eq!(scene.control().stats().token_requests_total, 0);
    // The same state through another integration's eyes: the callback has no say in which it is.
    let path = format!(
        "/oauth/callback?code=c&state={state}&provider_config_key=hosted&token_url=https://evil.test"
    );
    let answer = scene.come_back(&path, &window.cookie).await;
    assert!(answer.body.contains("data-error-type=\"token_err\""));
    let requests = scene.control().requests();
    assert!(
        requests.iter().any(|request| request.path == "/oauth/token"),
        "the provider's own endpoint was asked"
    );
}

/// A5: who authorizes a connection again does so with the account it is of, unless the application lets another one.
#[tokio::test]
async fn a_reconnect_cannot_put_another_account_in_the_place_of_the_first() {
    let scene = Scene::start().await;
    let account = |id: &str| {
        let extra = json!({"user_id": id}).as_object().unwrap().clone();
        scene.control().configure(|config| config.oauth.extra = extra);
    };
    account("u-1");
    assert_eq!(scene.connect("oauth").await.status, 200);
    let held = scene.only_connection("oauth").await;
    let again = async |more: Value| {
        let mut body = json!({"connection_id": held["connection_id"], "integration_id": "oauth"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let opened = scene.app.own("POST /connect/sessions/reconnect", body).await.json();
        let token = opened["data"]["token"].as_str().unwrap().to_owned();
        let window = scene.open_as(&token, "oauth").await;
        let back = scene.approve(&window).await;
        scene.come_back(&back, &window.cookie).await
    };
    account("u-2");
    let refused = again(json!({})).await;
    assert!(refused.body.contains("data-error-type=\"connection_validation_failed\""), "{}", refused.body);
    let kept = scene.only_connection("oauth").await;
    assert_eq!(kept["credentials"]["access_token"], held["credentials"]["access_token"]);
    assert_eq!(again(json!({"allow_other_account": true})).await.status, 200);
    account("u-2");
    assert_eq!(again(json!({})).await.status, 200);
}

/// A5: whoever was sent a link sees whose account theirs would become, and nothing is exchanged before they agree.
#[tokio::test]
async fn where_the_application_wants_it_the_user_is_asked_before_an_account_is_connected() {
    let scene = Scene::start().await;
    let end_user = json!({"id": "m", "display_name": "Mallory <b>"});
    let token = session(&scene.app, json!({"confirm_account": true, "end_user": end_user})).await;
    let ask = async || {
        let window = scene.open_as(&token, "oauth").await;
        let back = scene.approve(&window).await;
        let page = scene.come_back(&back, &window.cookie).await;
        assert!(page.body.contains("<strong>Mallory &lt;b&gt;</strong>"), "{}", page.body);
        assert!(
            page.header("content-security-policy").contains("form-action 'self'; frame-ancestors 'none'")
        );
        let (_, rest) = page.body.split_once("name=\"state\" value=\"").unwrap();
        (rest[..64].to_owned(), window.cookie, back)
    };
    let answer = async |state: &str, decision: &str, cookie: &str| {
        let headers = [("cookie", cookie), ("content-type", "application/x-www-form-urlencoded")];
        scene.app.call("POST /confirm", &headers, format!("decision={decision}&state={state}")).await
    };
    let (state, cookie, back) = ask().await;
    assert_eq!(scene.control().stats().token_requests_total, 0);
    assert!(scene.come_back(&back, &cookie).await.body.contains("data-error-type=\"state_err\""));
    let declined = answer(&state, "decline", &cookie).await;
    assert!(declined.body.contains("data-error-type=\"callback_err\""), "{}", declined.body);
    assert!(answer(&state, "connect", &cookie).await.body.contains("data-error-type=\"state_err\""));

    let (state, cookie, _) = ask().await;
    let elsewhere = answer(&state, "connect", "").await;
    assert!(elsewhere.body.contains("data-error-type=\"state_cookie_err\""), "{}", elsewhere.body);
    let (state, other, _) = ask().await;
    let bypass = scene.come_back(&format!("/oauth/callback?code=c&state={state}"), &other).await;
    assert!(bypass.body.contains("data-error-type=\"state_err\""), "{}", bypass.body);
    assert!(answer(&state, "connect", &cookie).await.body.contains("data-error-type=\"state_err\""));
    assert!(scene.connections().await.is_empty());

    let (state, cookie, _) = ask().await;
    assert_eq!(answer(&state, "connect", &cookie).await.status, 200);
    assert_eq!(scene.connections().await.len(), 1);
}

/// A5 and A6: a session decides whose connection it is; a page cannot name one.
#[tokio::test]
async fn a_page_cannot_choose_the_connection_or_reach_other_integrations() {
    let scene = Scene::start().await;
    scene.app.connection("oauth", "victim", json!({"type": "OAUTH2", "access_token": "theirs"})).await;
    let answer = scene.try_open(&scene.token, "oauth?connection_id=victim").await;
    answer.assert_code(400, "invalid_query_params");
    let token = session(&scene.app, json!({"allowed_integrations": ["key"]})).await;
    let answer = scene.try_open(&token, "oauth").await;
    assert!(answer.body.contains("data-error-type=\"integration_not_allowed\""));
    let answer = scene.post_as(&token, "/auth/unauthenticated/none", json!(null)).await;
    answer.assert_code(400, "integration_not_allowed");
    let theirs = scene.only_connection("oauth").await;
    assert_eq!(theirs["credentials"]["access_token"], "theirs");
}

/// A7
#[tokio::test]
async fn neither_the_redirect_nor_the_page_after_it_can_be_moved() {
    let scene = Scene::start().await;
    let query = "oauth?redirect_uri=https://evil.test&authorization_params[redirect_uri]=https://evil.test\
                 &authorization_params[state]=x&authorization_params[response_type]=token";
    let window = scene.open(query).await;
    assert_eq!(window.param("redirect_uri").as_deref(), Some("http://localhost:3003/oauth/callback"));
    assert_eq!(window.param("response_type").as_deref(), Some("code"));
    assert_ne!(window.state(), "x");
    let back = format!("{}&redirect=https://evil.test&next=https://evil.test", scene.approve(&window).await);
    let page = scene.come_back(&back, &window.cookie).await;
    assert_eq!(page.status, 200);
    assert!(page.headers.get("location").is_none() && !page.body.contains("evil.test"));
    let targets = "data-targets=\"http://localhost:3009 http://localhost:3003\"";
    assert!(page.body.contains(targets), "{}", page.body);
}

/// A8
#[tokio::test]
async fn no_page_of_the_flow_can_be_framed() {
    let scene = Scene::start().await;
    let failed = scene.app.get("/oauth/callback?code=c&state=s").await;
    assert!(failed.header("content-security-policy").contains("frame-ancestors 'none'"));
    assert_eq!(failed.header("x-frame-options"), "DENY");
    let script = scene.app.get("/oauth/ending.js").await;
    assert!(script.body.contains("history.replaceState"), "the address bar is cleaned");
    assert!(!script.body.contains("'*'"), "no message goes to just anyone");
}

/// A9
#[tokio::test]
async fn what_a_provider_says_is_shown_as_text() {
    let scene = Scene::start().await;
    for name in ["error", "error_description", "error_reason", "error_uri", "status_code", "error_message"] {
        for state in ["unknown".to_owned(), scene.open("oauth").await.state()] {
            let evil = "%22%3E%3Cscript%3Ealert(1)%3C/script%3E%3Cimg%20src=x%20onerror=alert(1)%3E%0d%0aX:y";
            let path = format!("/oauth/callback?state={state}&{name}={evil}");
            let page = scene.app.get(&path).await;
            assert!(!page.body.contains("<script>") && !page.body.contains("<img"), "{}", page.body);
        }
    }
}

/// A10
#[tokio::test]
async fn a_code_is_exchanged_once_even_when_two_answers_race() {
    let scene = Scene::start().await;
    let window = scene.open("oauth").await;
    let back = scene.approve(&window).await;
    let both = futures_util::future::join(
        scene.come_back(&back, &window.cookie),
        scene.come_back(&back, &window.cookie),
    );
    let (one, two) = both.await;
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 400]);
    assert_eq!(scene.control().stats().token_requests_total, 1);
}

/// A12
#[tokio::test]
async fn a_session_that_ended_begins_nothing() {
    let scene = Scene::start().await;
    scene.app.advance(30 * 60);
    scene.try_open(&scene.token, "oauth").await.assert_code(401, "unknown_connect_session_token");
    let answer = scene.post("/auth/unauthenticated/none", json!(null)).await;
    answer.assert_code(401, "unknown_connect_session_token");
    let answer = scene.try_open("nango_connect_session_x", "oauth").await;
    answer.assert_code(401, "invalid_connect_session_token_format");
}

/// A13
#[tokio::test]
async fn the_client_secret_never_goes_to_a_host_that_the_page_chose() {
    let scene = Scene::start().await;
    for host in ["evil.test", "evil.test%23", "a%40evil.test", "..", "evil.test%0d%0a", "%D0%B5vil.test"] {
        let answer = scene.try_open(&scene.token, &format!("hosted?params[host]={host}")).await;
        assert!(answer.body.contains("data-error-type=\"url_param_err\""), "{host}: {}", answer.body);
    }
    // The application itself may choose it, and so may a user with a client of their own.
    let more =
        json!({"integrations_config_defaults": {"hosted": {"connection_config": {"host": "acme.example"}}}});
    let token = session(&scene.app, more).await;
    assert_eq!(scene.try_open(&token, "hosted").await.status, 302);
    let own = "hosted?params[host]=acme.example&credentials[oauth_client_id_override]=c\
               &credentials[oauth_client_secret_override]=s";
    assert_eq!(scene.try_open(&scene.token, own).await.status, 302);
}

/// A13 with SSRF: what is let through as a name is still checked as an address.
#[tokio::test]
async fn a_token_endpoint_inside_the_network_is_never_called() {
    let scene = Scene::start().await;
    let more = json!({"integrations_config_defaults": {"hosted": {"connection_config": {"host": "169.254.169.254"}}}});
    let token = session(&scene.app, more).await;
    let answer = scene.try_open(&token, "hosted").await;
    let cookie = answer.header("set-cookie").split(';').next().unwrap().to_owned();
    let location = url::Url::parse(answer.header("location")).unwrap();
    let state = location.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    let answer = scene.come_back(&format!("/oauth/callback?code=c&state={state}"), &cookie).await;
    assert!(answer.body.contains("data-error-type=\"token_err\""), "{}", answer.body);
    assert!(answer.body.contains("could not be reached"), "{}", answer.body);
}

/// A14: the address of an MCP server is the user's, and so are all that its documents name.
#[tokio::test]
async fn an_mcp_server_inside_the_network_is_never_asked() {
    let scene = Scene::start().await;
    scene.app.integration("mcp-generic", "mcp", json!(null)).await;
    for server in [
        "",
        "https://localhost/",
        "https://127.0.0.1/",
        "https://169.254.169.254/mcp",
        "https://10.0.0.1/",
        "https://2130706433/",
        "http://mcp.example/",
        "https://metadata.google.internal/",
    ] {
        let query = format!("mcp?params[mcp_server_url]={server}");
        let answer = scene.try_open(&scene.token, &query).await;
        assert!(answer.body.contains("data-error-type=\"url_param_err\""), "{server}: {}", answer.body);
    }
}
