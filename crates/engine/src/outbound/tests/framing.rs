//! Headers and framing: what crosses, and what is ours alone.

use tokio::io::AsyncWriteExt;

use super::*;

#[tokio::test]
async fn hop_by_hop_headers_stop_here_in_both_directions() {
    let port = raw_upstream(|mut stream| async move {
        let reply = "HTTP/1.1 200 OK\r\nConnection: close, X-Secret-Hop\r\nX-Secret-Hop: 1\r\nKeep-Alive: timeout=5\r\n\
             Proxy-Authenticate: Basic\r\nProxy-Status: x\r\nTrailer: X-T\r\nUpgrade: h2c\r\nTransfer-Encoding: chunked\r\n\
             X-End: 1\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n\r\n2\r\nok\r\n0\r\nX-T: 1\r\n\r\n";
        stream.write_all(reply.as_bytes()).await.unwrap();
    })
    .await;
    let response = local().send_for_bytes(get(format!("http://127.0.0.1:{port}/")), 10).await.unwrap();
    let mut names: Vec<_> = response.headers.keys().map(http::HeaderName::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["set-cookie", "x-end"]);
    assert_eq!(response.headers.get_all("set-cookie").iter().count(), 2);
    assert_eq!(response.body, "ok");
}

#[tokio::test]
async fn callers_cannot_set_framing_routing_or_connection_headers() {
    let (port, log) = upstream(|_| text(200, "")).await;
    let mut request = post(format!("http://127.0.0.1:{port}/"), "12345");
    for (name, value) in [
        ("host", "evil.test"),
        ("content-length", "1"),
        ("transfer-encoding", "chunked"),
        ("connection", "close, x-nominated"),
        ("x-nominated", "1"),
        ("keep-alive", "1"),
        ("proxy-authorization", "Basic x"),
        ("proxy-connection", "keep-alive"),
        ("te", "trailers"),
        ("trailer", "x"),
        ("upgrade", "websocket"),
        ("expect", "100-continue"),
        ("x-end", "1"),
    ] {
        request = header(request, name, value);
    }
    local().send_for_bytes(request, 10).await.unwrap();
    let seen = log.last();
    let mut names: Vec<_> = seen.headers.keys().map(http::HeaderName::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["content-length", "host", "x-end"]);
    assert_eq!(seen.header("host"), Some(format!("127.0.0.1:{port}").as_str()));
    assert_eq!(seen.header("content-length"), Some("5"));
    assert_eq!(seen.body, "12345");
}

#[tokio::test]
async fn an_empty_body_has_a_length_only_where_one_is_expected() {
    let (port, log) = upstream(|_| text(200, "")).await;
    for (method, expected) in
        [(Method::GET, None), (Method::DELETE, None), (Method::POST, Some("0")), (Method::PUT, Some("0"))]
    {
        let request = OutboundRequest { method: method.clone(), ..get(format!("http://127.0.0.1:{port}/")) };
        local().send_for_bytes(request, 10).await.unwrap();
        assert_eq!(log.last().header("content-length"), expected, "{method}");
        assert_eq!(log.last().header("transfer-encoding"), None, "{method}");
    }
}

#[tokio::test]
async fn a_length_beside_chunked_framing_does_not_survive() {
    let port = raw_upstream(|mut stream| async move {
        let reply = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
        stream.write_all(reply.as_bytes()).await.unwrap();
    })
    .await;
    let response = local().send_for_bytes(get(format!("http://127.0.0.1:{port}/")), 10).await.unwrap();
    assert_eq!(response.headers.get("content-length"), None);
    assert_eq!(response.body, "hello");
}

#[tokio::test]
async fn path_and_query_arrive_byte_for_byte() {
    let (port, log) = upstream(|_| text(200, "")).await;
    for path in ["/a%2Fb/%20?x=%5B1%5D&y=a+b&z", "/?q={\"a\":1}|^`", "/%E2%9C%93?a=b&a=c&&", "/x?#fragment"] {
        let url = Url::parse(&format!("http://127.0.0.1:{port}{path}")).unwrap();
        let expected = &url[url::Position::BeforePath..url::Position::AfterQuery];
        local().send_for_bytes(get(&url), 10).await.unwrap();
        assert_eq!(log.last().uri.trim_end_matches('?'), expected.trim_end_matches('?'));
    }
}

#[tokio::test]
async fn connections_are_kept_and_reused() {
    let (port, log) = upstream(|_| text(200, "ok")).await;
    let resolver = ScriptedResolver::default().answer("api.test", &["127.0.0.1"]);
    let lookups = resolver.lookups.clone();
    let outbound = Outbound::with_resolver(options("127.0.0.1"), Arc::new(resolver)).unwrap();
    for _ in 0..20 {
        outbound.send_for_bytes(get(format!("http://api.test:{port}/")), 10).await.unwrap();
    }
    assert_eq!((log.all().len(), *lookups.lock()), (20, 1));
}
