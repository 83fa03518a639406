//! Create, read, change and delete integrations.

use std::sync::Arc;

use bowline_domain::environment::Environment;
use bowline_domain::id::{IntegrationKey, RowUid};
use bowline_domain::integration::{Integration, IntegrationPatch, NewIntegration};
use bowline_domain::provider::Provider;
use bowline_domain::storage::{CreateIntegration, UpdateIntegration};
use indexmap::IndexMap;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::rules::{apply_credentials, needs_credentials};
use super::{CredentialsInput, IntegrationCredentials, IntegrationError, fields};
use crate::Engine;

/// A change computed on a version that moved is computed anew this often.
const UPDATE_ATTEMPTS: u32 = 5;

/// An integration with its provider and opened credentials.
#[derive(Clone)]
pub struct OpenIntegration {
    /// As stored.
    pub integration: Arc<Integration>,
    /// Its provider.
    pub provider: Arc<Provider>,
    /// The application's credentials.
    pub credentials: IntegrationCredentials,
}

/// What an integration is created from.
pub struct CreateIntegrationInput {
    /// The provider's name.
    pub provider: String,
    /// The new key.
    pub key: IntegrationKey,
    /// Own display name.
    pub display_name: Option<String>,
    /// Whether inbound webhooks are forwarded.
    pub forward_webhooks: bool,
    /// The application's credentials.
    pub credentials: Option<CredentialsInput>,
    /// Values of the provider's integration-level fields.
    pub integration_config: Option<IndexMap<String, String>>,
    /// Free values, for providers without such fields.
    pub custom: Option<IndexMap<String, String>>,
}

/// What of an integration changes.
#[derive(Default)]
pub struct UpdateIntegrationInput {
    /// A new key.
    pub key: Option<IntegrationKey>,
    /// A new display name.
    pub display_name: Option<String>,
    /// Whether inbound webhooks are forwarded.
    pub forward_webhooks: Option<bool>,
    /// New credentials.
    pub credentials: Option<CredentialsInput>,
    /// Values of the provider's integration-level fields.
    pub integration_config: Option<IndexMap<String, String>>,
    /// Free values, in place of the old ones.
    pub custom: Option<IndexMap<String, String>>,
}

impl Engine {
    /// Creates an integration.
    pub async fn create_integration(
        &self,
        environment: &Environment,
        input: CreateIntegrationInput,
    ) -> Result<OpenIntegration, IntegrationError> {
        let provider = self.catalog.find(&input.provider).ok_or(IntegrationError::UnknownProvider)?;
        if input.credentials.is_none() && needs_credentials(&provider) {
            return Err(IntegrationError::MissingCredentials { expected: provider.auth_mode.as_str() });
        }
        let mut credentials = IntegrationCredentials::default();
        apply_credentials(&provider, input.credentials, &mut credentials)?;
        if credentials.scopes.is_none() && !provider.default_scopes.is_empty() {
            credentials.scopes = Some(provider.default_scopes.join(","));
        }
        apply_custom(&provider, input.custom, &mut credentials)?;
        if !provider.integration_config.is_empty() || input.integration_config.is_some() {
            let submitted = input.integration_config.unwrap_or_default();
            credentials.custom = fields::resolve(&provider, &submitted, &credentials.custom, true)
                .map_err(IntegrationError::BadConfig)?;
        }
        let settings = (input.display_name, input.forward_webhooks);
        self.insert_integration(environment, input.key, provider, credentials, settings).await
    }

    /// Writes a new integration with credentials that were already checked.
    pub async fn insert_integration(
        &self,
        environment: &Environment,
        key: IntegrationKey,
        provider: Arc<Provider>,
        credentials: IntegrationCredentials,
        (display_name, forward_webhooks): (Option<String>, bool),
    ) -> Result<OpenIntegration, IntegrationError> {
        let uid = RowUid(Uuid::now_v7());
        let new = NewIntegration {
            uid,
            key,
            provider: provider_name(&provider)?,
            display_name,
            credentials: credentials.seal(&self.vault, environment, uid)?,
            forward_webhooks,
            created_at: self.clock.now(),
        };
        match self.storage.create_integration(environment.id, new).await? {
            CreateIntegration::Created(integration) => {
                Ok(OpenIntegration { integration: Arc::new(integration), provider, credentials })
            }
            CreateIntegration::KeyTaken => Err(IntegrationError::KeyTaken),
        }
    }

    /// An integration by key; one whose provider left the catalogue counts as absent.
    pub async fn find_integration(
        &self,
        environment: &Environment,
        key: &IntegrationKey,
    ) -> Result<Option<OpenIntegration>, IntegrationError> {
        match self.storage.find_integration(environment.id, key).await? {
            Some(integration) => self.open_integration(environment, integration),
            None => Ok(None),
        }
    }

    /// All integrations whose provider is in the catalogue, by provider and then by age.
    pub async fn list_integrations(
        &self,
        environment: &Environment,
    ) -> Result<Vec<OpenIntegration>, IntegrationError> {
        let mut open = Vec::new();
        for integration in self.storage.list_integrations(environment.id).await? {
            open.extend(self.open_integration(environment, Arc::new(integration))?);
        }
        Ok(open)
    }

    /// Changes an integration; absent parts stay.
    pub async fn update_integration(
        &self,
        environment: &Environment,
        key: &IntegrationKey,
        input: UpdateIntegrationInput,
    ) -> Result<OpenIntegration, IntegrationError> {
        let current = self.find_integration(environment, key).await?.ok_or(IntegrationError::NotFound)?;
        let mut credentials = current.credentials;
        apply_credentials(&current.provider, input.credentials, &mut credentials)?;
        if input.custom.is_some() {
            credentials.custom.retain(|name, _| is_credential_field(name));
        }
        apply_custom(&current.provider, input.custom, &mut credentials)?;
        if let Some(submitted) = input.integration_config {
            credentials.custom = fields::resolve(&current.provider, &submitted, &credentials.custom, false)
                .map_err(IntegrationError::BadConfig)?;
        }
        let patch = IntegrationPatch {
            expected_version: current.integration.version,
            key: input.key.filter(|new| new != key),
            provider: None,
            display_name: input.display_name,
            credentials: Some(credentials.seal(&self.vault, environment, current.integration.uid)?),
            forward_webhooks: input.forward_webhooks,
            updated_at: self.clock.now(),
        };
        let integration = self.write_integration(environment, key, patch).await?;
        Ok(OpenIntegration { integration: Arc::new(integration), provider: current.provider, credentials })
    }

    /// Replaces an integration's provider and credentials as a whole (legacy `PUT /config`).
    pub async fn replace_integration(
        &self,
        environment: &Environment,
        key: &IntegrationKey,
        provider: Arc<Provider>,
        credentials: IntegrationCredentials,
    ) -> Result<OpenIntegration, IntegrationError> {
        for _ in 0..UPDATE_ATTEMPTS {
            let found = self.storage.find_integration(environment.id, key).await?;
            let current = found.ok_or(IntegrationError::NotFound)?;
            let patch = IntegrationPatch {
                expected_version: current.version,
                key: None,
                provider: Some(provider_name(&provider)?),
                display_name: None,
                credentials: Some(credentials.seal(&self.vault, environment, current.uid)?),
                forward_webhooks: None,
                updated_at: self.clock.now(),
            };
            match self.write_integration(environment, key, patch).await {
                Err(IntegrationError::Busy) => {}
                Ok(integration) => {
                    return Ok(OpenIntegration { integration: Arc::new(integration), provider, credentials });
                }
                Err(error) => return Err(error),
            }
        }
        Err(IntegrationError::Busy)
    }

    /// Deletes an integration with its connections; false when there is none.
    pub async fn delete_integration(
        &self,
        environment: &Environment,
        key: &IntegrationKey,
    ) -> Result<bool, IntegrationError> {
        self.release_connections(environment, Some(key)).await?;
        Ok(self.storage.delete_integration(environment.id, key, self.clock.now()).await?)
    }

    async fn write_integration(
        &self,
        environment: &Environment,
        key: &IntegrationKey,
        patch: IntegrationPatch,
    ) -> Result<Integration, IntegrationError> {
        match self.storage.update_integration(environment.id, key, patch).await? {
            UpdateIntegration::Updated(integration) => Ok(integration),
            UpdateIntegration::NotFound => Err(IntegrationError::NotFound),
            UpdateIntegration::VersionMoved => Err(IntegrationError::Busy),
            UpdateIntegration::KeyTaken => Err(IntegrationError::KeyTaken),
            UpdateIntegration::HasConnections => Err(IntegrationError::HasConnections),
        }
    }

    pub(crate) fn open_integration(
        &self,
        environment: &Environment,
        integration: Arc<Integration>,
    ) -> Result<Option<OpenIntegration>, IntegrationError> {
        let Some(provider) = self.catalog.find(integration.provider.as_str()) else {
            tracing::warn!(provider = %integration.provider, "integration of a provider that is not in the catalogue");
            return Ok(None);
        };
        let credentials = IntegrationCredentials::open(&self.vault, environment, &integration)?;
        Ok(Some(OpenIntegration { integration, provider, credentials }))
    }
}

fn provider_name(provider: &Provider) -> Result<bowline_domain::id::ProviderName, IntegrationError> {
    bowline_domain::id::ProviderName::parse(provider.name.as_str())
        .map_err(|_| IntegrationError::UnknownProvider)
}

/// Fields of `custom` that belong to the credentials of CUSTOM providers.
fn is_credential_field(name: &str) -> bool {
    matches!(name, "app_id" | "private_key")
}

fn apply_custom(
    provider: &Provider,
    custom: Option<IndexMap<String, String>>,
    credentials: &mut IntegrationCredentials,
) -> Result<(), IntegrationError> {
    let Some(custom) = custom else { return Ok(()) };
    if !provider.integration_config.is_empty() {
        return Err(IntegrationError::CustomNotAllowed);
    }
    let values: Map<String, Value> = custom.into_iter().map(|(name, value)| (name, value.into())).collect();
    credentials.custom.extend(values);
    Ok(())
}
