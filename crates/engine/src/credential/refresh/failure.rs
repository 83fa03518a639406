//! What went wrong with a token request, and what of it is stored on the connection.

use bowline_domain::Timestamp;
use bowline_domain::connection::{Connection, RefreshFailure, RefreshState};
use thiserror::Error;
use uuid::Uuid;

use super::RefreshOptions;

/// Why a token request gave no token. The texts hold no secrets.
#[derive(Debug, Clone, Error)]
pub enum TokenError {
    /// The provider answered with an error.
    #[error("the provider refused the token request with status {status}: {answer}")]
    Refused {
        /// The provider's status.
        status: u16,
        /// Its OAuth error code and description, or the start of its body, with known secrets removed.
        answer: String,
        /// The OAuth error code (RFC 6749 §5.2), such as `invalid_grant`.
        oauth_error: Option<String>,
    },
    /// The answer has no token where one should be.
    #[error("the provider's answer could not be read: {0}")]
    Unreadable(String),
    /// No answer came.
    #[error("the provider could not be reached: {0}")]
    Unreachable(String),
    /// The request could not be built from the provider's definition and the connection.
    #[error("{message}")]
    Unbuildable {
        /// The error code of the wire.
        code: &'static str,
        /// What is missing or wrong.
        message: String,
    },
}

impl TokenError {
    /// The wire's error code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Refused { .. } | Self::Unreachable(_) => "refresh_token_external_error",
            Self::Unreadable(_) => "refresh_token_parsing_error",
            Self::Unbuildable { code, .. } => code,
        }
    }

    /// Whether the provider says that the refresh token itself is no good.
    fn is_invalid_grant(&self) -> bool {
        matches!(self, Self::Refused { oauth_error: Some(error), .. } if error == "invalid_grant")
    }

    /// The failure to store. After an abandoned attempt, a dead refresh token has a cause worth naming.
    pub(super) fn to_failure(&self, abandoned_at: Option<Timestamp>) -> RefreshFailure {
        let log_id = Uuid::new_v4().to_string();
        let (code, message) = match abandoned_at {
            Some(at) if self.is_invalid_grant() => (
                "refresh_interrupted",
                format!(
                    "a refresh begun at {} was interrupted by a crash after the provider may have replaced the \
                     refresh token, and the old one is no longer accepted; reconnect the account ({self})",
                    at.iso_millis_z()
                ),
            ),
            Some(at) => (
                self.code(),
                format!("{self} (a refresh begun at {} was interrupted by a crash)", at.iso_millis_z()),
            ),
            None => (self.code(), self.to_string()),
        };
        RefreshFailure { code: code.to_owned(), message, log_id }
    }
}

/// The refresh state after one more failure: failures count once a calendar day.
pub(super) fn state_after(
    connection: &Connection,
    failure: RefreshFailure,
    options: &RefreshOptions,
    now: Timestamp,
) -> RefreshState {
    let old = &connection.refresh;
    let attempts = match old.last_failure_at {
        None => 1,
        Some(earlier) if earlier.calendar_day() < now.calendar_day() => old.attempts.saturating_add(1),
        Some(_) => old.attempts.max(1),
    };
    RefreshState {
        last_success_at: None,
        last_failure_at: Some(now),
        attempts,
        exhausted: attempts >= options.failing_days_max,
        failure: Some(failure),
    }
}
