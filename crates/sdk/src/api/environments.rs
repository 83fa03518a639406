//! Environments, API keys and the key that signs webhooks. Most of it needs an account key.

use http::Method;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::call::{Call, Data, Done, endpoint};
use crate::client::Bowline;
use crate::http::path::Path;
use crate::ids::{ApiKeyId, EnvironmentId};
use crate::secret::Secret;

/// An environment.
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct Environment {
    /// The server's number of it.
    pub id: i64,
    /// Its UUID, by which calls name it.
    pub uuid: Option<EnvironmentId>,
    /// Its name.
    pub name: String,
    /// Whether it is marked as production.
    #[serde(default)]
    pub is_production: bool,
    /// Everything else.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

/// An API key.
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct ApiKey {
    /// Its UUID, by which calls name it.
    pub uuid: ApiKeyId,
    /// Its name for people.
    pub display_name: String,
    /// What it may do.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// The key itself, when it was just made or is read by itself.
    pub secret: Option<Secret>,
    /// When it was last used, ISO 8601.
    pub last_used_at: Option<String>,
    /// When it was made, ISO 8601.
    pub created_at: Option<String>,
    /// Everything else.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

/// `{"webhook_signing_key": …}`
#[derive(Deserialize)]
#[doc(hidden)]
pub struct SigningKey {
    webhook_signing_key: Secret,
}

endpoint!(
    /// [`Bowline::list_environments`]
    ListEnvironments: data Vec<Environment>
);
endpoint!(
    /// [`Bowline::create_environment`]
    CreateEnvironment: data Environment
);
endpoint!(
    /// [`Bowline::delete_environment`]
    DeleteEnvironment: Done
);
endpoint!(
    /// [`Bowline::list_api_keys`]
    ListApiKeys: data Vec<ApiKey>
);
endpoint!(
    /// [`Bowline::create_api_key`]
    CreateApiKey: data ApiKey
);
endpoint!(
    /// [`Bowline::get_api_key`]
    GetApiKey: data ApiKey
);
endpoint!(
    /// [`Bowline::delete_api_key`]
    DeleteApiKey: Done
);
endpoint!(
    /// [`Bowline::rotate_webhook_signing_key`]
    RotateWebhookSigningKey: Data<SigningKey> => Secret, |wire| Ok(wire.data.webhook_signing_key)
);

impl Bowline {
    /// The account's environments. `GET /environments`
    pub fn list_environments(&self) -> Call<ListEnvironments> {
        Call::new(self, Method::GET, Ok(Path::fixed("/environments")))
    }

    /// Makes an environment. `POST /environments`
    pub fn create_environment(&self, name: &str) -> Call<CreateEnvironment> {
        Call::new(self, Method::POST, Ok(Path::fixed("/environments"))).id_field("name", "name", name)
    }

    /// Deletes an environment with everything in it. `DELETE /environments/{id}`
    pub fn delete_environment(&self, environment: impl Into<EnvironmentId>) -> Call<DeleteEnvironment> {
        Call::new(self, Method::DELETE, environment_path(&environment.into()))
    }

    /// The keys of an environment. `GET /environments/{id}/api-keys`
    pub fn list_api_keys(&self, environment: impl Into<EnvironmentId>) -> Call<ListApiKeys> {
        Call::new(self, Method::GET, keys_path(&environment.into()))
    }

    /// Makes a key. `POST /environments/{id}/api-keys`
    pub fn create_api_key(&self, environment: impl Into<EnvironmentId>, name: &str) -> Call<CreateApiKey> {
        Call::new(self, Method::POST, keys_path(&environment.into())).id_field("name", "display_name", name)
    }

    /// One key with its secret. `GET /environments/{id}/api-keys/{key}`
    pub fn get_api_key(
        &self,
        environment: impl Into<EnvironmentId>,
        key: impl Into<ApiKeyId>,
    ) -> Call<GetApiKey> {
        Call::new(self, Method::GET, key_path(&environment.into(), &key.into()))
    }

    /// Deletes a key, at once. `DELETE /environments/{id}/api-keys/{key}`
    pub fn delete_api_key(
        &self,
        environment: impl Into<EnvironmentId>,
        key: impl Into<ApiKeyId>,
    ) -> Call<DeleteApiKey> {
        Call::new(self, Method::DELETE, key_path(&environment.into(), &key.into()))
    }

    /// Makes a new key to sign webhooks with, and forgets the old one. `POST /environment/webhook-signing-key/rotate`
    pub fn rotate_webhook_signing_key(&self) -> Call<RotateWebhookSigningKey> {
        Call::new(self, Method::POST, Ok(Path::fixed("/environment/webhook-signing-key/rotate")))
    }
}

impl Call<CreateEnvironment> {
    /// Marks it as production, or not.
    pub fn production(self, is_production: bool) -> Self {
        self.field("is_production", is_production)
    }
}

fn environment_path(environment: &EnvironmentId) -> crate::Result<Path> {
    Path::fixed("/environments").segment("environment", environment.as_str())
}

fn keys_path(environment: &EnvironmentId) -> crate::Result<Path> {
    environment_path(environment).map(|path| path.then("/api-keys"))
}

fn key_path(environment: &EnvironmentId, key: &ApiKeyId) -> crate::Result<Path> {
    keys_path(environment)?.segment("key", key.as_str())
}
