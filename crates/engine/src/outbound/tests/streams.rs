//! Bodies: streaming at constant memory, and content codings.

use std::sync::atomic::{AtomicUsize, Ordering};

use async_compression::tokio::write::{BrotliEncoder, DeflateEncoder, GzipEncoder, ZlibEncoder};
use futures_util::{Stream, StreamExt as _, stream};
use http_body_util::StreamBody;
use tokio::io::AsyncWriteExt;

use super::*;

const PIECE: usize = 64 * 1024;
/// What sockets and buffers may hold between a writer and a stalled reader.
const IN_FLIGHT_MAX: usize = 24 * 1024 * 1024;

/// `pieces` pieces, counting the bytes that were asked for.
fn counted(
    pieces: usize,
    made: Arc<AtomicUsize>,
) -> impl Stream<Item = Result<Bytes, io::Error>> + Send + 'static {
    let piece = Bytes::from(vec![b'x'; PIECE]);
    stream::iter(0..pieces).map(move |_| {
        made.fetch_add(PIECE, Ordering::Relaxed);
        Ok(piece.clone())
    })
}

fn streamed(body: impl Stream<Item = Result<Bytes, io::Error>> + Send + 'static) -> Reply {
    let frames = body.map(|piece| piece.map(http_body::Frame::data).map_err(Into::into));
    Response::new(StreamBody::new(frames).boxed_unsync())
}

async fn packed(coding: &str, plain: &[u8]) -> Vec<u8> {
    macro_rules! pack {
        ($encoder:ident) => {{
            let mut encoder = $encoder::new(Vec::new());
            encoder.write_all(plain).await.unwrap();
            encoder.shutdown().await.unwrap();
            encoder.into_inner()
        }};
    }
    match coding {
        "gzip" => pack!(GzipEncoder),
        "zlib" => pack!(ZlibEncoder),
        "deflate" => pack!(DeflateEncoder),
        "br" => pack!(BrotliEncoder),
        other => panic!("no encoder for {other}"),
    }
}

async fn encoded_upstream(body: Vec<u8>, content_encoding: &'static str) -> String {
    let (port, _) =
        upstream(move |_| with_header(text(200, body.clone()), "content-encoding", content_encoding)).await;
    format!("http://127.0.0.1:{port}/")
}

#[tokio::test]
async fn a_download_is_read_from_upstream_only_as_fast_as_it_is_consumed() {
    let pieces = 4096;
    let made = Arc::new(AtomicUsize::new(0));
    let counter = made.clone();
    let port = serve(move |_| {
        let counter = counter.clone();
        async move { streamed(counted(pieces, counter)) }
    })
    .await;
    let response = local().send(get(format!("http://127.0.0.1:{port}/"))).await.unwrap();
    let (mut body, mut read) = (response.body, 0);
    while let Some(frame) = body.frame().await {
        read += frame.unwrap().into_data().unwrap().len();
        assert!(made.load(Ordering::Relaxed) - read < IN_FLIGHT_MAX);
    }
    assert_eq!(read, pieces * PIECE);
}

#[tokio::test]
async fn an_upload_is_pulled_only_as_fast_as_upstream_reads_it() {
    let pieces = 4096;
    let made = Arc::new(AtomicUsize::new(0));
    let counter = made.clone();
    let port = serve(move |request: Request<Incoming>| {
        let counter = counter.clone();
        async move {
            let (mut body, mut read) = (request.into_body(), 0);
            while let Some(frame) = body.frame().await {
                read += frame.unwrap().into_data().unwrap().len();
                assert!(counter.load(Ordering::Relaxed) - read < IN_FLIGHT_MAX);
            }
            text(200, read.to_string())
        }
    })
    .await;
    let mut request = post(format!("http://127.0.0.1:{port}/"), "");
    request.body = OutboundBody::from_stream(counted(pieces, made));
    let response = local().send_for_bytes(request, 100).await.unwrap();
    assert_eq!(response.body, (pieces * PIECE).to_string());
}

#[tokio::test]
async fn a_large_body_in_memory_is_sent_with_its_length() {
    let (port, log) = upstream(|_| text(200, "")).await;
    let body = vec![7_u8; 3 * PIECE + 1];
    local().send_for_bytes(post(format!("http://127.0.0.1:{port}/"), body.clone()), 0).await.unwrap();
    assert_eq!(log.last().header("content-length"), Some(body.len().to_string().as_str()));
    assert_eq!(log.last().body, body);
}

#[tokio::test]
async fn every_coding_is_undone_alone_and_in_layers() {
    let plain = "hello, hello, hello".repeat(10_000);
    let (gzip, br) = (packed("gzip", plain.as_bytes()).await, packed("br", plain.as_bytes()).await);
    let layered = packed("br", &packed("zlib", &gzip).await).await;
    let cases = [
        (packed("zlib", plain.as_bytes()).await, "deflate"),
        (packed("deflate", plain.as_bytes()).await, "deflate"),
        (br, "BR"),
        (layered, "gzip, deflate, br"),
        (gzip.clone(), "x-gzip, identity"),
        (gzip, "gzip"),
    ];
    for (body, content_encoding) in cases {
        let url = encoded_upstream(body, content_encoding).await;
        let response = local().send_for_bytes(get(url), 1 << 20).await.unwrap();
        assert_eq!(response.body, plain, "{content_encoding}");
        assert_eq!(response.headers.get("content-encoding"), None);
        assert_eq!(response.headers.get("content-length"), None);
    }
}

#[tokio::test]
async fn a_gzip_body_of_two_members_is_read_to_its_end() {
    let body = [packed("gzip", b"one ").await, packed("gzip", b"two").await].concat();
    let url = encoded_upstream(body, "gzip").await;
    assert_eq!(local().send_for_bytes(get(url), 100).await.unwrap().body, "one two");
}

#[tokio::test]
async fn what_is_not_to_be_or_cannot_be_decoded_passes_untouched() {
    let body = packed("gzip", b"hello").await;
    let url = encoded_upstream(body.clone(), "gzip").await;
    let request = OutboundRequest { decompress: false, ..get(url) };
    let response = local().send_for_bytes(request, 100).await.unwrap();
    assert_eq!(
        (response.body.as_ref(), &response.headers["content-encoding"]),
        (&body[..], &"gzip".parse().unwrap())
    );

    for content_encoding in ["zstd", "gzip, zstd", "gzip,gzip,gzip,gzip,gzip"] {
        let url = encoded_upstream(body.clone(), content_encoding).await;
        let response = local().send_for_bytes(get(url), 100).await.unwrap();
        assert_eq!(response.body.as_ref(), &body[..]);
        assert_eq!(response.headers["content-encoding"], content_encoding);
    }
}

#[tokio::test]
async fn an_empty_body_is_empty_in_every_coding() {
    for content_encoding in ["gzip", "deflate", "br"] {
        let url = encoded_upstream(Vec::new(), content_encoding).await;
        assert_eq!(local().send_for_bytes(get(&url), 100).await.unwrap().body, "");
        let request = OutboundRequest { method: Method::HEAD, ..get(&url) };
        let response = local().send_for_bytes(request, 100).await.unwrap();
        assert_eq!(response.headers["content-encoding"], content_encoding);
    }
}

#[tokio::test]
async fn a_bomb_is_stopped_by_the_limit_and_by_whoever_stops_reading() {
    let bomb = packed("gzip", &packed("gzip", &vec![0; 64 << 20]).await).await;
    assert!(bomb.len() < 10_000);
    let url = encoded_upstream(bomb, "gzip, gzip").await;
    let error = failure(&local(), get(&url)).await;
    assert_eq!(error.code(), "ERR_RESPONSE_TOO_LARGE");

    let mut body = local().send(get(&url)).await.unwrap().body;
    let first = body.frame().await.unwrap().unwrap().into_data().unwrap();
    assert!(first.len() <= PIECE, "output comes in small pieces");
}

#[tokio::test]
async fn a_limit_counts_every_byte() {
    let (port, _) = upstream(|_| text(200, "12345")).await;
    let url = format!("http://127.0.0.1:{port}/");
    assert_eq!(local().send_for_bytes(get(&url), 5).await.unwrap().body, "12345");
    assert!(matches!(local().send_for_bytes(get(&url), 4).await, Err(OutboundError::TooLarge { limit: 4 })));
    let port = serve(|_| async { streamed(counted(usize::MAX, Arc::default())) }).await;
    assert_eq!(
        failure(&local(), get(format!("http://127.0.0.1:{port}/"))).await.code(),
        "ERR_RESPONSE_TOO_LARGE"
    );
}

#[tokio::test]
async fn dropping_the_body_ends_an_endless_download() {
    struct OnDrop(Option<tokio::sync::oneshot::Sender<()>>);
    impl Drop for OnDrop {
        fn drop(&mut self) {
            let _ = self.0.take().unwrap().send(());
        }
    }
    let (sender, ended) = tokio::sync::oneshot::channel();
    let guard = Arc::new(Mutex::new(Some(OnDrop(Some(sender)))));
    let port = serve(move |_| {
        let guard = guard.lock().take();
        async move {
            let pieces = counted(usize::MAX, Arc::default());
            streamed(pieces.map(move |piece| {
                let _held = &guard;
                piece
            }))
        }
    })
    .await;
    let mut response = local().send(get(format!("http://127.0.0.1:{port}/"))).await.unwrap();
    response.body.frame().await.unwrap().unwrap();
    drop(response);
    tokio::time::timeout(Duration::from_secs(5), ended).await.expect("upstream noticed").unwrap();
}
