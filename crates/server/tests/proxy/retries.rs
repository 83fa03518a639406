//! How often a call is made, and after how long again.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::app::{App, NOW};
use crate::upstream::{Upstream, ok, reply};

/// Fails so often, then is fine.
async fn failing(times: usize, status: u16, headers: &'static [(&'static str, &'static str)]) -> Upstream {
    Upstream::start(move |_, before| if before < times { reply(status, headers, "no") } else { ok() }).await
}

#[tokio::test]
async fn without_retries_every_failure_comes_back_at_once() {
    for status in [401, 429, 500, 503] {
        let upstream = failing(9, status, &[("retry-after", "0")]).await;
        let answer = App::with(&upstream).await.get("/").await;
        answer.assert(status, "no");
        assert_eq!(answer.header("retry-after"), Some("0"));
        assert_eq!(upstream.all().len(), 1);
    }
}

#[tokio::test]
async fn retry_after_is_kept_by_default_and_the_last_answer_comes_back() {
    let upstream = failing(9, 429, &[("retry-after", "0")]).await;
    App::with(&upstream).await.get_with("/", &[("retries", "4")]).await.assert(429, "no");
    assert_eq!(upstream.all().len(), 5);
    let upstream = failing(2, 503, &[("retry-after", "0")]).await;
    App::with(&upstream).await.get_with("/", &[("retries", "4")]).await.assert(200, "ok");
    assert_eq!(upstream.all().len(), 3);
}

#[tokio::test]
async fn the_wait_asked_for_is_waited() {
    let upstream = failing(1, 503, &[("retry-after", "1")]).await;
    let app = App::with(&upstream).await;
    let begun = Instant::now();
    app.get_with("/", &[("retries", "1")]).await.assert(200, "ok");
    assert!((Duration::from_secs(1)..Duration::from_millis(2_500)).contains(&begun.elapsed()));
}

#[tokio::test]
async fn statuses_outside_the_rules_are_not_tried_again_unless_the_caller_says_so() {
    let upstream = failing(1, 404, &[]).await;
    App::with(&upstream).await.get_with("/", &[("retries", "3")]).await.assert(404, "no");
    assert_eq!(upstream.all().len(), 1);
    let upstream = failing(2, 404, &[("x-wait", "0")]).await;
    let app = App::with(&upstream).await;
    app.connect("patient", json!({ "type": "NONE" })).await;
    app.call("patient", "GET /", &[("retries", "3"), ("retry-on", "418,404")], b"").await.assert(200, "ok");
    assert_eq!(upstream.all().len(), 3);
}

#[tokio::test]
async fn the_providers_own_statuses_take_the_place_of_the_usual_ones() {
    for (status, attempts) in [(418, 3), (521, 3), (500, 1), (429, 1), (401, 1)] {
        let upstream = failing(9, status, &[("x-wait", "0")]).await;
        let app = App::with(&upstream).await;
        app.connect("picky", json!({ "type": "NONE" })).await;
        app.call("picky", "GET /", &[("retries", "2")], b"").await.assert(status, "no");
        assert_eq!(upstream.all().len(), attempts, "{status}");
    }
}

#[tokio::test]
async fn the_providers_headers_say_when() {
    let until = format!("{}", NOW + 1);
    let upstream = Upstream::start(move |seen, before| match (seen.path(), before) {
        ("/until", 0) => reply(500, &[("x-until", &until), ("x-wait", "60")], "no"),
        ("/left", 1) => reply(400, &[("x-left", "0"), ("x-wait", "0")], "no"),
        ("/left", 2) => reply(400, &[("x-left", "1"), ("x-wait", "0")], "no"),
        _ => ok(),
    })
    .await;
    let app = App::with(&upstream).await;
    app.connect("patient", json!({ "type": "NONE" })).await;
    let begun = Instant::now();
    app.call("patient", "GET /until", &[("retries", "1")], b"").await.assert(200, "ok");
    assert!((Duration::from_secs(1)..Duration::from_secs(3)).contains(&begun.elapsed()));
    // An exhausted quota is a reason to try again, a failure with quota left is none.
    let upstream = Upstream::start(|_, before| match before {
        0 => reply(400, &[("x-left", "0"), ("x-wait", "0")], "no"),
        _ => reply(400, &[("x-left", "1"), ("x-wait", "0")], "bad"),
    })
    .await;
    let app = App::with(&upstream).await;
    app.connect("patient", json!({ "type": "NONE" })).await;
    app.call("patient", "GET /left", &[("retries", "5")], b"").await.assert(400, "bad");
    assert_eq!(upstream.all().len(), 2);
}

#[tokio::test]
async fn bodies_are_sent_again_whole() {
    let upstream = failing(2, 503, &[("retry-after", "0")]).await;
    let app = App::with(&upstream).await;
    let body: Vec<u8> = (0..=u8::MAX).cycle().take(700_000).collect();
    let headers = [("retries", "2"), ("content-type", "application/octet-stream")];
    app.call("none", "PUT /", &headers, &body).await.assert(200, "ok");
    let all = upstream.all();
    assert_eq!(all.len(), 3);
    assert!(all.iter().all(|seen| seen.body == body));
}

#[tokio::test]
async fn a_lost_connection_is_tried_again_as_often_as_allowed() {
    let upstream = Upstream::start(|_, before| if before == 0 { Vec::new() } else { ok() }).await;
    let app = App::with(&upstream).await;
    let answer = app.get("/").await;
    assert_eq!((answer.status, &answer.json()["code"]), (500, &json!("ECONNRESET")));
    let upstream = Upstream::start(|_, before| if before == 0 { Vec::new() } else { ok() }).await;
    let app = App::with(&upstream).await;
    app.call("none", "POST /", &[("retries", "1"), ("content-type", "text/plain")], b"x")
        .await
        .assert(200, "ok");
    assert_eq!(upstream.all().len(), 2);
}

#[tokio::test]
async fn a_client_that_goes_away_ends_the_retries() {
    let upstream = failing(99, 503, &[("retry-after", "1")]).await;
    let app = App::with(&upstream).await;
    let call = app.get_with("/", &[("retries", "50")]);
    assert!(tokio::time::timeout(Duration::from_millis(300), call).await.is_err());
    let seen = upstream.all().len();
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert_eq!(upstream.all().len(), seen);
}
