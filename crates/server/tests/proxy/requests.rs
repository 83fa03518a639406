//! What reaches the provider: method, path, query, headers and body as the caller gave them.

use crate::app::App;
use crate::upstream::{Upstream, ok};

#[tokio::test]
async fn every_method_reaches_the_provider_and_bodies_go_with_those_that_have_one() {
    let upstream = Upstream::saying(ok()).await;
    let app = App::with(&upstream).await;
    let with_body = ["POST", "PUT", "PATCH", "DELETE", "PROPFIND", "REPORT"];
    for method in with_body.iter().chain(&["GET", "MKCOL", "TRACE", "purge"]) {
        let answer =
            app.call("none", &format!("{method} /it"), &[("content-type", "text/plain")], b"body").await;
        answer.assert(200, "ok");
        let seen = upstream.last();
        assert_eq!(&seen.method, method);
        let expected: &[u8] = if with_body.contains(method) { b"body" } else { b"" };
        assert_eq!(seen.body, expected, "{method}");
        let length = seen.header("content-length");
        assert_eq!(length, if expected.is_empty() { None } else { Some("4") }, "{method}");
    }
}

#[tokio::test]
async fn a_post_without_a_body_says_that_it_has_none() {
    let upstream = Upstream::saying(ok()).await;
    let app = App::with(&upstream).await;
    app.call("none", "POST /", &[("content-length", "0")], b"").await.assert(200, "ok");
    assert_eq!(upstream.last().header("content-length"), Some("0"));
    assert_eq!(upstream.last().header("transfer-encoding"), None);
}

#[tokio::test]
async fn bodies_arrive_byte_for_byte() {
    let upstream = Upstream::saying(ok()).await;
    let app = App::with(&upstream).await;
    let multipart =
        "--XX\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a\"\r\n\r\n\0\u{1}\r\n--XX--\r\n";
    let json = "{ \"n\" : 123456789012345678901234567890, \"n\":1.0e5,\r\n \"s\":\"\\u00e9\" }  ";
    let binary: Vec<u8> = (0..=u8::MAX).collect();
    let bodies: [(&str, &[u8]); 8] = [
        ("application/json", json.as_bytes()),
        ("application/json; charset=utf-8", b"[1,2 ,3]"),
        ("application/json", b"not json at all"),
        ("application/x-www-form-urlencoded", b"a[]=1&a[]=%20+&b=%zz"),
        ("multipart/form-data; boundary=XX", multipart.as_bytes()),
        ("application/octet-stream", &binary),
        ("text/plain", b"\xff\xfe"),
        ("application/xml", b"<a/>"),
    ];
    for (content_type, body) in bodies {
        for retries in ["0", "2"] {
            let headers = [("content-type", content_type), ("retries", retries)];
            app.call("none", "POST /", &headers, body).await.assert(200, "ok");
            let seen = upstream.last();
            assert_eq!(seen.body, body, "{content_type}");
            assert_eq!(seen.header("content-type"), Some(content_type));
            assert_eq!(seen.header("content-length"), Some(body.len().to_string().as_str()));
        }
    }
}

#[tokio::test]
async fn a_chunked_body_arrives_without_the_callers_chunks_and_trailers() {
    let upstream = Upstream::saying(ok()).await;
    let app = App::with(&upstream).await;
    let headers = [("transfer-encoding", "chunked"), ("content-type", "text/plain")];
    for retries in ["0", "1"] {
        let headers = [headers[0], headers[1], ("retries", retries)];
        let body = b"3;x=1\r\nabc\r\n4\r\ndefg\r\n0\r\nx-sum: 1\r\n\r\n";
        app.call("none", "PUT /", &headers, body).await.assert(200, "ok");
        let seen = upstream.last();
        assert_eq!(seen.body, b"abcdefg");
        assert_eq!(seen.header("x-sum"), None);
        assert!(seen.header("content-length").is_some() != seen.header("transfer-encoding").is_some());
    }
}

#[tokio::test]
async fn a_caller_that_waits_to_be_asked_for_its_body_is_asked() {
    let upstream = Upstream::saying(ok()).await;
    let app = App::with(&upstream).await;
    for retries in ["0", "1"] {
        let headers = [("expect", "100-continue"), ("content-type", "text/plain"), ("retries", retries)];
        app.call("none", "POST /", &headers, b"waited").await.assert(200, "ok");
        assert_eq!(
            (upstream.last().body.as_slice(), upstream.last().header("expect")),
            (&b"waited"[..], None)
        );
    }
}

#[tokio::test]
async fn the_content_type_is_the_callers_word_for_the_provider_or_that_of_the_body() {
    let upstream = Upstream::saying(ok()).await;
    let app = App::with(&upstream).await;
    let own = ("nango-proxy-content-type", "application/vnd.x+json");
    app.call("none", "POST /", &[("content-type", "application/json"), own], b"{}").await.assert(200, "ok");
    assert_eq!(upstream.last().header("content-type"), Some("application/vnd.x+json"));
    let form = ("nango-proxy-content-type", "application/x-www-form-urlencoded");
    app.call("none", "POST /", &[("content-type", "application/json"), form], br#"{"a":{"b":1}}"#)
        .await
        .assert(200, "ok");
    assert_eq!(upstream.last().body, b"a%5Bb%5D=1");
    let multipart = ("nango-proxy-content-type", "multipart/form-data");
    let inbound = ("content-type", "multipart/form-data; boundary=B");
    app.call("none", "POST /", &[inbound, multipart], b"--B--\r\n").await.assert(200, "ok");
    assert_eq!(upstream.last().header("content-type"), Some("multipart/form-data; boundary=B"));
}

#[tokio::test]
async fn a_coded_body_keeps_its_coding() {
    let upstream = Upstream::saying(ok()).await;
    let app = App::with(&upstream).await;
    let headers = [("content-encoding", "gzip"), ("content-type", "application/json")];
    app.call("none", "POST /", &headers, b"\x1f\x8b").await.assert(200, "ok");
    assert_eq!(upstream.last().header("content-encoding"), Some("gzip"));
    assert_eq!(upstream.last().body, b"\x1f\x8b");
    app.call("none", "GET /", &headers, b"\x1f\x8b").await.assert(200, "ok");
    assert_eq!(
        upstream.last().header("content-encoding"),
        None,
        "the body was dropped, and so is its coding"
    );
}

#[tokio::test]
async fn the_query_arrives_byte_for_byte() {
    let upstream = Upstream::saying(ok()).await;
    let app = App::with(&upstream).await;
    let queries = [
        "a[]=1&b=%20+&c='x'|",
        "q=%22%zz&&=&a=b=c",
        "filter={%22a%22:[1]}&x=%E2%9C%93",
        "${apiKey}||x",
        "url=http://a.example/?b#",
        "",
        "a=1;b=2,c",
    ];
    for query in queries {
        app.get(&format!("/p?{query}")).await.assert(200, "ok");
        let query = query.split('#').next().unwrap();
        assert_eq!(upstream.last().target, format!("/p?{query}"));
    }
    app.get("?a=1").await.assert(200, "ok");
    assert_eq!(upstream.last().target, "/?a=1");
    app.get("").await.assert(200, "ok");
    assert_eq!(upstream.last().target, "/");
}

#[tokio::test]
async fn no_spelling_of_a_path_leaves_the_providers_origin() {
    let upstream = Upstream::saying(ok()).await;
    let other = Upstream::saying(ok()).await;
    let app = App::with(&upstream).await;
    app.connect("deep", serde_json::json!({ "type": "NONE" })).await;
    let host = other.address;
    let tricks = [
        format!("//{host}/x"),
        format!("///{host}/x"),
        format!("/\\{host}/x"),
        format!("/@{host}/x"),
        format!(":80@{host}/x"),
        format!("/http://{host}/x"),
        format!("/..//{host}/x"),
        format!("/%2f%2f{host}/x"),
        format!("/x?url=//{host}"),
        format!("/${{connectionConfig.x}}||http://{host}/"),
        "/a/../../../b".to_owned(),
        "/%2e%2e/%2e%2e/c".to_owned(),
    ];
    for trick in &tricks {
        for provider in ["none", "deep"] {
            let before = upstream.all().len();
            let answer = app.call(provider, &format!("GET {trick}"), &[], b"").await;
            let arrived = upstream.all().len() - before;
            assert!(arrived == 1 || answer.status >= 400, "{trick}: {answer:?}");
            if arrived == 1 {
                assert_eq!(upstream.last().header("host"), Some(upstream.address.to_string().as_str()));
            }
        }
    }
    assert_eq!(other.all().len(), 0);
}

#[tokio::test]
async fn the_endpoint_may_begin_with_the_base_url() {
    let upstream = Upstream::saying(ok()).await;
    let app = App::with(&upstream).await;
    app.connect("deep", serde_json::json!({ "type": "NONE" })).await;
    for endpoint in [format!("/{}/v1/users?a=1", upstream.url()), "/users?a=1".to_owned()] {
        app.call("deep", &format!("GET {endpoint}"), &[], b"").await.assert(200, "ok");
        assert_eq!(upstream.last().target, "/v1/users?a=1");
    }
}

#[tokio::test]
async fn of_the_callers_headers_only_those_for_the_provider_reach_it() {
    let upstream = Upstream::saying(ok()).await;
    let app = App::with(&upstream).await;
    let headers = [
        ("accept", "text/html"),
        ("cookie", "session=1"),
        ("user-agent", "caller/1"),
        ("x-own", "1"),
        ("x-forwarded-for", "1.2.3.4"),
        ("Nango-Proxy-X-Tag", "one"),
        ("nango-proxy-x-tag", "two"),
        ("NANGO-PROXY-Accept", "application/xml"),
        ("nango-proxy-cookie", "theme=dark"),
        ("nango-is-sync", "true"),
    ];
    app.get_with("/", &headers).await.assert(200, "ok");
    let seen = upstream.last();
    let mut names: Vec<_> = seen.headers.iter().map(|(name, _)| name.to_ascii_lowercase()).collect();
    names.sort();
    assert_eq!(names, ["accept", "accept-encoding", "cookie", "host", "user-agent", "x-tag"]);
    assert_eq!((seen.header("x-tag"), seen.header("accept")), (Some("two"), Some("application/xml")));
    assert_eq!(seen.header("cookie"), Some("theme=dark"));
    assert!(seen.header("user-agent").unwrap().starts_with("bowline/"));
    assert_eq!(seen.header("accept-encoding"), Some("gzip, deflate, br"));
}

#[tokio::test]
async fn the_definitions_headers_are_sent_and_its_user_agent_stands() {
    let upstream = Upstream::saying(ok()).await;
    let app = App::with(&upstream).await;
    app.connect("deep", serde_json::json!({ "type": "NONE" })).await;
    let headers = [("nango-proxy-user-agent", "mine"), ("nango-proxy-x-version", "8")];
    app.call("deep", "GET /", &headers, b"").await.assert(200, "ok");
    let seen = upstream.last();
    assert_eq!((seen.header("user-agent"), seen.header("x-version")), (Some("defined/1"), Some("8")));
}

#[tokio::test]
async fn headers_of_the_connection_are_not_the_callers_to_set() {
    let upstream = Upstream::saying(ok()).await;
    let app = App::with(&upstream).await;
    let headers = [
        ("nango-proxy-host", "evil.example"),
        ("nango-proxy-content-length", "3"),
        ("nango-proxy-transfer-encoding", "chunked"),
        ("nango-proxy-connection", "authorization, x-tag"),
        ("nango-proxy-keep-alive", "1"),
        ("nango-proxy-te", "trailers"),
        ("nango-proxy-trailer", "x"),
        ("nango-proxy-upgrade", "h2c"),
        ("nango-proxy-expect", "100-continue"),
        ("nango-proxy-forwarded", "for=1.2.3.4"),
        ("nango-proxy-x-forwarded-for", "1.2.3.4"),
        ("nango-proxy-x-forwarded-host", "evil.example"),
        ("nango-proxy-via", "1.1 x"),
        ("nango-proxy-proxy-authorization", "Basic x"),
        ("nango-proxy-x-tag", "stays"),
        ("content-type", "text/plain"),
    ];
    app.call("none", "POST /", &headers, b"hello").await.assert(200, "ok");
    let seen = upstream.last();
    let mut names: Vec<_> = seen.headers.iter().map(|(name, _)| name.to_ascii_lowercase()).collect();
    names.sort();
    let expected =
        ["accept", "accept-encoding", "content-length", "content-type", "host", "user-agent", "x-tag"];
    assert_eq!(names, expected);
    assert_eq!(seen.header("host"), Some(upstream.address.to_string().as_str()));
    assert_eq!((seen.header("content-length"), seen.body.as_slice()), (Some("5"), &b"hello"[..]));
}

#[tokio::test]
async fn no_line_break_gets_into_a_head() {
    let upstream = Upstream::saying(ok()).await;
    let app = App::with(&upstream).await;
    for value in ["a\rb: c", "a\u{0}b", "caf\u{e9}"] {
        let answer = app.get_with("/", &[("nango-proxy-x-tag", value)]).await;
        assert_eq!(answer.status, 400, "{value:?}");
    }
    for endpoint in ["/a%0d%0aX-Injected:%201", "/a?b=%0d%0aX-Injected:%201"] {
        app.get(endpoint).await.assert(200, "ok");
        assert_eq!(upstream.last().target, endpoint);
        assert_eq!(upstream.last().header("x-injected"), None);
    }
}

#[tokio::test]
async fn a_connection_that_the_provider_closed_is_not_used_again() {
    let upstream = Upstream::saying(crate::upstream::reply(200, &[("connection", "close")], "ok")).await;
    let app = App::with(&upstream).await;
    for _ in 0..20 {
        app.get("/").await.assert(200, "ok");
    }
    assert_eq!(upstream.last().connection, 20);
    let kept = Upstream::saying(ok()).await;
    let app = App::with(&kept).await;
    for _ in 0..5 {
        app.get("/").await.assert(200, "ok");
    }
    assert_eq!(kept.last().connection, 1);
}

#[tokio::test]
async fn a_connection_that_ended_while_it_was_idle_costs_no_call() {
    let upstream = Upstream::saying(crate::upstream::reply(200, &[("x-then", "close")], "ok")).await;
    let app = App::with(&upstream).await;
    for _ in 0..100 {
        app.get("/").await.assert(200, "ok");
    }
    assert_eq!(upstream.all().len(), 100);
}
