//! One flight: take the lease or wait for whoever has it, call the provider, store the outcome.

use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use bowline_domain::connection::Connection;
use bowline_domain::environment::Environment;
use bowline_domain::storage::{AcquireLease, Lease, RefreshOutcome};
use tokio::time::{Instant, sleep};

use super::failure::state_after;
use super::need::{self, Need};
use super::{FlightResult, RefreshError, Refreshed, Shared, TokenError, TokenRefresh, Trigger};
use crate::credential::{open_config, open_credentials, seal_config, seal_credentials};
use crate::integration::IntegrationCredentials;

/// New credentials are offered to a failing database for this long: a rotated refresh token exists nowhere else.
const STORE_FOR_MAX: Duration = Duration::from_secs(600);
/// A failure is offered for this long; without it, the next attempt finds out again.
const STORE_FAILURE_FOR_MAX: Duration = Duration::from_secs(5);
/// Between two offers; short, so that this holder is back before its lease is up for others.
const STORE_PAUSE_MAX: Duration = Duration::from_millis(500);

impl Shared {
    pub(super) async fn fly(
        &self,
        environment: &Arc<Environment>,
        seen: Arc<Connection>,
        trigger: Trigger,
    ) -> FlightResult {
        let deadline = Instant::now() + self.options.wait_max;
        loop {
            let remaining = match self.acquire(environment, &seen).await? {
                AcquireLease::Acquired(lease) => {
                    match self.refresh_under(lease, environment, &seen, trigger).await? {
                        Some(outcome) => return Ok(outcome),
                        None => Duration::ZERO,
                    }
                }
                AcquireLease::Gone => return Err(RefreshError::Gone),
                AcquireLease::VersionMoved => Duration::ZERO,
                AcquireLease::Held { remaining } => remaining,
            };
            sleep(remaining.min(self.options.poll_every)).await;
            let now_stored = self.read(environment, &seen).await?;
            if now_stored.credentials_version != seen.credentials_version {
                return Ok(now_stored);
            }
            if let Some(failure) = failed_since(&seen, &now_stored) {
                return Err(failure);
            }
            if Instant::now() >= deadline {
                return Err(RefreshError::TimedOut);
            }
        }
    }

    async fn acquire(
        &self,
        environment: &Environment,
        seen: &Connection,
    ) -> Result<AcquireLease, RefreshError> {
        let lease_for = self.options.lease_for;
        self.storage
            .acquire_refresh_lease(environment.id, seen.id, &self.holder, lease_for, seen.credentials_version)
            .await
            .map_err(internal)
    }

    async fn read(&self, environment: &Environment, seen: &Connection) -> FlightResult {
        let found = self.storage.find_connection_by_id(environment.id, seen.id).await.map_err(internal)?;
        found.ok_or(RefreshError::Gone)
    }

    /// Refreshes as the lease's holder; `None` when the outcome did not count, because the lease went to
    /// someone else or the connection was replaced.
    async fn refresh_under(
        &self,
        lease: Lease,
        environment: &Arc<Environment>,
        seen: &Arc<Connection>,
        trigger: Trigger,
    ) -> Result<Option<Arc<Connection>>, RefreshError> {
        let current = match self.read(environment, seen).await {
            Ok(current) => current,
            Err(error) => {
                self.release_unused(environment, seen, lease).await;
                return Err(error);
            }
        };
        if lease.abandoned_at.is_none()
            && let Some(settled) = self.settled(environment, seen, &current, trigger)
        {
            self.release_unused(environment, &current, lease).await;
            return settled.map(Some);
        }
        match self.call_provider(environment, &current, lease).await {
            Ok(refreshed) => {
                let outcome = self.seal_outcome(environment, &current, refreshed)?;
                let is_stored = self.store(environment, &current, lease, outcome, STORE_FOR_MAX).await?;
                if is_stored {
                    return self.read(environment, seen).await.map(Some);
                }
                tracing::warn!(connection = %current.id, epoch = lease.epoch, "refresh came too late and was dropped");
                Ok(None)
            }
            Err(CallError::Internal) => {
                self.release_unused(environment, &current, lease).await;
                // Perhaps it could not start because all is deleted.
                self.read(environment, seen).await?;
                Err(RefreshError::Internal)
            }
            Err(CallError::Token(error)) => {
                self.fail(environment, &current, lease, &error).await.map(|()| None)
            }
        }
    }

    /// The answer without a call: someone else's outcome since `seen` was read.
    fn settled(
        &self,
        environment: &Environment,
        seen: &Connection,
        current: &Arc<Connection>,
        trigger: Trigger,
    ) -> Option<FlightResult> {
        if let Some(failure) = failed_since(seen, current) {
            return Some(Err(failure));
        }
        if trigger != Trigger::Recovery {
            return None;
        }
        // Another node has recovered it already. What is left to ask is what any reader asks.
        let provider = self.catalog.find(current.provider.as_str())?;
        let credentials = match open_credentials(&self.vault, environment, current) {
            Ok(credentials) => credentials,
            Err(error) => return Some(Err(internal(error))),
        };
        match need::decide(current, &credentials, &provider, &self.options, false, self.clock.now()) {
            Need::Fresh => Some(Ok(Arc::clone(current))),
            Need::Refused(error) => Some(Err(error)),
            Need::Refresh => None,
        }
    }

    /// Stores a failure and answers with it; `Ok` when it was about credentials that are no longer there.
    async fn fail(
        &self,
        environment: &Environment,
        connection: &Connection,
        lease: Lease,
        error: &TokenError,
    ) -> Result<(), RefreshError> {
        let failure = error.to_failure(lease.abandoned_at);
        let state = state_after(connection, failure.clone(), &self.options, self.clock.now());
        tracing::warn!(connection = %connection.id, code = failure.code, log_id = failure.log_id, "refresh failed");
        let outcome = RefreshOutcome::Failed(state);
        match self.store(environment, connection, lease, outcome, STORE_FAILURE_FOR_MAX).await {
            Ok(false) => Ok(()),
            Ok(true) | Err(_) => Err(RefreshError::Failed(failure)),
        }
    }

    /// Gives the lease back when the provider was not called. After an abandoned attempt it is left to run
    /// out instead: the next holder must learn of that attempt.
    async fn release_unused(&self, environment: &Environment, connection: &Connection, lease: Lease) {
        if lease.abandoned_at.is_some() {
            return;
        }
        let outcome = RefreshOutcome::NotNeeded;
        let released = self.storage.finish_refresh(environment.id, connection.id, lease.epoch, outcome).await;
        if let Err(error) = released {
            tracing::warn!(?error, connection = %connection.id, "refresh lease not released");
        }
    }

    async fn call_provider(
        &self,
        environment: &Arc<Environment>,
        connection: &Connection,
        lease: Lease,
    ) -> Result<Refreshed, CallError> {
        let provider = self.catalog.find(connection.provider.as_str()).ok_or_else(|| {
            CallError::Token(TokenError::Unbuildable {
                code: "unknown_provider_template",
                message: format!("provider \"{}\" is not in the catalogue", connection.provider),
            })
        })?;
        let integration = self
            .storage
            .find_integration(environment.id, &connection.integration_key)
            .await
            .map_err(|error| CallError::internal(&error))?
            .ok_or(CallError::Internal)?;
        let vault = &self.vault;
        let integration = IntegrationCredentials::open(vault, environment, &integration)
            .map_err(|e| CallError::internal(&e))?;
        let credentials =
            open_credentials(vault, environment, connection).map_err(|e| CallError::internal(&e))?;
        let config = open_config(vault, environment, connection).map_err(|e| CallError::internal(&e))?;
        let request = TokenRefresh {
            provider: &provider,
            integration: &integration,
            credentials: &credentials,
            config: &config,
            now: self.clock.now(),
        };
        let call = self.tokens.refresh(request);
        self.while_extending(environment, connection, lease, call).await.map_err(CallError::Token)
    }

    /// Runs a call and keeps extending the lease until it ends. A lost lease does not stop the call: its
    /// answer may be the only copy of a new refresh token, and the fenced write decides whether it counts.
    async fn while_extending<T>(
        &self,
        environment: &Environment,
        connection: &Connection,
        lease: Lease,
        call: impl Future<Output = T>,
    ) -> T {
        tokio::select! {
            answer = call => answer,
            never = self.keep_extending(environment, connection, lease) => match never {},
        }
    }

    async fn keep_extending(
        &self,
        environment: &Environment,
        connection: &Connection,
        lease: Lease,
    ) -> Infallible {
        let lease_for = self.options.lease_for;
        loop {
            sleep(lease_for / 3).await;
            let extended = self
                .storage
                .extend_refresh_lease(environment.id, connection.id, lease.epoch, lease_for)
                .await;
            if !matches!(extended, Ok(true)) {
                tracing::warn!(?extended, connection = %connection.id, epoch = lease.epoch, "refresh lease not extended");
            }
        }
    }

    fn seal_outcome(
        &self,
        environment: &Environment,
        connection: &Connection,
        refreshed: Refreshed,
    ) -> Result<RefreshOutcome, RefreshError> {
        let credentials = seal_credentials(&self.vault, environment, connection.uid, &refreshed.credentials)
            .map_err(internal)?;
        let config = if refreshed.config_changes.is_empty() {
            None
        } else {
            let mut config = open_config(&self.vault, environment, connection).map_err(internal)?;
            config.extend(refreshed.config_changes);
            Some(seal_config(&self.vault, environment, connection.uid, &config).map_err(internal)?)
        };
        let provider = self.catalog.find(connection.provider.as_str());
        let expires_at = provider.and_then(|provider| need::due_at(&refreshed.credentials, &provider));
        Ok(RefreshOutcome::Refreshed { credentials, expires_at, config, at: self.clock.now() })
    }

    /// Stores an outcome, trying again for a while when the database fails. The lease is kept meanwhile, as far
    /// as the database lets us. False when the outcome does not count any more.
    async fn store(
        &self,
        environment: &Environment,
        connection: &Connection,
        lease: Lease,
        outcome: RefreshOutcome,
        for_max: Duration,
    ) -> Result<bool, RefreshError> {
        let (storage, lease_for) = (&self.storage, self.options.lease_for);
        let deadline = Instant::now() + for_max;
        let mut pause = Duration::from_millis(50);
        for attempt in 1_u64.. {
            let error = match storage
                .finish_refresh(environment.id, connection.id, lease.epoch, outcome.clone())
                .await
            {
                Ok(stored) => return Ok(stored),
                Err(error) if Instant::now() >= deadline => return Err(internal(error)),
                Err(error) => error,
            };
            if attempt.is_power_of_two() {
                tracing::warn!(?error, attempt, connection = %connection.id, "refresh outcome not stored, trying again");
            }
            // If this fails too, the next offer comes soon enough.
            let _ = storage.extend_refresh_lease(environment.id, connection.id, lease.epoch, lease_for).await;
            sleep(pause).await;
            pause = (pause * 2).min(STORE_PAUSE_MAX).min(lease_for / 3);
        }
        Err(RefreshError::Internal)
    }
}

enum CallError {
    Token(TokenError),
    Internal,
}

impl CallError {
    fn internal(error: &dyn std::error::Error) -> Self {
        tracing::error!(error = ?error, "refresh could not start");
        Self::Internal
    }
}

fn internal(error: impl std::fmt::Debug) -> RefreshError {
    tracing::error!(?error, "refresh failed inside");
    RefreshError::Internal
}

/// The failure that was stored after `seen` was read, if one was.
fn failed_since(seen: &Connection, current: &Connection) -> Option<RefreshError> {
    let failure = current.refresh.failure.as_ref()?;
    let known = seen.refresh.failure.as_ref().is_some_and(|old| old.log_id == failure.log_id);
    (!known).then(|| RefreshError::Failed(failure.clone()))
}
