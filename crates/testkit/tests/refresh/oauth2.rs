//! OAUTH2: what the catalogue's options make of token requests, and every dialect of their answers.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bowline_domain::{Clock, Timestamp};
use bowline_engine::connection::OpenConnection;
use bowline_engine::credential::refresh::RefreshError;
use bowline_sim::{Client, FailureKind, NewGrant, PlannedFailure, RecordedRequest};
use bowline_testkit::engine::{Backend, Node, SIMULATED, World};
use bowline_testkit::provider_file::simulated_oauth2;
use serde_json::{Value, json};

use crate::support::{access_token, refresh_token, refusal, seconds};

/// The fields of a form or JSON body.
pub fn fields(request: &RecordedRequest) -> BTreeMap<String, String> {
    let text = |value: Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match serde_json::from_slice(&request.body()) {
        Ok(Value::Object(fields)) => fields.into_iter().map(|(name, value)| (name, text(value))).collect(),
        _ => form_urlencoded::parse(&request.body()).into_owned().collect(),
    }
}

/// The only token request so far; it is forgotten.
pub fn take_request(world: &World) -> RecordedRequest {
    let mut requests = world.control.requests();
    world.control.clear_requests();
    assert_eq!(requests.len(), 1, "{requests:?}");
    requests.remove(0)
}

fn basic(pair: &str) -> String {
    format!("Basic {}", STANDARD.encode(pair))
}

/// Refreshes an expired connection of a provider; gives the request that was made.
async fn refresh(world: &World, node: &Node, provider: &str) -> RecordedRequest {
    node.ensure_integration(provider).await;
    let grant = world.control.mint_grant(NewGrant::default());
    let imported = node.import(provider, "c", world.expired_oauth2(&grant), json!({"team": "t1"})).await;
    imported.expect("the import is accepted");
    node.get_of(provider, "c", false).await.unwrap_or_else(|error| panic!("{provider}: {error:?}"));
    let request = take_request(world);
    let sent = fields(&request);
    assert_eq!(sent["grant_type"], "refresh_token", "{provider}");
    assert_eq!(Some(&sent["refresh_token"]), grant.refresh_token.as_ref(), "{provider}");
    request
}

#[tokio::test]
async fn each_option_of_the_catalogue_shapes_the_request() {
    let world = World::with_providers(Backend::Sqlite, |base| {
        let provider = |more| simulated_oauth2(base, more);
        json!({
            "json": provider(json!({"body_format": "json"})),
            "header": provider(json!({"authorization_method": "header"})),
            "basic": provider(json!({"token_request_auth_method": "basic"})),
            "wrong-grant": provider(json!({
                "token_params": {"grant_type": "authorization_code", "audience": "a1"},
            })),
            "params": provider(json!({"token_params": {"a": "1"}, "refresh_params": {"b": "2"}})),
            "url": provider(json!({"refresh_url": format!("{base}/oauth/token?via=refresh")})),
        })
    })
    .await;
    let node = world.node().await;
    let form = "application/x-www-form-urlencoded";
    let cases = [
        (SIMULATED, form, Some("sim-client"), None),
        ("json", "application/json", Some("sim-client"), None),
        ("header", form, None, Some(basic("sim-client:sim-secret"))),
        ("basic", form, Some("sim-client"), Some(basic("sim-client:sim-secret"))),
    ];
    for (provider, content_type, client_id, authorization) in cases {
        let request = refresh(&world, &node, provider).await;
        let sent = fields(&request);
        assert_eq!((request.method.as_str(), request.path.as_str()), ("POST", "/oauth/token"), "{provider}");
        assert_eq!(request.header("content-type"), Some(content_type), "{provider}");
        assert_eq!(request.header("accept"), Some("application/json"), "{provider}");
        assert_eq!(sent.get("client_id").map(String::as_str), client_id, "{provider}");
        assert_eq!(sent.contains_key("client_secret"), client_id.is_some(), "{provider}");
        assert_eq!(request.header("authorization"), authorization.as_deref(), "{provider}");
    }
    assert_eq!(fields(&refresh(&world, &node, "wrong-grant").await)["audience"], "a1");
    let sent = fields(&refresh(&world, &node, "params").await);
    assert_eq!((sent.get("a"), sent["b"].as_str()), (None, "2"));
    assert_eq!(refresh(&world, &node, "url").await.query, "via=refresh");
}

#[tokio::test]
async fn a_connections_own_client_comes_before_the_integrations() {
    let world = World::start(Backend::Sqlite).await;
    let node = world.node().await;
    world.control.configure(|config| config.oauth.clients.push(Client::new("own-client", "own-secret")));
    let grant =
        world.control.mint_grant(NewGrant { client_id: "own-client".to_owned(), ..NewGrant::default() });
    let mut credentials = world.expired_oauth2(&grant);
    credentials["config_override"] = json!({"client_id": "own-client", "client_secret": "own-secret"});
    node.import(SIMULATED, "c", credentials, json!({})).await.expect("the import is accepted");
    for _ in 0..2 {
        node.force("c").await.expect("the own client is used, and kept");
    }
}

fn answer(body: Value) -> PlannedFailure {
    PlannedFailure::status(200, body)
}

/// What a refresh answered with `body` leaves stored.
async fn stored_after(world: &World, node: &Node, provider: &str, body: Value) -> OpenConnection {
    let credentials = json!({
        "type": "OAUTH2", "access_token": "at-old", "refresh_token": "rt-old", "expires_at": "2020-01-01T00:00:00Z",
    });
    node.ensure_integration(provider).await;
    node.import(provider, "c", credentials, json!({"kept": "yes"})).await.expect("the import is accepted");
    world.control.plan_failure(answer(body.clone()));
    node.get_of(provider, "c", false).await.unwrap_or_else(|error| panic!("{body}: {error:?}"));
    node.stored_of(provider, "c").await
}

#[tokio::test]
async fn tokens_are_found_wherever_the_provider_puts_them() {
    let world = World::with_providers(Backend::Sqlite, |base| {
        json!({
            "object": simulated_oauth2(base, json!({"alternate_access_token_response_path": "authed_user"})),
            "text": simulated_oauth2(base, json!({"alternate_access_token_response_path": "data.token"})),
            "metadata": simulated_oauth2(base, json!({"token_response_metadata": ["team.id", "none"]})),
        })
    })
    .await;
    let node = world.node().await;
    let cases = [
        (SIMULATED, json!({"access_token": "at-new", "refresh_token": "rt-new"}), "rt-new"),
        (SIMULATED, json!({"access_token": "at-new"}), "rt-old"),
        (SIMULATED, json!({"access_token": "at-new", "refresh_token": ""}), "rt-old"),
        ("object", json!({"authed_user": {"access_token": "at-new", "refresh_token": "rt-new"}}), "rt-new"),
        ("text", json!({"data": {"token": "at-new"}, "refresh_token": "rt-new"}), "rt-new"),
        ("text", json!({"access_token": null, "data": {"token": "at-new"}}), "rt-old"),
    ];
    for (provider, body, expected) in cases {
        let stored = stored_after(&world, &node, provider, body.clone()).await;
        assert_eq!(access_token(&stored), "at-new", "{body}");
        assert_eq!(refresh_token(&stored), expected, "{body}");
        assert_eq!(stored.credentials.expose()["raw"], body);
    }
    let body = json!({"access_token": "at-new", "team": {"id": "T1"}});
    let stored = stored_after(&world, &node, "metadata", body).await;
    assert_eq!(Value::from(stored.config), json!({"kept": "yes", "team.id": "T1"}));
}

#[tokio::test]
async fn every_dialect_of_an_expiry_is_understood() {
    let world = World::start(Backend::Sqlite).await;
    let node = world.node().await;
    let now = world.clock.now();
    let at = now.plus(seconds(7_200));
    let dialects = [
        (json!({"expires_in": 7_200}), Some(at)),
        (json!({"expires_in": "7200"}), Some(at)),
        (json!({"expires_in": 7_200.5}), Some(at)),
        (json!({"expires_at": at.as_seconds()}), Some(at)),
        (json!({"expires_at": at.as_millis()}), Some(at)),
        (json!({"expires_at": at.iso_millis_z()}), Some(at)),
        (json!({"expires_at": "0:02:00"}), Some(at)),
        (json!({"expires_in": "soon"}), None),
        (json!({}), None),
    ];
    for (mut body, expected) in dialects {
        body["access_token"] = "at-new".into();
        let stored = stored_after(&world, &node, SIMULATED, body.clone()).await;
        let seconds = |at: Option<Timestamp>| at.map(Timestamp::as_seconds);
        assert_eq!(seconds(stored.credentials.expires_at()), seconds(expected), "{body}");
        assert_eq!(seconds(stored.connection.credentials_expire_at), seconds(expected), "{body}");
    }
}

#[tokio::test]
async fn answers_that_hold_no_token_are_failures_and_keep_the_old_credentials() {
    let world = World::start(Backend::Sqlite).await;
    let node = world.node().await;
    let redirect = FailureKind::Status {
        status: 302,
        body: Value::Null,
        headers: vec![("location".to_owned(), format!("{}/api/echo", world.simulator.base_url()))],
    };
    let (external, parsing) = ("refresh_token_external_error", "refresh_token_parsing_error");
    let cases: [(PlannedFailure, &str, &str); 10] = [
        (FailureKind::Html { status: 200 }.into(), parsing, "JSON"),
        (FailureKind::TruncatedJson { status: 200 }.into(), parsing, "JSON"),
        (FailureKind::Huge { bytes: 3_000_000, status: 200 }.into(), external, ""),
        (FailureKind::RateLimited { retry_after_seconds: 7 }.into(), external, "status 429"),
        (redirect.into(), external, "status 302"),
        (PlannedFailure::reset(), external, "could not be reached"),
        (answer(json!({"token_type": "bearer"})), parsing, "access_token"),
        (answer(json!(["at-new"])), parsing, "JSON"),
        (answer(json!({"error": "bad_refresh_token"})), external, "bad_refresh_token"),
        (
            PlannedFailure::status(400, json!({"error": "invalid_grant"})),
            external,
            "status 400: invalid_grant",
        ),
    ];
    for (failure, code, part) in cases {
        let grant = world.expired(&node, "c").await;
        world.control.plan_failure(failure.clone());
        let told = refusal(node.get("c").await);
        let RefreshError::Failed(told) = told else { panic!("{failure:?}: {told:?}") };
        assert_eq!(told.code, code, "{failure:?}: {}", told.message);
        assert!(told.message.contains(part), "{failure:?}: {}", told.message);
        assert_eq!(access_token(&node.stored("c").await), grant.access_token);
        take_request(&world);
    }
}
