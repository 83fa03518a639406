//! An OAuth 2 connection at a simulated provider: refreshed when due or forced, and honest when that fails.

use bowline_sim::{Control, Grant, NewGrant, PlannedFailure, SimOptions, Simulator};
use serde_json::{Value, json};

use super::logbook::Logbook;
use crate::app::{Answer, TestApp};
use crate::fixtures::NOW_OFFSET;

/// A moment before the clock starts.
const PAST: &str = "2023-11-14T00:00:00Z";
/// A moment long after it.
const FUTURE: &str = "2033-01-01T00:00:00Z";

struct Scene {
    app: TestApp,
    simulator: Simulator,
    grant: Grant,
}

/// The connection `c1` of the integration `sim`, whose access token ends at `expires_at`.
async fn scene(expires_at: &str) -> Scene {
    let simulator = Simulator::start(SimOptions::default()).await.unwrap();
    let base = simulator.base_url().to_owned();
    let definition = format!(
        "display_name: Simulated\nauth:\n  mode: OAUTH2\n  authorize:\n    url: {base}/oauth/authorize\n  token:\n    \
         url: {base}/oauth/token\napi:\n  base_url: {base}/api\n"
    );
    let allow = simulator.address().to_string();
    let app = TestApp::with_providers(&[("simulated", definition)], &allow).await;
    let client = json!({"type": "OAUTH2", "client_id": "sim-client", "client_secret": "sim-secret"});
    app.integration("simulated", "sim", client).await;
    let grant = simulator.control().mint_grant(NewGrant::default());
    let credentials = json!({
        "type": "OAUTH2", "access_token": grant.access_token, "refresh_token": grant.refresh_token,
        "expires_at": expires_at,
    });
    app.connection("sim", "c1", credentials).await;
    Scene { app, simulator, grant }
}

impl Scene {
    fn control(&self) -> Control {
        self.simulator.control()
    }

    fn token_requests(&self) -> u64 {
        self.control().stats().token_requests_total
    }

    async fn get(&self, query: &str) -> Answer {
        self.app.get_as_owner(&format!("/connections/c1?provider_config_key=sim{query}")).await
    }

    fn refuse_once(&self, description: &str) {
        let body = json!({"error": "invalid_grant", "error_description": description});
        self.control().plan_failure(PlannedFailure::status(400, body));
    }
}

#[tokio::test]
async fn an_expired_token_is_refreshed_once_and_the_rotated_one_is_kept() {
    let scene = scene(PAST).await;
    let first = scene.get("&refresh_token=true").await;
    assert_eq!(first.status, 200, "{}", first.body);
    let credentials = first.json()["credentials"].clone();
    assert_ne!(credentials["access_token"], scene.grant.access_token.as_str());
    assert_ne!(credentials["refresh_token"], json!(scene.grant.refresh_token));
    assert_eq!(credentials["raw"]["access_token"], credentials["access_token"]);
    assert_eq!(credentials["expires_at"], "2023-11-14T23:13:20.000Z");
    let again = scene.get("&refresh_token=true").await;
    assert_eq!(again.json()["credentials"], credentials);
    assert_eq!(scene.token_requests(), 1);
    let hidden = scene.get("").await;
    assert!(!hidden.body.contains("refresh_token"), "{}", hidden.body);
}

#[tokio::test]
async fn a_token_is_refreshed_a_quarter_of_an_hour_before_its_end() {
    let scene = scene("2023-11-14T22:28:21Z").await;
    scene.get("").await;
    assert_eq!(scene.token_requests(), 0);
    scene.app.advance(1);
    scene.get("").await;
    assert_eq!(scene.token_requests(), 1);
}

#[tokio::test]
async fn a_good_token_is_refreshed_only_when_forced() {
    let scene = scene(FUTURE).await;
    let token = scene.get("").await.json()["credentials"]["access_token"].clone();
    assert_eq!((token, scene.token_requests()), (json!(scene.grant.access_token), 0));
    let forced = scene.get("&force_refresh=true").await.json()["credentials"]["access_token"].clone();
    assert_ne!(forced, scene.grant.access_token.as_str());
    assert_eq!(scene.token_requests(), 1);
}

#[tokio::test]
async fn a_key_that_may_not_read_credentials_causes_no_refresh() {
    let scene = scene(PAST).await;
    let key = scene.app.key_with(&["environment:connections:read"]).await;
    let answer = scene.app.get_as(&key, "/connections/c1?provider_config_key=sim").await;
    assert_eq!((answer.status.as_u16(), &answer.json()["credentials"]), (200, &json!({})));
    assert_eq!(scene.token_requests(), 0);
}

#[tokio::test]
async fn a_refused_refresh_names_its_cause_and_shows_the_connection_without_credentials() {
    let scene = scene(PAST).await;
    scene.refuse_once("The grant was revoked");
    let answer = scene.get("").await;
    answer.assert_code(400, "invalid_credentials");
    let error = answer.json()["error"].clone();
    assert_eq!(error["payload"]["cause"], "refresh_token_external_error");
    assert!(error["message"].as_str().unwrap().contains("The grant was revoked"), "{error}");
    let mut connection = error["payload"]["connection"].clone();
    let log_id = connection["errors"][0]["log_id"].take();
    assert!(log_id.is_string());
    assert_eq!(
        connection,
        json!({
            "id": 1, "connection_id": "c1", "provider_config_key": "sim", "provider": "simulated",
            "errors": [{"type": "auth", "log_id": null}], "end_user": null, "tags": {}, "metadata": {},
            "connection_config": {}, "webhook_url_override": null, "created_at": NOW_OFFSET,
            "updated_at": connection["updated_at"], "last_fetched_at": NOW_OFFSET, "credentials": {},
        })
    );
}

#[tokio::test]
async fn after_a_failure_nothing_is_tried_for_half_a_minute_unless_forced() {
    let scene = scene(PAST).await;
    scene.refuse_once("no");
    scene.get("").await.assert_code(400, "invalid_credentials");
    scene.app.advance(29);
    let early = scene.get("").await;
    early.assert_code(424, "invalid_credentials");
    assert_eq!(early.json()["error"]["payload"]["cause"], "connection_refresh_backoff");
    assert_eq!(early.json()["error"]["payload"]["connection"]["credentials"], json!({}));
    assert_eq!(scene.token_requests(), 1);

    let list = scene.app.get_as_owner("/connections").await.json();
    assert_eq!(list["connections"][0]["errors"][0]["type"], "auth");
    assert_eq!(scene.get("&force_refresh=true").await.status, 200);
    assert_eq!(scene.token_requests(), 2);
    let healed = scene.get("").await;
    assert_eq!((healed.status.as_u16(), &healed.json()["errors"]), (200, &json!([])));
}

#[tokio::test]
async fn it_is_tried_again_after_half_a_minute() {
    let scene = scene(PAST).await;
    scene.refuse_once("no");
    scene.get("").await;
    scene.app.advance(31);
    assert_eq!(scene.get("").await.status, 200);
    assert_eq!(scene.token_requests(), 2);
}

#[tokio::test]
async fn failures_on_four_days_exhaust_a_connection_until_it_is_forced_or_imported_anew() {
    let scene = scene(PAST).await;
    for _ in 0..4 {
        scene.refuse_once("no");
        scene.get("").await.assert_code(400, "invalid_credentials");
        scene.app.advance(24 * 3_600);
    }
    let exhausted = scene.get("").await;
    exhausted.assert_code(424, "invalid_credentials");
    assert_eq!(exhausted.json()["error"]["payload"]["cause"], "connection_refresh_exhausted");
    assert_eq!(scene.token_requests(), 4);

    let grant = scene.control().mint_grant(NewGrant::default());
    let credentials = json!({
        "type": "OAUTH2", "access_token": grant.access_token, "refresh_token": grant.refresh_token,
        "expires_at": FUTURE,
    });
    let imported = scene.app.connection("sim", "c1", credentials).await;
    assert_eq!(imported["errors"], json!([]));
    assert_eq!(scene.get("").await.status, 200);
}

#[tokio::test]
async fn an_unreachable_or_garbled_token_endpoint_is_a_failure_of_the_connection_and_not_of_the_server() {
    for failure in [
        PlannedFailure::reset(),
        PlannedFailure::from(bowline_sim::FailureKind::Html { status: 200 }),
        PlannedFailure::from(bowline_sim::FailureKind::TruncatedJson { status: 200 }),
        PlannedFailure::from(bowline_sim::FailureKind::Huge { bytes: 8 << 20, status: 200 }),
        PlannedFailure::from(bowline_sim::FailureKind::RateLimited { retry_after_seconds: 7 }),
        PlannedFailure::status(500, json!("oops")),
        PlannedFailure::status(200, json!({"error": "bad_refresh_token"})),
    ] {
        let scene = scene(PAST).await;
        scene.control().plan_failure(failure.clone());
        scene.get("").await.assert_code(400, "invalid_credentials");
        scene.app.advance(31);
        assert_eq!(scene.get("").await.status, 200, "{failure:?}");
    }
}

#[tokio::test]
async fn secrets_are_in_no_error_and_in_no_log() {
    let logbook = Logbook::open();
    let scene = scene(PAST).await;
    let refresh_token = scene.grant.refresh_token.clone().unwrap();
    let mut errors = Vec::new();
    // The provider repeats whatever it was sent.
    scene.refuse_once(&format!(
        "token {refresh_token} of sim-client:sim-secret, was {}",
        scene.grant.access_token
    ));
    errors.push(scene.get("").await);
    errors.push(scene.get("").await);
    let text = format!("refresh_token={refresh_token}&client_secret=sim-secret");
    scene.control().plan_failure(PlannedFailure::status(500, Value::from(text)));
    errors.push(scene.get("&force_refresh=true").await);
    let stranger = "5a3ad9f1-8ac0-4c2b-9f47-2d6f0c7d1e52";
    errors.push(scene.app.get_as(stranger, "/connections").await);
    let bad = json!({"provider_config_key": "sim", "credentials": {"type": "OAUTH2", "access_token": ["body-secret"]}});
    errors.push(scene.app.own("POST /connections", bad).await);
    let wrong =
        json!({"provider_config_key": "sim", "credentials": {"type": "API_KEY", "apiKey": "body-secret"}});
    errors.push(scene.app.own("POST /connections", wrong).await);
    let list = scene.app.get_as_owner("/connections").await;
    for error in &errors {
        assert!(error.status.is_client_error(), "{}", error.body);
    }
    let last = scene.get("&force_refresh=true&refresh_token=true").await;
    assert_eq!(last.status, 200);
    let rotated = |name: &str| last.json()["credentials"][name].as_str().unwrap().to_owned();

    let seen: Vec<&str> = errors.iter().chain([&list]).map(|answer| answer.body.as_str()).collect();
    let (logged, key) = (logbook.text(), scene.app.key.clone());
    assert!(logged.contains("bowline"), "something is logged");
    let secrets = [
        scene.grant.access_token.clone(),
        refresh_token,
        "sim-secret".to_owned(),
        "body-secret".to_owned(),
        stranger.to_owned(),
        key,
        rotated("access_token"),
        rotated("refresh_token"),
    ];
    for secret in secrets {
        assert!(!logged.contains(&secret), "{secret} is in the log");
        assert!(seen.iter().all(|body| !body.contains(&secret)), "{secret} is in an answer");
    }
}
