//! Opening connections: resolve, check, connect to the checked address.
//!
//! The address that is checked is the address that is connected to; the name is never looked up a second time, so a
//! DNS server that answers differently each time gains nothing. If any answer is refused, the whole host is: a mixed
//! answer is an attack or a mistake, and picking the good part would leave the choice to whoever made it.
//!
//! Pooled connections do not bypass the check. The pool is keyed by scheme and authority, and each purpose and client
//! identity has a pool of its own, so a connection is only ever reused for exactly the host, port and purpose for
//! which its address was checked; and an open TCP connection cannot move to another address. Idle connections are
//! closed within a minute, so a changed DNS record is soon seen.

use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use http::uri::Scheme;
use hyper_rustls::{HttpsConnector, MaybeHttpsStream};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};
use tower::Service;

use super::error::{BoxError, ConnectError, Phase, io_code};
use super::policy::{OutboundPolicy, PolicyError, Purpose};
use super::resolver::Resolver;

/// No address gets less than this, however many there are.
const ATTEMPT_MIN: Duration = Duration::from_millis(250);

type Connecting<T, E> = Pin<Box<dyn Future<Output = Result<T, E>> + Send>>;

/// Opens plain or TLS connections to checked addresses.
#[derive(Clone)]
pub(super) struct Connector {
    https: HttpsConnector<TcpConnector>,
    within: Duration,
}

/// Opens TCP connections to checked addresses.
#[derive(Clone)]
pub(super) struct TcpConnector {
    pub policy: Arc<OutboundPolicy>,
    pub resolver: Arc<dyn Resolver>,
    pub purpose: Purpose,
    pub connect_timeout: Duration,
}

impl Connector {
    pub(super) fn new(tcp: TcpConnector, tls: Arc<rustls::ClientConfig>, tls_timeout: Duration) -> Self {
        let within = tcp.connect_timeout + tls_timeout;
        Self { https: HttpsConnector::from((tcp, tls)), within }
    }
}

impl Service<Uri> for Connector {
    type Response = MaybeHttpsStream<TokioIo<TcpStream>>;
    type Error = BoxError;
    type Future = Connecting<Self::Response, BoxError>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.https.poll_ready(cx)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let connecting = self.https.call(uri);
        let within = self.within;
        Box::pin(async move {
            // The TCP part ends itself in its own time, so what overruns here is the handshake.
            timeout(within, connecting).await.map_err(|_| ConnectError::Timeout(Phase::Tls))?
        })
    }
}

impl Service<Uri> for TcpConnector {
    type Response = TokioIo<TcpStream>;
    type Error = ConnectError;
    type Future = Connecting<Self::Response, ConnectError>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), ConnectError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let connector = self.clone();
        Box::pin(async move { connector.connect(&uri).await.map(TokioIo::new) })
    }
}

impl TcpConnector {
    async fn connect(&self, uri: &Uri) -> Result<TcpStream, ConnectError> {
        let host = uri.host().ok_or(ConnectError::Policy(PolicyError::NoHost))?;
        let default_port = if uri.scheme() == Some(&Scheme::HTTPS) { 443 } else { 80 };
        let port = uri.port_u16().unwrap_or(default_port);
        let deadline = Instant::now() + self.connect_timeout;

        let addresses = timeout_at(deadline, self.checked_addresses(host, port))
            .await
            .map_err(|_| ConnectError::Timeout(Phase::Connect))??;
        connect_in_turn(&addresses, port, deadline).await
    }

    async fn checked_addresses(&self, host: &str, port: u16) -> Result<Vec<IpAddr>, ConnectError> {
        let literal = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        let addresses = match literal {
            Ok(address) => vec![address],
            Err(_) => {
                self.resolver.resolve(host).await.map_err(|error| ConnectError::from_resolver(&error))?
            }
        };
        if addresses.is_empty() {
            return Err(ConnectError::Dns { temporary: false });
        }
        for address in &addresses {
            self.policy.check_address(*address, port, host, self.purpose).map_err(ConnectError::Policy)?;
        }
        Ok(addresses)
    }
}

/// Tries the addresses one after the other, sharing the time that is left between those that are left.
async fn connect_in_turn(
    addresses: &[IpAddr],
    port: u16,
    deadline: Instant,
) -> Result<TcpStream, ConnectError> {
    let mut last = ConnectError::Timeout(Phase::Connect);
    for (tried, address) in addresses.iter().enumerate() {
        let remaining = deadline.saturating_duration_since(Instant::now());
        if remaining.is_zero() {
            break;
        }
        let untried = u32::try_from(addresses.len() - tried).unwrap_or(u32::MAX);
        let share = (remaining / untried).max(ATTEMPT_MIN).min(remaining);
        match timeout(share, TcpStream::connect(SocketAddr::new(*address, port))).await {
            Ok(Ok(stream)) => {
                // Failing to set it costs latency, not correctness.
                let _ = stream.set_nodelay(true);
                return Ok(stream);
            }
            Ok(Err(error)) => last = ConnectError::Tcp(io_code(&error)),
            Err(_) => last = ConnectError::Timeout(Phase::Connect),
        }
    }
    Err(last)
}
