//! The engine: one value that holds every part, built once at start.

use std::sync::{Arc, Weak};
use std::time::Duration;

use bowline_domain::clock::Clock;
use bowline_domain::storage::Storage;
use bowline_runtime::Runner;
use tokio::sync::Notify;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::access::Access;
use crate::auth::HttpTokenClient;
use crate::catalog::{Catalog, SharedCatalog};
use crate::connect::PopupResults;
use crate::connection::FetchLog;
use crate::credential::refresh::{RefreshOptions, Refresher, TokenClient};
use crate::credential::vault::{MasterKey, Vault, VaultError};
use crate::function::FunctionRuntime;
use crate::outbound::Outbound;
use crate::rate_limit::RateLimiter;

/// How often notes of fetched connections are written down.
const FETCH_LOG_EVERY: Duration = Duration::from_secs(5);

/// What an engine is built from.
pub struct EngineOptions {
    /// The database.
    pub storage: Arc<dyn Storage>,
    /// The key that wraps the data keys.
    pub master_key: MasterKey,
    /// The providers.
    pub catalog: SharedCatalog,
    /// The way out to the network.
    pub outbound: Outbound,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Times and limits of refreshing.
    pub refresh: RefreshOptions,
    /// Requests per minute and account; 0 for no limit.
    pub rate_limit_per_minute: u64,
    /// Calls token endpoints; `None` for HTTP.
    pub token_client: Option<Arc<dyn TokenClient>>,
    /// Runs functions.
    pub runner: Arc<dyn Runner>,
}

/// Everything Bowline does, over one database.
pub struct Engine {
    /// Who is calling.
    pub access: Arc<Access>,
    /// How much they may call.
    pub rate_limiter: RateLimiter,
    pub(crate) storage: Arc<dyn Storage>,
    pub(crate) vault: Vault,
    pub(crate) catalog: SharedCatalog,
    pub(crate) outbound: Outbound,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) refresher: Refresher,
    pub(crate) fetch_log: FetchLog,
    pub(crate) popup_results: Arc<PopupResults>,
    pub(crate) functions: FunctionRuntime,
    me: Weak<Self>,
    /// Wakes the worker of this node's tasks.
    pub(crate) tasks_wanted: Notify,
    /// Changes of functions under way; each holds its environment's lock.
    pub(crate) deployments: TaskTracker,
}

impl Engine {
    /// Opens the vault and wires the parts; calls nobody yet.
    pub async fn start(options: EngineOptions) -> Result<Arc<Self>, VaultError> {
        let EngineOptions { storage, master_key, catalog, outbound, clock, refresh, .. } = options;
        let vault = Vault::open(storage.as_ref(), &master_key, clock.now()).await?;
        let tokens = options.token_client.unwrap_or_else(|| Arc::new(HttpTokenClient::new(outbound.clone())));
        let refresher = Refresher::new(
            Arc::clone(&storage),
            vault.clone(),
            Arc::clone(&catalog),
            Arc::clone(&clock),
            tokens,
            refresh,
        );
        let access = Arc::new(Access::new(Arc::<dyn Storage>::clone(&storage), Arc::clone(&clock)));
        let rate_limiter = RateLimiter::new(
            Arc::<dyn Storage>::clone(&storage),
            Arc::clone(&clock),
            options.rate_limit_per_minute,
        );
        let fetch_log = FetchLog::default();
        Ok(Arc::new_cyclic(|me| Self {
            me: Weak::clone(me),
            access,
            rate_limiter,
            storage,
            vault,
            catalog,
            outbound,
            clock,
            refresher,
            fetch_log,
            popup_results: Arc::default(),
            functions: FunctionRuntime::new(options.runner),
            tasks_wanted: Notify::new(),
            deployments: TaskTracker::new(),
        }))
    }

    /// This engine, for work that goes on when its caller is gone.
    pub(crate) fn shared(&self) -> Arc<Self> {
        self.me.upgrade().expect("whoever calls holds the engine")
    }

    /// The providers.
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// Runs the background work until told to stop, tasks of the queue only if asked to; then finishes what is
    /// under way and writes what is still in memory.
    pub async fn run(self: Arc<Self>, works_off_tasks: bool, shutdown: CancellationToken) {
        let tasks = async {
            if works_off_tasks {
                Arc::clone(&self).run_tasks(shutdown.clone()).await;
            }
        };
        tokio::join!(
            tasks,
            self.access.run(shutdown.clone()),
            self.refresher.run_background(shutdown.cancelled()),
            self.write_fetch_log(shutdown.clone()),
            self.sweep_tasks(shutdown.clone()),
        );
        self.finish().await;
    }

    /// Waits for token requests and deployments under way and writes what is still in memory.
    pub async fn finish(&self) {
        self.refresher.drain().await;
        self.deployments.close();
        self.deployments.wait().await;
        self.access.flush_last_used().await;
        self.flush_fetch_log().await;
    }

    async fn write_fetch_log(&self, shutdown: CancellationToken) {
        let mut stopping = false;
        while !stopping {
            stopping = shutdown.run_until_cancelled(sleep(FETCH_LOG_EVERY)).await.is_none();
            self.flush_fetch_log().await;
        }
    }

    async fn flush_fetch_log(&self) {
        if let Err(error) = self.fetch_log.flush(self.storage.as_ref()).await {
            tracing::warn!(?error, "could not note when connections were fetched");
        }
    }
}
