//! The storage contract on the embedded database.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bowline_domain::api_key::{KeyDigest, NewApiKey};
use bowline_domain::environment::{EnvironmentSettings, NewEnvironment};
use bowline_domain::id::{AccountId, EnvironmentName, RowUid};
use bowline_domain::scope::ScopeSet;
use bowline_domain::storage::{ApiKeyStore, CreateEnvironment, EnvironmentStore, Storage};
use bowline_domain::{ManualClock, SealedBytes, Timestamp};
use bowline_storage_sqlite::{SqliteOptions, SqliteStorage};
use bowline_testkit::storage_contract::{TestBackend, TestStorage};
use tempfile::TempDir;
use uuid::Uuid;

struct SqliteBackend {
    directory: TempDir,
    clock: ManualClock,
}

impl SqliteBackend {
    fn path(&self) -> PathBuf {
        self.directory.path().join("bowline.db")
    }

    fn options(&self, exclusive: bool) -> SqliteOptions {
        SqliteOptions { path: self.path(), clock: Arc::new(self.clock.clone()), exclusive }
    }
}

#[async_trait]
impl TestBackend for SqliteBackend {
    async fn pass_time(&self, span: Duration) {
        self.clock.advance(span);
    }

    async fn reopen(&self) -> Arc<dyn Storage> {
        Arc::new(SqliteStorage::open(self.options(true)).await.expect("a fresh or closed database opens"))
    }

    async fn connections_hold(&self, text: &str) -> bool {
        let bytes = std::fs::read(self.path()).expect("a closed database is one file");
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    }
}

fn backend() -> SqliteBackend {
    let clock = ManualClock::new(Timestamp::from_seconds(1_750_000_000));
    SqliteBackend { directory: tempfile::tempdir().expect("a temporary directory"), clock }
}

async fn fresh() -> TestStorage {
    let backend = backend();
    TestStorage { storage: backend.reopen().await, backend: Box::new(backend) }
}

bowline_testkit::storage_contract_tests!(fresh);

#[tokio::test]
async fn a_second_server_on_one_directory_is_refused_until_the_first_is_gone() {
    let backend = backend();
    let first = SqliteStorage::open(backend.options(true)).await.unwrap();
    let refused = SqliteStorage::open(backend.options(true)).await.unwrap_err();
    assert_eq!(refused.to_string(), "storage: another Bowline server is running on this data directory");
    first.close().await;
    SqliteStorage::open(backend.options(true)).await.unwrap();
}

#[tokio::test]
async fn a_dropped_server_frees_the_directory() {
    let backend = backend();
    drop(SqliteStorage::open(backend.options(true)).await.unwrap());
    SqliteStorage::open(backend.options(true)).await.unwrap();
}

#[tokio::test]
async fn many_that_open_a_new_database_at_once_all_succeed() {
    let backend = Arc::new(backend());
    let mut callers = tokio::task::JoinSet::new();
    for n in 0..24 {
        let backend = Arc::clone(&backend);
        callers.spawn(async move { SqliteStorage::open(backend.options(n == 0)).await.unwrap() });
    }
    for storage in callers.join_all().await {
        storage.check_health().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_soon_sees_what_a_command_beside_it_writes() {
    let backend = backend();
    let server = SqliteStorage::open(backend.options(true)).await.unwrap();
    let command = SqliteStorage::open(backend.options(false)).await.unwrap();
    let account =
        server.ensure_default_account(Uuid::new_v4(), "default", Timestamp::default()).await.unwrap();
    let (key, environment) = new_environment_with_key(account.id);
    let CreateEnvironment::Created(made) = server.create_environment(environment).await.unwrap() else {
        panic!("the environment was refused");
    };
    // Twice, so that the second comes from the cache.
    for _ in 0..2 {
        assert!(server.find_api_key(&key).await.unwrap().is_some());
    }
    assert!(command.delete_environment(account.id, made.id, Timestamp::default()).await.unwrap());
    assert!(command.find_api_key(&key).await.unwrap().is_none());
    let until_unseen = async {
        while server.find_api_key(&key).await.unwrap().is_some() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), until_unseen).await.unwrap();
}

#[tokio::test]
async fn nothing_sealed_outlives_a_deleted_environment() {
    let backend = backend();
    let server = SqliteStorage::open(backend.options(true)).await.unwrap();
    let account =
        server.ensure_default_account(Uuid::new_v4(), "default", Timestamp::default()).await.unwrap();
    let (_, environment) = new_environment_with_key(account.id);
    let CreateEnvironment::Created(made) = server.create_environment(environment).await.unwrap() else {
        panic!("the environment was refused");
    };
    assert!(server.delete_environment(account.id, made.id, Timestamp::default()).await.unwrap());
    server.close().await;
    let bytes = std::fs::read(backend.path()).unwrap();
    assert!(!bytes.windows(SEALED.len()).any(|window| window == SEALED));
    assert!(!backend.path().with_extension("db-wal").exists());
}

#[cfg(unix)]
#[tokio::test]
async fn the_database_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let backend = backend();
    let storage = SqliteStorage::open(backend.options(true)).await.unwrap();
    storage.check_health().await.unwrap();
    for file in ["bowline.db", "bowline.db-wal", "bowline.db-shm"] {
        let mode = std::fs::metadata(backend.directory.path().join(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn files_that_others_could_read_are_closed_to_them() {
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt as _;
    let backend = backend();
    let files = ["bowline.db", "bowline.db-wal", "bowline.db-shm", "bowline.lock"]
        .map(|name| backend.directory.path().join(name));
    let mode = |file: &PathBuf| std::fs::metadata(file).unwrap().permissions().mode() & 0o777;
    let server = SqliteStorage::open(backend.options(true)).await.unwrap();
    server.check_health().await.unwrap();
    for file in &files {
        assert_eq!(mode(file), 0o600, "{}", file.display());
        std::fs::set_permissions(file, Permissions::from_mode(0o664)).unwrap();
    }
    // A command beside the server leaves the lock file alone.
    let command = SqliteStorage::open(backend.options(false)).await.unwrap();
    for file in &files[..3] {
        assert_eq!(mode(file), 0o600, "{}", file.display());
    }
    command.close().await;
    server.close().await;
    std::fs::set_permissions(&files[3], Permissions::from_mode(0o644)).unwrap();
    let _server = SqliteStorage::open(backend.options(true)).await.unwrap();
    assert_eq!(mode(&files[3]), 0o600);
}

const SEALED: &[u8] = b"a ciphertext that must not stay";

fn new_environment_with_key(account: AccountId) -> (KeyDigest, NewEnvironment) {
    let digest = KeyDigest([7; 32]);
    let key = NewApiKey {
        uid: RowUid(Uuid::new_v4()),
        account_id: account,
        environment_id: None,
        display_name: "key".to_owned(),
        scopes: ScopeSet::environment_all(),
        digest,
        secret: SealedBytes(SEALED.to_vec()),
        created_at: Timestamp::default(),
    };
    let environment = NewEnvironment {
        uuid: Uuid::new_v4(),
        account_id: account,
        name: EnvironmentName::parse("dev").expect("a valid name"),
        is_production: false,
        public_key: Uuid::new_v4(),
        settings: EnvironmentSettings::default(),
        secrets: SealedBytes(SEALED.to_vec()),
        api_keys: vec![key],
        created_at: Timestamp::default(),
    };
    (digest, environment)
}
