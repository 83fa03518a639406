//! The in-process handle that scripts the simulator; `/_sim/*` offers the same over HTTP.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::config::{SimConfig, merge};
use crate::failure::PlannedFailure;
use crate::oauth::store::{Grant, IssueRules};
use crate::recorder::RecordedRequest;
use crate::state::State;
use crate::stats::Stats;

/// Scripts a running simulator. Clones act on the same one.
#[derive(Clone)]
pub struct Control {
    pub(crate) state: Arc<State>,
}

/// What a minted grant is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NewGrant {
    /// The client that will refresh it. Default: `sim-client`.
    pub client_id: String,
    /// Granted scopes. Default: `read write`.
    pub scope: String,
    /// Lifetime of the access token, when it is not the configured one.
    pub expires_in_seconds: Option<u64>,
}

impl Default for NewGrant {
    fn default() -> Self {
        Self { client_id: "sim-client".to_owned(), scope: "read write".to_owned(), expires_in_seconds: None }
    }
}

impl Control {
    /// The current configuration. Planned failures that have happened are no longer in it.
    pub fn config(&self) -> SimConfig {
        self.state.config.lock().clone()
    }

    /// Changes the configuration in place. The closure must not use the simulator: it runs under its lock.
    pub fn configure(&self, change: impl FnOnce(&mut SimConfig)) {
        let Ok(_) = self.state.update_config(|current| {
            let mut config = current.clone();
            change(&mut config);
            Ok::<_, Infallible>(config)
        });
    }

    /// Merges a partial configuration (RFC 7396); says what is wrong with it otherwise.
    pub fn merge_config(&self, patch: Value) -> Result<SimConfig, serde_json::Error> {
        self.state.update_config(|current| {
            let mut merged = serde_json::to_value(current)?;
            merge(&mut merged, patch);
            serde_json::from_value(merged)
        })
    }

    /// Adds a failure after those already planned for the token endpoint.
    pub fn plan_failure(&self, failure: PlannedFailure) {
        self.state.config.lock().oauth.fail.push_back(failure);
    }

    /// A grant as if a user had just approved it.
    pub fn mint_grant(&self, grant: NewGrant) -> Grant {
        let mut rules = IssueRules::of(&self.state.config.lock().oauth);
        rules.expires_in_seconds = grant.expires_in_seconds.unwrap_or(rules.expires_in_seconds);
        self.state.tokens.lock().open_family(
            &grant.client_id,
            &grant.scope,
            true,
            &rules,
            self.state.now_ms(),
        )
    }

    /// Ends a token, and with a refresh token its whole family, as `POST /oauth/revoke` does.
    pub fn revoke(&self, token: &str) {
        self.state.tokens.lock().revoke(token);
    }

    /// Moves the simulator's clock forward.
    pub fn advance(&self, step: Duration) {
        self.state.clock.advance(i64::try_from(step.as_millis()).unwrap_or(i64::MAX));
    }

    /// The simulator's time in milliseconds since 1970.
    pub fn now_ms(&self) -> i64 {
        self.state.now_ms()
    }

    /// The recorded requests, oldest first; those to `/_sim` are not recorded.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.state.recorder.requests()
    }

    /// Forgets the recorded requests.
    pub fn clear_requests(&self) {
        self.state.recorder.clear();
    }

    /// Counts since the start or the last reset.
    pub fn stats(&self) -> Stats {
        self.state.counts.snapshot()
    }

    /// Sets the counts back to zero.
    pub fn reset_stats(&self) {
        self.state.counts.reset();
    }

    /// Back to the state right after the start.
    pub fn reset(&self) {
        self.state.reset();
    }
}
