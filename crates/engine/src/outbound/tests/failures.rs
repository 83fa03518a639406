//! Upstreams that fail: each failure has its code, and none its secrets.

use std::future::pending;

use tokio::io::AsyncWriteExt;
use tokio::sync::mpsc;

use super::*;

fn impatient() -> Outbound {
    let short = Duration::from_millis(80);
    local_with(OutboundOptions {
        response_header_timeout: short,
        body_silence_max: short,
        ..options("127.0.0.0/8")
    })
}

/// Sends `reply` and then hangs up, or holds the line.
async fn canned(reply: &'static str, holds: bool) -> String {
    let port = raw_upstream(move |mut stream| async move {
        stream.write_all(reply.as_bytes()).await.unwrap();
        if holds {
            pending::<()>().await;
        }
    })
    .await;
    format!("http://127.0.0.1:{port}/path-hunter2?key=hunter2")
}

async fn assert_fails(outbound: &Outbound, url: &str, code: &str) -> OutboundError {
    let error = failure(outbound, header(get(url), "authorization", "hunter2")).await;
    assert_eq!(error.code(), code, "{error:?}");
    assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
    error
}

#[tokio::test]
async fn a_closed_port_refuses() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let error = assert_fails(&local(), &format!("http://127.0.0.1:{port}/?hunter2"), "ECONNREFUSED").await;
    assert!(error.is_connect() && error.is_retryable());
}

#[tokio::test]
async fn the_next_address_is_tried_when_one_refuses() {
    let (port, _) = upstream(|_| text(200, "ok")).await;
    let resolver = ScriptedResolver::default().answer("two.test", &["127.0.0.2", "127.0.0.1"]);
    let outbound = Outbound::with_resolver(options("127.0.0.0/8"), Arc::new(resolver)).unwrap();
    assert_eq!(
        outbound.send_for_bytes(get(format!("http://two.test:{port}/")), 10).await.unwrap().body,
        "ok"
    );
}

#[tokio::test]
async fn an_unknown_host_is_not_found() {
    let error = assert_fails(&local(), "http://unknown.test/?hunter2", "ENOTFOUND").await;
    assert!(error.is_connect() && !error.is_retryable());
}

#[tokio::test]
async fn a_resolver_in_trouble_is_worth_asking_again() {
    struct Troubled;
    impl Resolver for Troubled {
        fn resolve<'a>(&'a self, _: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>> {
            Box::pin(async { Err(io::Error::other("Temporary failure in name resolution")) })
        }
    }
    let outbound = Outbound::with_resolver(options(""), Arc::new(Troubled)).unwrap();
    assert!(assert_fails(&outbound, "http://api.test/", "EAI_AGAIN").await.is_retryable());
}

#[tokio::test]
async fn a_resolver_that_never_answers_times_out() {
    struct Silent;
    impl Resolver for Silent {
        fn resolve<'a>(&'a self, _: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>> {
            Box::pin(pending())
        }
    }
    let options = OutboundOptions { connect_timeout: Duration::from_millis(50), ..options("") };
    let outbound = Outbound::with_resolver(options, Arc::new(Silent)).unwrap();
    let error = assert_fails(&outbound, "http://api.test/", "ETIMEDOUT").await;
    assert!(matches!(error, OutboundError::Timeout(Phase::Connect)) && error.is_retryable());
}

#[tokio::test]
async fn a_hang_up_before_the_answer_is_a_reset() {
    assert!(assert_fails(&local(), &canned("", false).await, "ECONNRESET").await.is_retryable());
    assert_fails(&local(), &canned("HTTP/1.1 200 OK\r\nContent-Le", false).await, "ECONNRESET").await;
}

#[tokio::test]
async fn a_reset_by_the_peer_is_a_reset() {
    let port = raw_upstream(|stream| async move {
        let stream = stream.into_std().unwrap();
        // Closing with no linger sends RST instead of FIN.
        let _ = tokio::net::TcpStream::from_std(stream).unwrap().set_zero_linger();
    })
    .await;
    assert_fails(&local(), &format!("http://127.0.0.1:{port}/?hunter2"), "ECONNRESET").await;
}

#[tokio::test]
async fn a_body_that_stops_early_fails_instead_of_ending() {
    for reply in [
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n123",
    ] {
        let response = local().send(get(canned(reply, false).await)).await.unwrap();
        assert_eq!(response.status, 200);
        assert_eq!(response.body.collect_limited(100).await.unwrap_err().code(), "ECONNRESET", "{reply}");
    }
}

#[tokio::test]
async fn a_broken_chunk_is_a_bad_response() {
    let reply = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n12345\r\n";
    assert_fails(&local(), &canned(reply, false).await, "ERR_BAD_RESPONSE").await;
}

#[tokio::test]
async fn what_is_not_http_is_a_bad_response() {
    for reply in
        ["SSH-2.0-OpenSSH_9.9\r\n\r\n", "HTTP/1.1 200 OK\r\nBad Header: x\r\n\r\n", "\0\0\0\0\0\0\0\0\0"]
    {
        assert_fails(&local(), &canned(reply, false).await, "ERR_BAD_RESPONSE").await;
    }
    assert_fails(
        &local(),
        &canned("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", true).await,
        "ERR_BAD_RESPONSE",
    )
    .await;
}

#[tokio::test]
async fn headers_without_end_are_cut_off() {
    let port = raw_upstream(|mut stream| async move {
        let mut sent = stream.write_all(b"HTTP/1.1 200 OK\r\nX: ").await;
        while sent.is_ok() {
            sent = stream.write_all(&[b'x'; 4096]).await;
        }
    })
    .await;
    assert_fails(&local(), &format!("http://127.0.0.1:{port}/?hunter2"), "HPE_HEADER_OVERFLOW").await;
    let port = raw_upstream(|mut stream| async move {
        let many = "X: 1\r\n".repeat(500);
        stream.write_all(format!("HTTP/1.1 200 OK\r\n{many}\r\n").as_bytes()).await.unwrap();
    })
    .await;
    assert_fails(&local(), &format!("http://127.0.0.1:{port}/?hunter2"), "HPE_HEADER_OVERFLOW").await;
}

#[tokio::test]
async fn silence_before_the_headers_times_out() {
    for reply in ["", "HTTP/1.1 200 OK\r\nX-Slow: "] {
        let error = assert_fails(&impatient(), &canned(reply, true).await, "ECONNABORTED").await;
        assert!(matches!(error, OutboundError::Timeout(Phase::ResponseHeaders)));
    }
}

#[tokio::test]
async fn silence_within_the_body_times_out() {
    let url = canned("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345", true).await;
    let error = assert_fails(&impatient(), &url, "ECONNABORTED").await;
    assert!(matches!(error, OutboundError::Timeout(Phase::ResponseBody)));
}

#[tokio::test]
async fn a_dribble_cannot_outlast_a_buffered_call() {
    let port = raw_upstream(|mut stream| async move {
        let mut sent = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
        let mut beat = tokio::time::interval(Duration::from_millis(10));
        while sent.is_ok() {
            beat.tick().await;
            sent = stream.write_all(b"x").await;
        }
    })
    .await;
    let options = OutboundOptions { buffered_timeout: Duration::from_millis(150), ..options("127.0.0.1") };
    let error = failure(&local_with(options), get(format!("http://127.0.0.1:{port}/"))).await;
    assert!(matches!(error, OutboundError::Timeout(Phase::Whole)));
}

#[tokio::test]
async fn a_caller_who_sends_slowly_is_waited_for() {
    let (port, log) = upstream(|_| text(200, "ok")).await;
    let (sender, receiver) = mpsc::channel::<Result<Bytes, io::Error>>(1);
    let mut request = post(format!("http://127.0.0.1:{port}/"), "");
    let pieces = futures_util::stream::unfold(receiver, |mut receiver| async {
        receiver.recv().await.map(|piece| (piece, receiver))
    });
    request.body = OutboundBody::from_stream(pieces);
    let sending = async move {
        // Each pause is as long as the limit on silence from upstream.
        let mut beat = tokio::time::interval(Duration::from_millis(80));
        for piece in ["a", "b", "c", "d"] {
            beat.tick().await;
            sender.send(Ok(Bytes::from(piece))).await.unwrap();
        }
    };
    let outbound = impatient();
    let (response, ()) = tokio::join!(outbound.send_for_bytes(request, 10), sending);
    assert_eq!(response.unwrap().body, "ok");
    assert_eq!(log.last().body, "abcd");
}

#[tokio::test]
async fn a_caller_whose_body_fails_is_told_so() {
    let (port, _) = upstream(|_| text(200, "")).await;
    let mut request = post(format!("http://127.0.0.1:{port}/"), "");
    let pieces = [Ok(Bytes::from("a")), Err(io::Error::other("gone"))];
    request.body = OutboundBody::from_stream(futures_util::stream::iter(pieces));
    let error = failure(&local(), request).await;
    assert_eq!((error.code(), error.is_retryable()), ("ERR_REQUEST_BODY", false));
}

#[tokio::test]
async fn damaged_compression_fails_the_body() {
    for (reply, code) in [
        ("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nnot gzip at all", "Z_DATA_ERROR"),
        ("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n\x1f", "Z_BUF_ERROR"),
        ("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 9\r\n\r\n\x1f", "ECONNRESET"),
    ] {
        assert_fails(&local(), &canned(reply, false).await, code).await;
    }
}
