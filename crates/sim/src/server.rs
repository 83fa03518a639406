//! Listening, accepting, and an orderly end.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use crate::config::SimConfig;
use crate::connection::{Connection, Socket};
use crate::control::Control;
use crate::router;
use crate::state::State;

const CONNECTIONS_MAX: usize = 8_192;
const BACKLOG: u32 = 4_096;
const HEADERS_MAX: usize = 1_000;
/// Also the largest request head that is accepted.
const BUFFER_BYTES_MAX: usize = 512 * 1024;
/// How long open connections may take to end before they are cut.
const SHUTDOWN_GRACE: Duration = Duration::from_secs(2);

/// How to start a simulator.
#[derive(Clone, Debug)]
pub struct SimOptions {
    /// Address to listen on; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Tokens and codes follow from this number alone.
    pub seed: u64,
    /// The behaviour at the start, and after a reset.
    pub config: SimConfig,
    /// The address clients use, when it is not the one listened on.
    pub public_url: Option<String>,
}

impl Default for SimOptions {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            seed: 1,
            config: SimConfig::default(),
            public_url: None,
        }
    }
}

/// A running simulated provider. Dropping it stops accepting and ends its connections.
pub struct Simulator {
    control: Control,
    address: SocketAddr,
    stop: watch::Sender<bool>,
    server: JoinHandle<()>,
}

impl Simulator {
    /// Listens and serves in the background of the current Tokio runtime.
    pub async fn start(options: SimOptions) -> io::Result<Self> {
        let listener = listen(options.listen)?;
        let address = listener.local_addr()?;
        let base_url = options.public_url.unwrap_or_else(|| local_url(address));
        let base_url = base_url.trim_end_matches('/').to_owned();
        let control = Control { state: Arc::new(State::new(base_url, options.seed, options.config)) };
        let (stop, stopped) = watch::channel(false);
        let server = tokio::spawn(accept_until_stopped(listener, control.clone(), stopped));
        Ok(Self { control, address, stop, server })
    }

    /// Where clients reach the simulator, without a trailing slash.
    pub fn base_url(&self) -> &str {
        &self.control.state.base_url
    }

    /// The address listened on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The handle that scripts this simulator.
    pub fn control(&self) -> Control {
        self.control.clone()
    }

    /// Stops accepting, lets requests in flight finish for a moment, then cuts what is left.
    pub async fn shutdown(self) {
        self.stop.send_replace(true);
        // The task only ends by returning; a panic in it has been reported by the runtime.
        let _ = self.server.await;
    }
}

/// Serves until `shutdown` completes.
pub async fn run(options: SimOptions, shutdown: impl Future<Output = ()>) -> io::Result<()> {
    let simulator = Simulator::start(options).await?;
    shutdown.await;
    simulator.shutdown().await;
    Ok(())
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// A wildcard address cannot be called, so the loopback address stands for it.
fn local_url(address: SocketAddr) -> String {
    match address {
        SocketAddr::V4(v4) if v4.ip().is_unspecified() => format!("http://127.0.0.1:{}", v4.port()),
        SocketAddr::V6(v6) if v6.ip().is_unspecified() => format!("http://[::1]:{}", v6.port()),
        other => format!("http://{other}"),
    }
}

async fn accept_until_stopped(listener: TcpListener, control: Control, stopped: watch::Receiver<bool>) {
    let mut connections = JoinSet::new();
    let mut accepted = 0;
    let mut stop = stopped.clone();
    loop {
        tokio::select! {
            _ = stop.changed() => break,
            Some(_) = connections.join_next() => {}
            incoming = listener.accept(), if connections.len() < CONNECTIONS_MAX => match incoming {
                Ok((stream, _)) => {
                    accepted += 1;
                    control.state.counts.connection();
                    connections.spawn(serve(stream, accepted, control.clone(), stopped.clone()));
                }
                // Out of file descriptors: connections must end before another can be accepted.
                Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
            },
        }
    }
    drop(listener);
    let all_ended = async { while connections.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(SHUTDOWN_GRACE, all_ended).await;
    connections.shutdown().await;
}

async fn serve(stream: TcpStream, id: u64, control: Control, mut stopped: watch::Receiver<bool>) {
    // Without it only small answers get slower.
    let _ = stream.set_nodelay(true);
    let connection = Connection::new(id);
    let socket = TokioIo::new(Socket::new(stream, connection.clone()));
    let service = service_fn(move |request| router::handle(control.clone(), connection.clone(), request));
    let serving = http1::Builder::new()
        .keep_alive(true)
        .max_headers(HEADERS_MAX)
        .max_buf_size(BUFFER_BYTES_MAX)
        .serve_connection(socket, service);
    tokio::pin!(serving);
    // Errors here are the client's or planned ones; both show on the client's side.
    tokio::select! {
        _ = serving.as_mut() => {}
        _ = stopped.changed() => {
            serving.as_mut().graceful_shutdown();
            let _ = serving.await;
        }
    }
}
