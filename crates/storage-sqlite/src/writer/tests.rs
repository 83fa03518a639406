use std::path::PathBuf;

use sqlx::ConnectOptions as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode};
use tempfile::TempDir;

use super::*;

/// A writer on a fresh database with a table `notes (text UNIQUE)`.
struct Bench {
    writer: Arc<Writer>,
    path: PathBuf,
    _directory: TempDir,
}

async fn connect(path: &PathBuf) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
    options
        .journal_mode(SqliteJournalMode::Wal)
        .busy_timeout(Duration::from_millis(50))
        .connect()
        .await
        .unwrap()
}

async fn bench() -> Bench {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("test.db");
    let mut conn = connect(&path).await;
    sqlx::query("CREATE TABLE notes (text TEXT UNIQUE) STRICT").execute(&mut conn).await.unwrap();
    let writer = Arc::new(Writer::start(conn, Arc::new(Caches::new(false))));
    Bench { writer, path, _directory: directory }
}

impl Bench {
    async fn notes(&self) -> Vec<String> {
        let mut conn = connect(&self.path).await;
        sqlx::query_scalar("SELECT text FROM notes ORDER BY rowid").fetch_all(&mut conn).await.unwrap()
    }
}

/// Writes the texts one by one, so that a text that is there already comes after new ones were written.
async fn note(writer: Arc<Writer>, texts: Vec<String>) -> StorageResult<()> {
    writer
        .write("noting", move |write| {
            Box::pin(async move {
                for text in texts {
                    sqlx::query("INSERT INTO notes VALUES (?)").bind(text).execute(&mut *write.conn).await?;
                }
                Ok(())
            })
        })
        .await
}

#[tokio::test]
async fn a_failing_job_takes_back_its_own_writes_only() {
    let bench = bench().await;
    note(Arc::clone(&bench.writer), vec!["taken".to_owned()]).await.unwrap();
    let mut callers = tokio::task::JoinSet::new();
    for n in 0..30 {
        let mut texts = vec![format!("note {n}")];
        if n % 3 == 0 {
            texts.push("taken".to_owned());
        }
        let writer = Arc::clone(&bench.writer);
        callers.spawn(async move { (n, note(writer, texts).await.is_ok()) });
    }
    let mut expected = vec!["taken".to_owned()];
    for (n, written) in callers.join_all().await {
        assert_eq!(written, n % 3 != 0);
        expected.extend(written.then(|| format!("note {n}")));
    }
    let mut notes = bench.notes().await;
    notes.sort();
    expected.sort();
    assert_eq!(notes, expected);
}

#[tokio::test]
async fn a_job_runs_to_its_end_when_its_caller_stops_waiting() {
    let bench = bench().await;
    let mut waiting = Box::pin(note(Arc::clone(&bench.writer), vec!["a".to_owned(), "b".to_owned()]));
    // One poll puts the job in the queue.
    assert!(poll_once(&mut waiting).await.is_none());
    drop(waiting);
    note(Arc::clone(&bench.writer), vec!["c".to_owned()]).await.unwrap();
    assert_eq!(bench.notes().await, ["a", "b", "c"]);
}

#[tokio::test]
async fn closing_lets_waiting_jobs_finish_and_refuses_later_ones() {
    let bench = bench().await;
    let mut callers = tokio::task::JoinSet::new();
    for n in 0..10 {
        callers.spawn(note(Arc::clone(&bench.writer), vec![n.to_string()]));
    }
    tokio::task::yield_now().await;
    bench.writer.close().await;
    let written = callers.join_all().await.iter().filter(|outcome| outcome.is_ok()).count();
    assert_eq!(bench.notes().await.len(), written);
    assert!(note(Arc::clone(&bench.writer), vec!["late".to_owned()]).await.is_err());
}

#[tokio::test]
async fn a_transaction_that_does_not_start_fails_its_jobs_and_not_the_next() {
    let bench = bench().await;
    let mut other = connect(&bench.path).await;
    sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    let refused = note(Arc::clone(&bench.writer), vec!["before".to_owned()]).await;
    assert!(format!("{:?}", refused.unwrap_err()).contains("locked"));
    sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
    note(Arc::clone(&bench.writer), vec!["after".to_owned()]).await.unwrap();
    assert_eq!(bench.notes().await, ["after"]);
}

async fn poll_once<F: Future + Unpin>(future: &mut F) -> Option<F::Output> {
    std::future::poll_fn(|context| {
        std::task::Poll::Ready(match std::pin::Pin::new(&mut *future).poll(context) {
            std::task::Poll::Ready(output) => Some(output),
            std::task::Poll::Pending => None,
        })
    })
    .await
}
