//! Authorization codes, client authentication, revocation and introspection.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bowline_sim::{Client, ClientAuthMethod};
use serde_json::json;
use url::Url;

use crate::support::{Answer, FORM, World};

const CALLBACK: &str = "http://localhost:9/callback";
// The example of RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

fn authorize_path(extra: &[(&str, &str)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("response_type", "code").append_pair("client_id", "sim-client");
    query.append_pair("redirect_uri", CALLBACK).append_pair("state", "s&1").append_pair("scope", "read");
    format!("/oauth/authorize?{}", query.extend_pairs(extra).finish())
}

fn location_parameter(answer: &Answer, name: &str) -> Option<String> {
    let location = Url::parse(answer.header("location")).unwrap();
    location.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

async fn approved_code(world: &World, extra: &[(&str, &str)]) -> String {
    world.control.configure(|config| config.oauth.auto_approve = true);
    let answer = world.send("GET", &authorize_path(extra), &[], "").await;
    assert_eq!(answer.code(), 302);
    location_parameter(&answer, "code").unwrap()
}

async fn redeem(world: &World, code: &str, verifier: Option<&str>) -> Answer {
    let mut fields = vec![("grant_type", "authorization_code"), ("code", code), ("redirect_uri", CALLBACK)];
    fields.extend(verifier.map(|verifier| ("code_verifier", verifier)));
    world.token(&fields).await
}

#[tokio::test]
async fn an_approved_authorization_gives_code_state_and_issuer() {
    let world = World::start().await;
    world.control.configure(|config| config.oauth.auto_approve = true);
    let answer = world.send("GET", &authorize_path(&[]), &[], "").await;
    assert_eq!(location_parameter(&answer, "state").as_deref(), Some("s&1"));
    assert_eq!(location_parameter(&answer, "iss").as_deref(), Some(world.simulator.base_url()));
    let code = location_parameter(&answer, "code").unwrap();
    let token = redeem(&world, &code, None).await.json();
    assert_eq!(token["scope"], "read");
    assert_eq!(world.bearer(token["access_token"].as_str().unwrap(), "/api/user").await.code(), 200);
}

#[tokio::test]
async fn the_page_offers_to_approve_and_to_deny() {
    let world = World::start().await;
    let page = world.send("GET", &authorize_path(&[("scope2", "<script>")]), &[], "").await;
    assert_eq!(page.code(), 200);
    assert!(page.text().contains("decision=approve") && !page.text().contains("<script>"));
    let denied = world.send("GET", &authorize_path(&[("decision", "deny")]), &[], "").await;
    assert_eq!(location_parameter(&denied, "error").as_deref(), Some("access_denied"));
    let approved = world.send("GET", &authorize_path(&[("decision", "approve")]), &[], "").await;
    assert!(location_parameter(&approved, "code").is_some());
}

#[tokio::test]
async fn an_unchecked_address_is_never_redirected_to() {
    let world = World::start().await;
    world.control.configure(|config| {
        config.oauth.clients[0].redirect_uris = vec!["https://elsewhere.example/cb".to_owned()];
    });
    let answer = world.send("GET", &authorize_path(&[]), &[], "").await;
    assert_eq!((answer.code(), answer.header("location")), (400, ""));
}

#[tokio::test]
async fn a_configured_error_reaches_the_callback() {
    let world = World::start().await;
    world.control.configure(|config| config.oauth.authorize_error = Some("server_error".to_owned()));
    let answer = world.send("GET", &authorize_path(&[]), &[], "").await;
    assert_eq!(location_parameter(&answer, "error").as_deref(), Some("server_error"));
}

#[tokio::test]
async fn pkce_accepts_the_right_verifier_only() {
    let world = World::start().await;
    let challenge = [("code_challenge", CHALLENGE), ("code_challenge_method", "S256")];
    for (verifier, code) in [(None, 400), (Some("wrong"), 400), (Some(VERIFIER), 200)] {
        let approved = approved_code(&world, &challenge).await;
        assert_eq!(redeem(&world, &approved, verifier).await.code(), code, "{verifier:?}");
    }
    let plain = approved_code(&world, &[]).await;
    assert_eq!(redeem(&world, &plain, Some(VERIFIER)).await.code(), 400, "a downgrade");
}

#[tokio::test]
async fn pkce_can_be_required() {
    let world = World::start().await;
    world.control.configure(|config| config.oauth.require_pkce = true);
    let answer = world.send("GET", &authorize_path(&[]), &[], "").await;
    assert_eq!(location_parameter(&answer, "error").as_deref(), Some("invalid_request"));
    let plain = authorize_path(&[("code_challenge", "x"), ("code_challenge_method", "plain")]);
    let answer = world.send("GET", &plain, &[], "").await;
    assert_eq!(location_parameter(&answer, "error").as_deref(), Some("invalid_request"));
}

#[tokio::test]
async fn a_code_that_comes_twice_revokes_what_it_gave() {
    let world = World::start().await;
    let code = approved_code(&world, &[]).await;
    let token = redeem(&world, &code, None).await.json();
    assert_eq!(redeem(&world, &code, None).await.json()["error"], "invalid_grant");
    assert_eq!(world.bearer(token["access_token"].as_str().unwrap(), "/api/user").await.code(), 401);
}

#[tokio::test]
async fn a_code_expires_and_is_bound_to_its_redirect_uri() {
    let world = World::start().await;
    let code = approved_code(&world, &[]).await;
    let elsewhere = [("grant_type", "authorization_code"), ("code", code.as_str()), ("redirect_uri", "x:y")];
    assert_eq!(world.token(&elsewhere).await.code(), 400);
    world.control.advance(std::time::Duration::from_secs(601));
    assert_eq!(redeem(&world, &code, None).await.code(), 400);
}

async fn client_credentials(world: &World, headers: &[(&str, &str)], credentials: &str) -> u16 {
    let body = format!("grant_type=client_credentials{credentials}");
    let headers = [&[FORM], headers].concat();
    world.send("POST", "/oauth/token", &headers, body).await.code()
}

#[tokio::test]
async fn each_way_of_client_authentication_can_be_enforced() {
    let world = World::start().await;
    let in_body = "&client_id=sim-client&client_secret=sim-secret";
    let basic = format!("Basic {}", STANDARD.encode("sim-client:sim-secret"));
    let in_header = [("authorization", basic.as_str())];
    for (method, header_code, body_code) in [
        (ClientAuthMethod::Any, 200, 200),
        (ClientAuthMethod::Basic, 200, 401),
        (ClientAuthMethod::Body, 401, 200),
    ] {
        world.control.configure(|config| config.oauth.require_client_auth = method);
        assert_eq!(client_credentials(&world, &in_header, "").await, header_code, "{method:?}");
        assert_eq!(client_credentials(&world, &[], in_body).await, body_code, "{method:?}");
    }
}

#[tokio::test]
async fn wrong_clients_are_refused() {
    let world = World::start().await;
    for wrong in ["", "&client_id=sim-client", "&client_id=other", "&client_id=sim-client&client_secret=no"] {
        assert_eq!(client_credentials(&world, &[], wrong).await, 401, "{wrong}");
    }
}

#[tokio::test]
async fn credentials_in_the_header_are_form_decoded() {
    let world = World::start().await;
    world.control.configure(|config| config.oauth.clients.push(Client::new("a b:c", "p+q&r=%")));
    let encoded = format!("Basic {}", STANDARD.encode("a+b%3Ac:p%2Bq%26r%3D%25"));
    assert_eq!(client_credentials(&world, &[("authorization", &encoded)], "").await, 200);
}

#[tokio::test]
async fn the_token_endpoint_reads_json_too() {
    let world = World::start().await;
    let body = json!({
        "grant_type": "client_credentials", "client_id": "sim-client", "client_secret": "sim-secret",
    });
    let answer = world.post_json("/oauth/token", &body).await;
    assert_eq!((answer.code(), answer.header("cache-control")), (200, "no-store"));
    assert!(answer.json().get("refresh_token").is_none());
}

#[tokio::test]
async fn unknown_grants_are_named_as_such() {
    let world = World::start().await;
    assert_eq!(world.token(&[("grant_type", "password")]).await.json()["error"], "unsupported_grant_type");
    assert_eq!(world.token(&[]).await.json()["error"], "invalid_request");
}

async fn with_token(world: &World, endpoint: &str, token: &str) -> Answer {
    let body = format!("client_id=sim-client&client_secret=sim-secret&token={token}");
    world.send("POST", endpoint, &[FORM], body).await
}

#[tokio::test]
async fn revocation_ends_tokens_and_introspection_sees_it() {
    let world = World::start().await;
    let grant = world.grant();
    let refresh_token = grant.refresh_token.unwrap();
    let seen = with_token(&world, "/oauth/introspect", &grant.access_token).await.json();
    assert_eq!((&seen["active"], &seen["client_id"]), (&json!(true), &json!("sim-client")));
    assert_eq!(with_token(&world, "/oauth/revoke", &refresh_token).await.code(), 200);
    for token in [&grant.access_token, &refresh_token] {
        assert_eq!(with_token(&world, "/oauth/introspect", token).await.json(), json!({ "active": false }));
    }
    assert_eq!(world.bearer(&grant.access_token, "/api/user").await.code(), 401);
    assert_eq!(with_token(&world, "/oauth/revoke", "never-seen").await.code(), 200);
    assert_eq!(world.send("POST", "/oauth/revoke", &[FORM], "token=x").await.code(), 401);
}

#[tokio::test]
async fn metadata_names_the_endpoints() {
    let world = World::start().await;
    let metadata = world.send("GET", "/.well-known/oauth-authorization-server", &[], "").await.json();
    assert_eq!(metadata["token_endpoint"], world.url("/oauth/token"));
}
