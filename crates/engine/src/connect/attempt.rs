//! One try to connect an account: who asks, for which integration, with what settings (spec `auth.md` §2 and §3.5).

use std::sync::Arc;

use bowline_domain::environment::Environment;
use bowline_domain::id::{ConnectionKey, IntegrationKey};
use bowline_domain::storage::StorageError;
use ring::hmac;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{ConnectError, ConnectSession};
use crate::Engine;
use crate::connection::fields::check_fields;
use crate::connection::write::{Labels, random_key};
use crate::environment::EnvironmentSecrets;
use crate::integration::OpenIntegration;

/// Who wants to connect an account.
#[derive(Debug, Clone)]
pub enum ConnectCaller {
    /// A page with a session's token.
    Session(Box<ConnectSession>),
    /// A page with nothing but the environment's public key.
    PublicKey(Arc<Environment>),
}

impl ConnectCaller {
    /// The environment the account is connected in.
    pub fn environment(&self) -> &Arc<Environment> {
        match self {
            Self::Session(session) => &session.environment,
            Self::PublicKey(environment) => environment,
        }
    }
}

/// What a page asks for. A session's own decisions come before it.
#[derive(Debug, Clone)]
pub struct ConnectRequest {
    /// The integration's key.
    pub integration: IntegrationKey,
    /// The connection's key; a session decides it itself.
    pub connection: Option<ConnectionKey>,
    /// Values of the connection config.
    pub params: Map<String, Value>,
    /// Scopes of the user's own token.
    pub user_scope: Option<String>,
    /// Parameters of the authorization URL.
    pub authorization_params: Map<String, Value>,
    /// Proves that the application's backend let the page do this.
    pub hmac: Option<String>,
}

/// A try that was let in.
pub struct Attempt {
    /// The environment.
    pub environment: Arc<Environment>,
    /// What is connected.
    pub integration: OpenIntegration,
    /// The key of the new connection, or of the one that is authorized again.
    pub key: ConnectionKey,
    /// Values of the connection config.
    pub config: Map<String, Value>,
    /// Parameters of the authorization URL.
    pub authorization_params: Map<String, Value>,
    /// Scopes of the user's own token.
    pub user_scope: Option<String>,
    /// Whether a connection is authorized again.
    pub is_reconnecting: bool,
    /// Whether another account may take the connection over.
    pub(super) may_change_account: bool,
    /// Settings that the application itself decided.
    pub(super) decided: Vec<String>,
    pub(super) labels: Labels,
    pub(super) session: Option<Uuid>,
    /// Whether the user is asked before the connection is made.
    pub(super) asks: bool,
}

impl Engine {
    /// The environment with this public key.
    pub async fn find_environment_by_public_key(
        &self,
        key: Uuid,
    ) -> Result<Option<Arc<Environment>>, StorageError> {
        Ok(self.storage.find_environment_by_public_key(key).await?.map(Arc::new))
    }

    /// The environment with this public id, whoever asks.
    pub async fn find_public_environment(
        &self,
        uuid: Uuid,
    ) -> Result<Option<Arc<Environment>>, StorageError> {
        Ok(self.storage.find_environment_by_uuid(uuid).await?.map(Arc::new))
    }

    /// Lets a page try to connect an account, or says why not. Nothing is written yet.
    pub async fn begin_connect(
        &self,
        caller: &ConnectCaller,
        request: ConnectRequest,
    ) -> Result<Attempt, ConnectError> {
        let environment = Arc::clone(caller.environment());
        if let ConnectCaller::PublicKey(environment) = caller {
            self.check_hmac(environment, &request)?;
        }
        let found = self.storage.find_integration(environment.id, &request.integration).await?;
        let found = found.ok_or(ConnectError::UnknownIntegration)?;
        let integration = self.open_integration(&environment, found)?.ok_or(ConnectError::UnknownProvider)?;
        let attempt = match caller {
            ConnectCaller::Session(session) => self.attempt_of_session(session, integration, request).await?,
            ConnectCaller::PublicKey(_) => Attempt {
                environment,
                integration,
                key: request.connection.unwrap_or_else(random_key),
                config: request.params,
                authorization_params: request.authorization_params,
                user_scope: request.user_scope,
                is_reconnecting: false,
                may_change_account: false,
                decided: Vec::new(),
                labels: Labels::Kept,
                session: None,
                asks: false,
            },
        };
        let provider = &attempt.integration.provider;
        check_fields(&provider.connection_config, &attempt.config)
            .map_err(|(field, problem)| ConnectError::BadField { group: "params", field, problem })?;
        Ok(attempt)
    }

    async fn attempt_of_session(
        &self,
        session: &ConnectSession,
        integration: OpenIntegration,
        request: ConnectRequest,
    ) -> Result<Attempt, ConnectError> {
        if !session.allows(&integration.integration.key) {
            return Err(ConnectError::NotAllowed);
        }
        let (content, environment) = (&session.content, &session.environment);
        let key = match content.reconnects {
            None => random_key(),
            Some(id) => {
                let connection = self.storage.find_connection_by_id(environment.id, id).await?;
                let fits = connection.filter(|found| found.integration_id == integration.integration.id);
                fits.ok_or(ConnectError::ConnectionGone)?.key.clone()
            }
        };
        let defaults = session.defaults_for(&integration.integration.key).cloned().unwrap_or_default();
        let mut config = request.params;
        let own = defaults.connection_config.unwrap_or_default();
        let decided = own.keys().cloned().collect();
        config.extend(own);
        let authorization_params = match defaults.authorization_params {
            Some(params) => params.into_iter().map(|(name, value)| (name, value.into())).collect(),
            None => request.authorization_params,
        };
        Ok(Attempt {
            environment: Arc::clone(environment),
            integration,
            key,
            config,
            authorization_params,
            user_scope: defaults.user_scopes,
            is_reconnecting: content.reconnects.is_some(),
            may_change_account: content.allows_other_account,
            decided,
            labels: Labels::Given {
                end_user: content.end_user.clone(),
                tags: content.tags.clone(),
                webhook_url_override: content.webhook_url_override.clone(),
            },
            session: Some(session.uid.0),
            asks: content.asks,
        })
    }

    fn check_hmac(&self, environment: &Environment, request: &ConnectRequest) -> Result<(), ConnectError> {
        if !environment.settings.hmac_enabled {
            return Ok(());
        }
        let given = request.hmac.as_deref().filter(|given| !given.is_empty());
        let given = given.ok_or(ConnectError::MissingHmac)?;
        let secrets = EnvironmentSecrets::open(&self.vault, environment)?;
        let key = secrets.hmac_key.ok_or(ConnectError::InvalidHmac)?;
        let key = hmac::Key::new(hmac::HMAC_SHA256, key.expose().as_bytes());
        let message = match &request.connection {
            Some(connection) => format!("{}:{connection}", request.integration),
            None => request.integration.to_string(),
        };
        let given = hex::decode(given).map_err(|_| ConnectError::InvalidHmac)?;
        hmac::verify(&key, message.as_bytes(), &given).map_err(|_| ConnectError::InvalidHmac)
    }
}
