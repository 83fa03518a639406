//! Who may call which route, for every route (`cases.rs`): without a key, with an unknown one, with one that
//! lacks the scope, and with another environment's.

use bowline_domain::Secret;
use serde_json::{Value, json};

use super::cases::{Case, Plane, all, owned_action};
use super::routes::served;
use crate::app::{Answer, TestApp};

const STRANGER: &str = "5a3ad9f1-8ac0-4c2b-9f47-2d6f0c7d1e52";
/// Texts that only the objects of `dev` hold, and no request.
const MARKS: [&str; 7] = [
    "mark-client",
    "mark-secret",
    "mark-password",
    "mark-metadata",
    "mark-config",
    "mark-variable",
    "mark-code",
];

/// A server whose `dev` owns what the cases name.
async fn start() -> TestApp {
    let app = TestApp::start().await;
    app.readiness.set(true);
    let client = json!({"type": "OAUTH2", "client_id": "mark-client", "client_secret": "mark-secret"});
    app.integration("github", "owned", client).await;
    app.integration("private-api-basic", "owned-basic", Value::Null).await;
    let connection = json!({
        "provider_config_key": "owned-basic", "connection_id": "owned-connection",
        "credentials": {"type": "BASIC", "username": "u", "password": "mark-password"},
        "metadata": {"m": "mark-metadata"}, "connection_config": {"c": "mark-config"}, "tags": {"a": "1"},
    });
    assert_eq!(app.own("POST /connections", connection).await.status, 201);
    for source in ["// mark-code of 1", "// mark-code of 2"] {
        assert_eq!(app.own("POST /sync/deploy", owned_action(source)).await.status, 200);
    }
    let environment = &app.engine.list_environment_keys().await.unwrap()[0].environment;
    let value = Secret::new("mark-variable".to_owned());
    app.engine.put_variable(environment, "NAME", &value).await.unwrap();
    app
}

async fn call(app: &TestApp, case: &Case, key: &str) -> Answer {
    app.call_as(key, &case.line(), case.body.clone()).await
}

/// Everything of `dev` a key can see.
async fn state(app: &TestApp) -> Vec<String> {
    let mut state = Vec::new();
    for path in [
        "/integrations",
        "/integrations/owned?include=credentials",
        "/connections",
        "/connections/owned-connection?provider_config_key=owned-basic&refresh_token=true",
        "/environment-variables",
        "/scripts/config",
        "/integrations/owned/functions/owned-action/code",
        "/integrations/owned/functions/owned-action/versions",
    ] {
        state.push(app.get_as_owner(path).await.body);
    }
    state
}

fn authenticated() -> Vec<Case> {
    all().into_iter().filter(|case| matches!(case.plane, Plane::Environment | Plane::Account)).collect()
}

#[tokio::test]
async fn every_route_has_a_case() {
    let app = TestApp::start().await;
    let mut cases: Vec<String> = all().iter().map(|case| case.route.to_owned()).collect();
    cases.sort();
    assert_eq!(cases, served(&app).await, "add a case to cases.rs for every route");
}

#[tokio::test]
async fn public_routes_need_no_key() {
    let app = start().await;
    for case in all().iter().filter(|case| case.plane == Plane::Public) {
        let body = if case.body.is_null() { String::new() } else { case.body.to_string() };
        let answer = app.call(&case.line(), &[("content-type", "application/json")], body).await;
        assert_eq!(answer.status.as_u16(), case.status, "{}: {}", case.route, answer.body);
    }
}

#[tokio::test]
async fn every_other_route_is_closed_without_a_key_and_to_an_unknown_one() {
    let app = start().await;
    let before = state(&app).await;
    for case in authenticated() {
        let headers = [("content-type", "application/json")];
        let answer = app.call(&case.line(), &headers, case.body.to_string().replace("null", "")).await;
        assert_eq!(answer.code(), (401, "missing_auth_header".to_owned()), "{}", case.route);
        let answer = call(&app, &case, STRANGER).await;
        assert_eq!(answer.code(), (401, "unknown_account".to_owned()), "{}", case.route);
    }
    assert_eq!(state(&app).await, before);
}

#[tokio::test]
async fn every_route_with_a_scope_is_closed_to_keys_without_it() {
    let app = start().await;
    let (owner, before) = (app.account_key().await, state(&app).await);
    let unrelated = app.key_with(&["environment:logs:read"]).await;
    let unrelated_account = app.key_with(&["account:environments:unrelated"]).await;
    for case in authenticated() {
        let mut refused = vec![];
        match case.plane {
            Plane::Environment => refused.extend([&owner, &unrelated_account]),
            _ => refused.extend([&app.key, &unrelated_account]),
        }
        refused.push(&unrelated);
        for key in refused.into_iter().filter(|key| !case.scopes.is_empty() || *key == &owner) {
            let answer = call(&app, &case, key).await;
            assert_eq!(answer.code(), (403, "forbidden".to_owned()), "{}", case.route);
            let message = answer.json()["error"]["message"].as_str().unwrap().to_owned();
            let names_scope = case.scopes.iter().all(|scope| message.contains(scope));
            assert!(names_scope || key == &owner, "{}: {message}", case.route);
        }
    }
    assert_eq!(state(&app).await, before);
}

#[tokio::test]
async fn each_sufficient_scope_alone_opens_its_route() {
    for case in authenticated() {
        let scopes: Vec<Vec<&str>> = match case.scopes {
            [] => vec![vec!["environment:logs:read"]],
            scopes => scopes.iter().map(|scope| vec![*scope]).collect(),
        };
        for scopes in scopes {
            let app = start().await;
            let key = app.key_with(&scopes).await;
            let answer = call(&app, &case, &key).await;
            assert_eq!(answer.status.as_u16(), case.status, "{} {scopes:?}: {}", case.route, answer.body);
        }
    }
}

#[tokio::test]
async fn another_environments_key_neither_sees_nor_changes_anything() {
    let app = start().await;
    let before = state(&app).await;
    for case in authenticated() {
        let answer = call(&app, &case, &app.prod_key).await;
        for mark in MARKS {
            assert!(!answer.body.contains(mark), "{} shows {mark}: {}", case.route, answer.body);
        }
        let names_an_object = case.path.contains("owned") || case.body.to_string().contains("owned");
        if names_an_object {
            let status = answer.status.as_u16();
            assert!(matches!(status, 400 | 404), "{} answers {status}: {}", case.route, answer.body);
        }
        assert_eq!(state(&app).await, before, "{} changed something", case.route);
    }
}

#[tokio::test]
async fn what_belongs_to_others_is_answered_as_what_does_not_exist() {
    let app = start().await;
    for case in authenticated()
        .into_iter()
        .filter(|case| case.line().contains("owned") || case.body.to_string().contains("owned"))
    {
        let others = call(&app, &case, &app.prod_key).await;
        let missing_line = case.line().replace("owned", "nope-");
        let missing_body = serde_json::from_str(&case.body.to_string().replace("owned", "nope-")).unwrap();
        let missing = app.call_as(&app.prod_key, &missing_line, missing_body).await;
        assert_eq!(others.status, missing.status, "{}", case.route);
        assert_eq!(others.body.replace("owned", "nope-"), missing.body, "{}", case.route);
    }
}

#[tokio::test]
async fn the_proxy_is_closed_like_every_route() {
    let app = start().await;
    let (owner, before) = (app.account_key().await, state(&app).await);
    let target = [("provider-config-key", "owned-basic"), ("connection-id", "owned-connection")];
    for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
        let call = async |key: Option<&str>| {
            let bearer = format!("Bearer {}", key.unwrap_or_default());
            let mut headers = target.to_vec();
            headers.extend(key.map(|_| ("authorization", bearer.as_str())));
            app.call(&format!("{method} /proxy/anything"), &headers, "").await
        };
        call(None).await.assert_code(401, "missing_auth_header");
        call(Some(STRANGER)).await.assert_code(401, "unknown_account");
        call(Some(&owner)).await.assert_code(403, "forbidden");
        let unrelated = app.key_with(&[&format!("environment:{}", method.to_ascii_lowercase())]).await;
        call(Some(&unrelated)).await.assert_code(403, "forbidden");
        call(Some(&app.prod_key)).await.assert_code(404, "unknown_provider_config");
    }
    assert_eq!(state(&app).await, before);
}
