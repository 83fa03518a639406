//! Creates a connection from credentials that the application already has, or replaces an existing one.

use std::sync::Arc;

use bowline_domain::connection::EndUser;
use bowline_domain::environment::Environment;
use bowline_domain::id::{ConnectionKey, IntegrationKey};
use bowline_domain::metadata::{METADATA_BYTES_MAX, Metadata, is_too_large};
use bowline_domain::provider::{AuthMode, Provider};
use bowline_domain::storage::StorageError;
use bowline_domain::tags::Tags;
use serde_json::{Map, Value};
use thiserror::Error;

use super::fields::check_fields;
use super::probe::Account;
use super::write::{Draft, Labels, WriteError, random_key};
use super::{OpenConnection, TestFailed};
use crate::Engine;
use crate::auth::github_app;
use crate::credential::refresh::TokenError;
use crate::credential::vault::VaultError;
use crate::credential::{CredentialKind, Credentials};
use crate::integration::{IntegrationError, OpenIntegration};

/// Credentials as they are imported.
pub enum ImportedCredentials {
    /// Complete as given.
    Given(Credentials),
    /// An installed GitHub App, whose token is fetched now.
    GithubApp {
        /// Of `APP` or `CUSTOM` providers.
        kind: CredentialKind,
        /// The app's id.
        app_id: String,
        /// The installation's id.
        installation_id: String,
    },
}

impl ImportedCredentials {
    fn kind(&self) -> CredentialKind {
        match self {
            Self::Given(credentials) => credentials.kind(),
            Self::GithubApp { kind, .. } => *kind,
        }
    }
}

/// A connection to import.
pub struct ImportConnection {
    /// The integration's key.
    pub integration: IntegrationKey,
    /// The connection's key; a UUID when absent.
    pub key: Option<ConnectionKey>,
    /// Its credentials.
    pub credentials: ImportedCredentials,
    /// Its config.
    pub config: Map<String, Value>,
    /// Its metadata; an existing connection keeps its own when absent.
    pub metadata: Option<Metadata>,
    /// What a new connection's metadata is when absent.
    pub metadata_when_new: Option<Metadata>,
    /// Whose account it is.
    pub end_user: Option<EndUser>,
    /// Explicit tags.
    pub tags: Tags,
    /// Where its events go.
    pub webhook_url_override: Option<String>,
    /// Whether the credentials are tried at the provider first, where it says how.
    pub verify: bool,
}

/// Why a connection was not imported. Nothing was written.
#[derive(Debug, Error)]
pub enum ImportError {
    /// The integration does not exist.
    #[error("the integration does not exist")]
    UnknownIntegration,
    /// The integration's provider is not in the catalogue.
    #[error("the integration's provider is not in the catalogue")]
    UnknownProvider,
    /// Credentials of another kind than the provider's.
    #[error("the credentials are of type {given}, and the provider uses {expected}")]
    WrongType {
        /// The given type.
        given: &'static str,
        /// The provider's auth mode.
        expected: &'static str,
    },
    /// NetSuite token-based authentication without an account.
    #[error("connection_config.accountId is required for this provider")]
    MissingAccountId,
    /// A value that would be put into the provider's URLs does not fit the provider's rules.
    #[error("connection_config.{field} {problem}")]
    BadConfig {
        /// The field.
        field: String,
        /// What is wrong; never the value.
        problem: String,
    },
    /// More metadata than a connection may hold.
    #[error("the metadata is larger than {METADATA_BYTES_MAX} bytes")]
    MetadataTooLarge,
    /// The provider refused the credentials.
    #[error(transparent)]
    TestFailed(#[from] TestFailed),
    /// The provider gave no token for the installation.
    #[error(transparent)]
    Token(TokenError),
    /// Other writers kept changing the connection.
    #[error("the connection is being changed by others; try again")]
    Busy,
    /// A function of the application refused the connection, in these words.
    #[error("{0}")]
    Refused(String),
    /// The integration could not be read.
    #[error(transparent)]
    Integration(#[from] IntegrationError),
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The vault failed.
    #[error(transparent)]
    Vault(#[from] VaultError),
}

impl From<WriteError> for ImportError {
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

impl Engine {
    /// Imports a connection.
    pub async fn import_connection(
        &self,
        environment: &Arc<Environment>,
        import: ImportConnection,
    ) -> Result<OpenConnection, ImportError> {
        let integration = self.integration_for_import(environment, &import.integration).await?;
        check_type(&integration.provider, import.credentials.kind())?;
        check_config(&integration.provider, &import.config)?;
        if import.metadata.as_ref().is_some_and(is_too_large) {
            return Err(ImportError::MetadataTooLarge);
        }
        let mut config = import.config;
        let credentials = match import.credentials {
            ImportedCredentials::Given(credentials) => credentials,
            ImportedCredentials::GithubApp { app_id, installation_id, .. } => {
                config.insert("app_id".to_owned(), app_id.into());
                config.insert("installation_id".to_owned(), installation_id.into());
                self.mint_installation_token(&integration, &config).await?
            }
        };
        if credentials.kind() == CredentialKind::Tba && !config.get("accountId").is_some_and(Value::is_string)
        {
            return Err(ImportError::MissingAccountId);
        }
        if import.verify {
            self.verify_credentials(&integration, &credentials, &config).await?;
        }
        let account = Account { integration: &integration, credentials: &credentials, config: &config };
        let config = self.learned_config(&account).await;
        let labels = Labels::Given {
            tags: super::tags_for(import.end_user.as_ref(), &import.tags),
            end_user: import.end_user,
            webhook_url_override: import.webhook_url_override,
        };
        let draft = Draft {
            integration: &integration,
            key: import.key.unwrap_or_else(random_key),
            credentials: &credentials,
            config: &config,
            metadata: import.metadata,
            metadata_when_new: import.metadata_when_new,
            labels,
        };
        let connection = self.upsert_connection(environment, &draft).await?;
        Ok(OpenConnection { connection, credentials, config })
    }

    /// The integration a connection is imported for.
    pub async fn integration_for_import(
        &self,
        environment: &Environment,
        key: &IntegrationKey,
    ) -> Result<OpenIntegration, ImportError> {
        let found = self.storage.find_integration(environment.id, key).await?;
        let integration = found.ok_or(ImportError::UnknownIntegration)?;
        self.open_integration(environment, integration)?.ok_or(ImportError::UnknownProvider)
    }

    async fn mint_installation_token(
        &self,
        integration: &OpenIntegration,
        config: &Map<String, Value>,
    ) -> Result<Credentials, ImportError> {
        let now = self.clock.now();
        let app = github_app::InstallationToken { integration, config, now };
        app.fetch(&self.outbound).await.map_err(ImportError::Token)
    }
}

fn check_type(provider: &Provider, given: CredentialKind) -> Result<(), ImportError> {
    let mode = provider.auth_mode;
    let fits = mode.as_str() == given.as_str() && mode != AuthMode::TwoStep;
    let wrong = ImportError::WrongType { given: given.as_str(), expected: mode.as_str() };
    if fits { Ok(()) } else { Err(wrong) }
}

/// Values the provider declares rules for must keep them: they become parts of URLs (checklist A13).
fn check_config(provider: &Provider, config: &Map<String, Value>) -> Result<(), ImportError> {
    check_fields(&provider.connection_config, config)
        .map_err(|(field, problem)| ImportError::BadConfig { field, problem: problem.to_string() })
}
