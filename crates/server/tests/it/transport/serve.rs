//! The socket: keep-alive, limits, and a stop that lets requests finish.

use std::sync::Arc;

use bowline_server::{ServeOptions, Server, Site};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::app::TestApp;

async fn serve(app: &TestApp) -> (std::net::SocketAddr, CancellationToken, JoinHandle<()>) {
    let server = Server::bind(ServeOptions { listen: "127.0.0.1:0".parse().unwrap() }).await.unwrap();
    let address = server.local_address().unwrap();
    let shutdown = CancellationToken::new();
    let running = tokio::spawn(server.run(Site::Api(Arc::clone(&app.http)), shutdown.clone()));
    (address, shutdown, running)
}

/// Reads one response: its head, and as many bytes as it announces.
async fn read_response(stream: &mut TcpStream) -> String {
    let mut text = Vec::new();
    while !text.ends_with(b"\r\n\r\n") {
        text.push(stream.read_u8().await.unwrap());
    }
    let head = String::from_utf8(text).unwrap();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap_or("0");
    let mut body = vec![0; length.parse().unwrap()];
    stream.read_exact(&mut body).await.unwrap();
    head + std::str::from_utf8(&body).unwrap()
}

#[tokio::test]
async fn one_connection_serves_many_requests() {
    let app = TestApp::start().await;
    let (address, shutdown, running) = serve(&app).await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    for _ in 0..3 {
        stream.write_all(b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
        let response = read_response(&mut stream).await;
        assert!(response.starts_with("HTTP/1.1 200 OK\r\n"), "{response}");
        assert!(response.ends_with(r#"{"result":"ok"}"#), "{response}");
    }
    shutdown.cancel();
    running.await.unwrap();
}

#[tokio::test]
async fn a_request_in_flight_finishes_after_the_stop_began_and_idle_connections_end() {
    let app = TestApp::start().await;
    let (address, shutdown, running) = serve(&app).await;
    let mut idle = TcpStream::connect(address).await.unwrap();
    idle.write_all(b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    read_response(&mut idle).await;
    let mut busy = TcpStream::connect(address).await.unwrap();
    let head = b"POST /cli/telemetry HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
                 expect: 100-continue\r\ncontent-length: 2\r\n\r\n";
    busy.write_all(head).await.unwrap();
    // The server asks for the body once the request is being handled.
    assert!(read_response(&mut busy).await.starts_with("HTTP/1.1 100 Continue"));

    shutdown.cancel();
    assert_eq!(idle.read(&mut [0; 1]).await.unwrap(), 0);
    busy.write_all(b"{}").await.unwrap();
    assert!(read_response(&mut busy).await.starts_with("HTTP/1.1 400 Bad Request"));
    running.await.unwrap();
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn a_head_of_too_many_headers_is_refused() {
    let app = TestApp::start().await;
    let (address, shutdown, running) = serve(&app).await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!("GET /health HTTP/1.1\r\nhost: x\r\n{}\r\n", "a: b\r\n".repeat(300));
    stream.write_all(head.as_bytes()).await.unwrap();
    let response = read_response(&mut stream).await;
    assert!(response.starts_with("HTTP/1.1 431 "), "{response}");
    drop(stream);
    shutdown.cancel();
    running.await.unwrap();
}
