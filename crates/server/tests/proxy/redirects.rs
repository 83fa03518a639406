//! Redirects are followed with the credentials for the same host, and without them elsewhere.

use serde_json::json;

use crate::app::App;
use crate::upstream::{Upstream, ok, reply};

/// Redirects `/go/{status}` to an address, and takes the rest as it comes.
async fn redirecting(to: String) -> Upstream {
    Upstream::start(move |seen, _| match seen.path().strip_prefix("/go/") {
        Some(status) => reply(status.parse().unwrap(), &[("location", &to)], "moved"),
        None => ok(),
    })
    .await
}

#[tokio::test]
async fn methods_and_bodies_change_as_http_says() {
    let cases = [
        ("POST", 301, "GET"),
        ("POST", 302, "GET"),
        ("PUT", 302, "PUT"),
        ("PUT", 303, "GET"),
        ("HEAD", 303, "HEAD"),
        ("POST", 307, "POST"),
        ("DELETE", 308, "DELETE"),
        ("GET", 301, "GET"),
    ];
    let upstream = redirecting("/there?x=%20'".to_owned()).await;
    let app = App::with(&upstream).await;
    for (method, status, then) in cases {
        let headers = [("content-type", "text/plain")];
        let answer = app.call("none", &format!("{method} /go/{status}"), &headers, b"data").await;
        assert_eq!(answer.status, 200, "{method} {status}");
        let seen = upstream.last();
        assert_eq!((seen.method.as_str(), seen.path()), (then, "/there"), "{method} {status}");
        let has_body = !matches!(then, "GET" | "HEAD");
        assert_eq!(seen.body, if has_body { &b"data"[..] } else { b"" }, "{method} {status}");
        assert_eq!(seen.header("content-type").is_some(), has_body && method != "GET", "{method} {status}");
    }
}

#[tokio::test]
async fn five_hops_are_followed_and_not_six() {
    let upstream = Upstream::start(|seen, _| match seen.path()[1..].parse::<u32>().unwrap() {
        0 => ok(),
        left => reply(302, &[("location", &format!("/{}", left - 1))], ""),
    })
    .await;
    let app = App::with(&upstream).await;
    app.get("/5").await.assert(200, "ok");
    let answer = app.get("/6").await;
    assert_eq!((answer.status, &answer.json()["code"]), (500, &json!("ERR_FR_TOO_MANY_REDIRECTS")));
    assert_eq!(answer.json()["method"], "get");
}

#[tokio::test]
async fn a_streamed_body_is_not_sent_twice_so_the_redirect_comes_back() {
    let upstream = redirecting("/there".to_owned()).await;
    let app = App::with(&upstream).await;
    let headers = [("content-type", "text/plain"), ("transfer-encoding", "chunked")];
    let answer = app.call("none", "POST /go/307", &headers, b"4\r\ndata\r\n0\r\n\r\n").await;
    answer.assert(307, "moved");
    assert_eq!(answer.header("location"), Some("/there"));
    assert_eq!(upstream.count("/there"), 0);
    let answer = app.call("none", "POST /go/303", &headers, b"4\r\ndata\r\n0\r\n\r\n").await;
    answer.assert(200, "ok");
    assert_eq!(upstream.last().method, "GET");
}

#[tokio::test]
async fn credentials_stay_with_their_host_and_port() {
    let other = Upstream::saying(ok()).await;
    let upstream = redirecting(format!("{}/there?api_key=leak&b=1", other.url())).await;
    let app = App::with(&upstream).await;
    app.connect_oauth("at-1", None).await;
    let key = || json!({ "type": "API_KEY", "apiKey": "k-1" });
    app.connect("key-header", key()).await;
    app.connect("key-query", key()).await;
    let own = [("nango-proxy-cookie", "session=1"), ("nango-proxy-x-tag", "stays")];
    for provider in ["oauth", "key-header", "key-query"] {
        app.call(provider, "GET /go/302", &own, b"").await.assert(200, "ok");
        let seen = other.last();
        for name in ["authorization", "x-api-key", "cookie"] {
            assert_eq!(seen.header(name), None, "{provider} {name}");
        }
        assert_eq!(seen.header("x-tag"), Some("stays"));
        assert_eq!(seen.header("host"), Some(other.address.to_string().as_str()));
    }
    assert_eq!(other.last().target, "/there?b=1");
    // The same host keeps them.
    let same = redirecting("/there".to_owned()).await;
    let app = App::with(&same).await;
    app.connect_oauth("at-1", None).await;
    app.call("oauth", "GET /go/302", &[], b"").await.assert(200, "ok");
    assert_eq!(same.last().header("authorization"), Some("Bearer at-1"));
}

#[tokio::test]
async fn headers_follow_where_the_caller_or_the_definition_says_so() {
    let other = Upstream::saying(ok()).await;
    let upstream = redirecting(format!("{}/there", other.url())).await;
    let app = App::with(&upstream).await;
    let key = || json!({ "type": "API_KEY", "apiKey": "k-1" });
    app.connect("key-header", key()).await;
    app.connect("key-forwarded", key()).await;
    let forward = |value| [("forward-headers-on-redirect", value)];
    for (provider, headers, expected) in [
        ("key-header", &forward("true")[..], Some("k-1")),
        ("key-forwarded", &[], Some("k-1")),
        ("key-forwarded", &forward("false"), None),
    ] {
        app.call(provider, "GET /go/307", headers, b"").await.assert(200, "ok");
        assert_eq!(other.last().header("x-api-key"), expected, "{provider}");
    }
}

#[tokio::test]
async fn a_redirect_to_a_closed_address_is_refused_before_it_is_made() {
    for to in [
        "http://10.0.0.1/",
        "http://169.254.169.254/latest",
        "http://[::1]/",
        "http://localhost:1/",
        "http://0/",
    ] {
        let upstream = redirecting(to.to_owned()).await;
        let app = App::with(&upstream).await;
        let answer = app.get_with("/go/302", &[("retries", "2")]).await;
        answer.assert_code(400, "base_url_override_not_allowed");
        assert_eq!(upstream.all().len(), 1, "{to}");
    }
    let upstream = redirecting("ftp://127.0.0.1/x".to_owned()).await;
    App::with(&upstream).await.get("/go/302").await.assert_code(400, "base_url_override_not_allowed");
    let upstream = redirecting("http://user:pw@127.0.0.1:9/".to_owned()).await;
    App::with(&upstream).await.get("/go/302").await.assert_code(400, "base_url_override_not_allowed");
}

#[tokio::test]
async fn a_body_with_the_key_in_it_follows_no_redirect() {
    let upstream = redirecting("/there".to_owned()).await;
    let app = App::with(&upstream).await;
    app.connect("key-body", json!({ "type": "API_KEY", "apiKey": "k-1" })).await;
    app.call("key-body", "POST /go/307", &[("content-type", "application/json")], b"{}")
        .await
        .assert(307, "moved");
    assert_eq!(upstream.all().len(), 1);
}
