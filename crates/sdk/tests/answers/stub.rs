//! A server that answers as it is told, and a client for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use bowline_sdk::{Bowline, BowlineBuilder, Error};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

pub const KEY: &str = "11111111-1111-4111-8111-111111111111";
/// Planted in answers; no error may print it.
pub const HUSH: &str = "hush-hush";

pub struct Stub {
    pub server: MockServer,
    pub bowline: Bowline,
}

impl Stub {
    /// Gives this answer to everything.
    pub async fn answering(answer: ResponseTemplate) -> Self {
        let stub = Self::new().await;
        Mock::given(any()).respond_with(answer).mount(&stub.server).await;
        stub
    }

    /// Gives this JSON to everything.
    pub async fn json(body: Value) -> Self {
        Self::answering(ResponseTemplate::new(200).set_body_json(body)).await
    }

    pub async fn new() -> Self {
        let server = MockServer::start().await;
        let bowline = client(&server.uri()).build().unwrap();
        Self { server, bowline }
    }

    /// Gives these answers one after the other, and the last one from then on.
    pub async fn in_turn(answers: impl IntoIterator<Item = ResponseTemplate>) -> Self {
        let stub = Self::new().await;
        let mut answers: Vec<_> = answers.into_iter().collect();
        let last = answers.pop().unwrap();
        for answer in answers {
            Mock::given(any()).respond_with(answer).up_to_n_times(1).mount(&stub.server).await;
        }
        Mock::given(any()).respond_with(last).mount(&stub.server).await;
        stub
    }

    pub async fn requests(&self) -> Vec<wiremock::Request> {
        self.server.received_requests().await.unwrap()
    }

    pub async fn count(&self) -> usize {
        self.requests().await.len()
    }
}

pub fn client(host: &str) -> BowlineBuilder {
    Bowline::builder().host(host).secret_key(KEY)
}

/// A client of a server that writes these bytes to each connection and closes it.
pub async fn raw(answer: &'static [u8]) -> Bowline {
    counted(answer).await.0
}

/// The same, and how many connections there were.
pub async fn counted(answer: &'static [u8]) -> (Bowline, Arc<AtomicU32>) {
    let connections = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&connections);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let host = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            count.fetch_add(1, Ordering::SeqCst);
            let mut request = [0; 4096];
            // What was asked does not matter.
            let _ = stream.read(&mut request).await;
            let _ = stream.write_all(answer).await;
        }
    });
    (client(&host).timeout(Duration::from_secs(20)).build().unwrap(), connections)
}

/// The error of a call, after a look that it tells no secret.
pub fn told<T: std::fmt::Debug>(result: Result<T, Error>) -> Error {
    let error = result.unwrap_err();
    let mut text = format!("{error} {error:?}");
    let mut source = std::error::Error::source(&error);
    while let Some(inner) = source {
        text.push_str(&format!(" {inner} {inner:?}"));
        source = inner.source();
    }
    assert!(!text.contains(KEY), "the key is told: {text}");
    assert!(!text.contains(HUSH), "a secret is told: {text}");
    error
}
