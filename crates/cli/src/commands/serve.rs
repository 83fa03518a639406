//! `bowline serve`: the server, from its first line to its orderly end.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use bowline_server::connect_ui::Base;
use bowline_server::{
    ApiObjects, AppParts, AppState, ConnectUi, Http, Readiness, ServeOptions, Server, ServerSettings, Site,
};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::config::{Config, Roles, ServerConfig};
use crate::error::WithHint;
use crate::node::{Node, Use};
use crate::shutdown::StopSignals;
use crate::{logging, output};

/// The whole stop takes less than ten seconds: requests in flight, and what runs in the background beside them,
/// get most of them.
const REQUESTS_STOP_MAX: Duration = Duration::from_secs(8);
/// Then what is left in memory.
const BACKGROUND_STOP_MAX: Duration = Duration::from_millis(700);
/// Then the database.
const STORAGE_STOP_MAX: Duration = Duration::from_millis(500);

/// Serves until the process is asked to stop.
pub async fn run(config: Config) -> Result<()> {
    logging::start(&config.logging);
    raise_open_files_limit();
    let mut stop = StopSignals::listen()?;
    let serving = tokio::select! {
        started = Serving::start(&config) => started?,
        () = stop.next() => return Ok(()),
    };
    if let Err(error) = output::line(&serving.ready_line()) {
        tracing::warn!(%error, "the server is ready, but the line that says so could not be printed");
    }
    stop.next().await;
    tracing::info!("stopping; a second signal ends at once");
    tokio::select! {
        () = serving.stop() => {}
        () = stop.next() => tracing::warn!("ended before requests in flight were finished"),
    }
    Ok(())
}

/// Every connection is a file handle; the usual soft limit of 1,024 is far below what one node serves.
fn raise_open_files_limit() {
    if let Err(error) = rlimit::increase_nofile_limit(u64::MAX) {
        tracing::warn!(%error, "the limit on open files could not be raised");
    }
}

/// A running server.
pub struct Serving {
    node: Node,
    api: Option<Api>,
    background: Background,
}

/// The API of a running server.
struct Api {
    address: SocketAddr,
    readiness: Readiness,
    shutdown: CancellationToken,
    running: JoinHandle<()>,
}

/// What a server does besides answering.
struct Background {
    shutdown: CancellationToken,
    running: JoinHandle<()>,
}

impl Serving {
    /// Starts everything; requests are answered when this returns.
    pub async fn start(config: &Config) -> Result<Self> {
        let roles = config.server.roles;
        // First, so that a taken port leaves nothing behind.
        let server = if roles.api { Some(bind(config.server.listen).await?) } else { None };
        let node = Node::open(config, Use::Serve).await?;
        warn_of_unused_keys(config, &node).await?;
        let background = Background::start(&node, roles);
        let api = match server {
            Some(server) => Some(Api::start(server, &config.server, &node).await?),
            None => {
                let settings = settings(&config.server, config.server.listen);
                node.engine.show_functions(Arc::new(ApiObjects::new(settings)));
                None
            }
        };
        Ok(Self { node, api, background })
    }

    /// Where the API is reached, when this node has one.
    pub fn url(&self) -> Option<String> {
        self.api.as_ref().map(|api| url_of(api.address))
    }

    /// The server's parts.
    /// The first key of `dev`.
    pub async fn dev_key(&self) -> Result<String> {
        let environments = self.node.engine.list_environment_keys().await?;
        let dev = environments.into_iter().find(|keys| keys.environment.name.as_str() == "dev");
        let key = dev.and_then(|keys| keys.secret_key).context("the environment dev has no key")?;
        Ok(key.expose().clone())
    }

    fn ready_line(&self) -> String {
        match self.url() {
            Some(url) => format!("Bowline is ready at {url}"),
            None => "Bowline is ready; this node answers no requests".to_owned(),
        }
    }

    /// Stops in order: no new requests, those in flight, the background, the database.
    ///
    /// Token requests under way get as much time as requests: what they bring may exist nowhere else.
    pub async fn stop(self) {
        let Self { node, api, background } = self;
        background.shutdown.cancel();
        let requests = async {
            let Some(api) = api else { return };
            api.readiness.set(false);
            api.shutdown.cancel();
            within(REQUESTS_STOP_MAX, "requests in flight", api.running).await;
        };
        let background = within(REQUESTS_STOP_MAX, "background work", background.running);
        tokio::join!(requests, background);
        // What requests began while the background was already done.
        within(BACKGROUND_STOP_MAX, "late background work", node.engine.finish()).await;
        within(STORAGE_STOP_MAX, "the database", node.close()).await;
    }
}

impl Api {
    async fn start(server: Server, config: &ServerConfig, node: &Node) -> Result<Self> {
        let address = server.local_address()?;
        let readiness = Readiness::default();
        let settings = settings(config, address);
        let connect_ui = Arc::new(ConnectUi::new(&settings, Base::OwnPort));
        let state = AppState::new(AppParts {
            engine: Arc::clone(&node.engine),
            clock: Arc::clone(&node.clock),
            readiness: readiness.clone(),
            settings,
        });
        let shutdown = CancellationToken::new();
        let api = server.run(Site::Api(Arc::new(Http::new(state))), shutdown.clone());
        let page = serve_connect_ui(config.connect_ui_listen, connect_ui, shutdown.clone()).await;
        let running = tokio::spawn(async move {
            tokio::join!(api, page);
        });
        // The database has answered by now: the first environments were read from it.
        readiness.set(true);
        Ok(Self { address, readiness, shutdown, running })
    }
}

impl Background {
    fn start(node: &Node, roles: Roles) -> Self {
        let shutdown = CancellationToken::new();
        let running = tokio::spawn(Arc::clone(&node.engine).run(roles.runner, shutdown.clone()));
        Self { shutdown, running }
    }
}

async fn bind(listen: SocketAddr) -> Result<Server> {
    let bound = Server::bind(ServeOptions { listen }).await;
    bound
        .with_context(|| format!("cannot listen on {listen}"))
        .hint("choose another address with --listen, or port 0 for any free one")
}

fn settings(config: &ServerConfig, address: SocketAddr) -> ServerSettings {
    let own = || format!("http://localhost:{}", address.port());
    ServerSettings {
        public_url: config.public_url.as_ref().map_or_else(own, |url| url.0.clone()),
        connect_url: config.connect_ui_url.0.clone(),
        body_bytes_max: config.body_bytes_max,
        allows_public_keys: config.allow_public_keys,
        trusts_forwarded_for: config.trust_forwarded_for,
        enforces_content_security_policy: config.enforce_content_security_policy,
        git_hash: option_env!("BOWLINE_GIT_HASH").unwrap_or_default().to_owned(),
    }
}

/// The Connect UI on a port of its own. Another server on this machine may have the port; then this one does without.
async fn serve_connect_ui(
    listen: Option<SocketAddr>,
    page: Arc<ConnectUi>,
    shutdown: CancellationToken,
) -> impl Future<Output = ()> {
    let server = match listen {
        None => None,
        Some(listen) => match Server::bind(ServeOptions { listen }).await {
            Ok(server) => Some(server),
            Err(error) => {
                tracing::warn!(%listen, %error, "the Connect UI has no port of its own; the API serves it under /connect-ui/");
                None
            }
        },
    };
    async move {
        if let Some(server) = server {
            server.run(Site::ConnectUi(page), shutdown).await;
        }
    }
}

/// A key fixed for an environment that does not exist is most likely a typing error.
async fn warn_of_unused_keys(config: &Config, node: &Node) -> Result<()> {
    if config.keys.is_empty() {
        return Ok(());
    }
    let account = node.engine.default_account().await?;
    let environments = node.engine.list_environments(account.id).await?;
    for keys in &config.keys {
        if !environments.iter().any(|environment| environment.name.as_str() == keys.environment) {
            tracing::warn!(
                environment = keys.environment,
                "keys are fixed for an environment that does not exist"
            );
        }
    }
    Ok(())
}

/// A wildcard address cannot be called, so the loopback address stands for it.
fn url_of(address: SocketAddr) -> String {
    match address {
        SocketAddr::V4(v4) if v4.ip().is_unspecified() => format!("http://127.0.0.1:{}", v4.port()),
        SocketAddr::V6(v6) if v6.ip().is_unspecified() => format!("http://[::1]:{}", v6.port()),
        other => format!("http://{other}"),
    }
}

async fn within(limit: Duration, what: &str, work: impl Future) {
    if timeout(limit, work).await.is_err() {
        tracing::warn!("{what} did not end within {limit:?} and was cut off");
    }
}
