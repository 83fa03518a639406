//! Engines for tests: one or several nodes on one database, with the simulator as their provider.

use std::sync::Arc;
use std::time::Duration;

use bowline_domain::environment::Environment;
use bowline_domain::id::{ConnectionKey, IntegrationKey};
use bowline_domain::provider::AuthMode;
use bowline_domain::storage::Storage;
use bowline_domain::tags::Tags;
use bowline_domain::{Clock, ManualClock, Secret, Timestamp};
use bowline_engine::catalog::SharedCatalog;
use bowline_engine::connection::{
    GetConnection, GetConnectionError, ImportConnection, ImportError, ImportedCredentials, OpenConnection,
};
use bowline_engine::credential::refresh::RefreshOptions;
use bowline_engine::credential::vault::MasterKey;
use bowline_engine::credential::{CredentialKind, Credentials};
use bowline_engine::function::LocalRunner;
use bowline_engine::integration::{CreateIntegrationInput, CredentialsInput};
use bowline_engine::outbound::{AllowList, Outbound, OutboundOptions, OutboundPolicy};
use bowline_engine::{Engine, EngineOptions, SystemClock};
use bowline_sim::{Control, Grant, NewGrant, SimOptions, Simulator};
use bowline_storage_postgres::{PostgresOptions, PostgresStorage};
use bowline_storage_sqlite::{SqliteOptions, SqliteStorage};
use serde_json::{Map, Value, json};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

use crate::postgres::TestDatabase;
use crate::provider_file::{ProviderFile, simulated_oauth2};

/// The provider and integration that every [`World`] has.
pub const SIMULATED: &str = "simulated";
const MASTER_KEY: [u8; 32] = [7; 32];

/// Which database a test runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// One SQLite file; nodes share the storage object.
    Sqlite,
    /// A PostgreSQL database; each node has a pool of its own.
    Postgres,
}

/// A database, a provider and a clock.
pub struct World {
    /// The provider; it stops with this value.
    pub simulator: Simulator,
    /// Scripts the provider.
    pub control: Control,
    /// The engines' clock; it stands still. Leases run on real time.
    pub clock: ManualClock,
    catalog: SharedCatalog,
    place: Place,
}

enum Place {
    Sqlite { storage: Arc<SqliteStorage>, _directory: TempDir },
    Postgres(TestDatabase),
}

impl World {
    /// A world whose only special provider is [`SIMULATED`].
    pub async fn start(backend: Backend) -> Self {
        Self::with_providers(backend, |_| json!({})).await
    }

    /// A world with further providers; `providers` is given the simulator's address.
    pub async fn with_providers(backend: Backend, providers: impl FnOnce(&str) -> Value) -> Self {
        let simulator = Simulator::start(SimOptions::default()).await.expect("a port is free");
        let control = simulator.control();
        let mut all = json!({ SIMULATED: simulated_oauth2(simulator.base_url(), json!({})) });
        if let (Some(all), Value::Object(more)) = (all.as_object_mut(), providers(simulator.base_url())) {
            all.extend(more);
        }
        let catalog = ProviderFile::write(&all).catalog();
        let clock = ManualClock::new(Timestamp::from_seconds(control.now_ms() / 1_000));
        Self { simulator, control, clock, catalog, place: Place::make(backend).await }
    }

    /// A storage as another node would open it.
    pub async fn storage(&self) -> Arc<dyn Storage> {
        self.opener().open().await
    }

    /// Opens the storage elsewhere, for a node on a [`Machine`] of its own.
    pub fn opener(&self) -> Opener {
        match &self.place {
            Place::Sqlite { storage, .. } => Opener::Sqlite(Arc::clone(storage)),
            Place::Postgres(database) => Opener::Postgres(database.url()),
        }
    }

    /// A node with the integration [`SIMULATED`], with quick polling and otherwise as in production.
    pub async fn node(&self) -> Node {
        self.node_with(quick()).await
    }

    /// A node with options of its own.
    pub async fn node_with(&self, refresh: RefreshOptions) -> Node {
        self.node_on(self.storage().await, refresh).await
    }

    /// A node on a storage of its own.
    pub async fn node_on(&self, storage: Arc<dyn Storage>, refresh: RefreshOptions) -> Node {
        let engine = Engine::start(EngineOptions {
            storage: Arc::clone(&storage),
            master_key: MasterKey::new(MASTER_KEY),
            catalog: Arc::clone(&self.catalog),
            outbound: outbound(),
            clock: Arc::new(self.clock.clone()),
            refresh,
            rate_limit_per_minute: 0,
            token_client: None,
            runner: Arc::new(LocalRunner::default()),
        });
        let engine = engine.await.expect("the vault opens");
        engine.bootstrap(&[]).await.expect("the first environments are made");
        let keys = engine.list_environment_keys().await.expect("environments are listed");
        let environment = keys.into_iter().next().expect("there is a first environment").environment;
        let node = Node { engine, storage, environment: Arc::new(environment) };
        node.ensure_integration(SIMULATED).await;
        node
    }

    /// A grant of the simulator, imported as a connection whose access token ended a minute ago.
    pub async fn expired(&self, node: &Node, key: &str) -> Grant {
        let grant = self.control.mint_grant(NewGrant::default());
        self.import_grant(node, key, &grant).await;
        grant
    }

    /// Imports a grant as a connection whose access token ended a minute ago.
    pub async fn import_grant(&self, node: &Node, key: &str, grant: &Grant) {
        let imported = node.import(SIMULATED, key, self.expired_oauth2(grant), json!({})).await;
        imported.expect("the import is accepted");
    }

    /// The credentials of a grant whose access token ended a minute ago.
    pub fn expired_oauth2(&self, grant: &Grant) -> Value {
        json!({
            "type": "OAUTH2",
            "access_token": grant.access_token,
            "refresh_token": grant.refresh_token,
            "expires_at": self.clock.now().minus(Duration::from_secs(60)).iso_millis_z(),
        })
    }
}

/// Opens the storage of a [`World`].
pub enum Opener {
    /// The one storage all nodes share.
    Sqlite(Arc<SqliteStorage>),
    /// The address of the database.
    Postgres(String),
}

impl Opener {
    /// Opens the storage where this runs.
    pub async fn open(self) -> Arc<dyn Storage> {
        match self {
            Self::Sqlite(storage) => storage,
            Self::Postgres(url) => {
                let mut options = PostgresOptions::new(Secret::new(url), Arc::new(SystemClock));
                options.pool_max = 8;
                Arc::new(PostgresStorage::open(options).await.expect("the test's database opens"))
            }
        }
    }
}

impl Place {
    async fn make(backend: Backend) -> Self {
        if backend == Backend::Postgres {
            return Self::Postgres(TestDatabase::create());
        }
        let directory = tempfile::tempdir().expect("the temporary directory is writable");
        let path = directory.path().join("bowline.db");
        let options = SqliteOptions { path, clock: Arc::new(SystemClock), exclusive: true };
        let storage = Arc::new(SqliteStorage::open(options).await.expect("a new database opens"));
        Self::Sqlite { storage, _directory: directory }
    }
}

/// Options with quick polling.
pub fn quick() -> RefreshOptions {
    RefreshOptions { poll_every: Duration::from_millis(20), ..RefreshOptions::default() }
}

/// Options with quick polling and leases that run out soon, for tests in which a holder dies.
pub fn short_leases() -> RefreshOptions {
    RefreshOptions { lease_for: Duration::from_secs(2), ..quick() }
}

/// An outbound client that may call this machine.
pub fn outbound() -> Outbound {
    let allow = AllowList::parse("127.0.0.1").expect("a valid list");
    let options = OutboundOptions { policy: OutboundPolicy::new(allow), ..OutboundOptions::default() };
    Outbound::new(options).expect("no extra roots")
}

/// One engine with the environment it works in. Cheap to clone.
#[derive(Clone)]
pub struct Node {
    /// The engine.
    pub engine: Arc<Engine>,
    /// Its database.
    pub storage: Arc<dyn Storage>,
    /// The environment `dev`.
    pub environment: Arc<Environment>,
}

impl Node {
    /// An integration of the provider with the same name, with the simulator's client.
    pub async fn ensure_integration(&self, provider: &str) {
        let key = IntegrationKey::parse(provider).expect("a valid key");
        let found =
            self.storage.find_integration(self.environment.id, &key).await.expect("the database answers");
        if found.is_some() {
            return;
        }
        let definition = self.engine.catalog().find(provider).expect("the provider is in the catalogue");
        let client = CredentialsInput::OauthClient {
            mode: AuthMode::OAuth2,
            client_id: "sim-client".to_owned(),
            client_secret: Secret::new("sim-secret".to_owned()),
            scopes: None,
            webhook_secret: None,
        };
        let credentials = (definition.auth_mode == AuthMode::OAuth2).then_some(client);
        self.create_integration(provider, credentials).await;
    }

    /// An integration of the provider with the same name.
    pub async fn create_integration(&self, provider: &str, credentials: Option<CredentialsInput>) {
        let input = CreateIntegrationInput {
            provider: provider.to_owned(),
            key: IntegrationKey::parse(provider).expect("a valid key"),
            display_name: None,
            forward_webhooks: false,
            credentials,
            integration_config: None,
            custom: None,
        };
        self.engine.create_integration(&self.environment, input).await.expect("the integration is accepted");
    }

    /// Imports a connection, or replaces it.
    pub async fn import(
        &self,
        integration: &str,
        key: &str,
        credentials: Value,
        config: Value,
    ) -> Result<OpenConnection, ImportError> {
        let credentials = ImportedCredentials::Given(Credentials::from_object(object(credentials)));
        self.import_with(integration, key, credentials, config).await
    }

    /// Imports an installation of a GitHub App.
    pub async fn import_installation(
        &self,
        integration: &str,
        key: &str,
    ) -> Result<OpenConnection, ImportError> {
        let credentials = ImportedCredentials::GithubApp {
            kind: CredentialKind::App,
            app_id: "app-1".to_owned(),
            installation_id: "installation-1".to_owned(),
        };
        self.import_with(integration, key, credentials, json!({})).await
    }

    async fn import_with(
        &self,
        integration: &str,
        key: &str,
        credentials: ImportedCredentials,
        config: Value,
    ) -> Result<OpenConnection, ImportError> {
        let import = ImportConnection {
            integration: IntegrationKey::parse(integration).expect("a valid key"),
            key: Some(ConnectionKey::parse(key).expect("a valid key")),
            credentials,
            config: object(config),
            metadata: None,
            metadata_when_new: None,
            end_user: None,
            tags: Tags::default(),
            webhook_url_override: None,
            verify: false,
        };
        self.engine.import_connection(&self.environment, import).await
    }

    /// A connection of [`SIMULATED`] with fresh credentials.
    pub async fn get(&self, key: &str) -> Result<OpenConnection, GetConnectionError> {
        self.get_of(SIMULATED, key, false).await
    }

    /// A connection of [`SIMULATED`], refreshed even if that is not due.
    pub async fn force(&self, key: &str) -> Result<OpenConnection, GetConnectionError> {
        self.get_of(SIMULATED, key, true).await
    }

    /// A connection of any integration.
    pub async fn get_of(
        &self,
        integration: &str,
        key: &str,
        force_refresh: bool,
    ) -> Result<OpenConnection, GetConnectionError> {
        let integration = IntegrationKey::parse(integration).expect("a valid key");
        let connection = ConnectionKey::parse(key).expect("a valid key");
        let wanted = GetConnection {
            integration: &integration,
            connection: &connection,
            force_refresh,
            renew_app_token: false,
        };
        self.engine.get_connection(&self.environment, wanted).await
    }

    /// A connection of [`SIMULATED`] as it is stored.
    pub async fn stored(&self, key: &str) -> OpenConnection {
        self.stored_of(SIMULATED, key).await
    }

    /// A connection of any integration as it is stored.
    pub async fn stored_of(&self, integration: &str, key: &str) -> OpenConnection {
        let integration = IntegrationKey::parse(integration).expect("a valid key");
        let connection = ConnectionKey::parse(key).expect("a valid key");
        let found = self.engine.find_connection(&self.environment, &integration, &connection).await;
        let found = found.expect("the connection exists");
        self.engine.open_connection(&self.environment, found).expect("the credentials open")
    }

    /// Deletes a connection of [`SIMULATED`].
    pub async fn delete(&self, key: &str) -> bool {
        let integration = IntegrationKey::parse(SIMULATED).expect("a valid key");
        let connection = ConnectionKey::parse(key).expect("a valid key");
        let deleted = self.engine.delete_connection(&self.environment, &integration, &connection).await;
        deleted.expect("the database answers")
    }
}

/// A machine of its own for a node: ending it stops everything at once, wherever it is.
pub struct Machine(Runtime);

impl Machine {
    /// A machine with nothing on it.
    pub fn start() -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build();
        Self(runtime.expect("a thread can be started"))
    }

    /// Runs something on this machine and waits for its result.
    pub async fn run<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> T {
        self.0.spawn(work).await.expect("the work does not panic")
    }

    /// Starts something on this machine.
    pub fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.0.spawn(work);
    }

    /// Ends it, as a power failure would.
    pub fn kill(self) {
        self.0.shutdown_background();
    }
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        other => panic!("not an object: {other}"),
    }
}
