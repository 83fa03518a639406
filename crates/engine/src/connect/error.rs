//! Why an account could not be connected.

use bowline_domain::provider::FieldProblem;
use bowline_domain::storage::StorageError;
use thiserror::Error;

use super::TicketError;
use crate::connection::{TestFailed, WriteError};
use crate::credential::refresh::TokenError;
use crate::credential::vault::VaultError;
use crate::integration::IntegrationError;

/// Why an account could not be connected. The texts hold no secrets.
#[derive(Debug, Error)]
pub enum ConnectError {
    /// The environment wants a digest, and there is none.
    #[error("this environment requires an HMAC digest; send it as `hmac`")]
    MissingHmac,
    /// The digest is of something else, or under another key.
    #[error("the HMAC digest does not fit the integration and connection")]
    InvalidHmac,
    /// The integration does not exist.
    #[error("the integration does not exist")]
    UnknownIntegration,
    /// The integration's provider is not in the catalogue.
    #[error("the integration's provider is not in the catalogue")]
    UnknownProvider,
    /// The session is for other integrations.
    #[error("this session does not allow the integration")]
    NotAllowed,
    /// The connection to authorize again was deleted.
    #[error("the connection to authorize again does not exist any more")]
    ConnectionGone,
    /// The provider's accounts are connected in another way.
    #[error("the provider uses {expected}, which is connected in another way")]
    WrongMode {
        /// The provider's auth mode.
        expected: &'static str,
    },
    /// The integration lacks what the application registers at the provider.
    #[error("the integration has no {0}; add it in its settings")]
    NotConfigured(&'static str),
    /// A value that does not fit the provider's field.
    #[error("{group}.{field} {problem}")]
    BadField {
        /// `params`, `credentials` or `assertionOption`.
        group: &'static str,
        /// The field.
        field: String,
        /// What is wrong; never the value.
        problem: FieldProblem,
    },
    /// A field the mode cannot do without.
    #[error("{0} is required")]
    MissingField(&'static str),
    /// The authorization URL needs a value that is missing or unusable.
    #[error("the authorization URL cannot be built: {0}")]
    BadUrl(String),
    /// The user's value chooses the host that the application's secret would be sent to.
    #[error(
        "{0} would choose where this application's client secret is sent, and this provider is not declared for that"
    )]
    UserChosenHost(String),
    /// The definition wants another grant than the code.
    #[error("the provider's grant type is not authorization_code")]
    WrongGrantType,
    /// The provider says no.
    #[error("the provider answered: {0}")]
    ProviderSaid(String),
    /// The callback has no code, token or verifier.
    #[error("the provider's answer holds no {0}")]
    MissingInCallback(&'static str),
    /// The provider answered for another issuer than the one that was asked (RFC 9207).
    #[error("the answer comes from another authorization server than the one that was asked")]
    WrongIssuer,
    /// The callback came to another browser than the one that began.
    #[error("this authorization was begun in another browser, or its cookie expired; begin again")]
    OtherBrowser,
    /// The user was asked, and said no.
    #[error("the user did not agree to connect the account")]
    Declined,
    /// Another account was approved than the one the connection is of.
    #[error(
        "another account was approved than the one this connection is of; sign in with that one and try again"
    )]
    OtherAccount,
    /// The state is unknown, used or expired.
    #[error("this authorization is unknown, was already used, or took too long; begin again")]
    UnknownState,
    /// The provider refused the credentials.
    #[error(transparent)]
    TestFailed(#[from] TestFailed),
    /// The provider gave no credentials.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// A function of the application refused the connection, in these words.
    #[error("{0}")]
    Refused(String),
    /// Other writers kept changing the connection.
    #[error("the connection is being changed by others; try again")]
    Busy,
    /// The integration could not be read.
    #[error(transparent)]
    Integration(#[from] IntegrationError),
    /// The state could not be kept.
    #[error(transparent)]
    Ticket(#[from] TicketError),
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The vault failed.
    #[error(transparent)]
    Vault(#[from] VaultError),
}

impl From<WriteError> for ConnectError {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::UnknownIntegration => Self::UnknownIntegration,
            WriteError::Busy => Self::Busy,
            WriteError::Refused(message) => Self::Refused(message),
            WriteError::Storage(error) => Self::Storage(error),
            WriteError::Vault(error) => Self::Vault(error),
        }
    }
}
