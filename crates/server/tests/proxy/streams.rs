//! Bodies of any length pass through in constant memory, as fast as the slower side, and end when either side ends.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bowline_sim::{SimOptions, Simulator, stream_byte};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::app::App;
use crate::client::Reader;
use crate::upstream::Upstream;

const LONG: u64 = 256 * 1024 * 1024;
/// Server, provider and client are all in this process.
const GROWTH_MAX: u64 = 40 * 1024 * 1024;
/// Nothing here takes this long unless it hangs.
const PATIENCE: Duration = Duration::from_secs(60);

async fn simulated() -> (App, Simulator) {
    let simulator = Simulator::start(SimOptions::default()).await.unwrap();
    simulator.control().configure(|config| config.api.require_auth = false);
    (App::at(simulator.base_url()).await, simulator)
}

fn resident_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}

/// Sends a request's head and leaves the rest to the caller.
async fn begin(app: &App, line: &str, headers: &[(&str, &str)]) -> TcpStream {
    let mut stream = TcpStream::connect(app.address).await.unwrap();
    let head = app.head("none", line, headers) + "\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    stream
}

/// Reads to the end without keeping anything: how much came, and the most memory seen.
async fn drain(stream: TcpStream) -> (u64, u64) {
    let mut reader = Reader::new(stream);
    reader.head().await.unwrap();
    let (mut total, mut peak) = (0, 0);
    loop {
        let bytes = reader.some().await.unwrap();
        if bytes.is_empty() {
            return (total, peak);
        }
        if (total >> 24) != ((total + bytes.len() as u64) >> 24) {
            peak = peak.max(resident_bytes());
        }
        total += bytes.len() as u64;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_download_passes_in_constant_memory() {
    let (app, _simulator) = simulated().await;
    app.get("/api/stream?bytes=1000").await;
    let before = resident_bytes();
    let line = format!("GET /api/stream?bytes={LONG}&chunk=65536");
    let (total, peak) = drain(begin(&app, &line, &[("connection", "close")]).await).await;
    assert!(total > LONG, "{total}");
    assert!(peak < before + GROWTH_MAX, "{before} to {peak}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_upload_passes_in_constant_memory() {
    let (app, _simulator) = simulated().await;
    let length = LONG.to_string();
    let before = resident_bytes();
    let headers = [("content-length", length.as_str()), ("content-type", "application/octet-stream")];
    let stream = begin(&app, "PUT /api/sink", &headers).await;
    let (read, mut write) = stream.into_split();
    let piece = vec![7; 1024 * 1024];
    let mut peak = 0;
    for _ in 0..LONG / piece.len() as u64 {
        write.write_all(&piece).await.unwrap();
        peak = peak.max(resident_bytes());
    }
    let answer = Reader::new(read).answer(false).await;
    assert_eq!((answer.status, &answer.json()["body_length"]), (200, &json!(LONG)));
    assert!(peak < before + GROWTH_MAX, "{before} to {peak}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_compressed_bomb_goes_off_in_constant_memory() {
    let (app, _simulator) = simulated().await;
    app.get("/api/gzip").await;
    let before = resident_bytes();
    let bytes = LONG / 2;
    let stream = begin(&app, &format!("GET /api/gzip-bomb?bytes={bytes}"), &[("connection", "close")]).await;
    let (total, peak) = drain(stream).await;
    assert!(total > bytes, "{total}");
    assert!(peak < before + GROWTH_MAX, "{before} to {peak}");
}

#[tokio::test]
async fn a_stream_keeps_every_byte_in_both_framings() {
    let (app, _simulator) = simulated().await;
    for length in ["", "&length=1"] {
        let answer = app.get(&format!("/api/stream?bytes=3000001&chunk=4099{length}")).await;
        assert!(answer.is_complete && answer.body.len() == 3_000_001);
        assert!(answer.body.iter().enumerate().all(|(at, byte)| *byte == stream_byte(at as u64)));
        assert_eq!(answer.header("content-length").is_some(), !length.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hundreds_of_idle_event_streams_cost_little_and_block_nobody() {
    let (app, simulator) = simulated().await;
    app.get("/api/user").await;
    let before = resident_bytes();
    let mut streams = Vec::new();
    for _ in 0..200 {
        let stream = begin(&app, "GET /api/sse?events=2&delay_ms=60000", &[]).await;
        let mut reader = Reader::new(stream);
        let (line, headers) = reader.head().await.unwrap();
        assert_eq!(line, "HTTP/1.1 200 OK");
        assert!(headers.contains(&("content-type".to_owned(), "text/event-stream".to_owned())));
        // The first event is there although the stream goes on.
        assert!(!reader.some().await.unwrap().is_empty());
        streams.push(reader);
    }
    assert!(resident_bytes() < before + GROWTH_MAX, "{before} to {}", resident_bytes());
    assert_eq!(app.get("/api/user").await.status, 200);
    drop(streams);
    drop(simulator);
}

#[tokio::test]
async fn a_body_that_breaks_off_does_not_end_cleanly() {
    let (app, _simulator) = simulated().await;
    let answer = app.get("/api/truncated?bytes=1000&sent=400").await;
    assert_eq!((answer.status, answer.is_complete), (200, false));
    assert!(answer.body.len() <= 400);
    let bytes = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n5\r\nhello\r\n";
    let upstream = Upstream::saying(bytes.to_vec()).await;
    let answer = App::with(&upstream).await.get("/").await;
    assert_eq!((answer.status, answer.is_complete), (200, false));
}

/// Reads a head, answers with a chunked body without end, and tells when nobody takes it any more.
async fn endless() -> (String, Arc<AtomicU64>, mpsc::Receiver<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (written, (ended, end)) = (Arc::new(AtomicU64::new(0)), mpsc::channel(1));
    let count = Arc::clone(&written);
    tokio::spawn(async move {
        let mut stream = listener.accept().await.unwrap().0;
        assert_ne!(stream.read(&mut [0; 4096]).await.unwrap(), 0);
        stream.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").await.unwrap();
        let chunk = [b"10000\r\n".as_slice(), &[b'e'; 65536], b"\r\n"].concat();
        while stream.write_all(&chunk).await.is_ok() {
            count.fetch_add(65536, Ordering::Relaxed);
        }
        ended.send(()).await.unwrap();
    });
    (url, written, end)
}

#[tokio::test]
async fn a_client_that_goes_away_ends_the_read_from_the_provider() {
    let (url, _, mut end) = endless().await;
    let app = App::at(&url).await;
    let mut reader = Reader::new(begin(&app, "GET /", &[]).await);
    reader.head().await.unwrap();
    assert!(!reader.some().await.unwrap().is_empty());
    drop(reader);
    timeout(PATIENCE, end.recv()).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_client_that_reads_slowly_slows_the_provider_down() {
    let (url, written, mut end) = endless().await;
    let app = App::at(&url).await;
    let mut reader = Reader::new(begin(&app, "GET /", &[]).await);
    reader.head().await.unwrap();
    // What is written without being read fits into the buffers of two connections.
    let mut last = u64::MAX;
    while last != written.load(Ordering::Relaxed) {
        last = written.load(Ordering::Relaxed);
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert!(last < 32 * 1024 * 1024, "{last}");
    drop(reader);
    timeout(PATIENCE, end.recv()).await.unwrap().unwrap();
}

/// Reads what comes until the connection ends; gives how much came.
async fn silent() -> (String, mpsc::Receiver<()>, mpsc::Receiver<usize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let ((began, begin), (ended, end)) = (mpsc::channel(1), mpsc::channel(1));
    tokio::spawn(async move {
        let mut stream = listener.accept().await.unwrap().0;
        let mut bytes = vec![0; 65536];
        let mut total = stream.read(&mut bytes).await.unwrap();
        began.send(()).await.unwrap();
        while let Ok(read @ 1..) = stream.read(&mut bytes).await {
            total += read;
        }
        ended.send(total).await.unwrap();
    });
    (url, begin, end)
}

#[tokio::test]
async fn a_client_that_does_not_wait_for_the_head_ends_the_call() {
    let (url, mut began, mut ended) = silent().await;
    let app = App::at(&url).await;
    let stream = begin(&app, "GET /", &[]).await;
    timeout(PATIENCE, began.recv()).await.unwrap().unwrap();
    drop(stream);
    timeout(PATIENCE, ended.recv()).await.unwrap().unwrap();
}

#[tokio::test]
async fn an_upload_that_breaks_off_breaks_off_at_the_provider() {
    let (url, mut began, mut ended) = silent().await;
    let app = App::at(&url).await;
    let headers = [("content-length", "10000000"), ("content-type", "application/octet-stream")];
    let mut stream = begin(&app, "POST /", &headers).await;
    stream.write_all(&[7; 100_000]).await.unwrap();
    timeout(PATIENCE, began.recv()).await.unwrap().unwrap();
    drop(stream);
    let total = timeout(PATIENCE, ended.recv()).await.unwrap().unwrap();
    assert!(total < 1_000_000, "{total}");
}

#[tokio::test]
async fn a_late_head_is_waited_for() {
    let (app, _simulator) = simulated().await;
    let answer = app.get("/api/slow-headers?delay_ms=300").await;
    assert_eq!((answer.status, &answer.json()["delayed_ms"]), (200, &json!(300)));
}
