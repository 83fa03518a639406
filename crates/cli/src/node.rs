//! Puts the parts together: database, vault, catalogue, outbound client, engine.

use std::env::current_exe;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use bowline_catalog::Catalog;
use bowline_domain::clock::Clock;
use bowline_domain::environment::Environment;
use bowline_domain::storage::Storage;
use bowline_engine::credential::refresh::RefreshOptions;
use bowline_engine::credential::vault::VaultError;
use bowline_engine::environment::BootstrapError;
use bowline_engine::outbound::{AllowList, Outbound, OutboundOptions, OutboundPolicy};
use bowline_engine::{Engine, EngineOptions, SystemClock};
use bowline_runtime::{LocalRunner, PoolOptions, Runner, RunnerCommand, Runners, RunnersOptions};
use bowline_storage_postgres::{PostgresOptions, PostgresStorage};
use bowline_storage_sqlite::{SqliteOptions, SqliteStorage};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use crate::config::{Config, FunctionsConfig, OutboundConfig, ServerConfig, nearest};
use crate::error::{WithHint, hinted};
use crate::master_key;

/// What the database is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// A server, the only one on an embedded database.
    Serve,
    /// A command, perhaps beside a running server.
    Command,
}

/// An engine on its open database.
pub struct Node {
    /// The database, to be closed at the end.
    pub storage: Arc<dyn Storage>,
    /// What Bowline does.
    pub engine: Arc<Engine>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl Node {
    /// Opens the configured database, and makes it with its first environments where needed.
    pub async fn open(config: &Config, usage: Use) -> Result<Self> {
        make_folder(&config.storage.data_dir)?;
        let catalog = Arc::new(catalog(&config.server)?);
        let outbound = outbound(&config.outbound)?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let master_key = master_key::load(config)?;
        let storage = open_storage(config, usage, &clock).await?;
        let options = EngineOptions {
            storage: Arc::clone(&storage),
            master_key,
            catalog,
            outbound,
            clock: Arc::clone(&clock),
            refresh: refresh(config),
            rate_limit_per_minute: config.server.rate_limit_per_minute,
            token_client: None,
            runner: runner(config, usage)?,
        };
        match start_engine(options, config).await {
            Ok(engine) => Ok(Self { storage, engine, clock }),
            Err(error) => {
                storage.close().await;
                Err(error)
            }
        }
    }

    /// One of the environments by name.
    pub async fn environment(&self, name: &str) -> Result<Environment> {
        let account = self.engine.default_account().await?;
        let environments = self.engine.list_environments(account.id).await?;
        if let Some(found) = environments.iter().find(|environment| environment.name.as_str() == name) {
            return Ok(found.clone());
        }
        let names: Vec<&str> = environments.iter().map(|environment| environment.name.as_str()).collect();
        let hint = match nearest(name, names.iter().copied()) {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => format!("there are: {}", names.join(", ")),
        };
        Err(hinted(anyhow!("there is no environment `{name}`"), hint))
    }

    /// Closes the database.
    pub async fn close(self) {
        self.storage.close().await;
    }
}

async fn start_engine(options: EngineOptions, config: &Config) -> Result<Arc<Engine>> {
    let engine = Engine::start(options).await.map_err(vault_advice)?;
    engine.bootstrap(&config.keys).await.map_err(bootstrap_advice)?;
    Ok(engine)
}

/// What runs functions: processes of this binary that have given up everything else. Commands run none.
fn runner(config: &Config, usage: Use) -> Result<Arc<dyn Runner>> {
    if usage == Use::Command {
        return Ok(Arc::new(LocalRunner::new(PoolOptions::default())));
    }
    // The link still leads to this binary when an upgrade has put another one in its place.
    let link = Path::new("/proc/self/exe");
    let program =
        if link.exists() { link.to_owned() } else { current_exe().context("where this binary is")? };
    let FunctionsConfig { processes, runs_max, process_memory_mb_max } = config.functions;
    Ok(Arc::new(Runners::new(RunnersOptions {
        command: RunnerCommand { program, arguments: vec!["runner".to_owned()] },
        processes,
        runs: runs_max,
        memory_bytes: process_memory_mb_max.saturating_mul(1 << 20),
    })))
}

/// The built-in providers with the configured files over them.
pub fn catalog(config: &ServerConfig) -> Result<Catalog> {
    let paths = &config.providers.0;
    if paths.is_empty() {
        return Ok(Catalog::builtin());
    }
    Catalog::overlay(paths).hint("`bowline providers lint` checks provider files without starting")
}

fn make_folder(folder: &Path) -> Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(folder)
        .with_context(|| format!("the data directory {} cannot be made", folder.display()))
        .hint("choose another one with --data-dir or BOWLINE_DATA_DIR")
}

async fn open_storage(config: &Config, usage: Use, clock: &Arc<dyn Clock>) -> Result<Arc<dyn Storage>> {
    let clock = Arc::clone(clock);
    if let Some(url) = &config.storage.database_url {
        let mut options = PostgresOptions::new(url.clone(), clock);
        options.pool_max = if usage == Use::Serve { config.storage.database_pool_max } else { 2 };
        options.acquire_timeout = config.storage.database_acquire_timeout;
        options.pooled = config.storage.database_pooled;
        let opened = PostgresStorage::open(options).await;
        return Ok(Arc::new(
            opened.hint("is PostgreSQL 15 or newer running at the database URL, and does it let you in?")?,
        ));
    }
    let options = SqliteOptions { path: config.database_file(), clock, exclusive: usage == Use::Serve };
    let opened = SqliteStorage::open(options).await;
    let folder = config.storage.data_dir.display();
    Ok(Arc::new(opened.hint(format!(
        "{folder} must be writable, and only one server can run on it: stop the other one, or choose another \
         folder with --data-dir"
    ))?))
}

/// The outbound client under the configured policy.
fn outbound(config: &OutboundConfig) -> Result<Outbound> {
    let mut policy = OutboundPolicy::new(allow_list(config)?);
    policy.denied_hosts.extend(config.deny_hosts.0.iter().cloned());
    policy.allow_private_for_oauth = config.allow_private_for_oauth;
    Ok(Outbound::new(OutboundOptions {
        policy,
        connect_timeout: config.connect_timeout,
        response_header_timeout: config.response_header_timeout,
        body_silence_max: config.body_silence_max,
        redirects_max: config.redirects_max,
        extra_roots: extra_roots(config)?,
        ..OutboundOptions::default()
    })?)
}

/// The authorities of the configured file.
pub fn extra_roots(config: &OutboundConfig) -> Result<Vec<CertificateDer<'static>>> {
    let Some(path) = &config.ca_file else { return Ok(Vec::new()) };
    let certificates = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let certificates =
        certificates.with_context(|| format!("outbound.ca_file {} cannot be read as PEM", path.display()))?;
    if certificates.is_empty() {
        bail!("outbound.ca_file {} holds no certificate", path.display());
    }
    Ok(certificates)
}

/// What the policy is opened for.
pub fn allow_list(config: &OutboundConfig) -> Result<AllowList> {
    AllowList::parse(&config.allow.0.join(","))
        .context("outbound.allow (BOWLINE_OUTBOUND_ALLOW)")
        .hint("give CIDR blocks and hosts, such as 10.0.0.0/8,crm.internal:8443")
}

fn refresh(config: &Config) -> RefreshOptions {
    let is_scheduler = config.server.roles.scheduler;
    let config = &config.refresh;
    RefreshOptions {
        lease_for: config.lease,
        poll_every: config.poll_every,
        wait_max: config.wait_max,
        margin: config.margin,
        backoff: config.backoff,
        failing_days_max: config.failing_days_max,
        // A node that is no scheduler recovers what it left unfinished itself, and then leaves it to the others.
        background_every: if is_scheduler { config.background_every } else { Duration::MAX },
        background_concurrency: config.background_concurrency.max(1),
    }
}

fn vault_advice(error: VaultError) -> anyhow::Error {
    match error {
        VaultError::WrongMasterKey => hinted(
            error,
            "start with the BOWLINE_ENCRYPTION_KEY or the master.key that this database was set up with; all nodes \
             of one database need the same",
        ),
        other => other.into(),
    }
}

fn bootstrap_advice(error: BootstrapError) -> anyhow::Error {
    match error {
        BootstrapError::BadKey(_) | BootstrapError::KeyInUse(_) => {
            hinted(error, "give each environment a UUID v4 of its own, such as the output of `uuidgen`")
        }
        BootstrapError::Environment(_) => error.into(),
    }
}
