//! The listening socket: HTTP/1.1 over TCP, and a stop that lets requests in flight finish.

use std::convert::Infallible;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use http::Request;

use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::connect_ui::ConnectUi;
use crate::transport::Http;

/// How long an idle connection is kept; it ends when no request's head arrives within this span.
const KEEP_ALIVE: Duration = Duration::from_secs(61);
/// How long requests in flight may take once shutdown began.
const DRAIN_MAX: Duration = Duration::from_secs(10);
/// Largest head of a request, and most headers in it.
const HEAD_BYTES_MAX: usize = 64 * 1024;
const HEADERS_MAX: usize = 256;
/// How long to wait when the system refuses to accept, such as for lack of file handles.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Where to listen.
#[derive(Debug, Clone)]
pub struct ServeOptions {
    /// Address and port; port 0 takes any free one.
    pub listen: SocketAddr,
}

/// What a socket serves.
#[derive(Clone)]
pub enum Site {
    /// The public API.
    Api(Arc<Http>),
    /// The Connect UI alone.
    ConnectUi(Arc<ConnectUi>),
}

/// A bound socket that does not accept yet.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
}

impl Server {
    /// Binds the socket.
    pub async fn bind(options: ServeOptions) -> io::Result<Self> {
        Ok(Self { listener: TcpListener::bind(options.listen).await? })
    }

    /// The address it is bound to.
    pub fn local_address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves until `shutdown`, then stops accepting and gives requests in flight ten seconds to finish.
    pub async fn run(self, site: Site, shutdown: CancellationToken) {
        let connections = TaskTracker::new();
        let cut_off = CancellationToken::new();
        while let Some(accepted) = shutdown.run_until_cancelled(self.listener.accept()).await {
            match accepted {
                Ok((stream, peer)) => {
                    let connection = serve_connection(site.clone(), stream, peer.ip(), shutdown.clone());
                    let cut_off = cut_off.clone();
                    connections.spawn(async move { cut_off.run_until_cancelled(connection).await });
                }
                Err(error) => pause_after(error).await,
            }
        }
        drop(self.listener);
        connections.close();
        if tokio::time::timeout(DRAIN_MAX, connections.wait()).await.is_err() {
            tracing::warn!(connections = connections.len(), "requests in flight did not finish in time");
            cut_off.cancel();
            connections.wait().await;
        }
    }
}

async fn pause_after(error: io::Error) {
    tracing::warn!(%error, "could not accept a connection");
    tokio::time::sleep(ACCEPT_PAUSE).await;
}

async fn serve_connection(site: Site, stream: TcpStream, peer: IpAddr, shutdown: CancellationToken) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "could not switch off Nagle's algorithm");
    }
    let service = service_fn(|request: Request<Incoming>| respond(&site, request, peer));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .keep_alive(true)
        .header_read_timeout(KEEP_ALIVE)
        .max_buf_size(HEAD_BYTES_MAX)
        .max_headers(HEADERS_MAX)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = shutdown.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "connection ended early");
    }
}

async fn respond(site: &Site, request: Request<Incoming>, peer: IpAddr) -> Result<Response, Infallible> {
    Ok(match site {
        Site::Api(http) => http.respond(request.map(Body::new), Some(peer)).await,
        Site::ConnectUi(page) => page.respond(&request),
    })
}
