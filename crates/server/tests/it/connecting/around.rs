//! What happens around a connection's life: what it learns about its account, and how it says goodbye.

use serde_json::{Value, json};
use wiremock::matchers::{header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::scene::session;
use crate::app::{Answer, TestApp};

struct Place {
    app: TestApp,
    provider: MockServer,
}

impl Place {
    async fn start(more: Value) -> Self {
        let provider = MockServer::start().await;
        let mut definition = json!({
            "display_name": "X", "auth_mode": "API_KEY",
            "credentials": {"apiKey": {"type": "string", "title": "Key"}},
            "proxy": {"base_url": provider.uri(), "headers": {"authorization": "Bearer ${apiKey}"}},
        });
        definition.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let text = json!({ "sim-x": definition }).to_string();
        let allow = provider.address().to_string();
        let app = TestApp::with_providers(&[("sim-x", text)], &allow).await;
        app.integration("sim-x", "x", Value::Null).await;
        Self { app, provider }
    }

    async fn connect(&self) -> Answer {
        let token = session(&self.app, json!({})).await;
        let path = format!("/api-auth/api-key/x?connect_session_token={token}");
        self.app.post(&path, r#"{"apiKey": "k"}"#).await
    }

    async fn answers(&self, verb: &str, at: &str, answer: ResponseTemplate) {
        let mock = Mock::given(method(verb)).and(path(at)).and(header("authorization", "Bearer k"));
        mock.respond_with(answer).expect(1).mount(&self.provider).await;
    }

    async fn config_of(&self, connected: &Answer) -> Value {
        let id = connected.json()["connectionId"].as_str().unwrap_or_default().to_owned();
        let path = format!("/connections/{id}?provider_config_key=x");
        self.app.get_as_owner(&path).await.json()["connection_config"].clone()
    }
}

#[tokio::test]
async fn a_connection_learns_what_its_definition_asks_for() {
    let place = Place::start(json!({"post_connection_script": "calendlyPostConnection"})).await;
    let body = json!({"resource": {"current_organization": "https://api.example/organizations/ORG1"}});
    place.answers("GET", "/users/me", ResponseTemplate::new(200).set_body_json(body)).await;
    let connected = place.connect().await;
    assert_eq!(place.config_of(&connected).await, json!({"organizationId": "ORG1"}));
}

#[tokio::test]
async fn an_imported_connection_learns_the_same() {
    let place = Place::start(json!({"post_connection_script": "calendlyPostConnection"})).await;
    let body = json!({"resource": {"current_organization": "https://api.example/organizations/ORG1"}});
    place.answers("GET", "/users/me", ResponseTemplate::new(200).set_body_json(body)).await;
    let imported = place.app.connection("x", "c", json!({"type": "API_KEY", "apiKey": "k"})).await;
    assert_eq!(imported["connection_config"], json!({"organizationId": "ORG1"}));
}

#[tokio::test]
async fn a_connection_is_made_even_when_nothing_can_be_learned() {
    for answer in [ResponseTemplate::new(500), ResponseTemplate::new(200).set_body_string("<html>")] {
        let place = Place::start(json!({"post_connection_script": "calendlyPostConnection"})).await;
        place.answers("GET", "/users/me", answer).await;
        let connected = place.connect().await;
        assert_eq!(connected.status, 200, "{}", connected.body);
        assert_eq!(place.config_of(&connected).await, json!({}));
    }
}

#[tokio::test]
async fn a_deleted_connections_tokens_are_given_back_first() {
    let place = Place::start(json!({"pre_connection_deletion_script": "linearPreConnectionDeletion"})).await;
    place.answers("POST", "/oauth/revoke", ResponseTemplate::new(200)).await;
    let id = place.connect().await.json()["connectionId"].as_str().unwrap().to_owned();
    let line = format!("DELETE /connections/{id}?provider_config_key=x");
    place.app.own(&line, Value::Null).await.assert(200, &json!({"success": true}));
}

#[tokio::test]
async fn a_connection_goes_whatever_its_provider_says() {
    let place = Place::start(json!({"pre_connection_deletion_script": "linearPreConnectionDeletion"})).await;
    place.answers("POST", "/oauth/revoke", ResponseTemplate::new(500)).await;
    let id = place.connect().await.json()["connectionId"].as_str().unwrap().to_owned();
    let line = format!("DELETE /connections/{id}?provider_config_key=x");
    place.app.own(&line, Value::Null).await.assert(200, &json!({"success": true}));
    assert_eq!(place.app.get_as_owner("/connections").await.json()["connections"], json!([]));
}

#[tokio::test]
async fn tokens_are_given_back_when_the_integration_or_the_environment_goes() {
    for whole in ["integration", "environment"] {
        let place =
            Place::start(json!({"pre_connection_deletion_script": "linearPreConnectionDeletion"})).await;
        let revocation = Mock::given(method("POST")).and(path("/oauth/revoke"));
        revocation.respond_with(ResponseTemplate::new(200)).expect(2).mount(&place.provider).await;
        place.connect().await;
        place.connect().await;
        let answer = match whole {
            "integration" => place.app.own("DELETE /integrations/x", Value::Null).await,
            _ => {
                let key = place.app.account_key().await;
                let environment =
                    place.app.engine.list_environment_keys().await.unwrap()[0].environment.clone();
                place
                    .app
                    .call_as(&key, &format!("DELETE /environments/{}", environment.uuid), Value::Null)
                    .await
            }
        };
        assert!(answer.status.is_success(), "{whole}: {}", answer.body);
    }
}
