//! One flight: take the lease or wait for whoever has it, call the provider, store the outcome.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use bowline_domain::connection::Connection;
use bowline_domain::environment::Environment;
use bowline_domain::storage::{AcquireLease, Lease, RefreshOutcome};
use tokio::time::{Instant, sleep};

use super::failure::state_after;
use super::{FlightResult, RefreshError, Refreshed, Shared, TokenError, TokenRefresh};
use crate::credential::{open_config, open_credentials, seal_config, seal_credentials};
use crate::integration::IntegrationCredentials;

/// A result that cost a token request is written again this often when the database fails.
const STORE_ATTEMPTS: u32 = 8;

impl Shared {
    pub(super) async fn fly(&self, environment: &Arc<Environment>, seen: Arc<Connection>, forced: bool) -> FlightResult {
        let deadline = Instant::now() + self.options.wait_max;
        loop {
            let remaining = match self.acquire(environment, &seen).await? {
                AcquireLease::Acquired(lease) => return self.refresh_under(lease, environment, &seen, forced).await,
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

    async fn acquire(&self, environment: &Environment, seen: &Connection) -> Result<AcquireLease, RefreshError> {
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

    async fn refresh_under(
        &self,
        lease: Lease,
        environment: &Arc<Environment>,
        seen: &Arc<Connection>,
        forced: bool,
    ) -> FlightResult {
        // Someone may have failed between our read and our lease; their answer is ours too.
        let current = self.read(environment, seen).await?;
        if let Some(failure) = failed_since(seen, &current).filter(|_| !forced) {
            self.store(environment, &current, lease, RefreshOutcome::NotNeeded).await?;
            return Err(failure);
        }
        let answer = self.call_provider(environment, &current, lease).await;
        let now = self.clock.now();
        match answer {
            Ok(refreshed) => {
                let outcome = self.seal_outcome(environment, &current, refreshed)?;
                self.store(environment, &current, lease, outcome).await?;
                self.read(environment, seen).await
            }
            Err(CallError::Internal) => {
                self.store(environment, &current, lease, RefreshOutcome::NotNeeded).await?;
                Err(RefreshError::Internal)
            }
            Err(CallError::Token(error)) => {
                let failure = error.to_failure(lease.abandoned_at);
                let state = state_after(&current, failure.clone(), &self.options, now);
                tracing::warn!(connection = %current.id, code = failure.code, log_id = failure.log_id, "refresh failed");
                if self.store(environment, &current, lease, RefreshOutcome::Failed(state)).await? {
                    return Err(RefreshError::Failed(failure));
                }
                // The connection was replaced meanwhile; the failure was about its old credentials.
                self.read(environment, seen).await
            }
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
        let integration = IntegrationCredentials::open(vault, environment, &integration).map_err(|e| CallError::internal(&e))?;
        let credentials = open_credentials(vault, environment, connection).map_err(|e| CallError::internal(&e))?;
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
        let lease_for = self.options.lease_for;
        tokio::pin!(call);
        loop {
            tokio::select! {
                answer = &mut call => return answer,
                () = sleep(lease_for / 3) => {
                    let extended = self
                        .storage
                        .extend_refresh_lease(environment.id, connection.id, lease.epoch, lease_for)
                        .await;
                    if !matches!(extended, Ok(true)) {
                        tracing::warn!(connection = %connection.id, epoch = lease.epoch, "refresh lease not extended");
                    }
                }
            }
        }
    }

    fn seal_outcome(
        &self,
        environment: &Environment,
        connection: &Connection,
        refreshed: Refreshed,
    ) -> Result<RefreshOutcome, RefreshError> {
        let credentials = seal_credentials(&self.vault, environment, connection.uid, &refreshed.credentials).map_err(internal)?;
        let config = if refreshed.config_changes.is_empty() {
            None
        } else {
            let mut config = open_config(&self.vault, environment, connection).map_err(internal)?;
            config.extend(refreshed.config_changes);
            Some(seal_config(&self.vault, environment, connection.uid, &config).map_err(internal)?)
        };
        let expires_at = refreshed.credentials.refresh_due_at();
        Ok(RefreshOutcome::Refreshed { credentials, expires_at, config, at: self.clock.now() })
    }

    /// Stores an outcome, trying again when the database fails: a rotated token must not be lost to a hiccup.
    async fn store(
        &self,
        environment: &Environment,
        connection: &Connection,
        lease: Lease,
        outcome: RefreshOutcome,
    ) -> Result<bool, RefreshError> {
        let mut pause = Duration::from_millis(50);
        for attempt in 1..=STORE_ATTEMPTS {
            let stored =
                self.storage.finish_refresh(environment.id, connection.id, lease.epoch, outcome.clone()).await;
            match stored {
                Ok(stored) => return Ok(stored),
                Err(error) if attempt == STORE_ATTEMPTS => return Err(internal(error)),
                Err(error) => tracing::warn!(?error, attempt, "refresh outcome not stored, trying again"),
            }
            let extend = self.storage.extend_refresh_lease(
                environment.id,
                connection.id,
                lease.epoch,
                self.options.lease_for,
            );
            let _ = extend.await;
            sleep(pause).await;
            pause = (pause * 2).min(self.options.lease_for / 3);
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

