//! Environments, keys and variables on the wire (spec `api.md` §6, §13 and §19).

use serde::Serialize;
use utoipa::ToSchema;

/// An environment.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EnvironmentResponse {
    /// The server's number of the environment.
    pub id: i64,
    /// Its public id.
    pub uuid: String,
    /// Its name.
    pub name: String,
    /// Whether it is marked as production.
    pub is_production: bool,
}

/// An API key. `secret` is there when the key was just made, or read by itself.
#[derive(Serialize, ToSchema)]
pub struct ApiKeyResponse {
    /// The server's number of the key.
    pub id: i64,
    /// Its public id.
    pub uuid: String,
    /// A name for people.
    pub display_name: String,
    /// What it may do.
    pub scopes: Vec<String>,
    /// The key itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub secret: Option<String>,
    /// ISO 8601.
    pub last_used_at: Option<String>,
    /// ISO 8601.
    pub created_at: String,
}

/// A variable with its value.
#[derive(Serialize, ToSchema)]
pub struct EnvironmentVariableResponse {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// The new webhook signing key.
#[derive(Serialize, ToSchema)]
pub struct WebhookSigningKeyResponse {
    /// The key.
    pub webhook_signing_key: String,
}
