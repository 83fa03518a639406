//! Redirects: what is followed, with which method, and what is left behind.

use http::HeaderName;

use super::*;

/// Sends `/from` elsewhere and answers everything else.
async fn redirector(status: u16, location: String) -> (u16, Log) {
    upstream(move |seen| match seen.uri.starts_with("/from") {
        true => redirect(status, &location),
        false => text(200, "arrived"),
    })
    .await
}

fn with_credentials(request: OutboundRequest) -> OutboundRequest {
    let mut request = header(request, "authorization", "Bearer t");
    request = header(request, "cookie", "c=1");
    request = header(request, "x-api-key", "k");
    request = header(request, "accept", "application/json");
    request.sensitive_headers = vec![HeaderName::from_static("x-api-key")];
    request.sensitive_query_keys = vec!["api_key".to_owned()];
    request
}

const CREDENTIALS: [&str; 3] = ["authorization", "cookie", "x-api-key"];

#[tokio::test]
async fn methods_change_as_the_standard_says() {
    for (status, method, expected, keeps_body) in [
        (301, Method::POST, Method::GET, false),
        (302, Method::POST, Method::GET, false),
        (302, Method::PUT, Method::PUT, true),
        (303, Method::PUT, Method::GET, false),
        (303, Method::HEAD, Method::HEAD, true),
        (307, Method::POST, Method::POST, true),
        (308, Method::PATCH, Method::PATCH, true),
    ] {
        let (port, log) = redirector(status, "to?x=1".into()).await;
        let mut request = post(format!("http://127.0.0.1:{port}/from"), "payload");
        if method == Method::HEAD {
            request.body = OutboundBody::Empty;
        }
        request.method = method.clone();
        let request = header(request, "content-type", "text/plain");
        let response = local().send_for_bytes(request, 100).await.unwrap();
        assert_eq!(response.final_url.path(), "/to");
        let last = log.last();
        assert_eq!((&last.method, last.uri.as_str()), (&expected, "/to?x=1"), "{status} {method}");
        assert_eq!(last.header("content-type").is_some(), keeps_body, "{status} {method}");
        let has_body = keeps_body && method != Method::HEAD;
        assert_eq!(last.body == "payload", has_body, "{status} {method}");
    }
}

#[tokio::test]
async fn a_streamed_body_cannot_follow_so_the_redirect_is_the_answer() {
    let (port, log) = redirector(307, "/to".into()).await;
    let mut request = post(format!("http://127.0.0.1:{port}/from"), "");
    let pieces = ["one", "two"].map(|piece| Ok::<_, io::Error>(Bytes::from(piece)));
    request.body = OutboundBody::from_stream(futures_util::stream::iter(pieces));
    let response = local().send_for_bytes(request, 100).await.unwrap();
    assert_eq!((response.status.as_u16(), response.body.as_ref()), (307, b"moved".as_ref()));
    assert_eq!(log.last().body, "onetwo");
    assert_eq!(log.all().len(), 1);
}

#[tokio::test]
async fn the_caller_can_have_redirects_returned() {
    let (port, log) = redirector(302, "/to".into()).await;
    let request =
        OutboundRequest { redirect: RedirectPolicy::Return, ..get(format!("http://127.0.0.1:{port}/from")) };
    let response = local().send_for_bytes(request, 100).await.unwrap();
    assert_eq!(response.status, 302);
    assert_eq!(response.headers["location"], "/to");
    assert_eq!(log.all().len(), 1);
}

#[tokio::test]
async fn five_redirects_are_followed_and_a_sixth_is_not() {
    let (port, log) = upstream(|seen| {
        let left: usize = seen.uri.trim_start_matches('/').parse().unwrap();
        if left == 0 { text(200, "end") } else { redirect(302, &format!("/{}", left - 1)) }
    })
    .await;
    let url = |hops: usize| format!("http://127.0.0.1:{port}/{hops}");
    assert_eq!(local().send_for_bytes(get(url(5)), 10).await.unwrap().body, "end");
    assert_eq!(log.all().len(), 6);
    let error = failure(&local(), get(url(6))).await;
    assert_eq!(error.code(), "ERR_FR_TOO_MANY_REDIRECTS");
    assert_eq!(log.all().len(), 12);
}

#[tokio::test]
async fn an_unusable_location_makes_the_redirect_the_answer() {
    for location in ["http://", "http://[::1", "http://a b/"] {
        let (port, _) = redirector(302, location.into()).await;
        let response =
            local().send_for_bytes(get(format!("http://127.0.0.1:{port}/from")), 10).await.unwrap();
        assert_eq!(response.status, 302, "{location}");
    }
    let (port, _) = upstream(|_| text(304, "")).await;
    assert_eq!(
        local().send_for_bytes(get(format!("http://127.0.0.1:{port}/")), 10).await.unwrap().status,
        304
    );
}

/// Follows one redirect from `api.test` and reports the request that arrived.
async fn arrival(location_host: &str, change: impl FnOnce(&mut OutboundRequest)) -> Arc<Seen> {
    let port_cell = Arc::new(Mutex::new(0_u16));
    let (seen_port, host) = (port_cell.clone(), location_host.to_owned());
    let (port, log) = upstream(move |seen| match seen.uri.starts_with("/from") {
        true => redirect(307, &format!("http://{host}:{}/to?api_key=k&b=%20&c", seen_port.lock())),
        false => text(200, "arrived"),
    })
    .await;
    *port_cell.lock() = port;
    let mut request = with_credentials(post(format!("http://api.test:{port}/from?api_key=k"), "body"));
    change(&mut request);
    local().send_for_bytes(request, 100).await.unwrap();
    log.last()
}

#[tokio::test]
async fn credentials_stay_with_the_host_and_its_subdomains() {
    for host in ["api.test", "eu.api.test", "API.test"] {
        let seen = arrival(host, |_| {}).await;
        assert_eq!(seen.uri, "/to?api_key=k&b=%20&c");
        for name in CREDENTIALS {
            assert!(seen.header(name).is_some(), "{name} lost on the way to {host}");
        }
    }
}

#[tokio::test]
async fn credentials_are_dropped_when_the_host_changes() {
    for host in ["other.test", "127.0.0.1"] {
        let seen = arrival(host, |_| {}).await;
        assert_eq!(seen.uri, "/to?b=%20&c");
        for name in CREDENTIALS {
            assert_eq!(seen.header(name), None, "{name} leaked to {host}");
        }
        assert_eq!(seen.header("accept"), Some("application/json"));
        assert_eq!(seen.body, "body");
    }
}

#[tokio::test]
async fn forwarding_keeps_every_header_when_asked_for() {
    let seen = arrival("other.test", |request| request.forward_headers = true).await;
    assert_eq!(seen.uri, "/to?api_key=k&b=%20&c");
    for name in CREDENTIALS {
        assert!(seen.header(name).is_some(), "{name}");
    }
}

#[tokio::test]
async fn a_token_call_never_carries_its_body_or_headers_to_another_host() {
    let seen = arrival("other.test", |request| request.purpose = Purpose::OAuth).await;
    assert!(seen.uri.starts_with("/from"), "the redirect was returned, not followed");
    let seen = arrival("eu.api.test", |request| request.purpose = Purpose::OAuth).await;
    assert_eq!((seen.uri.as_str(), &seen.body[..]), ("/to?api_key=k&b=%20&c", &b"body"[..]));
    for name in CREDENTIALS {
        assert_eq!(seen.header(name), None, "{name}");
    }
    assert_eq!(seen.header("accept"), Some("application/json"));
}

#[tokio::test]
async fn credentials_that_were_dropped_do_not_come_back() {
    let ports = Arc::new(Mutex::new(0_u16));
    let known = ports.clone();
    let (port, log) = upstream(move |seen| match seen.uri.as_str() {
        "/from" => redirect(302, &format!("http://other.test:{}/via", known.lock())),
        "/via" => redirect(302, &format!("http://api.test:{}/to", known.lock())),
        _ => text(200, ""),
    })
    .await;
    *ports.lock() = port;
    let request = with_credentials(get(format!("http://api.test:{port}/from")));
    local().send_for_bytes(request, 10).await.unwrap();
    assert_eq!(log.last().uri, "/to");
    assert_eq!(log.last().header("authorization"), None);
}

#[test]
fn the_audience_of_credentials_is_host_port_and_security() {
    for (from, to, expected) in [
        ("https://a.test/x", "https://a.test/y", true),
        ("https://a.test/", "https://b.a.test/", true),
        ("https://a.test./", "https://a.test/", true),
        ("https://b.a.test/", "https://a.test/", false),
        ("https://a.test/", "https://evila.test/", false),
        ("https://a.test/", "https://a.test.evil/", false),
        ("https://a.test/", "https://a.test:8443/", false),
        ("https://a.test/", "http://a.test/", false),
        ("https://a.test:443/", "http://a.test:443/", false),
        ("http://a.test/", "https://a.test/", true),
        ("http://a.test:8080/", "https://a.test/", false),
        ("http://1.2.3.4/", "http://1.2.3.4/", true),
        ("http://1.2.3.4/", "http://5.1.2.3/", false),
        ("http://[::1]/", "http://[::2]/", false),
    ] {
        let (from, to) = (Url::parse(from).unwrap(), Url::parse(to).unwrap());
        assert_eq!(super::super::redirect::is_same_audience(&from, &to), expected, "{from} → {to}");
    }
}
