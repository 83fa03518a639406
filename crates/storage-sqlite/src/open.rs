//! Opening the database: the directory's lock, the connections and their settings, the migrations.

#[cfg(unix)]
use std::fs;
use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bowline_domain::storage::{StorageError, StorageResult};
use parking_lot::Mutex;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection};
use tokio::time::sleep;

use crate::caches::Caches;
use crate::migrations::migrator;
use crate::rate_limit::Windows;
use crate::writer::Writer;
use crate::{SqliteOptions, SqliteStorage, failed};

/// Held by the server for as long as it runs.
const LOCK_FILE: &str = "bowline.lock";
/// How long a write waits for another process's.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// Between two tries to open a database that another process is just making.
const CONNECT_PAUSE: Duration = Duration::from_millis(10);
/// SQLite's result code when somebody else has the file.
const SQLITE_BUSY: &str = "5";
const READERS_MAX: u32 = 4;
/// Pages kept in memory, in KiB (a negative number means KiB to SQLite): small, as hot rows are in the caches.
const WRITER_CACHE: &str = "-2048";
const READER_CACHE: &str = "-512";

pub(crate) async fn open(options: SqliteOptions) -> StorageResult<SqliteStorage> {
    let lock = if options.exclusive { Some(lock_directory(&options.path)?) } else { None };
    make_private_database(&options.path)?;
    let base = base_options(&options.path);
    let writer = base.clone().pragma("cache_size", WRITER_CACHE);
    let mut writer = connect_in_turn(&writer).await.map_err(failed("opening the database"))?;
    migrate(&mut writer).await?;
    let readers = SqlitePoolOptions::new()
        .max_connections(READERS_MAX)
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
        .connect_lazy_with(base.pragma("cache_size", READER_CACHE).pragma("query_only", "ON"));
    let caches = Arc::new(Caches::new(options.exclusive));
    Ok(SqliteStorage {
        readers,
        writer: Writer::start(writer, Arc::clone(&caches)),
        caches,
        windows: Mutex::new(Windows::default()),
        clock: options.clock,
        lock: Mutex::new(lock),
    })
}

/// Whoever finds a new database turns its log on, which needs the file alone. For that SQLite does not wait as it does
/// for everything else, so of several at once all but one are refused, and try again.
async fn connect_in_turn(options: &SqliteConnectOptions) -> sqlx::Result<SqliteConnection> {
    let deadline = Instant::now() + BUSY_TIMEOUT;
    loop {
        match options.connect().await {
            Err(error) if is_busy(&error) && Instant::now() < deadline => sleep(CONNECT_PAUSE).await,
            connected => return connected,
        }
    }
}

fn is_busy(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|error| error.code().as_deref() == Some(SQLITE_BUSY))
}

fn base_options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        // Overwritten credentials must not stay behind in free pages.
        .pragma("secure_delete", "ON")
        .disable_statement_logging()
}

/// The system frees the lock when the process ends, however it ends.
fn lock_directory(path: &Path) -> StorageResult<File> {
    let file = open_private_file(&path.with_file_name(LOCK_FILE))
        .map_err(|error| StorageError::new("opening the data directory's lock file", error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StorageError::new(
            "another Bowline server is running on this data directory",
            format!("{LOCK_FILE} beside {} is locked", path.display()),
        )),
        Err(TryLockError::Error(error)) => Err(StorageError::new("locking the data directory", error)),
    }
}

/// SQLite gives its log and index files the permissions of the database file when it makes them; those that a
/// crash left behind keep what they have.
fn make_private_database(path: &Path) -> StorageResult<()> {
    open_private_file(path).map_err(|error| StorageError::new("creating the database file", error))?;
    for suffix in ["-wal", "-shm"] {
        let mut beside = path.as_os_str().to_owned();
        beside.push(suffix);
        close_to_others(Path::new(&beside));
    }
    Ok(())
}

/// A file for its owner only, made where needed.
fn open_private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    close_to_others(path);
    Ok(file)
}

/// Takes an existing file's permissions from group and world. Where the system refuses that, the administrator
/// has given the file to somebody else on purpose: the server runs, and says so.
#[cfg(unix)]
fn close_to_others(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    let Ok(metadata) = fs::metadata(path) else { return };
    if metadata.permissions().mode() & 0o077 == 0 {
        return;
    }
    if let Err(error) = fs::set_permissions(path, fs::Permissions::from_mode(0o600)) {
        tracing::warn!(path = %path.display(), %error, "others than the owner can read this file");
    }
}

#[cfg(not(unix))]
fn close_to_others(_: &Path) {}

/// One transaction around all migrations, so that processes that open a new database at once take turns.
async fn migrate(writer: &mut SqliteConnection) -> StorageResult<()> {
    let context = "bringing the database up to date";
    let mut transaction = writer.begin_with("BEGIN IMMEDIATE").await.map_err(failed(context))?;
    // `run` takes an `Acquire`, which the compiler does not find general enough for a future that is `Send`.
    let migrated = migrator().run_direct(None, &mut *transaction, false).await;
    migrated.map_err(|error| StorageError::new(context, error))?;
    transaction.commit().await.map_err(failed(context))
}
