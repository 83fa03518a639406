//! Another base URL for one call, and what is not to be called.

use serde_json::json;

use crate::app::{App, Setup};
use crate::upstream::{Upstream, ok};

#[tokio::test]
async fn the_override_takes_the_place_of_the_providers_base() {
    let (upstream, other) = (Upstream::saying(ok()).await, Upstream::saying(ok()).await);
    let app = App::with(&upstream).await;
    app.connect_oauth("at-1", None).await;
    let base = format!("{}/v2/", other.url());
    app.call("oauth", "GET /x?a=1", &[("base-url-override", &base)], b"").await.assert(200, "ok");
    assert_eq!(
        (other.last().target.as_str(), other.last().header("authorization")),
        ("/v2/x?a=1", Some("Bearer at-1"))
    );
    app.get_with("/x", &[("base-url-override", "")]).await.assert(200, "ok");
    assert_eq!((upstream.all().len(), other.all().len()), (1, 1));
}

#[tokio::test]
async fn what_the_outbound_policy_closes_is_refused() {
    let upstream = Upstream::saying(ok()).await;
    let app = App::with(&upstream).await;
    let closed = [
        "http://10.1.2.3",
        "http://192.168.0.1",
        "http://169.254.169.254",
        "http://[fd00::1]",
        "http://[::ffff:10.0.0.1]",
        "http://0x0a000001",
        "http://167772161",
        "http://localhost:9",
        "http://metadata.google.internal",
        "http://example.com:25",
    ];
    for base in closed {
        let answer = app.get_with("/", &[("base-url-override", base), ("retries", "1")]).await;
        answer.assert_code(400, "base_url_override_not_allowed");
    }
    for base in
        ["ftp://example.com", "file:///etc/passwd", "http://a.example/${x}", "https://user:pw@example.com"]
    {
        app.get_with("/", &[("base-url-override", base)]).await.assert_code(400, "invalid_url");
    }
    app.get_with("/", &[("base-url-override", "not a url")]).await.assert_code(400, "invalid_headers");
    assert_eq!(upstream.all().len(), 0);
}

#[tokio::test]
async fn loopback_is_closed_unless_it_was_opened() {
    let upstream = Upstream::saying(ok()).await;
    let url = upstream.url();
    let app = App::build(Setup { upstream: &url, ..Setup::default() }).await;
    app.connect("none", json!({ "type": "NONE" })).await;
    app.get("/").await.assert_code(400, "base_url_override_not_allowed");
    assert_eq!(upstream.all().len(), 0);
}

#[tokio::test]
async fn an_integration_may_list_the_hosts_it_can_be_pointed_at() {
    let upstream = Upstream::saying(ok()).await;
    let app = App::with(&upstream).await;
    let custom = |hosts: &str| json!({ "custom": { "base_url_override_hosts": hosts } });
    app.integrate("deep", custom("api.Example.com, .example.org ,127.0.0.1")).await;
    assert_eq!(app.import("deep", json!({ "type": "NONE" }), json!({})).await.0, 201);
    let call = async |base: &str| app.call("deep", "GET /", &[("base-url-override", base)], b"").await;
    call(&upstream.url()).await.assert(200, "ok");
    for base in [
        "http://127.0.0.2",
        "http://evil-api.example.com",
        "http://example.com",
        "http://api.example.com.evil.test",
        "http://badexample.org",
    ] {
        call(base).await.assert_code(400, "base_url_override_not_allowed");
    }
    // These are listed; that nothing answers there is another matter.
    for base in ["http://api.example.com:25", "http://eu.API.example.com:25", "http://www.example.org:25"] {
        let answer = call(base).await;
        assert!(answer.text().contains("port 25"), "{base}: {}", answer.text());
    }
    app.call("deep", "GET /", &[], b"").await.assert(200, "ok");
}
