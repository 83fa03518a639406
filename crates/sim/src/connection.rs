//! One TCP connection: can be reset on purpose, and keeps the request head exactly as it came.
//!
//! HTTP libraries lower-case header names and lose the order between names. Tests of a proxy must see both, so the
//! bytes of each request head are kept here until the request is handled.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use parking_lot::Mutex;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// Larger than any head the server accepts.
const HEAD_BYTES_MAX: usize = 1024 * 1024;

/// What the handlers know of their connection.
pub(crate) struct Connection {
    pub(crate) id: u64,
    reset: AtomicBool,
    capturing: AtomicBool,
    head: Mutex<Vec<u8>>,
}

impl Connection {
    pub(crate) fn new(id: u64) -> Arc<Self> {
        Arc::new(Self {
            id,
            reset: AtomicBool::new(false),
            capturing: AtomicBool::new(true),
            head: Mutex::default(),
        })
    }

    /// The connection will end with a TCP reset instead of an orderly close.
    pub(crate) fn mark_reset(&self) {
        self.reset.store(true, Ordering::SeqCst);
    }

    /// The header lines of the request with this start, in their order and letter case; `None` if they were not
    /// seen whole (pipelined requests).
    pub(crate) fn take_header_lines(&self, method: &str, target: &str) -> Option<Vec<(String, String)>> {
        self.capturing.store(false, Ordering::SeqCst);
        let head = std::mem::take(&mut *self.head.lock());
        let start = find_last(&head, format!("{method} {target} HTTP/1.").as_bytes())?;
        parse_header_lines(&head[start..])
    }

    fn saw_read(&self, read: &[u8]) {
        if !self.capturing.load(Ordering::SeqCst) {
            return;
        }
        let mut head = self.head.lock();
        if head.len() + read.len() > HEAD_BYTES_MAX {
            head.clear();
        }
        head.extend_from_slice(read);
    }

    /// An answer is on its way, so what is read from here on belongs to the next request.
    fn saw_write(&self) {
        if !self.capturing.swap(true, Ordering::SeqCst) {
            self.head.lock().clear();
        }
    }
}

fn find_last(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).rposition(|window| window == needle)
}

fn parse_header_lines(head: &[u8]) -> Option<Vec<(String, String)>> {
    let end = head.windows(4).position(|window| window == b"\r\n\r\n")?;
    let text = String::from_utf8_lossy(&head[..end]);
    let header = |line: &str| {
        let (name, value) = line.split_once(':')?;
        Some((name.to_owned(), value.trim().to_owned()))
    };
    text.split("\r\n").skip(1).map(header).collect()
}

/// The socket under hyper.
pub(crate) struct Socket {
    stream: TcpStream,
    connection: Arc<Connection>,
}

impl Socket {
    pub(crate) fn new(stream: TcpStream, connection: Arc<Connection>) -> Self {
        Self { stream, connection }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        if self.connection.reset.load(Ordering::SeqCst) {
            // A refusal only means that the peer sees an orderly close.
            let _ = self.stream.set_zero_linger();
        }
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(cx, buffer);
        self.connection.saw_read(&buffer.filled()[before..]);
        polled
    }
}

impl AsyncWrite for Socket {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        self.connection.saw_write();
        Pin::new(&mut self.stream).poll_write(cx, data)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.connection.saw_write();
        Pin::new(&mut self.stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.connection.reset.load(Ordering::SeqCst) {
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
