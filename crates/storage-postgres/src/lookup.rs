//! Finding connections by key, the query on the path of every request.
//!
//! Callers that arrive while a query runs are answered together by the next one: whoever gets a lane takes
//! everybody who waits along. Under load this turns many round trips into one; a lone caller pays nothing. Each
//! answer comes from a query that started after its call, so nothing is ever older than without the bundling.
//!
//! No task runs in the background. A caller that goes away while it leads only makes its followers ask again.

use std::mem;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bowline_domain::connection::Connection as StoredConnection;
use bowline_domain::id::{ConnectionKey, EnvironmentId, IntegrationKey};
use bowline_domain::storage::{StorageError, StorageResult};
use parking_lot::Mutex;
use sqlx::postgres::{PgConnectOptions, PgRow};
use sqlx::{Connection, FromRow, PgConnection, Row};
use tokio::sync::{Semaphore, SemaphorePermit, oneshot};
use tokio::time::{Instant, timeout};

use crate::rows::{ConnectionRow, connection_columns};
use crate::session::BEGIN;

/// How many lookups run at once, each on a connection of its own.
pub(crate) const LANES: u32 = 2;
const QUERY_TIME_MAX: Duration = Duration::from_secs(10);
/// A connection that was idle for longer may have been cut off silently on the way.
const IDLE_MAX: Duration = Duration::from_secs(240);
const FINDING: &str = "finding a connection";

type Found = Option<Arc<StoredConnection>>;
/// The error's text is shared by all callers of a failed query.
type Answer = Result<Found, String>;

struct Waiting {
    environment: i64,
    integration: String,
    key: String,
    answer: oneshot::Sender<Answer>,
}

pub(crate) struct ConnectionLookup {
    options: PgConnectOptions,
    pooled: bool,
    waiting: Mutex<Vec<Waiting>>,
    lanes: Semaphore,
    idle: Mutex<Vec<(PgConnection, Instant)>>,
    closed: AtomicBool,
}

impl ConnectionLookup {
    pub(crate) fn new(options: PgConnectOptions, pooled: bool) -> Self {
        Self {
            options,
            pooled,
            waiting: Mutex::default(),
            lanes: Semaphore::new(LANES as usize),
            idle: Mutex::default(),
            closed: AtomicBool::new(false),
        }
    }

    /// A live connection by its integration's key and its own.
    pub(crate) async fn find(
        &self,
        environment: EnvironmentId,
        integration: &IntegrationKey,
        key: &ConnectionKey,
    ) -> StorageResult<Found> {
        loop {
            let (answer, mut answered) = oneshot::channel();
            self.waiting.lock().push(Waiting {
                environment: environment.0,
                integration: integration.as_str().to_owned(),
                key: key.as_str().to_owned(),
                answer,
            });
            let received = tokio::select! {
                biased;
                received = &mut answered => received,
                lane = self.lanes.acquire() => {
                    self.serve(lane.map_err(|error| StorageError::new(FINDING, error))?).await;
                    answered.await
                }
            };
            // An error means that the caller who took this one along was cancelled.
            if let Ok(answer) = received {
                return answer.map_err(|error| StorageError::new(FINDING, error));
            }
        }
    }

    /// Fails all later lookups and drops the connections.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
        self.lanes.close();
        self.idle.lock().clear();
    }

    /// Answers everybody who waits.
    async fn serve(&self, _lane: SemaphorePermit<'_>) {
        let mut batch = mem::take(&mut *self.waiting.lock());
        batch.retain(|waiting| !waiting.answer.is_closed());
        if batch.is_empty() {
            return;
        }
        let result = match timeout(QUERY_TIME_MAX, self.query(&batch)).await {
            Ok(result) => result.map_err(|error| error.to_string()),
            Err(_) => Err("no answer in time".to_owned()),
        };
        let answers = result.unwrap_or_else(|error| vec![Err(error); batch.len()]);
        for (waiting, answer) in batch.into_iter().zip(answers) {
            // Whoever has gone away meanwhile needs no answer.
            let _ = waiting.answer.send(answer);
        }
    }

    /// Runs the query; a kept connection that turns out to be dead is replaced once, because reading twice
    /// does no harm.
    async fn query(&self, batch: &[Waiting]) -> sqlx::Result<Vec<Answer>> {
        let kept = self.idle.lock().pop();
        if let Some((mut connection, since)) = kept
            && since.elapsed() < IDLE_MAX
            && let Ok(answers) = self.query_on(&mut connection, batch).await
        {
            self.keep(connection);
            return Ok(answers);
        }
        let mut connection = PgConnection::connect_with(&self.options).await?;
        let answers = self.query_on(&mut connection, batch).await?;
        self.keep(connection);
        Ok(answers)
    }

    fn keep(&self, connection: PgConnection) {
        let mut idle = self.idle.lock();
        if !self.closed.load(Ordering::SeqCst) {
            idle.push((connection, Instant::now()));
        }
    }

    async fn query_on(&self, connection: &mut PgConnection, batch: &[Waiting]) -> sqlx::Result<Vec<Answer>> {
        if !self.pooled {
            return query_rows(connection, batch, true).await;
        }
        let mut transaction = connection.begin_with(BEGIN).await?;
        let answers = query_rows(&mut transaction, batch, false).await?;
        transaction.commit().await?;
        Ok(answers)
    }
}

/// `LIMIT` keeps the planner from turning the index lookups into a join of whole tables.
const FIND: &str = concat!(
    "SELECT w.slot, c.* FROM unnest($1::bigint[], $2::text[], $3::text[]) \
     WITH ORDINALITY AS w (environment_id, integration_key, key, slot) CROSS JOIN LATERAL (SELECT ",
    connection_columns!(),
    " FROM integrations i JOIN connections c ON c.integration_id = i.id AND c.key = w.key AND c.deleted_at IS NULL \
     WHERE i.environment_id = w.environment_id AND i.key = w.integration_key AND i.deleted_at IS NULL LIMIT 1) c"
);

async fn query_rows(
    connection: &mut PgConnection,
    batch: &[Waiting],
    persistent: bool,
) -> sqlx::Result<Vec<Answer>> {
    let environments: Vec<i64> = batch.iter().map(|waiting| waiting.environment).collect();
    let integrations: Vec<&str> = batch.iter().map(|waiting| waiting.integration.as_str()).collect();
    let keys: Vec<&str> = batch.iter().map(|waiting| waiting.key.as_str()).collect();
    let rows = sqlx::query(FIND)
        .bind(environments)
        .bind(integrations)
        .bind(keys)
        .persistent(persistent)
        .fetch_all(connection)
        .await?;
    let mut answers = vec![Ok(None); batch.len()];
    for row in &rows {
        let slot: i64 = row.try_get("slot")?;
        let answer = usize::try_from(slot - 1).ok().and_then(|index| answers.get_mut(index));
        if let Some(answer) = answer {
            *answer = read_row(row).map(Some).map_err(|error| error.to_string());
        }
    }
    Ok(answers)
}

/// A row that cannot be read fails its own caller only.
fn read_row(row: &PgRow) -> sqlx::Result<Arc<StoredConnection>> {
    ConnectionRow::from_row(row)?.into_connection()
}
