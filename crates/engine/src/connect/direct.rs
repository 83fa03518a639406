//! Connects an account with what the user typed: every mode without a popup (spec `auth.md` §10).

use std::sync::Arc;

use bowline_domain::connection::Connection;
use bowline_domain::metadata::Metadata;
use bowline_domain::provider::AuthMode;
use serde_json::{Map, Value, json};

use super::{Attempt, ConnectError};
use crate::Engine;
use crate::auth::{TokenCreation, create};
use crate::connection::fields::check_fields;
use crate::connection::probe::Account;
use crate::connection::write::Draft;
use crate::credential::{CredentialKind, Credentials};
use crate::integration::OpenIntegration;

/// What a user typed.
pub struct DirectInput {
    /// The way of connecting that the page chose.
    pub way: DirectWay,
    /// Credential fields by their wire names.
    pub fields: Map<String, Value>,
    /// Inputs that are used once and never stored.
    pub assertion_option: Map<String, Value>,
}

/// A way of connecting without a popup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DirectWay {
    /// Credentials of one auth mode.
    Mode(AuthMode),
    /// An OAuth 2 app that is installed at the provider, which then calls back.
    OutboundInstallation,
}

impl DirectWay {
    fn fits(self, integration: &OpenIntegration) -> bool {
        let provider = &integration.provider;
        match self {
            Self::Mode(mode) => provider.auth_mode == mode,
            Self::OutboundInstallation => {
                provider.auth_mode == AuthMode::OAuth2 && provider.installation.as_deref() == Some("outbound")
            }
        }
    }
}

impl Engine {
    /// Obtains and tries the credentials, then writes the connection.
    pub async fn connect_directly(
        &self,
        attempt: Attempt,
        input: DirectInput,
    ) -> Result<Arc<Connection>, ConnectError> {
        let provider = &attempt.integration.provider;
        if !input.way.fits(&attempt.integration) {
            return Err(ConnectError::WrongMode { expected: provider.auth_mode.as_str() });
        }
        for (group, fields, values) in [
            ("credentials", &provider.credentials, &input.fields),
            ("assertionOption", &provider.assertion_option, &input.assertion_option),
        ] {
            check_fields(fields, values).map_err(|(field, problem)| ConnectError::BadField {
                group,
                field,
                problem,
            })?;
        }
        let mut config = attempt.config.clone();
        if let (Some(over), AuthMode::OAuth2Cc) =
            (as_object(&attempt.authorization_params), provider.auth_mode)
        {
            config.insert("authorization_params".to_owned(), over.into());
        }
        let credentials = self.obtain(&attempt, input, &mut config).await?;
        self.verify_credentials(&attempt.integration, &credentials, &config).await?;
        self.save_attempt(attempt, &credentials, &config).await
    }

    /// Writes the connection of an attempt that succeeded, with what can be learned about its account.
    pub(super) async fn save_attempt(
        &self,
        attempt: Attempt,
        credentials: &Credentials,
        config: &Map<String, Value>,
    ) -> Result<Arc<Connection>, ConnectError> {
        self.check_same_account(&attempt, credentials).await?;
        let account = Account { integration: &attempt.integration, credentials, config };
        let config = self.learned_config(&account).await;
        let draft = Draft {
            integration: &attempt.integration,
            key: attempt.key,
            credentials,
            config: &config,
            metadata: None,
            metadata_when_new: Some(Metadata::new()),
            labels: attempt.labels,
        };
        Ok(self.upsert_connection(&attempt.environment, &draft).await?)
    }

    async fn obtain(
        &self,
        attempt: &Attempt,
        input: DirectInput,
        config: &mut Map<String, Value>,
    ) -> Result<Credentials, ConnectError> {
        let DirectWay::Mode(mode) = input.way else {
            // The provider's webhook brings the rest.
            config.insert("pending".to_owned(), true.into());
            return Ok(Credentials::new(CredentialKind::Oauth2, Map::new()));
        };
        match mode {
            AuthMode::ApiKey => Ok(Credentials::new(CredentialKind::ApiKey, input.fields)),
            AuthMode::Basic => Ok(Credentials::new(CredentialKind::Basic, input.fields)),
            AuthMode::None => Ok(Credentials::new(CredentialKind::None, Map::new())),
            AuthMode::Tba => Ok(token_based(&attempt.integration, input.fields, config)),
            _ => {
                let created = create(
                    &self.outbound,
                    &TokenCreation {
                        provider: &attempt.integration.provider,
                        integration: &attempt.integration.credentials,
                        input: &input.fields,
                        assertion_option: &input.assertion_option,
                        config,
                        now: self.clock.now(),
                    },
                )
                .await?;
                config.extend(created.config_changes);
                Ok(created.credentials)
            }
        }
    }
}

fn as_object(params: &Map<String, Value>) -> Option<Map<String, Value>> {
    (!params.is_empty()).then(|| params.clone())
}

/// NetSuite's token, signed with the integration's client unless the user brings another one.
fn token_based(
    integration: &OpenIntegration,
    mut fields: Map<String, Value>,
    config: &mut Map<String, Value>,
) -> Credentials {
    let mut over = Map::new();
    for (field, name) in
        [("oauth_client_id_override", "client_id"), ("oauth_client_secret_override", "client_secret")]
    {
        let value = fields.shift_remove(field);
        over.extend(value.filter(|value| value != "").map(|value| (name.to_owned(), value)));
    }
    if !over.is_empty() {
        fields.insert("config_override".to_owned(), over.into());
    }
    let own = &integration.credentials;
    let client = [
        ("oauth_client_id", own.client_id.as_deref()),
        ("oauth_client_secret", own.client_secret.as_ref().map(|secret| secret.expose().as_str())),
    ];
    for (name, value) in client {
        if let Some(value) = value {
            config.insert(name.to_owned(), json!(value));
        }
    }
    Credentials::new(CredentialKind::Tba, fields)
}
