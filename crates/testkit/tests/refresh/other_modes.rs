//! OAUTH2_CC (client credentials) and APP (GitHub App).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bowline_domain::{Clock, Secret};
use bowline_engine::integration::CredentialsInput;
use bowline_sim::PlannedFailure;
use bowline_testkit::engine::{Backend, World};
use bowline_testkit::provider_file::{definition, simulated_client_credentials};
use serde_json::{Value, json};

use crate::oauth2::{fields, take_request};
use crate::signed;
use crate::support::seconds;

#[tokio::test]
async fn client_credentials_are_sent_as_the_catalogue_says() {
    let world = World::with_providers(Backend::Sqlite, |base| {
        let provider = |more| simulated_client_credentials(base, more);
        let grant = json!({"grant_type": "client_credentials"});
        json!({
            "default": provider(json!({"token_params": grant, "scope_separator": ","})),
            "basic": provider(json!({"token_params": grant, "token_request_auth_method": "basic"})),
            "custom": provider(json!({"token_params": grant, "token_request_auth_method": "custom"})),
            "signed": provider(json!({"token_params": grant, "token_request_auth_method": "private_key_jwt"})),
            "json": provider(json!({"token_params": grant, "body_format": "json"})),
            "query": provider(json!({"token_params": grant, "body_format": "query"})),
            "millis": provider(json!({"token_params": grant, "expires_in_unit": "milliseconds"})),
        })
    })
    .await;
    let node = world.node().await;
    let cases = [
        ("default", json!({"access_token": "t", "expires_in": 60}), 60),
        ("basic", json!({"access_token": "t"}), 55 * 60),
        ("custom", json!({"data": {"token": "t"}}), 55 * 60),
        ("signed", json!({"jwt": "t"}), 55 * 60),
        ("json", json!({"access_token": "t", "expires_in": "90"}), 90),
        ("query", json!({"access_token": "t"}), 55 * 60),
        ("millis", json!({"access_token": "t", "expires_in": 60_000}), 60),
    ];
    for (provider, answer, lifetime) in cases {
        node.create_integration(provider, None).await;
        let credentials = json!({
            "type": "OAUTH2_CC", "token": "old", "client_id": "id-1", "client_secret": "secret-1",
            "client_private_key": signed::jwk(), "expires_at": "2020-01-01T00:00:00Z",
        });
        let config = json!({"oauth_scopes": "read, write"});
        node.import(provider, "c", credentials, config).await.expect("the import is accepted");
        world.control.plan_failure(PlannedFailure::status(200, answer));
        let read = node.get_of(provider, "c", false).await;
        let read = read.unwrap_or_else(|error| panic!("{provider}: {error:?}"));
        assert_eq!(read.credentials.text("token"), Some("t"), "{provider}");
        assert_eq!(read.credentials.text("client_secret"), Some("secret-1"), "{provider}");
        let expected = world.clock.now().plus(seconds(lifetime));
        assert_eq!(read.connection.credentials_expire_at, Some(expected), "{provider}");

        let request = take_request(&world);
        let sent = fields(&request);
        let value = |name: &str| sent.get(name).map(String::as_str);
        let scope = if provider == "default" { "read,write" } else { "read write" };
        match provider {
            "query" => {
                assert!(request.body().is_empty());
                assert!(
                    request.query.contains("client_id=id-1")
                        && request.query.contains("client_secret=secret-1")
                );
                continue;
            }
            "basic" => {
                let expected = format!("Basic {}", STANDARD.encode("id-1:secret-1"));
                assert_eq!(request.header("authorization"), Some(expected.as_str()));
                assert_eq!((value("client_id"), value("client_secret")), (None, None));
            }
            "custom" => assert_eq!((value("username"), value("password")), (Some("id-1"), Some("secret-1"))),
            "signed" => {
                let (header, claims) = signed::verified(&sent["client_assertion"]);
                assert_eq!((&header["alg"], &header["kid"]), (&json!("RS256"), &json!("key-1")));
                assert_eq!((&claims["iss"], &claims["sub"]), (&json!("id-1"), &json!("id-1")));
                assert_eq!(claims["aud"], format!("{}/oauth/token", world.simulator.base_url()));
                assert_eq!(value("client_secret"), None);
            }
            _ => assert_eq!((value("client_id"), value("client_secret")), (Some("id-1"), Some("secret-1"))),
        }
        assert_eq!(
            (value("grant_type"), value("scope")),
            (Some("client_credentials"), Some(scope)),
            "{provider}"
        );
    }
}

#[tokio::test]
async fn a_github_app_signs_in_and_renews_its_installations_token() {
    let world = World::with_providers(Backend::Sqlite, |base| {
        let url = format!("{base}/oauth/token?installation=${{connectionConfig.installation_id}}");
        json!({"app": definition(base, "APP", json!({
            "authorization_url": format!("{base}/install"), "token_url": url,
        }))})
    })
    .await;
    let node = world.node().await;
    let credentials = CredentialsInput::App {
        app_id: "app-1".to_owned(),
        app_link: "https://example.com/app".to_owned(),
        private_key: Secret::new(signed::PEM.to_owned()),
    };
    node.create_integration("app", Some(credentials)).await;
    let answer = |token: &str| {
        let expires_at = world.clock.now().plus(seconds(3_600)).iso_millis_z();
        PlannedFailure::status(201, json!({"token": token, "expires_at": expires_at}))
    };
    world.control.plan_failure(answer("installed-1"));
    let imported = node.import_installation("app", "c").await.expect("the provider gives a token");
    assert_eq!(imported.credentials.text("access_token"), Some("installed-1"));
    check_sign_in(&world);

    assert_eq!(node.get_of("app", "c", false).await.expect("fresh").connection.credentials_version, 1);
    world.clock.advance(seconds(3_000));
    world.control.plan_failure(answer("installed-2"));
    let read = node.get_of("app", "c", false).await.expect("the provider gives a token");
    assert_eq!(read.credentials.text("access_token"), Some("installed-2"));
    check_sign_in(&world);
}

fn check_sign_in(world: &World) {
    let request = take_request(world);
    assert_eq!((request.method.as_str(), request.query.as_str()), ("POST", "installation=installation-1"));
    let token = request.header("authorization").and_then(|value| value.strip_prefix("Bearer "));
    let (header, claims) = signed::verified(token.expect("a bearer token"));
    assert_eq!((&header["alg"], &claims["iss"]), (&json!("RS256"), &json!("app-1")));
    let (issued, ends) = (claims["iat"].as_i64().expect("iat"), claims["exp"].as_i64().expect("exp"));
    let now = world.clock.now().as_seconds();
    assert!(issued <= now && now < ends && ends - issued <= 600, "{claims}");
    assert_eq!(serde_json::from_slice::<Value>(&request.body()).expect("JSON"), json!({}));
}
