//! Works off the durable queue: claims tasks, keeps their leases, runs them, sweeps up.

use std::sync::Arc;
use std::time::Duration;

use bowline_domain::storage::StorageError;
use bowline_domain::task::{ClaimedTask, TaskKind};
use tokio::sync::Semaphore;
use tokio::time::{interval, sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::Engine;
use crate::function::async_action::forget_before;

/// How long a claim lasts before it is extended.
const LEASE: Duration = Duration::from_secs(60);
/// How often a lease is extended.
const EXTEND_EVERY: Duration = Duration::from_secs(20);
/// How long an idle node waits before it looks at the queue again; new work of this node wakes it at once.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How often what nobody will run is ended, and what is old is deleted.
const SWEEP_EVERY: Duration = Duration::from_secs(5);
/// How long a node that stops waits for the tasks under way.
const STOP_WITHIN: Duration = Duration::from_secs(5);
const SWEEP_ROWS: u32 = 500;
/// Tasks that one node runs at a time.
const TASKS_AT_ONCE: usize = 100;

impl Engine {
    /// Works off tasks until told to stop, then waits a little for those under way.
    pub(crate) async fn run_tasks(self: Arc<Self>, shutdown: CancellationToken) {
        let holder = Uuid::new_v4();
        let (places, running) = (Arc::new(Semaphore::new(TASKS_AT_ONCE)), TaskTracker::new());
        while !shutdown.is_cancelled() {
            let Ok(place) = Arc::clone(&places).acquire_owned().await else { break };
            match self.claim(holder).await {
                Some(claimed) => {
                    let engine = Arc::clone(&self);
                    running.spawn(async move {
                        engine.work(claimed).await;
                        drop(place);
                    });
                }
                None => {
                    let more = timeout(LOOK_EVERY, self.tasks_wanted.notified());
                    // Whichever comes first: the queue is looked at again.
                    let _ = shutdown.run_until_cancelled(more).await;
                }
            }
        }
        running.close();
        if timeout(STOP_WITHIN, running.wait()).await.is_err() {
            tracing::warn!(tasks = running.len(), "tasks are left to other nodes: their leases run out");
        }
    }

    async fn claim(&self, holder: Uuid) -> Option<ClaimedTask> {
        let claimed = self.storage.claim_task(&[TaskKind::Action], holder, self.clock.now(), LEASE).await;
        claimed.unwrap_or_else(|error| {
            tracing::warn!(?error, "the task queue could not be read");
            None
        })
    }

    /// Runs one task, and extends its lease as long as it runs. A task whose lease is lost goes on to its end, but
    /// leaves nothing in the database.
    async fn work(self: &Arc<Self>, claimed: ClaimedTask) {
        let (id, epoch) = (claimed.task.id, claimed.epoch);
        let mut running = std::pin::pin!(self.run_claimed_action(claimed));
        let outcome = loop {
            match timeout(EXTEND_EVERY, running.as_mut()).await {
                Ok(outcome) => break outcome,
                Err(_) => match self.storage.extend_task(id, epoch, self.clock.now(), LEASE).await {
                    Ok(true) => {}
                    Ok(false) => tracing::warn!(task = %id, "the lease of a task was lost while it ran"),
                    Err(error) => {
                        tracing::warn!(?error, task = %id, "the lease of a task could not be extended")
                    }
                },
            }
        };
        if let Err(error) = outcome {
            tracing::error!(?error, task = %id, "a task could not be carried out; its lease runs out");
        }
        // An environment runs one action at a time: the next one may be due now.
        self.tasks_wanted.notify_one();
    }

    /// Ends what nobody will run and deletes what is old, until told to stop.
    pub(crate) async fn sweep_tasks(&self, shutdown: CancellationToken) {
        let mut turns = interval(SWEEP_EVERY);
        while shutdown.run_until_cancelled(turns.tick()).await.is_some() {
            if let Err(error) = self.sweep().await {
                tracing::warn!(?error, "old tasks could not be swept up");
                sleep(LOOK_EVERY).await;
            }
        }
    }

    async fn sweep(&self) -> Result<(), StorageError> {
        let now = self.clock.now();
        for task in self.storage.expire_tasks(now, SWEEP_ROWS).await? {
            tracing::warn!(task = %task.id, state = %task.state, "a task ended without a result");
        }
        self.storage.delete_finished_tasks(forget_before(now), SWEEP_ROWS).await?;
        Ok(())
    }
}
