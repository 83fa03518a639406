//! Integrations on the wire (spec `api.md` §8 and §9).

use indexmap::IndexMap;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// An integration.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct IntegrationResponse {
    /// The integration's key.
    pub unique_key: String,
    /// The provider's name.
    pub provider: String,
    /// Own display name, else the provider's.
    pub display_name: String,
    /// Address of the provider's logo.
    pub logo: String,
    /// What forms call the key, where the integration says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credentials_label: Option<CredentialsLabel>,
    /// Fields that the integration fills for its users.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preconfigured_credentials: Option<Vec<String>>,
    /// Where the provider sends webhooks; only with `include=webhook`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub webhook_url: Option<Option<String>>,
    /// The application's credentials; only with `include=credentials` and the scope for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credentials: Option<Value>,
    /// Whether inbound webhooks are forwarded.
    pub forward_webhooks: bool,
    /// ISO 8601.
    pub created_at: String,
    /// ISO 8601.
    pub updated_at: String,
}

/// What forms call an integration's key.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CredentialsLabel {
    /// The label of the API key field.
    #[serde(rename = "apiKey")]
    pub api_key: String,
}

/// `{configs: […]}` of the legacy list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ConfigListResponse {
    /// The integrations.
    pub configs: Vec<IntegrationResponse>,
}

/// `{config: …}` of the legacy routes.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ConfigResponse<T> {
    /// The integration.
    pub config: T,
}

/// The legacy answer to a write.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ConfigKeyResponse {
    /// The integration's key.
    pub unique_key: String,
    /// The provider's name.
    pub provider: String,
}

/// The legacy answer to a read without credentials.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ConfigSummaryResponse {
    /// The integration's key.
    pub unique_key: String,
    /// The provider's name.
    pub provider: String,
    /// Deployed syncs.
    pub syncs: Vec<Value>,
    /// Deployed actions.
    pub actions: Vec<Value>,
}

/// Body of `POST /integrations` (for documentation; the server validates field by field).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CreateIntegrationRequest {
    /// The provider's name.
    pub provider: String,
    /// The new key.
    pub unique_key: String,
    /// Own display name.
    #[schema(nullable = false)]
    pub display_name: Option<String>,
    /// Whether inbound webhooks are forwarded; true when absent.
    #[schema(nullable = false)]
    pub forward_webhooks: Option<bool>,
    /// The application's credentials, by `type`.
    #[schema(value_type = Option<Object>, nullable = false)]
    pub credentials: Option<Value>,
    /// Values of the provider's integration-level fields.
    #[schema(nullable = false)]
    pub integration_config: Option<IndexMap<String, String>>,
    /// Free values.
    #[schema(nullable = false)]
    pub custom: Option<IndexMap<String, String>>,
}

/// Body of `PATCH /integrations/{uniqueKey}`.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct UpdateIntegrationRequest {
    /// A new key.
    #[schema(nullable = false)]
    pub unique_key: Option<String>,
    /// A new display name.
    #[schema(nullable = false)]
    pub display_name: Option<String>,
    /// Whether inbound webhooks are forwarded.
    #[schema(nullable = false)]
    pub forward_webhooks: Option<bool>,
    /// The application's credentials, by `type`.
    #[schema(value_type = Option<Object>, nullable = false)]
    pub credentials: Option<Value>,
    /// Values of the provider's integration-level fields.
    #[schema(nullable = false)]
    pub integration_config: Option<IndexMap<String, String>>,
    /// Free values.
    #[schema(nullable = false)]
    pub custom: Option<IndexMap<String, String>>,
}

/// `{success: true}`.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct SuccessResponse {
    /// Always true.
    pub success: bool,
}
