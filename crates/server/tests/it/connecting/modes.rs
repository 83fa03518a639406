//! Modes whose token is fetched or signed from what the user typed: created, renewed when due, refused, unreadable.

use serde_json::{Value, json};
use wiremock::matchers::{body_json, body_string_contains, header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::scene::session;
use crate::app::{Answer, TestApp};

/// A server with one integration `x`, the provider's login endpoints, and a session.
struct Place {
    app: TestApp,
    provider: MockServer,
    token: String,
}

impl Place {
    /// `definition` is a wire object in which `BASE` stands for the provider's address.
    async fn start(definition: Value) -> Self {
        let provider = MockServer::start().await;
        let text = json!({"sim-x": definition}).to_string().replace("BASE", &provider.uri());
        let allow = provider.address().to_string();
        let app = TestApp::with_providers(&[("sim-x", text)], &allow).await;
        app.integration("sim-x", "x", Value::Null).await;
        let token = session(&app, json!({})).await;
        Self { app, provider, token }
    }

    async fn post(&self, path: &str, body: Value) -> Answer {
        let mark = if path.contains('?') { '&' } else { '?' };
        let path = format!("{path}{mark}connect_session_token={}", self.token);
        self.app.post(&path, &body.to_string()).await
    }

    /// The only connection, with credentials that are good to use.
    async fn connection(&self) -> Value {
        let list = self.app.get_as_owner("/connections").await.json();
        let id =
            list["connections"][0]["connection_id"].as_str().unwrap_or_else(|| panic!("{list}")).to_owned();
        let path = format!("/connections/{id}?provider_config_key=x&refresh_token=true");
        self.app.get_as_owner(&path).await.json()
    }

    async fn answers(&self, mock: Mock) {
        mock.mount(&self.provider).await;
    }

    async fn has_no_connection(&self) {
        assert_eq!(self.app.get_as_owner("/connections").await.json()["connections"], json!([]));
    }
}

fn login(at: &str) -> wiremock::MockBuilder {
    Mock::given(method("POST")).and(path(at))
}

fn two_step() -> Value {
    json!({
        "display_name": "X", "auth_mode": "TWO_STEP", "token_url": "BASE/login",
        "token_params": {"user": "${credentials.username}", "deep": {"secret": "${credentials.secret}"}},
        "token_headers": {"x-site": "${connectionConfig.site}"},
        "token_response": {
            "token": "data.token", "token_expiration": "data.ttl", "token_expiration_strategy": "expireIn",
        },
        "token_response_headers": ["set-cookie"],
        "additional_steps": [{
            "token_url": "BASE/${step1.next}", "body_format": "form",
            "token_params": {"code": "${step1.code}", "user": "${credentials.username}"},
        }],
        "credentials": {
            "username": {"type": "string", "title": "User"},
            "secret": {"type": "string", "title": "Secret", "secret": true},
        },
        "connection_config": {"site": {"type": "string", "title": "Site"}},
        "proxy": {"base_url": "BASE"},
    })
}

fn typed() -> Value {
    json!({"type": "TWO_STEP", "username": "u", "secret": "hunter2"})
}

#[tokio::test]
async fn fields_are_exchanged_step_by_step_and_again_when_the_token_ends() {
    let place = Place::start(two_step()).await;
    let first = login("/login")
        .and(body_json(json!({"user": "u", "deep": {"secret": "hunter2"}})))
        .and(header("x-site", "eu"))
        .respond_with(ResponseTemplate::new(201).set_body_json(json!({"next": "second", "code": "c1"})));
    place.answers(first.expect(2)).await;
    let answer = |token: &str| {
        ResponseTemplate::new(200)
            .append_header("set-cookie", "sid=abc; HttpOnly")
            .set_body_json(json!({"data": {"token": token, "ttl": "1h"}}))
    };
    let second = || login("/second").and(body_string_contains("code=c1&user=u"));
    place.answers(second().respond_with(answer("t1")).up_to_n_times(1)).await;
    place.answers(second().respond_with(answer("t2"))).await;

    let answer = place.post("/auth/two-step/x?params[site]=eu", typed()).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let credentials = place.connection().await["credentials"].clone();
    let expected = json!({
        "type": "TWO_STEP", "username": "u", "secret": "hunter2", "sid": "abc", "_cookies": "sid=abc",
        "token": "t1", "expires_at": "2023-11-14T23:13:20.000Z", "raw": {"data": {"token": "t1", "ttl": "1h"}},
    });
    assert_eq!(credentials, expected);
    place.app.advance(45 * 60);
    assert_eq!(place.connection().await["credentials"]["token"], "t2");
}

#[tokio::test]
async fn a_refused_or_unreadable_login_connects_nothing_and_repeats_no_secret() {
    for answer in [
        ResponseTemplate::new(401).set_body_json(json!({"message": "no hunter2 here"})),
        ResponseTemplate::new(500).set_body_string("<html>hunter2</html>"),
        ResponseTemplate::new(302).append_header("location", "https://evil.test"),
    ] {
        let place = Place::start(two_step()).await;
        place.answers(login("/login").respond_with(answer)).await;
        let answer = place.post("/auth/two-step/x?params[site]=eu", typed()).await;
        answer.assert_code(400, "invalid_credentials");
        assert!(!answer.body.contains("hunter2"), "{}", answer.body);
        place.has_no_connection().await;
    }
    let mut short = two_step();
    short.as_object_mut().unwrap().remove("additional_steps");
    let place = Place::start(short).await;
    place.answers(login("/login").respond_with(ResponseTemplate::new(200).set_body_string("<html>"))).await;
    let answer = place.post("/auth/two-step/x?params[site]=eu", typed()).await;
    answer.assert_code(400, "invalid_credentials");
    place.has_no_connection().await;
}

#[tokio::test]
async fn a_refresh_token_is_used_where_the_definition_says_how() {
    let definition = json!({
        "display_name": "X", "auth_mode": "TWO_STEP", "token_url": "BASE/login", "refresh_url": "BASE/renew",
        "body_format": "form", "token_params": {"user": "${credentials.username}"},
        "refresh_token_params": {"token": "${credentials.refresh_token}"},
        "token_response": {"token": "token", "refresh_token": "again"}, "token_expires_in_ms": 3_600_000,
        "credentials": {"username": {"type": "string", "title": "User"}}, "proxy": {"base_url": "BASE"},
    });
    let place = Place::start(definition).await;
    let answer =
        |token: &str| ResponseTemplate::new(200).set_body_json(json!({"token": token, "again": "r1"}));
    place
        .answers(login("/login").and(body_string_contains("user=u")).respond_with(answer("t1")).expect(1))
        .await;
    place
        .answers(login("/renew").and(body_string_contains("token=r1")).respond_with(answer("t2")).expect(1))
        .await;
    assert_eq!(place.post("/auth/two-step/x", json!({"username": "u"})).await.status, 200);
    assert_eq!(place.connection().await["credentials"]["refresh_token"], "r1");
    place.app.advance(50 * 60);
    assert_eq!(place.connection().await["credentials"]["token"], "t2");
}

#[tokio::test]
async fn xml_is_spoken_where_the_definition_wants_it() {
    let definition = json!({
        "display_name": "X", "auth_mode": "TWO_STEP", "token_url": "BASE/login", "body_format": "xml",
        "token_params": {"request": {"login": {"$id": "1", "user": "${credentials.username}"}}},
        "token_response": {"token": "response.session"},
        "credentials": {"username": {"type": "string", "title": "User"}}, "proxy": {"base_url": "BASE"},
    });
    let place = Place::start(definition).await;
    let mock = login("/login")
        .and(header("content-type", "application/xml"))
        .and(body_string_contains("<request><login id=\"1\"><user>a&amp;b</user></login></request>"))
        .respond_with(
            ResponseTemplate::new(200).set_body_string("<response><session>s1</session></response>"),
        );
    place.answers(mock).await;
    let answer = place.post("/auth/two-step/x", json!({"username": "a&b"})).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let credentials = place.connection().await["credentials"].clone();
    assert_eq!((&credentials["token"], &credentials["expires_at"]), (&json!("s1"), &Value::Null));
}

#[tokio::test]
async fn a_token_is_signed_and_signed_anew_before_it_ends() {
    let definition = json!({
        "display_name": "X", "auth_mode": "JWT", "signature": {"protocol": "HMAC", "hmac_secret_encoding": "utf8"},
        "token": {
            "signing_key": "${credentials.secret}", "expires_in_ms": 3_600_000,
            "header": {"alg": "HS256"}, "payload": {"iss": "${credentials.id}"},
        },
        "credentials": {"id": {"type": "string", "title": "Id"}, "secret": {"type": "string", "title": "Secret"}},
        "proxy": {"base_url": "BASE"},
    });
    let place = Place::start(definition).await;
    let answer = place.post("/auth/jwt/x", json!({"type": "JWT", "id": "i", "secret": "s"})).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let first = place.connection().await["credentials"].clone();
    assert_eq!((&first["id"], &first["expires_at"]), (&json!("i"), &json!("2023-11-14T23:13:20.000Z")));
    assert_eq!(first["token"].as_str().unwrap().split('.').count(), 3);
    place.app.advance(46 * 60);
    assert_ne!(place.connection().await["credentials"]["token"], first["token"]);
}

#[tokio::test]
async fn a_wsse_token_is_made_tried_and_made_anew() {
    let definition = json!({
        "display_name": "X", "auth_mode": "SIGNATURE", "signature": {"protocol": "WSSE"},
        "token": {"expires_in_ms": 300_000},
        "credentials": {"username": {"type": "string", "title": "U"}, "password": {"type": "string", "title": "P"}},
        "proxy": {"base_url": "BASE", "headers": {"x-wsse": "${accessToken}"},
                  "verification": {"method": "GET", "endpoints": ["/settings"]}},
    });
    let place = Place::start(definition).await;
    let body = json!({"username": "u", "password": "p"});
    place.post("/auth/signature/x", body.clone()).await.assert_code(400, "connection_test_failed");
    place.has_no_connection().await;
    place
        .answers(Mock::given(method("GET")).and(path("/settings")).respond_with(ResponseTemplate::new(200)))
        .await;
    assert_eq!(place.post("/auth/signature/x", body).await.status, 200);
    let first = place.connection().await["credentials"].clone();
    assert!(first["token"].as_str().unwrap().starts_with("UsernameToken Username=\"u\", PasswordDigest=\""));
    place.app.advance(1);
    assert_ne!(place.connection().await["credentials"]["token"], first["token"], "it is within the margin");
}

#[tokio::test]
async fn a_bill_session_is_opened_and_opened_again() {
    let definition = json!({
        "display_name": "X", "auth_mode": "BILL", "token_url": "BASE/login", "proxy": {"base_url": "BASE"},
    });
    let place = Place::start(definition).await;
    let sent = json!({"username": "u", "password": "p", "organizationId": "o", "devKey": "d"});
    let answer = |session: &str| {
        let body = json!({"sessionId": session, "organizationId": "o", "userId": "7"});
        ResponseTemplate::new(200).set_body_json(body)
    };
    let mock = || login("/login").and(body_json(sent.clone()));
    place.answers(mock().respond_with(answer("s1")).up_to_n_times(1)).await;
    place.answers(mock().respond_with(answer("s2"))).await;
    let body = json!({"username": "u", "password": "p", "organization_id": "o", "dev_key": "d"});
    assert_eq!(place.post("/auth/bill/x", body).await.status, 200);
    let credentials = place.connection().await["credentials"].clone();
    assert_eq!((&credentials["session_id"], &credentials["user_id"]), (&json!("s1"), &json!("7")));
    assert_eq!(credentials["expires_at"], "2023-11-14T22:48:20.000Z");
    place.app.advance(21 * 60);
    assert_eq!(place.connection().await["credentials"]["session_id"], "s2");
}

#[tokio::test]
async fn an_aws_role_needs_what_the_application_sets_up() {
    let app = TestApp::start().await;
    let settings =
        json!({"service": "s3", "stsMode": "builtin", "awsAccessKeyId": "AKIA", "awsSecretAccessKey": "k"});
    let body = json!({"provider": "aws-sigv4", "unique_key": "x", "integration_config": settings});
    let answer = app.own("POST /integrations", body).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let token = session(&app, json!({})).await;
    let path = format!("/auth/aws-sigv4/x?connect_session_token={token}");
    let post = async |body: Value| app.post(&path, &body.to_string()).await;
    let role = "arn:aws:iam::123456789012:role/R";
    let answer = post(json!({"role_arn": role, "region": "evil.test/"})).await;
    answer.assert_issue("invalid_body", "invalid_format", "region");
    post(json!({})).await.assert_issue("invalid_body", "invalid_type", "role_arn");
    let answer = post(json!({"role_arn": role})).await;
    answer.assert_code(400, "invalid_credentials");
    assert!(answer.body.contains("region"), "{}", answer.body);
}
