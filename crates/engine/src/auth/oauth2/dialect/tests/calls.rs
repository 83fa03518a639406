//! Whole exchanges and refreshes against a real socket.

use bowline_domain::provider::TokenUrl;

use super::*;
use crate::auth::oauth2::{exchange, refresh};
use crate::credential::refresh::Refreshed;
use crate::outbound::tests::{Log, Reply, Seen, local, text, upstream};

/// The provider with all its token calls going to an upstream.
async fn at_upstream(name: &str, reply: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> (Provider, Log) {
    let (port, log) = upstream(reply).await;
    let mut provider = provider(name);
    provider.token_url = Some(TokenUrl::One(format!("http://127.0.0.1:{port}/token")));
    provider.refresh_url = None;
    (provider, log)
}

async fn exchange_at(provider: &Provider) -> Result<Refreshed, TokenError> {
    let call = CodeExchange {
        provider,
        client_id: "id",
        client_secret: Some(SECRET),
        code: "c0de",
        redirect_uri: "https://b.example/cb",
        code_verifier: None,
        state: "st8",
        scopes: &[],
        config: &config(),
        now: now(),
    };
    exchange(&local(), &call).await
}

async fn refresh_at(provider: &Provider, held: &Credentials) -> Result<Refreshed, TokenError> {
    let (integration, config) = (integration(SECRET), config());
    let request =
        TokenRefresh { provider, integration: &integration, credentials: held, config: &config, now: now() };
    refresh(&local(), &request).await
}

#[tokio::test]
async fn a_call_carries_method_headers_and_body_of_its_dialect() {
    let (provider, log) =
        at_upstream("facebook", |_| text(200, r#"{"access_token": "new", "expires_in": 60}"#)).await;
    let held = credentials(json!({"access_token": "old"}));
    let read = refresh_at(&provider, &held).await.unwrap();
    assert_eq!(read.credentials.text("access_token"), Some("new"));
    let seen = log.last();
    assert_eq!(seen.method, "GET");
    assert!(seen.uri.contains("fb_exchange_token=old") && seen.body.is_empty(), "{}", seen.uri);

    let (provider, log) = at_upstream("walmart", |_| text(200, r#"{"access_token": "a"}"#)).await;
    exchange_at(&provider).await.unwrap();
    let seen = log.last();
    assert_eq!(seen.header("wm_partner.id"), Some("s-1"));
    assert!(seen.header("authorization").unwrap().starts_with("Basic "));
}

#[tokio::test]
async fn a_post_without_parameters_has_neither_body_nor_query() {
    let answer = r#"{"code": 200, "data": {"accessToken": "a"}}"#;
    let (provider, log) = at_upstream("shopline-oauth", move |_| text(200, answer)).await;
    let read = refresh_at(&provider, &credentials(json!({"access_token": "old"}))).await.unwrap();
    assert_eq!(read.credentials.text("access_token"), Some("a"));
    let seen = log.last();
    assert_eq!((seen.method.as_str(), seen.uri.as_str()), ("POST", "/token"));
    assert!(seen.body.is_empty() && seen.header("sign").is_some());
}

#[tokio::test]
async fn a_short_lived_token_has_to_do_where_the_long_lived_one_does_not_come() {
    // The second call goes to a fixed address that no test resolves.
    let (provider, _) =
        at_upstream("instagram", |_| text(200, r#"{"access_token": "short", "user_id": 5}"#)).await;
    let read = exchange_at(&provider).await.unwrap();
    assert_eq!(read.credentials.text("access_token"), Some("short"));
    assert_eq!(read.credentials.expires_at().unwrap().as_seconds(), now().as_seconds() + 3600);
}

#[tokio::test]
async fn without_its_session_a_token_of_bullhorn_is_of_no_use() {
    let (provider, _) = at_upstream("bullhorn", |_| text(200, r#"{"access_token": "at"}"#)).await;
    assert!(matches!(exchange_at(&provider).await, Err(TokenError::Unreachable(_))));
}

#[tokio::test]
async fn a_second_token_that_does_not_come_costs_nobody_the_first() {
    let (provider, _) = at_upstream("microsoft-teams-bot", |_| text(200, r#"{"access_token": "a"}"#)).await;
    let held = credentials(json!({"access_token": "old", "refresh_token": "rt"}));
    let read = refresh_at(&provider, &held).await.unwrap();
    assert_eq!(read.credentials.text("access_token"), Some("a"));
    assert!(read.config_changes.is_empty());
}

fn slack_credentials() -> Credentials {
    let user = json!({"id": "U1", "access_token": "user-old", "refresh_token": "user-rt"});
    credentials(json!({
        "access_token": "bot-old", "refresh_token": "bot-rt", "raw": {"authed_user": user},
    }))
}

#[tokio::test]
async fn slack_renews_the_bot_and_the_user() {
    let (provider, log) = at_upstream("slack", |seen| {
        let is_user = String::from_utf8_lossy(&seen.body).contains("user-rt");
        let (name, seconds) = if is_user { ("user", 30) } else { ("bot", 60) };
        let answer = json!({
            "ok": true, "access_token": format!("{name}-new"), "refresh_token": format!("{name}-rt-2"),
            "expires_in": seconds,
        });
        text(200, answer.to_string())
    })
    .await;
    let read = refresh_at(&provider, &slack_credentials()).await.unwrap();
    assert_eq!(log.all().len(), 2);
    assert_eq!(read.credentials.text("access_token"), Some("bot-new"));
    assert_eq!(read.credentials.text("refresh_token"), Some("bot-rt-2"));
    assert_eq!(read.credentials.expires_at().unwrap().as_seconds(), now().as_seconds() + 30);
    let user = &read.credentials.expose()["raw"]["authed_user"];
    assert_eq!(user["id"], "U1");
    assert_eq!((&user["access_token"], &user["refresh_token"]), (&json!("user-new"), &json!("user-rt-2")));
}

#[tokio::test]
async fn the_user_of_slack_stays_as_it_was_when_only_the_bot_is_renewed() {
    let (provider, _) =
        at_upstream("slack", |seen| match String::from_utf8_lossy(&seen.body).contains("user-rt") {
            true => text(200, r#"{"ok": false, "error": "invalid_refresh_token"}"#),
            false => text(200, r#"{"ok": true, "access_token": "bot-new", "expires_in": 60}"#),
        })
        .await;
    let read = refresh_at(&provider, &slack_credentials()).await.unwrap();
    assert_eq!(read.credentials.text("access_token"), Some("bot-new"));
    assert_eq!(read.credentials.expose()["raw"]["authed_user"]["refresh_token"], "user-rt");
}

#[tokio::test]
async fn a_single_user_of_slack_is_renewed_once() {
    let (provider, log) = at_upstream("slack", |_| {
        text(200, r#"{"ok": true, "access_token": "new", "refresh_token": "rt-2", "expires_in": 60}"#)
    })
    .await;
    let user = json!({"id": "U1", "access_token": "old", "refresh_token": "rt"});
    let held =
        credentials(json!({"access_token": "old", "refresh_token": "rt", "raw": {"authed_user": user}}));
    let read = refresh_at(&provider, &held).await.unwrap();
    assert_eq!(log.all().len(), 1);
    let user = &read.credentials.expose()["raw"]["authed_user"];
    assert_eq!((&user["access_token"], &user["refresh_token"]), (&json!("new"), &json!("rt-2")));
}

#[tokio::test]
async fn a_pinned_refresh_token_outlives_its_refreshes() {
    let (provider, _) =
        at_upstream("workday-oauth", |_| text(200, r#"{"access_token": "a", "refresh_token": "new"}"#)).await;
    let held = credentials(json!({"access_token": "old", "refresh_token": "pinned"}));
    let (integration, mut config) = (integration(SECRET), config());
    for (pinned, expected) in [(true, "pinned"), (false, "new")] {
        config.insert("overrideTokenRefresh".to_owned(), pinned.into());
        let request = TokenRefresh {
            provider: &provider,
            integration: &integration,
            credentials: &held,
            config: &config,
            now: now(),
        };
        let read = refresh(&local(), &request).await.unwrap();
        assert_eq!(read.credentials.text("refresh_token"), Some(expected));
    }
}

#[tokio::test]
async fn the_callback_host_is_kept_for_the_refreshes_of_revolut() {
    let (provider, _) = at_upstream("revolut-business", |_| text(200, r#"{"access_token": "a"}"#)).await;
    let call = CodeExchange {
        provider: &provider,
        client_id: "id",
        client_secret: Some(KEY),
        code: "c0de",
        redirect_uri: "https://b.example/cb",
        code_verifier: None,
        state: "st8",
        scopes: &[],
        config: &config(),
        now: now(),
    };
    let read = exchange(&local(), &call).await.unwrap();
    assert_eq!(read.config_changes["callback_host"], "b.example");
}
