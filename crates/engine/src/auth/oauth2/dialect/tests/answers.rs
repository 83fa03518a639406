//! The answers that are read.

use super::*;
use crate::auth::oauth2::response::{self, Kept};
use crate::credential::refresh::Refreshed;

/// Reads an answer as the provider's, up to what comes after.
fn read(name: &str, answer: &Answer, raw: Value, held: &Credentials) -> Result<Refreshed, TokenError> {
    let provider = provider(name);
    let path = provider.alternate_access_token_response_path.as_deref();
    let answered =
        answer.read(object(raw), path, held.text("access_token"), &["hidden-secret".to_owned()])?;
    response::read(&provider, answered, Kept::of(held), now())
}

/// Token, refresh token and seconds until the expiry.
type Expected = (&'static str, Option<&'static str>, Option<i64>);

fn found(refreshed: &Refreshed) -> (String, Option<String>, Option<i64>) {
    let credentials = &refreshed.credentials;
    let seconds = credentials.expires_at().map(|at| at.as_seconds() - now().as_seconds());
    let text = |name: &str| credentials.text(name).map(str::to_owned);
    (text("access_token").unwrap(), text("refresh_token"), seconds)
}

fn cases() -> Vec<(&'static str, Value, Expected)> {
    let standard = || json!({"access_token": "a", "refresh_token": "r", "expires_in": 60});
    let plain: Expected = ("a", Some("r"), Some(60));
    let mut cases = vec![
        (
            "clover",
            json!({"access_token": "a", "refresh_token": "r", "access_token_expiration": 1_700_000_060}),
            plain,
        ),
        (
            "sentry-oauth",
            json!({"token": "a", "refreshToken": "r", "expiresAt": "2023-11-14T22:14:20.000Z"}),
            plain,
        ),
        (
            "shopline-oauth",
            json!({"code": 200, "data": {"accessToken": "a", "expireTime": "2023-11-14T22:14:20.000+00:00"}}),
            ("a", None, Some(60)),
        ),
        (
            "tiktok-ads",
            json!({"code": 0, "data": {"access_token": "a", "advertiser_ids": ["1"]}}),
            ("a", None, None),
        ),
        ("tiktok-accounts", json!({"code": 0, "data": standard()}), plain),
        (
            "braintree",
            json!({"credentials": {"access_token": "a", "refresh_token": "r", "expires_at": "2023-11-14T22:14:20Z"}}),
            plain,
        ),
        (
            "braintree-sandbox",
            json!({"credentials": {"accessToken": "a", "refreshToken": "r", "expiresAt": "2023-11-14T22:14:20Z"}}),
            plain,
        ),
        ("slack", json!({"ok": true, "access_token": "a", "refresh_token": "r", "expires_in": 60}), plain),
        ("slack", json!({"ok": true, "authed_user": standard()}), plain),
        ("instagram", json!({"data": [{"access_token": "a", "user_id": "1"}]}), ("a", None, None)),
        ("jobber", standard(), ("a", Some("r"), Some(3600))),
        ("stripe-app", standard(), ("a", Some("r"), Some(3600))),
        ("stripe-app-sandbox", json!({"access_token": "a"}), ("a", None, Some(3600))),
        ("workday-oauth", json!({"access_token": "a", "expires_at": 5}), ("a", None, Some(3600))),
    ];
    for name in ["agiloft", "absorb-lms", "attio-mcp", "heygen", "posthog-oauth", "bullhorn", "coros"] {
        cases.push((name, standard(), plain));
    }
    for name in ["facebook", "figma", "fanvue", "followupboss", "instagram", "threads", "mercury"] {
        cases.push((name, standard(), plain));
    }
    for name in ["microsoft-admin", "one-drive", "revolut-business", "tiktok-personal", "walmart"] {
        cases.push((name, standard(), plain));
    }
    cases
}

#[test]
fn every_dialect_finds_token_refresh_token_and_expiry() {
    let none = credentials(json!({}));
    for (name, answer, (token, refresh_token, seconds)) in cases() {
        let dialect = Dialect::of(&provider(name));
        let read = read(name, &dialect.exchanged, answer.clone(), &none)
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let expected = (token.to_owned(), refresh_token.map(str::to_owned), seconds);
        assert_eq!(found(&read), expected, "{name}");
        assert_eq!(read.credentials.expose()["raw"], answer, "{name}");
    }
}

#[test]
fn an_old_refresh_token_stays_where_the_answer_has_none() {
    let held = credentials(json!({"access_token": "old", "refresh_token": "old-rt"}));
    for name in table::DIALECTS.iter().flat_map(|dialect| dialect.names) {
        let dialect = Dialect::of(&provider(name));
        let tokens = json!({"access_token": "a"});
        let mut answer = object(json!({"access_token": "a", "ok": true, "result": "0000", "data": tokens}));
        if let Some((field, good)) = dialect.refreshed.success {
            answer.insert(field.to_owned(), good.into());
        }
        let read = read(name, &dialect.refreshed, answer.into(), &held)
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(read.credentials.text("refresh_token"), Some("old-rt"), "{name}");
    }
}

#[test]
fn failures_with_status_200_are_refusals_without_secrets() {
    let none = credentials(json!({}));
    for (name, answer) in [
        ("slack", json!({"ok": false, "error": "invalid_code", "note": "hidden-secret"})),
        ("tiktok-ads", json!({"code": 40_105, "message": "hidden-secret expired", "data": {}})),
        ("tiktok-accounts", json!({"message": "no"})),
        ("shopline-oauth", json!({"code": 400, "message": "sign error", "data": {"accessToken": "leak"}})),
    ] {
        let error = read(name, &Dialect::of(&provider(name)).exchanged, answer, &none).unwrap_err();
        assert!(matches!(error, TokenError::Refused { status: 200, .. }), "{name}: {error}");
        let text = error.to_string();
        assert!(!text.contains("hidden-secret") && !text.contains("leak"), "{text}");
    }
}

#[test]
fn coros_prolongs_the_token_it_gave() {
    let held = credentials(json!({"access_token": "old", "refresh_token": "rt"}));
    let dialect = Dialect::of(&provider("coros-sandbox"));
    let read_refresh = |answer| read("coros-sandbox", &dialect.refreshed, answer, &held);
    let read = read_refresh(json!({"result": "0000", "message": "OK"})).unwrap();
    assert_eq!(found(&read), ("old".to_owned(), Some("rt".to_owned()), Some(30 * 86_400)));
    assert!(read_refresh(json!({"result": "5001"})).is_err());
}

#[test]
fn the_open_id_of_coros_reaches_the_connection_config() {
    let answer = json!({"access_token": "a", "openId": "o-1"});
    let read = read("coros", &Dialect::of(&provider("coros")).exchanged, answer, &credentials(json!({})));
    assert_eq!(Value::from(read.unwrap().config_changes), json!({"openId": "o-1"}));
}

fn answered(raw: Value) -> Answered {
    Answer::STANDARD.read(object(raw), None, None, &[]).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn a_session_of_bullhorn_lasts_a_week_and_tells_where_the_api_is() {
    let first = answered(json!({"access_token": "at", "refresh_token": "rt", "expires_in": 600}));
    let session = object(json!({"BhRestToken": "bh", "restUrl": "https://rest9.example/"}));
    let answered = bullhorn::read(first, session).unwrap_or_else(|error| panic!("{error}"));
    let read = response::read(&provider("bullhorn"), answered, Kept::default(), now()).unwrap();
    assert_eq!(found(&read), ("bh".to_owned(), Some("rt".to_owned()), Some(7 * 86_400)));
    assert_eq!(Value::from(read.config_changes), json!({"restUrl": "https://rest9.example/"}));
    let none = bullhorn::read(self::answered(json!({"access_token": "at"})), Map::new());
    assert!(matches!(none, Err(TokenError::Unreadable(_))));
}

#[test]
fn credentials_of_slack_expire_with_the_first_of_their_tokens() {
    for (bot, user, expected) in [
        (json!(60), json!(30), Some(30)),
        (json!(60), Value::Null, Some(60)),
        (Value::Null, json!(30), Some(30)),
        (Value::Null, Value::Null, None),
    ] {
        let raw = json!({"access_token": "a", "expires_in": bot, "authed_user": {"expires_in": user}});
        let soonest = slack::soonest(answered(raw));
        assert_eq!(soonest.holder.get("expires_in").and_then(Value::as_i64), expected);
    }
}

#[test]
fn a_renewed_user_of_slack_keeps_its_id() {
    let held = object(json!({"id": "U1", "access_token": "old", "refresh_token": "old-rt"}));
    let at_the_top = json!({"ok": true, "access_token": "new", "refresh_token": "rt", "team": {}});
    let apart = json!({"ok": true, "access_token": "bot", "authed_user": {"access_token": "new", "refresh_token": "rt"}});
    for answer in [at_the_top, apart] {
        let user = slack::merged(&held, &object(answer));
        assert_eq!(Value::from(user), json!({"id": "U1", "access_token": "new", "refresh_token": "rt"}));
    }
}

#[test]
fn a_second_token_of_microsoft_says_when_it_ends_and_keeps_its_refresh_token() {
    let provider = provider("one-drive");
    let kept = on_exchange(&provider, SECRET, &config(), |grant| {
        microsoft::read(grant, object(json!({"access_token": "sp", "expires_in": 60})), Some("old"))
    });
    let expected = json!({
        "access_token": "sp", "expires_in": 60, "expires_at": 1_700_000_060_000_i64, "refresh_token": "old",
    });
    assert_eq!(kept.unwrap(), expected);
}
