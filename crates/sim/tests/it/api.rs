//! Credentials, echo, status, headers, limits and resets.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::support::{API_KEY, World};

#[tokio::test]
async fn each_kind_of_credentials_opens_the_api() {
    let world = World::start().await;
    let token = format!("Bearer {}", world.grant().access_token);
    let basic = format!("Basic {}", STANDARD.encode("sim-user:sim-password"));
    for (path, headers, kind) in [
        ("/api/user", vec![("authorization", token.as_str())], "bearer"),
        ("/api/user", vec![("authorization", basic.as_str())], "basic"),
        ("/api/user", vec![API_KEY], "api_key"),
        ("/api/user", vec![("authorization", "Bearer sim-key-x")], "api_key"),
        ("/api/user?api_key=sim-key-x", vec![], "api_key"),
    ] {
        let user = world.send("GET", path, &headers, "").await.json();
        assert_eq!(user["authenticated_by"], kind);
    }
}

#[tokio::test]
async fn anything_else_is_refused_unless_configured() {
    let world = World::start().await;
    let basic = format!("Basic {}", STANDARD.encode("sim-user:no"));
    for headers in [
        vec![],
        vec![("authorization", "Bearer nope")],
        vec![("authorization", basic.as_str())],
        vec![("x-api-key", "other-key")],
    ] {
        let answer = world.send("GET", "/api/user", &headers, "").await;
        assert_eq!(answer.code(), 401, "{headers:?}");
        assert!(!answer.header("www-authenticate").is_empty());
    }
    world.control.configure(|config| config.api.require_auth = false);
    assert_eq!(world.send("GET", "/api/user", &[], "").await.json()["authenticated_by"], "nothing");
}

#[tokio::test]
async fn echo_tells_what_arrived() {
    let world = World::start().await;
    let body = vec![0u8, 255, 10];
    let echo = world.send("QUERY", "/api/echo/a/b%20c?q=%2B&q=", &[API_KEY], body.clone()).await.json();
    assert_eq!(
        (&echo["method"], &echo["path"], &echo["query"], &echo["body_length"]),
        (&json!("QUERY"), &json!("/api/echo/a/b%20c"), &json!("q=%2B&q="), &json!(3))
    );
    assert_eq!(echo["body_base64"], STANDARD.encode(&body));
    assert_eq!(echo["sha256"], hex::encode(ring::digest::digest(&ring::digest::SHA256, &body)));
}

#[tokio::test]
async fn any_final_status_can_be_had() {
    let world = World::start().await;
    for code in [200, 204, 301, 304, 404, 418, 500, 599] {
        assert_eq!(world.get(&format!("/api/status/{code}")).await.code(), code);
    }
    assert_eq!(world.get("/api/status/422?body=no%20way").await.text(), "no way");
    for wrong in ["101", "1000", "x"] {
        assert_eq!(world.get(&format!("/api/status/{wrong}")).await.code(), 400);
    }
}

#[tokio::test]
async fn redirects_lead_where_asked() {
    let world = World::start().await;
    let answer = world.get("/api/redirect?to=http%3A%2F%2Fexample.com%2Fx&status=307").await;
    assert_eq!((answer.code(), answer.header("location")), (307, "http://example.com/x"));
    assert_eq!(world.get("/api/redirect?to=%0D%0AX%3A1").await.code(), 400);
    let mut path = "/api/redirect-chain/3".to_owned();
    let mut hops = 0;
    loop {
        let answer = world.get(&path).await;
        if answer.code() == 200 {
            break;
        }
        path = answer.header("location").to_owned();
        hops += 1;
    }
    assert_eq!(hops, 3);
}

#[tokio::test]
async fn each_rate_limit_style_tells_when_to_come_back() {
    let world = World::start().await;
    for (style, code, header) in [
        ("retry-after", 429, "retry-after"),
        ("retry-after-date", 429, "retry-after"),
        ("x-ratelimit-reset-epoch", 429, "x-ratelimit-reset"),
        ("x-ratelimit-reset-ms", 429, "x-ratelimit-reset"),
        ("github", 403, "x-ratelimit-reset"),
    ] {
        let path = format!("/api/rate-limited?style={style}&times=2&after=9&key={style}");
        for _ in 0..2 {
            let limited = world.get(&path).await;
            assert_eq!(limited.code(), code, "{style}");
            let value = limited.header(header);
            match style {
                "retry-after" => assert_eq!(value, "9"),
                "retry-after-date" => assert!(value.ends_with(" GMT")),
                "x-ratelimit-reset-ms" => assert_eq!(value.len(), 13),
                _ => assert_eq!((value.len(), limited.header("x-ratelimit-remaining")), (10, "0")),
            }
        }
        assert_eq!(world.get(&path).await.code(), 200, "{style}");
    }
}

#[tokio::test]
async fn flaky_fails_the_first_calls_of_each_key() {
    let world = World::start().await;
    for key in ["a", "b"] {
        let path = format!("/api/flaky?times=2&status=502&key={key}");
        for expected in [502, 502, 200, 200] {
            assert_eq!(world.get(&path).await.code(), expected);
        }
    }
}

#[tokio::test]
async fn a_reset_connection_gives_no_answer() {
    let world = World::start().await;
    let path = "/api/reset?key=r&times=2";
    for _ in 0..2 {
        assert!(world.try_send("GET", path, &[API_KEY], "").await.is_none());
    }
    assert_eq!(world.get(path).await.code(), 200);
}

#[tokio::test]
async fn a_reset_is_a_tcp_reset_not_an_orderly_close() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let world = World::start().await;
    let mut stream = tokio::net::TcpStream::connect(world.simulator.address()).await.unwrap();
    let request = "GET /api/reset?key=tcp HTTP/1.1\r\nHost: sim\r\nX-Api-Key: sim-key-1\r\n\r\n";
    stream.write_all(request.as_bytes()).await.unwrap();
    let problem = stream.read_u8().await.unwrap_err();
    assert_eq!(problem.kind(), std::io::ErrorKind::ConnectionReset);
}

#[tokio::test]
async fn response_headers_come_from_the_query() {
    let world = World::start().await;
    let path = "/api/headers?X-Two=1&X-Two=2&Connection=x-secret-hop&x-secret-hop=s&Keep-Alive=timeout%3D5";
    let answer = world.get(path).await;
    assert_eq!(answer.headers.get_all("x-two").iter().collect::<Vec<_>>(), ["1", "2"]);
    assert_eq!(answer.header("connection"), "x-secret-hop");
    assert_eq!((answer.header("keep-alive"), answer.header("x-secret-hop")), ("timeout=5", "s"));
    assert_eq!(world.get("/api/headers?content-length=5").await.code(), 400);
}

#[tokio::test]
async fn heads_can_be_huge_or_late() {
    let world = World::start().await;
    let huge = world.get("/api/huge-headers?bytes=100000").await;
    let sent = |name: &str| name.starts_with("x-huge-");
    let total: usize =
        huge.headers.iter().filter(|(name, _)| sent(name.as_str())).map(|(_, value)| value.len()).sum();
    assert_eq!(total, 100_000);
    assert_eq!(world.get("/api/slow-headers?delay_ms=5").await.json()["delayed_ms"], 5);
}

#[tokio::test]
async fn cookies_stay_separate_lines() {
    let world = World::start().await;
    let answer = world.send("GET", "/api/cookies", &[API_KEY, ("cookie", "a=1; b=2")], "").await;
    assert_eq!(answer.headers.get_all("set-cookie").iter().count(), 2);
    assert_eq!(answer.json()["received"], json!(["a=1; b=2"]));
}

#[tokio::test]
async fn multipart_facts_are_told() {
    let world = World::start().await;
    let body = "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--XX\r\n\r\n2\r\n--XX--\r\n";
    let headers = [API_KEY, ("content-type", "multipart/form-data; boundary=\"XX\"")];
    let facts = world.send("POST", "/api/multipart", &headers, body).await.json();
    assert_eq!((&facts["boundary"], &facts["parts"]), (&json!("XX"), &json!(2)));
    assert_eq!(facts["body_length"], body.len());
}

#[tokio::test]
async fn unknown_paths_are_not_found() {
    let world = World::start().await;
    for path in ["/nothing", "/api/nothing", "/oauth/nothing", "/_sim/nothing"] {
        assert_eq!(world.get(path).await.code(), 404);
    }
}
