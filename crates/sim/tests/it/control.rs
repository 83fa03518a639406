//! Scripting over HTTP, recording, the clock, and the life of the server.

use bowline_sim::{NewGrant, SimOptions, Simulator};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{API_KEY, DEADLINE, World};

#[tokio::test]
async fn a_partial_configuration_is_merged_and_a_wrong_one_refused() {
    let world = World::start().await;
    let patch = json!({ "oauth": { "expires_in_seconds": 5, "expiry_style": "expires_at_iso" } });
    assert_eq!(world.post_json("/_sim/config", &patch).await.code(), 200);
    let config = world.get("/_sim/config").await.json();
    assert_eq!(config["oauth"]["expires_in_seconds"], 5);
    assert_eq!(config["oauth"]["rotate_refresh_tokens"], true);
    let wrong = world.post_json("/_sim/config", &json!({ "oauth": { "expires": 5 } })).await;
    assert_eq!(wrong.code(), 400);
    assert!(wrong.text().contains("unknown field"));
}

#[tokio::test]
async fn requests_are_recorded_as_they_came() {
    let world = World::start().await;
    world.send("POST", "/api/echo/a%2Fb?x=1&x=%20", &[API_KEY], "hello").await;
    world.get("/api/user").await;
    let requests = world.get("/_sim/requests").await.json();
    let first = &requests["requests"][0];
    assert_eq!(
        (&first["method"], &first["path"], &first["query"], &first["body_base64"]),
        (&json!("POST"), &json!("/api/echo/a%2Fb"), &json!("x=1&x=%20"), &json!("aGVsbG8="))
    );
    assert_eq!(requests["requests"].as_array().unwrap().len(), 2);
    let recorded = world.control.requests();
    assert_eq!(recorded[0].body(), b"hello");
    assert_eq!(recorded[0].header("X-API-Key"), Some("sim-key-test"));
    assert!(recorded[0].sequence < recorded[1].sequence);
    assert_eq!(recorded[0].connection_id, recorded[1].connection_id, "keep-alive");
    assert_eq!(world.send("DELETE", "/_sim/requests", &[], "").await.code(), 204);
    assert!(world.control.requests().is_empty());
}

#[tokio::test]
async fn headers_keep_their_order_and_letter_case_on_every_request_of_a_connection() {
    let world = World::start().await;
    let mut stream = TcpStream::connect(world.simulator.address()).await.unwrap();
    for round in 1..=2 {
        let request = format!(
            "POST /api/echo/{round} HTTP/1.1\r\nHost: sim\r\nX-Api-Key: sim-key-1\r\nX-b: 2\r\nX-A: 1\r\n\
             x-B: 3\r\nContent-Length: 4\r\n\r\nbody"
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = vec![0; 16_384];
        let read = tokio::time::timeout(DEADLINE, stream.read(&mut answer)).await.unwrap().unwrap();
        let answer = String::from_utf8_lossy(&answer[..read]).into_owned();
        let ordered =
            r#""headers":[["Host","sim"],["X-Api-Key","sim-key-1"],["X-b","2"],["X-A","1"],["x-B","3"]"#;
        assert!(answer.contains(ordered), "{answer}");
    }
}

#[tokio::test]
async fn grants_are_minted_and_expire_when_the_clock_moves() {
    let world = World::start().await;
    let grant = world.send("POST", "/_sim/grants", &[], "").await.json();
    let token = grant["access_token"].as_str().unwrap();
    assert_eq!(grant["expires_in"], 3_600);
    assert_eq!(world.bearer(token, "/api/user").await.json()["authenticated_by"], "bearer");
    world.post_json("/_sim/clock", &json!({ "advance_seconds": 3_600 })).await;
    let expired = world.bearer(token, "/api/user").await;
    assert_eq!((expired.code(), &expired.json()["error"]), (401, &json!("token_expired")));
    assert!(expired.header("www-authenticate").contains("invalid_token"));
}

#[tokio::test]
async fn one_seed_gives_one_sequence_of_tokens() {
    let (one, other) = (World::start().await, World::start().await);
    assert_eq!(one.grant().access_token, other.grant().access_token);
    let options = SimOptions { seed: 2, ..SimOptions::default() };
    let different = Simulator::start(options).await.unwrap().control().mint_grant(NewGrant::default());
    assert_ne!(one.grant().access_token, different.access_token);
}

#[tokio::test]
async fn a_reset_brings_everything_back_to_the_start() {
    let world = World::start().await;
    let grant = world.grant();
    world.control.configure(|config| config.oauth.auto_approve = true);
    world.refresh(&grant.refresh_token.unwrap()).await;
    assert_eq!(world.send("POST", "/_sim/reset", &[], "").await.code(), 204);
    assert_eq!(world.get("/_sim/stats").await.json()["token_requests_total"], 0);
    assert!(!world.control.config().oauth.auto_approve);
    assert_eq!(world.bearer(&grant.access_token, "/api/user").await.code(), 401);
    assert_eq!(world.grant().access_token, grant.access_token, "the sequence starts again");
}

#[tokio::test]
async fn run_ends_when_told_to() {
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let running = tokio::spawn(bowline_sim::run(SimOptions::default(), async {
        let _ = stopped.await;
    }));
    stop.send(()).unwrap();
    tokio::time::timeout(DEADLINE, running).await.unwrap().unwrap().unwrap();
}

#[tokio::test]
async fn shutdown_closes_idle_connections_and_frees_the_address() {
    let world = World::start().await;
    world.get("/api/user").await;
    let address = world.simulator.address();
    tokio::time::timeout(DEADLINE, world.simulator.shutdown()).await.unwrap();
    assert!(TcpStream::connect(address).await.is_err());
    let again = Simulator::start(SimOptions { listen: address, ..SimOptions::default() }).await.unwrap();
    assert_eq!(again.address(), address);
}

#[tokio::test]
async fn a_thousand_connections_are_served_at_the_same_time() {
    let world = World::start().await;
    let calls = (0..1_000).map(|_| world.get("/api/slow-headers?delay_ms=500"));
    let answers = futures_util::future::join_all(calls).await;
    assert!(answers.iter().all(|answer| answer.code() == 200));
    assert!(world.control.stats().connections_total > 500);
}

#[tokio::test]
async fn recorded_bodies_are_bounded() {
    let world = World::start().await;
    world.control.configure(|config| config.recording.body_bytes_max = 3);
    world.send("POST", "/api/echo", &[API_KEY], "abcdef").await;
    let recorded = world.control.requests();
    assert_eq!((recorded[0].body(), recorded[0].body_truncated), (b"abc".to_vec(), true));
    world.control.configure(|config| config.recording.enabled = false);
    world.control.clear_requests();
    world.get("/api/user").await;
    assert!(world.control.requests().is_empty());
}

#[tokio::test]
async fn extreme_configuration_and_queries_are_answered() {
    let world = World::start().await;
    let extreme = json!({
        "api": { "page_limit_max": u64::MAX },
        "oauth": { "expires_in_seconds": u64::MAX, "refresh_grace_seconds": u64::MAX, "expiry_style": "expires_at_iso" },
    });
    assert_eq!(world.post_json("/_sim/config", &extreme).await.code(), 200);
    let refresh_token = world.grant().refresh_token.unwrap();
    assert_eq!(world.refresh(&refresh_token).await.code(), 200);
    assert_eq!(world.refresh(&refresh_token).await.code(), 200, "endless grace");
    for step in [i64::MAX, i64::MIN, 5] {
        let moved = world.post_json("/_sim/clock", &json!({ "advance_seconds": step })).await;
        assert_eq!(moved.code(), 200);
        assert_eq!(
            world.get("/api/rate-limited?style=retry-after-date&key=x").await.header("date").len(),
            29
        );
    }
    let huge = u64::MAX;
    for path in ["issues-link?page=", "issues-link?per_page=", "issues-offset?offset=", "issues?limit="] {
        assert_eq!(world.get(&format!("/api/{path}{huge}")).await.code(), 200, "{path}");
    }
}
