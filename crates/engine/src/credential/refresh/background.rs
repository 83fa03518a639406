//! Refreshes in the background: what a crash left unfinished, and what expires soon.

use std::collections::HashMap;
use std::future::Future;
use std::sync::Arc;

use bowline_domain::environment::Environment;
use bowline_domain::id::EnvironmentId;
use bowline_domain::storage::{DueRefresh, StorageResult};
use futures_util::StreamExt;
use futures_util::stream;
use tokio::time::sleep;

use super::{Refresher, Shared, Trigger};
use crate::Engine;
use crate::credential::open_credentials;

/// Lines read from the database at a time.
const PAGE: u32 = 500;
/// A failing connection is tried again in the background this rarely.
const FAILING_PAUSE: std::time::Duration = std::time::Duration::from_secs(60 * 60);

impl Engine {
    /// One look for refreshes that a crash left unfinished, and for those that are due.
    pub async fn refresh_in_background_once(&self) {
        self.refresher.run_background_round().await;
    }
}

impl Refresher {
    /// Looks for work at once and then regularly, until told to stop.
    pub async fn run_background(&self, shutdown: impl Future<Output = ()>) {
        tokio::pin!(shutdown);
        loop {
            tokio::select! {
                () = &mut shutdown => return,
                () = self.run_background_round() => {}
            }
            tokio::select! {
                () = &mut shutdown => return,
                () = sleep(self.0.options.background_every) => {}
            }
        }
    }

    /// One look: abandoned refreshes first, then those that are due.
    pub async fn run_background_round(&self) {
        let mut environments = Environments { shared: &self.0, known: HashMap::new() };
        if let Err(error) = self.recover_abandoned(&mut environments).await {
            tracing::warn!(?error, "abandoned refreshes not recovered");
        }
        if let Err(error) = self.refresh_due(&mut environments).await {
            tracing::warn!(?error, "due refreshes not run");
        }
    }

    async fn recover_abandoned(&self, environments: &mut Environments<'_>) -> StorageResult<()> {
        let abandoned = self.0.storage.list_abandoned_refreshes(PAGE).await?;
        self.refresh_all(environments, abandoned, Trigger::Recovery).await
    }

    async fn refresh_due(&self, environments: &mut Environments<'_>) -> StorageResult<()> {
        let before = self.0.clock.now().plus(self.0.options.margin);
        let mut after = None;
        loop {
            let page = self.0.storage.list_due_refreshes(before, after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = last.expires_at.map(|at| (at, last.connection_id));
            let was_full = page.len() == PAGE as usize;
            self.refresh_all(environments, page, Trigger::Due).await?;
            if !was_full || after.is_none() {
                return Ok(());
            }
        }
    }

    async fn refresh_all(
        &self,
        environments: &mut Environments<'_>,
        due: Vec<DueRefresh>,
        trigger: Trigger,
    ) -> StorageResult<()> {
        let mut jobs = Vec::with_capacity(due.len());
        for item in due {
            if let Some(environment) = environments.get(item.environment_id).await? {
                jobs.push((environment, item));
            }
        }
        stream::iter(jobs)
            .for_each_concurrent(self.0.options.background_concurrency, |(environment, item)| async move {
                if let Err(error) = self.refresh_one(&environment, item, trigger).await {
                    tracing::warn!(?error, connection = %item.connection_id, "background refresh not run");
                }
            })
            .await;
        Ok(())
    }

    async fn refresh_one(
        &self,
        environment: &Arc<Environment>,
        item: DueRefresh,
        trigger: Trigger,
    ) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let found = self.0.storage.find_connection_by_id(environment.id, item.connection_id).await?;
        let Some(connection) = found else { return Ok(()) };
        let failed_lately =
            connection.refresh.last_failure_at.is_some_and(|at| self.0.clock.now().since(at) < FAILING_PAUSE);
        let Some(provider) = self.0.catalog.find(connection.provider.as_str()) else { return Ok(()) };
        if failed_lately && trigger == Trigger::Due {
            return Ok(());
        }
        let credentials = open_credentials(&self.0.vault, environment, &connection)?;
        // A failure is stored on the connection and logged where it happens.
        let _ = self.ensure(environment, connection, &credentials, &provider, trigger).await;
        Ok(())
    }
}

/// Environments seen in this round.
struct Environments<'a> {
    shared: &'a Shared,
    known: HashMap<EnvironmentId, Option<Arc<Environment>>>,
}

impl Environments<'_> {
    async fn get(&mut self, id: EnvironmentId) -> StorageResult<Option<Arc<Environment>>> {
        if let Some(known) = self.known.get(&id) {
            return Ok(known.clone());
        }
        let found = self.shared.storage.find_environment(id).await?.map(Arc::new);
        self.known.insert(id, found.clone());
        Ok(found)
    }
}
