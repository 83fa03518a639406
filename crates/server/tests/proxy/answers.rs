//! What comes back: the provider's status, headers and bytes.

use crate::app::App;
use crate::client::exchange;
use crate::upstream::{Upstream, reply};

#[tokio::test]
async fn every_status_comes_back_as_the_provider_gave_it() {
    let upstream = Upstream::start(|seen, _| {
        let status: u16 = seen.path()[1..].parse().unwrap();
        match status {
            204 | 304 => format!("HTTP/1.1 {status} Fine\r\netag: \"7\"\r\n\r\n").into_bytes(),
            _ => reply(status, &[("etag", "\"7\"")], format!("body of {status}")),
        }
    })
    .await;
    let app = App::with(&upstream).await;
    let statuses = [
        200, 201, 202, 203, 204, 206, 207, 226, 300, 301, 302, 303, 304, 307, 308, 400, 401, 402, 403, 404,
        405, 409, 410, 418, 422, 429, 451, 500, 501, 502, 503, 504, 599, 600, 999,
    ];
    for status in statuses {
        let answer = app.get(&format!("/{status}")).await;
        let body = if matches!(status, 204 | 304) { String::new() } else { format!("body of {status}") };
        answer.assert(status, &body);
        assert_eq!(answer.header("etag"), Some("\"7\""), "{status}");
        assert_eq!(upstream.count(&format!("/{status}")), 1, "{status}");
    }
}

#[tokio::test]
async fn the_providers_headers_come_back_but_for_those_of_its_connection_and_its_cross_origin_rules() {
    let headers = [
        ("X-Request-Id", "provider-1"),
        ("X-RateLimit-Limit", "60"),
        ("X-RateLimit-Remaining", "59"),
        ("X-Frame-Options", "DENY"),
        ("Cache-Control", "private, max-age=7"),
        ("Set-Cookie", "a=1; Path=/"),
        ("Set-Cookie", "b=2; Expires=Wed, 09 Jun 2038 10:18:14 GMT"),
        ("Link", "<https://a.example/?page=2>; rel=\"next\""),
        ("X-Odd", "caf\u{e9}"),
        ("Location", "/elsewhere"),
        ("Vary", "accept"),
        ("Date", "Tue, 14 Nov 2023 22:13:20 GMT"),
        ("Server", "provider/1"),
        ("Content-Type", "application/vnd.own+json"),
        ("Content-Disposition", "attachment; filename=\"a.txt\""),
        ("Connection", "keep-alive, X-Nominated, Set-Cookie2"),
        ("X-Nominated", "hop"),
        ("Keep-Alive", "timeout=99"),
        ("Proxy-Authenticate", "Basic"),
        ("Trailer", "x-sum"),
        ("Upgrade", "h2c"),
        ("Access-Control-Allow-Origin", "https://evil.example"),
        ("Access-Control-Allow-Credentials", "true"),
    ];
    let upstream = Upstream::saying(reply(200, &headers, "body")).await;
    let app = App::with(&upstream).await;
    let answer = app.get("/").await;
    answer.assert(200, "body");
    for (name, value) in &headers[..15] {
        assert!(answer.all(name).contains(value), "{name}: {:?}", answer.headers);
    }
    assert_eq!(answer.all("set-cookie").len(), 2);
    assert_eq!(answer.all("date").len(), 1);
    assert_eq!(answer.all("content-length"), ["4"]);
    for name in ["connection", "x-nominated", "keep-alive", "proxy-authenticate", "trailer", "upgrade"] {
        assert_eq!(answer.header(name), None);
    }
    assert_eq!(answer.all("access-control-allow-origin"), ["*"]);
    assert_eq!(answer.header("access-control-allow-credentials"), None);
}

#[tokio::test]
async fn a_header_that_a_nomination_tries_to_hide_framing_with_changes_nothing() {
    let framed =
        b"HTTP/1.1 200 OK\r\nconnection: content-length, x-hop\r\ncontent-length: 5\r\nx-hop: 1\r\n\r\nhello";
    let upstream = Upstream::saying(framed.to_vec()).await;
    let app = App::with(&upstream).await;
    for _ in 0..3 {
        let answer = app.get("/").await;
        answer.assert(200, "hello");
        assert_eq!(answer.header("x-hop"), None);
        assert!(answer.header("content-length").is_some() != answer.header("transfer-encoding").is_some());
    }
}

#[tokio::test]
async fn both_framings_at_once_never_reach_the_client() {
    let both =
        b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
    let upstream = Upstream::saying(both.to_vec()).await;
    let app = App::with(&upstream).await;
    let answer = app.get("/").await;
    // Either the answer is framed anew, or it is refused; what must not be is two framings.
    if answer.status == 200 {
        answer.assert(200, "hello");
        assert_eq!(answer.header("content-length"), None);
    } else {
        assert_eq!((answer.status, answer.json()["code"].as_str()), (500, Some("ERR_BAD_RESPONSE")));
    }
}

#[tokio::test]
async fn bodies_come_back_byte_for_byte_in_whatever_framing() {
    let bytes: Vec<u8> = (0..=u8::MAX).cycle().take(100_000).collect();
    let expected = bytes.clone();
    let upstream = Upstream::start(move |seen, _| match seen.path() {
        "/fixed" => reply(200, &[], &bytes),
        "/error" => reply(502, &[("content-type", "image/png")], &bytes),
        "/chunked" => {
            let mut answer =
                b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ntrailer: x-sum\r\n\r\n".to_vec();
            for chunk in bytes.chunks(777) {
                answer.extend_from_slice(format!("{:x};ext=1\r\n", chunk.len()).as_bytes());
                answer.extend_from_slice(chunk);
                answer.extend_from_slice(b"\r\n");
            }
            [answer.as_slice(), b"0\r\nx-sum: 9\r\n\r\n"].concat()
        }
        _ => [b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n".as_slice(), &bytes].concat(),
    })
    .await;
    let app = App::with(&upstream).await;
    for (path, status) in [("/fixed", 200), ("/error", 502), ("/chunked", 200), ("/until-close", 200)] {
        let answer = app.get(path).await;
        assert_eq!(answer.status, status, "{path}");
        assert!(answer.is_complete && answer.body == expected, "{path}");
        let has_length = answer.header("content-length").is_some();
        assert_eq!(has_length, matches!(path, "/fixed" | "/error"), "{path}");
    }
}

#[tokio::test]
async fn compressed_bodies_arrive_plain_and_unlabelled() {
    let sim = bowline_sim::Simulator::start(bowline_sim::SimOptions::default()).await.unwrap();
    sim.control().configure(|config| config.api.require_auth = false);
    let app = App::at(sim.base_url()).await;
    for coding in ["gzip", "deflate"] {
        for headers in [&[][..], &[("decompress", "false")], &[("nango-proxy-accept-encoding", "gzip")]] {
            let answer = app.get_with(&format!("/api/{coding}"), headers).await;
            assert_eq!(answer.json()["encoding"], coding);
            assert_eq!((answer.header("content-encoding"), answer.header("content-length")), (None, None));
            assert!(answer.is_complete);
        }
    }
}

#[tokio::test]
async fn an_unknown_coding_stays_with_its_label() {
    let upstream = Upstream::saying(reply(200, &[("content-encoding", "zstd")], b"\x28\xb5\x2f\xfd")).await;
    let app = App::with(&upstream).await;
    let answer = app.get("/").await;
    assert_eq!(answer.body, b"\x28\xb5\x2f\xfd");
    assert_eq!(
        (answer.header("content-encoding"), answer.header("content-length")),
        (Some("zstd"), Some("4"))
    );
}

#[tokio::test]
async fn a_broken_coding_breaks_the_connection_off() {
    let upstream = Upstream::saying(reply(200, &[("content-encoding", "gzip")], "this is no gzip")).await;
    let app = App::with(&upstream).await;
    assert!(!app.get("/").await.is_complete);
}

#[tokio::test]
async fn head_gets_the_headers_of_the_body_that_it_does_not_get() {
    let upstream = Upstream::start(|seen, _| match seen.path() {
        "/gzip" => b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 99\r\n\r\n".to_vec(),
        "/chunked" => b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_vec(),
        _ => b"HTTP/1.1 200 OK\r\ncontent-length: 1234567\r\netag: \"1\"\r\n\r\n".to_vec(),
    })
    .await;
    let app = App::with(&upstream).await;
    let answer = app.call("none", "HEAD /", &[], b"").await;
    assert_eq!(
        (answer.status, answer.all("content-length"), answer.header("etag")),
        (200, vec!["1234567"], Some("\"1\""))
    );
    assert_eq!(upstream.last().method, "HEAD");
    let answer = app.call("none", "HEAD /gzip", &[], b"").await;
    assert_eq!(
        (answer.header("content-encoding"), answer.header("content-length")),
        (Some("gzip"), Some("99"))
    );
    assert_eq!(app.call("none", "HEAD /chunked", &[], b"").await.status, 200);
}

#[tokio::test]
async fn an_empty_body_is_empty() {
    let upstream = Upstream::start(|seen, _| match seen.path() {
        "/coded" => reply(200, &[("content-encoding", "gzip")], ""),
        "/not-modified" => b"HTTP/1.1 304 Not Modified\r\ncontent-length: 12\r\netag: \"1\"\r\n\r\n".to_vec(),
        _ => reply(200, &[], ""),
    })
    .await;
    let app = App::with(&upstream).await;
    let answer = app.get("/").await;
    answer.assert(200, "");
    assert_eq!(answer.header("content-length"), Some("0"));
    app.get("/coded").await.assert(200, "");
    // The same connection serves on: nobody waits for the twelve bytes.
    let request =
        app.head("none", "GET /not-modified", &[]) + "\r\n" + &app.head("none", "GET /", &[]) + "\r\n";
    assert_eq!(exchange(app.address, request.as_bytes()).await.status, 304);
    app.get("/").await.assert(200, "");
}

#[tokio::test]
async fn interim_answers_are_skipped() {
    let bytes =
        b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
    let upstream = Upstream::saying(bytes.to_vec()).await;
    let app = App::with(&upstream).await;
    app.get("/").await.assert(200, "ok");
}
