//! The one writer: a task that owns the only writing connection and takes jobs from a queue.
//!
//! Jobs that wait at the same moment share one transaction and so one fsync (group commit); each runs in a
//! savepoint, so a job that fails takes back nothing but its own writes. A job runs to its end even when its
//! caller stops waiting: no write is ever left half done, and the caches always hear of it.

use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bowline_domain::storage::{StorageError, StorageResult};
use parking_lot::Mutex;
use sqlx::{Connection as _, SqliteConnection};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::caches::{Caches, Touched};

/// Jobs that may wait; further callers wait for a place.
const QUEUE_MAX: usize = 1_024;
/// Jobs of one transaction, so that the first does not wait long for the last.
const BATCH_MAX: usize = 64;
/// How long a write of another process may stay unseen by the caches.
const FOREIGN_WRITES_EVERY: Duration = Duration::from_millis(500);

/// What a job works on.
pub(crate) struct WriteContext<'c> {
    /// The connection, inside a transaction.
    pub conn: &'c mut SqliteConnection,
    /// The job notes here which cached rows it changes.
    pub touched: &'c mut Touched,
}

/// A boxed future that may borrow for `'c`.
pub(crate) type Boxed<'c, T> = Pin<Box<dyn Future<Output = T> + Send + 'c>>;

/// A job in the queue, its types hidden.
trait Job: Send {
    /// Runs in the transaction; says whether the job's writes are to be kept.
    fn run<'c>(&'c mut self, write: WriteContext<'c>) -> Boxed<'c, bool>;

    /// Answers the caller once the transaction is over; `failure` when nothing of it was kept.
    fn deliver(self: Box<Self>, failure: Option<Arc<sqlx::Error>>);
}

/// Work with the way back to its caller.
struct Errand<T, W> {
    context: &'static str,
    work: Option<W>,
    result: Option<Result<T, sqlx::Error>>,
    caller: oneshot::Sender<StorageResult<T>>,
}

impl<T, W> Job for Errand<T, W>
where
    T: Send + 'static,
    W: for<'c> FnOnce(WriteContext<'c>) -> Boxed<'c, Result<T, sqlx::Error>> + Send + 'static,
{
    fn run<'c>(&'c mut self, write: WriteContext<'c>) -> Boxed<'c, bool> {
        Box::pin(async move {
            if let Some(work) = self.work.take() {
                self.result = Some(work(write).await);
            }
            matches!(self.result, Some(Ok(_)))
        })
    }

    fn deliver(self: Box<Self>, failure: Option<Arc<sqlx::Error>>) {
        let result = match (failure, self.result) {
            (None, Some(result)) => result.map_err(|error| StorageError::new(self.context, error)),
            (Some(error), _) => Err(StorageError::new(self.context, error)),
            (None, None) => Err(StorageError::new(self.context, "the write did not run")),
        };
        // The caller may have stopped waiting.
        let _ = self.caller.send(result);
    }
}

/// The way to the writer task.
pub(crate) struct Writer {
    queue: Mutex<Option<mpsc::Sender<Box<dyn Job>>>>,
    task: Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    /// Starts the task.
    pub fn start(conn: SqliteConnection, caches: Arc<Caches>) -> Self {
        let (sender, receiver) = mpsc::channel(QUEUE_MAX);
        let task =
            WriterTask { conn, queue: receiver, caches, data_version: None, looked_at: Instant::now() };
        Self { queue: Mutex::new(Some(sender)), task: Mutex::new(Some(tokio::spawn(task.run()))) }
    }

    /// Runs `work` in a transaction. `context` says what was being done when the database fails.
    pub async fn write<T, W>(&self, context: &'static str, work: W) -> StorageResult<T>
    where
        T: Send + 'static,
        W: for<'c> FnOnce(WriteContext<'c>) -> Boxed<'c, Result<T, sqlx::Error>> + Send + 'static,
    {
        let (caller, answer) = oneshot::channel();
        let job = Box::new(Errand { context, work: Some(work), result: None, caller });
        let closed = |_| StorageError::new(context, "the database is closed");
        let queue = self.queue.lock().clone().ok_or(()).map_err(closed)?;
        queue.send(job).await.map_err(|_| closed(()))?;
        answer.await.map_err(|_| closed(()))?
    }

    /// Lets the waiting jobs finish and closes the connection.
    pub async fn close(&self) {
        self.queue.lock().take();
        let task = self.task.lock().take();
        if let Some(task) = task {
            // An error would mean that the task panicked, which it logs itself.
            let _ = task.await;
        }
    }
}

struct WriterTask {
    conn: SqliteConnection,
    queue: mpsc::Receiver<Box<dyn Job>>,
    caches: Arc<Caches>,
    data_version: Option<i64>,
    looked_at: Instant,
}

impl WriterTask {
    async fn run(mut self) {
        while let Some(batch) = self.next_batch().await {
            self.look_for_foreign_writes().await;
            self.run_batch(batch).await;
        }
        if let Err(error) = self.conn.close().await {
            tracing::warn!(%error, "closing the database failed");
        }
    }

    /// All jobs that wait now; `None` when the storage is closed. An empty batch means that it is time to look
    /// for writes of other processes.
    async fn next_batch(&mut self) -> Option<Vec<Box<dyn Job>>> {
        let mut batch = Vec::new();
        tokio::select! {
            biased;
            job = self.queue.recv() => batch.push(job?),
            () = self.caches.time_to_look(FOREIGN_WRITES_EVERY) => return Some(batch),
        }
        while batch.len() < BATCH_MAX
            && let Ok(job) = self.queue.try_recv()
        {
            batch.push(job);
        }
        Some(batch)
    }

    /// A command of another process may have written. `PRAGMA data_version` changes exactly when another
    /// connection than this one committed, and this one is the only writer of this process.
    async fn look_for_foreign_writes(&mut self) {
        if self.caches.is_empty() || self.looked_at.elapsed() < FOREIGN_WRITES_EVERY {
            return;
        }
        self.looked_at = Instant::now();
        let version =
            sqlx::query_scalar::<_, i64>("PRAGMA data_version").fetch_one(&mut self.conn).await.ok();
        if version.is_none() || version != self.data_version {
            self.data_version = version;
            self.caches.clear();
        }
    }

    async fn run_batch(&mut self, mut batch: Vec<Box<dyn Job>>) {
        if batch.is_empty() {
            return;
        }
        let mut touched = Touched::default();
        let written = self.run_jobs(&mut batch, &mut touched).await;
        // From here until the commit is known, the caches neither have nor take the changed rows.
        let invalidation = self.caches.begin(touched);
        let outcome = match written {
            Ok(()) => execute(&mut self.conn, "COMMIT").await,
            Err(error) => Err(error),
        };
        if outcome.is_err() {
            // Fails when SQLite already rolled back by itself, which is as good.
            let _ = execute(&mut self.conn, "ROLLBACK").await;
        }
        self.caches.end(invalidation, outcome.is_ok());
        let failure = outcome.err().map(Arc::new);
        for job in batch {
            job.deliver(failure.clone());
        }
    }

    /// Runs the jobs in one transaction, not yet committed. An error of this function spoils the transaction
    /// for all of them.
    async fn run_jobs(
        &mut self,
        batch: &mut [Box<dyn Job>],
        touched: &mut Touched,
    ) -> Result<(), sqlx::Error> {
        execute(&mut self.conn, "BEGIN IMMEDIATE").await?;
        for job in batch {
            execute(&mut self.conn, "SAVEPOINT job").await?;
            let mut own = Touched::default();
            if job.run(WriteContext { conn: &mut self.conn, touched: &mut own }).await {
                touched.add(own);
            } else {
                execute(&mut self.conn, "ROLLBACK TO job").await?;
            }
            execute(&mut self.conn, "RELEASE job").await?;
        }
        Ok(())
    }
}

async fn execute(conn: &mut SqliteConnection, sql: &'static str) -> Result<(), sqlx::Error> {
    sqlx::query(sql).execute(conn).await.map(|_| ())
}

#[cfg(test)]
mod tests;
