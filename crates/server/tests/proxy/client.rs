//! HTTP/1.1 by hand, so that nothing between the test and the wire tidies up.

use std::net::SocketAddr;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// An answer as it arrived.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// The body ended as its framing says it should.
    pub is_complete: bool,
}

impl Answer {
    /// The values of a header, in order.
    pub fn all(&self, name: &str) -> Vec<&str> {
        let named = self.headers.iter().filter(|(header, _)| header.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.as_str()).collect()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.all(name).first().copied()
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    #[track_caller]
    pub fn assert(&self, status: u16, body: &str) {
        assert_eq!((self.status, self.text()), (status, body.to_owned()), "{:?}", self.headers);
        assert!(self.is_complete);
    }

    /// Status and `error.code`.
    #[track_caller]
    pub fn assert_code(&self, status: u16, code: &str) {
        assert_eq!(
            (self.status, self.json()["error"]["code"].as_str()),
            (status, Some(code)),
            "{}",
            self.text()
        );
    }
}

/// Sends raw bytes on a new connection and reads one answer.
pub async fn exchange(server: SocketAddr, request: &[u8]) -> Answer {
    let stream = TcpStream::connect(server).await.unwrap();
    let (read, mut write) = stream.into_split();
    // The server may answer and close before it has read everything.
    let sending = async { drop(write.write_all(request).await) };
    let is_head = request.starts_with(b"HEAD ");
    let mut reader = Reader::new(read);
    let (answer, ()) = tokio::join!(reader.answer(is_head), sending);
    answer
}

/// Reads messages from one side of a connection.
pub struct Reader<R>(BufReader<R>);

impl<R: AsyncRead + Unpin> Reader<R> {
    pub fn new(read: R) -> Self {
        Self(BufReader::new(read))
    }

    /// First line and headers; `None` at the end of the connection.
    pub async fn head(&mut self) -> Option<(String, Vec<(String, String)>)> {
        let first = self.line().await?;
        let mut headers = Vec::new();
        loop {
            let line = self.line().await?;
            if line.is_empty() {
                return Some((first, headers));
            }
            let (name, value) = line.split_once(':').unwrap();
            headers.push((name.to_owned(), value.trim().to_owned()));
        }
    }

    async fn line(&mut self) -> Option<String> {
        let mut line = Vec::new();
        let read = self.0.read_until(b'\n', &mut line).await.ok()?;
        (read > 0).then(|| String::from_utf8_lossy(&line).trim_end().to_owned())
    }

    pub async fn answer(&mut self, is_head: bool) -> Answer {
        let Some((line, headers)) = self.head().await else {
            // The connection ended without a word.
            return Answer { status: 0, headers: Vec::new(), body: Vec::new(), is_complete: false };
        };
        let status: u16 = line.split(' ').nth(1).unwrap().parse().unwrap();
        if status == 100 {
            return Box::pin(self.answer(is_head)).await;
        }
        let has_none = is_head || matches!(status, 204 | 304);
        let (body, is_complete) = if has_none { (Vec::new(), true) } else { self.body(&headers, true).await };
        Answer { status, headers, body, is_complete }
    }

    /// The body by its framing, and whether it came whole.
    pub async fn body(&mut self, headers: &[(String, String)], may_be_unframed: bool) -> (Vec<u8>, bool) {
        let header = |wanted: &str| {
            let found = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
            found.map(|(_, value)| value.as_str())
        };
        let mut body = Vec::new();
        if header("transfer-encoding").is_some() {
            let is_complete = self.chunks(&mut body).await.is_some();
            return (body, is_complete);
        }
        match header("content-length").map(|length| length.parse::<u64>().unwrap()) {
            Some(length) => {
                let read = (&mut self.0).take(length).read_to_end(&mut body).await;
                let is_complete = read.is_ok() && body.len() as u64 == length;
                (body, is_complete)
            }
            None if may_be_unframed => {
                let read = self.0.read_to_end(&mut body).await;
                (body, read.is_ok())
            }
            None => (body, true),
        }
    }

    async fn chunks(&mut self, body: &mut Vec<u8>) -> Option<()> {
        loop {
            let size = self.line().await?;
            let size = usize::from_str_radix(size.split(';').next()?, 16).ok()?;
            let mut chunk = vec![0; size];
            self.0.read_exact(&mut chunk).await.ok()?;
            body.extend_from_slice(&chunk);
            self.line().await?;
            if size == 0 {
                return Some(());
            }
        }
    }

    /// The next bytes, whatever they are; none at the end.
    pub async fn some(&mut self) -> std::io::Result<Vec<u8>> {
        let bytes = self.0.fill_buf().await?.to_vec();
        self.0.consume(bytes.len());
        Ok(bytes)
    }
}
