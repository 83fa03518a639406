//! The storage contract on PostgreSQL, direct and as behind a transaction pooler, and what only it promises:
//! several nodes on one database.

#![expect(clippy::unwrap_used, reason = "a helper that fails makes its test fail")]

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bowline_domain::connection::{Connection, ConnectionContent, ConnectionPatch, NewConnection};
use bowline_domain::environment::{EnvironmentSettings, NewEnvironment};
use bowline_domain::id::{
    ConnectionKey, EnvironmentName, FunctionName, IntegrationKey, ProviderName, RowUid, TaskId,
};
use bowline_domain::integration::NewIntegration;
use bowline_domain::storage::{
    AcquireLease, ConnectionStore, CreateConnection, CreateEnvironment, CreateIntegration, CreateTask,
    EnvironmentStore, IntegrationStore, RefreshStore, Storage, TaskStore,
};
use bowline_domain::tags::Tags;
use bowline_domain::task::{LostLease, NewTask, RetriesMax, TaskKind, TaskResult};
use bowline_domain::{ManualClock, SealedBytes, Secret, Timestamp};
use bowline_storage_postgres::{PostgresOptions, PostgresStorage};
use bowline_testkit::postgres::TestDatabase;
use bowline_testkit::storage_contract::{TestBackend, TestStorage};
use tokio::task::JoinSet;
use uuid::Uuid;

const NOW: Timestamp = Timestamp::from_seconds(1_750_000_000);

struct PostgresBackend {
    database: TestDatabase,
    pooled: bool,
}

impl PostgresBackend {
    async fn open(&self) -> PostgresStorage {
        let url = Secret::new(self.database.url());
        let options = PostgresOptions::new(url, Arc::new(ManualClock::new(NOW)));
        PostgresStorage::open(PostgresOptions { pooled: self.pooled, ..options }).await.unwrap()
    }
}

#[async_trait]
impl TestBackend for PostgresBackend {
    async fn pass_time(&self, span: Duration) {
        let micros = span.as_micros();
        self.database.sql(&format!(
            "UPDATE refresh_leases SET lease_until = lease_until - {micros}; \
             UPDATE rate_limits SET window_ends_at = window_ends_at - {micros}; \
             UPDATE deploy_locks SET locked_until = locked_until - {micros}"
        ));
    }

    async fn reopen(&self) -> Arc<dyn Storage> {
        Arc::new(self.open().await)
    }

    async fn connections_hold(&self, text: &str) -> bool {
        // As text, sealed columns are hexadecimal.
        let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
        let rows = self.database.sql("SELECT c FROM connections c");
        rows.contains(text) || rows.contains(&hex)
    }
}

fn backend() -> PostgresBackend {
    PostgresBackend { database: TestDatabase::create(), pooled: false }
}

async fn fresh() -> TestStorage {
    let backend = backend();
    TestStorage { storage: backend.reopen().await, backend: Box::new(backend) }
}

async fn fresh_pooled() -> TestStorage {
    let backend = PostgresBackend { pooled: true, ..backend() };
    TestStorage { storage: backend.reopen().await, backend: Box::new(backend) }
}

bowline_testkit::storage_contract_tests!(fresh);

mod behind_a_pooler {
    use super::fresh_pooled;

    bowline_testkit::storage_contract_tests!(fresh_pooled);
}

fn sealed(text: &str) -> SealedBytes {
    SealedBytes(text.as_bytes().to_vec())
}

/// An environment with one integration and one connection.
async fn one_connection(storage: &PostgresStorage) -> Arc<Connection> {
    let account = storage.ensure_default_account(Uuid::new_v4(), "default", NOW).await.unwrap();
    let environment = NewEnvironment {
        uuid: Uuid::new_v4(),
        account_id: account.id,
        name: EnvironmentName::parse("dev").unwrap(),
        is_production: false,
        public_key: Uuid::new_v4(),
        settings: EnvironmentSettings::default(),
        secrets: sealed("secrets"),
        api_keys: Vec::new(),
        created_at: NOW,
    };
    let CreateEnvironment::Created(environment) = storage.create_environment(environment).await.unwrap()
    else {
        panic!("the database is empty, so the name is free")
    };
    let integration = NewIntegration {
        uid: RowUid(Uuid::new_v4()),
        key: IntegrationKey::parse("github").unwrap(),
        provider: ProviderName::parse("github").unwrap(),
        display_name: None,
        credentials: sealed("application"),
        forward_webhooks: true,
        created_at: NOW,
    };
    let created = storage.create_integration(environment.id, integration).await.unwrap();
    let CreateIntegration::Created(integration) = created else { panic!("the key is free") };
    let connection = NewConnection {
        uid: RowUid(Uuid::new_v4()),
        integration_id: integration.id,
        key: ConnectionKey::parse("user-1").unwrap(),
        content: ConnectionContent {
            credentials: sealed("credentials"),
            credentials_expire_at: None,
            config: sealed("config"),
            metadata: None,
            tags: Tags::default(),
            end_user: None,
            webhook_url_override: None,
            last_fetched_at: None,
        },
        created_at: NOW,
    };
    match storage.create_connection(environment.id, connection).await.unwrap() {
        CreateConnection::Created(connection) => connection,
        refused => panic!("the key is free: {refused:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_hundred_takers_on_two_nodes_one_gets_the_lease() {
    let backend = backend();
    let nodes = [Arc::new(backend.open().await), Arc::new(backend.open().await)];
    let connection = one_connection(&nodes[0]).await;
    let mut takers = JoinSet::new();
    for taker in 0..200 {
        let (node, connection) = (Arc::clone(&nodes[taker % 2]), Arc::clone(&connection));
        takers.spawn(async move {
            let lease_for = Duration::from_secs(60);
            let holder = format!("node-{taker}");
            let (environment, id) = (connection.environment_id, connection.id);
            node.acquire_refresh_lease(environment, id, &holder, lease_for, connection.credentials_version)
                .await
        });
    }
    let outcomes: Vec<AcquireLease> = takers.join_all().await.into_iter().map(Result::unwrap).collect();
    let (mut acquired, mut held) = (0, 0);
    for outcome in outcomes {
        match outcome {
            AcquireLease::Acquired(lease) => acquired += i64::from(lease.abandoned_at.is_none()),
            AcquireLease::Held { remaining } => held += i64::from(remaining <= Duration::from_secs(60)),
            other => panic!("nobody changed the connection: {other:?}"),
        }
    }
    assert_eq!((acquired, held), (1, 199));
}

async fn create_action(storage: &PostgresStorage, connection: &Connection) -> TaskId {
    let new = NewTask {
        id: TaskId(Uuid::new_v4()),
        kind: TaskKind::Action,
        name: FunctionName::parse("f").unwrap(),
        integration_id: connection.integration_id,
        connection_id: connection.id,
        payload: sealed("input"),
        retries_max: RetriesMax::NONE,
        lost_lease: LostLease::Fail,
        start_by: NOW.plus(Duration::from_secs(60)),
        created_at: NOW,
    };
    let id = new.id;
    assert_eq!(storage.create_task(connection.environment_id, new, 100).await.unwrap(), CreateTask::Created);
    id
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_claimers_on_two_nodes_one_at_a_time_gets_an_action_until_all_have_run() {
    let backend = backend();
    let nodes = [Arc::new(backend.open().await), Arc::new(backend.open().await)];
    let connection = one_connection(&nodes[0]).await;
    let mut waiting = Vec::new();
    for _ in 0..10 {
        waiting.push(create_action(&nodes[0], &connection).await);
    }
    let mut ran = Vec::new();
    for _ in 0..waiting.len() {
        let mut claimers = JoinSet::new();
        for claimer in 0..20 {
            let node = Arc::clone(&nodes[claimer % 2]);
            claimers.spawn(async move {
                node.claim_task(&[TaskKind::Action], Uuid::new_v4(), NOW, Duration::from_secs(60)).await
            });
        }
        let claimed: Vec<_> = claimers.join_all().await.into_iter().filter_map(Result::unwrap).collect();
        let [claimed] = &claimed[..] else { panic!("one of them: {claimed:?}") };
        let result = TaskResult::Succeeded(sealed("output"));
        assert!(nodes[1].finish_task(claimed.task.id, claimed.epoch, result, NOW).await.unwrap());
        ran.push(claimed.task.id);
    }
    assert_eq!(ran, waiting);
}

async fn check_eight_openers(backend: PostgresBackend) {
    let backend = Arc::new(backend);
    let mut openers = JoinSet::new();
    for _ in 0..8 {
        let backend = Arc::clone(&backend);
        openers.spawn(async move { backend.open().await.check_health().await });
    }
    openers.join_all().await.into_iter().for_each(|health| health.unwrap());
    let migrations = "SELECT count(*) = count(DISTINCT version), bool_and(success) FROM _sqlx_migrations";
    assert_eq!(backend.database.sql(migrations), "t|t");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn eight_nodes_that_start_at_once_migrate_once() {
    check_eight_openers(backend()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn eight_nodes_that_start_at_once_behind_a_pooler_migrate_once() {
    check_eight_openers(PostgresBackend { pooled: true, ..backend() }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_whose_server_process_is_killed_fails_and_the_next_one_works() {
    let backend = backend();
    let storage = Arc::new(backend.open().await);
    let connection = one_connection(&storage).await;
    let mut blocker = backend.database.start_sql("LOCK TABLE connections; SELECT pg_sleep(600)");
    let locked = "SELECT count(*) FROM pg_locks WHERE relation = 'connections'::regclass AND granted \
                  AND mode = 'AccessExclusiveLock'";
    backend.database.wait_for(locked, "1").await;
    let call = tokio::spawn({
        let (storage, connection) = (Arc::clone(&storage), Arc::clone(&connection));
        async move {
            let patch = ConnectionPatch { tags: Some(Tags::default()), ..ConnectionPatch::default() };
            storage.update_connection(connection.environment_id, connection.id, patch, NOW).await
        }
    });
    let waiting = "FROM pg_stat_activity WHERE application_name = 'bowline' AND wait_event_type = 'Lock' \
                   AND datname = current_database()";
    backend.database.wait_for(&format!("SELECT count(*) {waiting}"), "1").await;
    backend.database.sql(&format!("SELECT pg_terminate_backend(pid) {waiting}"));
    call.await.unwrap().expect_err("its server process is gone");
    backend.database.sql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
         WHERE application_name = 'psql' AND wait_event = 'PgSleep' AND datname = current_database()",
    );
    blocker.wait().unwrap();
    let found = storage.find_connection_by_id(connection.environment_id, connection.id).await.unwrap();
    assert_eq!(found, Some(connection));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn finding_a_connection_survives_the_loss_of_idle_server_processes() {
    let backend = backend();
    let storage = backend.open().await;
    let connection = one_connection(&storage).await;
    let (environment, integration, key) =
        (connection.environment_id, &connection.integration_key, &connection.key);
    assert_eq!(
        storage.find_connection(environment, integration, key).await.unwrap(),
        Some(Arc::clone(&connection))
    );
    backend.database.sql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
         WHERE application_name = 'bowline' AND datname = current_database()",
    );
    assert_eq!(storage.find_connection(environment, integration, key).await.unwrap(), Some(connection));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn finding_a_connection_answers_everybody_when_some_callers_give_up() {
    let backend = backend();
    let storage = Arc::new(backend.open().await);
    let connection = one_connection(&storage).await;
    let mut callers = JoinSet::new();
    for caller in 0..400 {
        let (storage, connection) = (Arc::clone(&storage), Arc::clone(&connection));
        callers.spawn(async move {
            let unknown = ConnectionKey::parse(format!("user-{}", caller + 100)).unwrap();
            let key = if caller % 2 == 0 { connection.key.clone() } else { unknown };
            let find = storage.find_connection(connection.environment_id, &connection.integration_key, &key);
            let patience = if caller % 4 < 2 { Duration::from_micros(300) } else { Duration::from_secs(60) };
            let found = tokio::time::timeout(patience, find).await.map(Result::unwrap);
            (caller, found)
        });
    }
    for (caller, found) in callers.join_all().await {
        match found {
            Ok(found) => assert_eq!(found.is_some(), caller % 2 == 0, "caller {caller} got another's answer"),
            Err(_) => assert!(caller % 4 < 2, "caller {caller} was never answered"),
        }
    }
}
