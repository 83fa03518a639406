//! Refreshing tokens, and all that can go wrong with it.

use std::time::Duration;

use bowline_sim::{ExpiryStyle, FailureKind, PlannedFailure};
use serde_json::{Value, json};

use crate::support::World;

fn refresh_token(answer: &Value) -> &str {
    answer["refresh_token"].as_str().unwrap()
}

async fn assert_invalid_grant(world: &World, token: &str) {
    let answer = world.refresh(token).await;
    assert_eq!((answer.code(), answer.json()["error"].as_str()), (400, Some("invalid_grant")));
}

#[tokio::test]
async fn a_refresh_rotates_both_tokens() {
    let world = World::start().await;
    let grant = world.grant();
    let answer = world.refresh(grant.refresh_token.as_deref().unwrap()).await;
    assert_eq!(answer.code(), 200);
    let fresh = answer.json();
    assert_ne!(fresh["access_token"], json!(grant.access_token));
    assert_ne!(fresh["refresh_token"], json!(grant.refresh_token));
    assert_eq!(fresh["expires_in"], 3_600);
    assert_eq!(world.bearer(fresh["access_token"].as_str().unwrap(), "/api/user").await.code(), 200);
}

#[tokio::test]
async fn reuse_of_a_superseded_refresh_token_revokes_the_family() {
    let world = World::start().await;
    let first = world.grant().refresh_token.unwrap();
    let fresh = world.refresh(&first).await.json();
    assert_invalid_grant(&world, &first).await;
    assert_invalid_grant(&world, refresh_token(&fresh)).await;
    let access = fresh["access_token"].as_str().unwrap();
    assert_eq!(world.bearer(access, "/api/user").await.code(), 401);
}

#[tokio::test]
async fn without_reuse_detection_only_the_old_token_is_refused() {
    let world = World::start().await;
    world.control.configure(|config| config.oauth.reuse_detection = false);
    let first = world.grant().refresh_token.unwrap();
    let fresh = world.refresh(&first).await.json();
    assert_invalid_grant(&world, &first).await;
    assert_eq!(world.refresh(refresh_token(&fresh)).await.code(), 200);
}

#[tokio::test]
async fn within_grace_the_previous_refresh_token_still_works_and_after_it_is_reuse() {
    let world = World::start().await;
    world.control.configure(|config| config.oauth.refresh_grace_seconds = 30);
    let first = world.grant().refresh_token.unwrap();
    let second = world.refresh(&first).await.json();
    let again = world.refresh(&first).await;
    assert_eq!(again.code(), 200);
    assert_eq!(refresh_token(&again.json()), refresh_token(&second), "the current token, not a third one");

    world.control.advance(Duration::from_secs(31));
    assert_invalid_grant(&world, &first).await;
    assert_invalid_grant(&world, refresh_token(&second)).await;
}

#[tokio::test]
async fn grace_is_for_the_previous_refresh_token_only() {
    let world = World::start().await;
    world.control.configure(|config| config.oauth.refresh_grace_seconds = 30);
    let first = world.grant().refresh_token.unwrap();
    let second = world.refresh(&first).await.json();
    assert_eq!(world.refresh(refresh_token(&second)).await.code(), 200);
    assert_invalid_grant(&world, &first).await;
}

#[tokio::test]
async fn without_rotation_one_refresh_token_works_for_ever() {
    let world = World::start().await;
    world.control.configure(|config| config.oauth.rotate_refresh_tokens = false);
    let token = world.grant().refresh_token.unwrap();
    for _ in 0..3 {
        assert_eq!(refresh_token(&world.refresh(&token).await.json()), token);
    }
    world.control.configure(|config| config.oauth.omit_refresh_token = true);
    assert_eq!(world.refresh(&token).await.json().get("refresh_token"), None);
    assert_eq!(world.control.stats().token_requests_by_refresh_token[&token], 4);
}

#[tokio::test]
async fn an_omitted_refresh_token_is_not_rotated_away() {
    let world = World::start().await;
    world.control.configure(|config| config.oauth.omit_refresh_token = true);
    let token = world.grant().refresh_token.unwrap();
    assert_eq!(world.refresh(&token).await.code(), 200);
    assert_eq!(world.refresh(&token).await.code(), 200);
}

#[tokio::test]
async fn a_lost_answer_has_rotated_the_token() {
    let world = World::start().await;
    world.control.plan_failure(PlannedFailure::lost_answer());
    let token = world.grant().refresh_token.unwrap();
    let fields = [("grant_type", "refresh_token"), ("refresh_token", token.as_str())];
    assert!(world.try_token(&fields).await.is_none());
    assert_invalid_grant(&world, &token).await;
    assert_eq!(world.control.stats().token_requests_total, 2);
}

#[tokio::test]
async fn a_lost_answer_can_be_recovered_within_grace() {
    let world = World::start().await;
    world.control.configure(|config| config.oauth.refresh_grace_seconds = 60);
    world.control.plan_failure(PlannedFailure::lost_answer());
    let token = world.grant().refresh_token.unwrap();
    let fields = [("grant_type", "refresh_token"), ("refresh_token", token.as_str())];
    assert!(world.try_token(&fields).await.is_none());
    let recovered = world.refresh(&token).await.json();
    assert_ne!(refresh_token(&recovered), token);
    assert_eq!(world.refresh(refresh_token(&recovered)).await.code(), 200);
}

#[tokio::test]
async fn a_reset_before_processing_leaves_the_token_alone() {
    let world = World::start().await;
    world.control.plan_failure(PlannedFailure::reset());
    let token = world.grant().refresh_token.unwrap();
    let fields = [("grant_type", "refresh_token"), ("refresh_token", token.as_str())];
    assert!(world.try_token(&fields).await.is_none());
    assert_eq!(world.refresh(&token).await.code(), 200);
}

#[tokio::test]
async fn planned_failures_happen_in_their_order() {
    let world = World::start().await;
    let plan = json!([
        { "kind": "status", "status": 500, "body": { "error": "oops" }, "headers": [["x-request-id", "r1"]] },
        { "kind": "html" },
        { "kind": "rate_limited", "retry_after_seconds": 7 },
        { "kind": "truncated_json" },
        { "kind": "huge", "bytes": 300_000 },
    ]);
    assert_eq!(world.post_json("/_sim/failures", &plan).await.code(), 204);
    let token = world.grant().refresh_token.unwrap();

    let oops = world.refresh(&token).await;
    assert_eq!((oops.code(), oops.text(), oops.header("x-request-id")), (500, r#"{"error":"oops"}"#, "r1"));
    let html = world.refresh(&token).await;
    assert_eq!((html.code(), html.header("content-type")), (502, "text/html; charset=utf-8"));
    let limited = world.refresh(&token).await;
    assert_eq!((limited.code(), limited.header("retry-after")), (429, "7"));
    let truncated = world.refresh(&token).await;
    assert_eq!(truncated.code(), 200);
    assert!(serde_json::from_slice::<Value>(&truncated.body).is_err());
    assert!(world.refresh(&token).await.body.len() > 300_000);
    assert_eq!(world.refresh(&token).await.code(), 200);
}

#[tokio::test]
async fn a_truncated_answer_after_processing_is_half_of_the_real_one() {
    let world = World::start().await;
    let kind = FailureKind::TruncatedJson { status: 200 };
    world.control.plan_failure(PlannedFailure { kind, after_processing: true });
    let token = world.grant().refresh_token.unwrap();
    assert!(world.refresh(&token).await.text().starts_with(r#"{"access_token":"sim-at-"#));
    assert_invalid_grant(&world, &token).await;
}

#[tokio::test]
async fn each_expiry_style_is_what_it_says() {
    let world = World::start().await;
    world.control.configure(|config| config.oauth.rotate_refresh_tokens = false);
    let token = world.grant().refresh_token.unwrap();
    let styles = [
        (ExpiryStyle::ExpiresInNumber, "expires_in"),
        (ExpiryStyle::ExpiresInString, "expires_in"),
        (ExpiryStyle::ExpiresInMs, "expires_in"),
        (ExpiryStyle::ExpiresAtIso, "expires_at"),
        (ExpiryStyle::ExpiresAtSeconds, "expires_at"),
        (ExpiryStyle::ExpiresAtMs, "expires_at"),
    ];
    for (style, field) in styles {
        world.control.configure(|config| config.oauth.expiry_style = style);
        let expected_ms = world.control.now_ms() + 3_600_000;
        let value = world.refresh(&token).await.json()[field].clone();
        match style {
            ExpiryStyle::ExpiresInNumber => assert_eq!(value, 3_600),
            ExpiryStyle::ExpiresInString => assert_eq!(value, "3600"),
            ExpiryStyle::ExpiresInMs => assert_eq!(value, 3_600_000),
            ExpiryStyle::ExpiresAtIso => assert!(value.as_str().unwrap().ends_with('Z')),
            ExpiryStyle::ExpiresAtSeconds => assert!(value.as_i64().unwrap() - expected_ms / 1_000 < 20),
            _ => assert!(value.as_i64().unwrap() - expected_ms < 20_000),
        }
    }
    world.control.configure(|config| config.oauth.expiry_style = ExpiryStyle::None);
    let silent = world.refresh(&token).await.json();
    assert!(silent.get("expires_in").is_none() && silent.get("expires_at").is_none());
}

#[tokio::test]
async fn a_token_answer_can_be_nested_and_carry_further_fields() {
    let world = World::start().await;
    world.control.configure(|config| {
        config.oauth.token_path = Some("data.token".to_owned());
        config.oauth.extra.insert("ok".to_owned(), json!(true));
    });
    let answer = world.refresh(&world.grant().refresh_token.unwrap()).await.json();
    assert_eq!(answer["ok"], true);
    assert!(answer["data"]["token"]["access_token"].is_string());
}

#[tokio::test]
async fn concurrent_token_requests_are_counted_at_their_peak() {
    let world = World::start().await;
    world.control.configure(|config| {
        config.oauth.token_delay_ms = 300;
        config.oauth.rotate_refresh_tokens = false;
    });
    let token = world.grant().refresh_token.unwrap();
    let calls = (0..8).map(|_| world.refresh(&token));
    let answers = futures_util::future::join_all(calls).await;
    assert!(answers.iter().all(|answer| answer.code() == 200));
    let stats = world.control.stats();
    assert_eq!((stats.token_requests_total, stats.token_requests_in_flight), (8, 0));
    assert_eq!(stats.token_requests_in_flight_max, 8);
    assert_eq!(stats.token_requests_by_grant["refresh_token"], 8);
}

#[tokio::test]
async fn a_refresh_can_end_the_access_token_before_it() {
    let world = World::start().await;
    world.control.configure(|config| config.oauth.revoke_previous_access = true);
    let grant = world.grant();
    assert_eq!(world.refresh(&grant.refresh_token.unwrap()).await.code(), 200);
    assert_eq!(world.bearer(&grant.access_token, "/api/user").await.code(), 401);
}
