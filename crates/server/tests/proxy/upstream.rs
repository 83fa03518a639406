//! A provider that says exactly the bytes it is told to say, and remembers exactly what it was asked.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use parking_lot::Mutex;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};

use crate::client::Reader;

/// A request as it arrived.
#[derive(Clone, Debug)]
pub struct Seen {
    pub method: String,
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// Counts the TCP connections from one.
    pub connection: usize,
}

impl Seen {
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(header, _)| header.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap()
    }
}

type Script = dyn Fn(&Seen, usize) -> Vec<u8> + Send + Sync;

/// A running provider.
#[derive(Clone)]
pub struct Upstream {
    pub address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Upstream {
    /// `script` gets a request and how many came before it. No bytes: the connection just ends. An answer with
    /// `connection: close` ends it afterwards, and one with `x-then: close` does so without a warning.
    pub async fn start(script: impl Fn(&Seen, usize) -> Vec<u8> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let upstream = Self { address: listener.local_addr().unwrap(), seen: Arc::default() };
        let (seen, script): (_, Arc<Script>) = (Arc::clone(&upstream.seen), Arc::new(script));
        tokio::spawn(async move {
            let connections = AtomicUsize::new(0);
            while let Ok((stream, _)) = listener.accept().await {
                let connection = connections.fetch_add(1, Ordering::Relaxed) + 1;
                tokio::spawn(serve(stream, connection, Arc::clone(&seen), Arc::clone(&script)));
            }
        });
        upstream
    }

    /// One that says the same to all.
    pub async fn saying(answer: impl Into<Vec<u8>>) -> Self {
        let answer = answer.into();
        Self::start(move |_, _| answer.clone()).await
    }

    /// `http://127.0.0.1:port`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn all(&self) -> Vec<Seen> {
        self.seen.lock().clone()
    }

    pub fn count(&self, path: &str) -> usize {
        self.seen.lock().iter().filter(|seen| seen.path() == path).count()
    }

    #[track_caller]
    pub fn last(&self) -> Seen {
        self.seen.lock().last().expect("a request arrived").clone()
    }
}

async fn serve(stream: TcpStream, connection: usize, all: Arc<Mutex<Vec<Seen>>>, script: Arc<Script>) {
    let (read, mut write) = stream.into_split();
    let mut reader = Reader::new(read);
    while let Some((line, headers)) = reader.head().await {
        let mut parts = line.split(' ');
        let mut part = || parts.next().unwrap_or_default().to_owned();
        let (method, target) = (part(), part());
        let (body, _) = reader.body(&headers, false).await;
        let seen = Seen { method, target, headers, body, connection };
        let before = {
            let mut all = all.lock();
            all.push(seen.clone());
            all.len() - 1
        };
        let answer = script(&seen, before);
        if answer.is_empty() || write.write_all(&answer).await.is_err() {
            return;
        }
        let head = String::from_utf8_lossy(&answer[..answer.len().min(1024)]).to_ascii_lowercase();
        if head.contains("\r\nconnection: close\r\n") || head.contains("\r\nx-then: close\r\n") {
            return;
        }
    }
}

/// An answer with a length.
pub fn reply(status: u16, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let mut answer = format!("HTTP/1.1 {status} Whatever\r\ncontent-length: {}\r\n", body.len());
    for (name, value) in headers {
        answer += &format!("{name}: {value}\r\n");
    }
    [answer.as_bytes(), b"\r\n", body].concat()
}

/// 200 without anything to see.
pub fn ok() -> Vec<u8> {
    reply(200, &[], "ok")
}
