//! Connections on the wire (spec `api.md` §10 and §11).

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// A connection with its credentials. Its `Serialize` is the one place where credentials leave in the clear.
#[derive(Serialize, ToSchema)]
pub struct ConnectionResponse {
    /// The server's number of the connection.
    pub id: i64,
    /// The connection's id.
    pub connection_id: String,
    /// The integration's key.
    pub provider_config_key: String,
    /// The provider's name.
    pub provider: String,
    /// Active errors.
    pub errors: Vec<ConnectionError>,
    /// Whose account it is.
    pub end_user: Option<EndUserResponse>,
    /// Short labels.
    pub tags: BTreeMap<String, String>,
    /// The user's own data.
    #[schema(value_type = Option<Object>)]
    pub metadata: Option<Map<String, Value>>,
    /// Values of the connection that go into the provider's URLs and headers.
    #[schema(value_type = Object)]
    pub connection_config: Map<String, Value>,
    /// Where its events go instead of the environment's addresses.
    pub webhook_url_override: Option<String>,
    /// ISO 8601.
    pub created_at: String,
    /// ISO 8601.
    pub updated_at: String,
    /// ISO 8601.
    pub last_fetched_at: Option<String>,
    /// By `type`; `{}` without the scope to read them.
    #[schema(value_type = Object)]
    pub credentials: Map<String, Value>,
    /// On the legacy path only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub account_id: Option<i64>,
    /// On the legacy path only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub environment_id: Option<i64>,
}

/// One line of `GET /connections`.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ConnectionSummaryResponse {
    /// The server's number of the connection.
    pub id: i64,
    /// The connection's id.
    pub connection_id: String,
    /// The integration's key.
    pub provider_config_key: String,
    /// The provider's name.
    pub provider: String,
    /// Active errors.
    pub errors: Vec<ConnectionError>,
    /// Whose account it is.
    pub end_user: Option<EndUserResponse>,
    /// Short labels.
    pub tags: BTreeMap<String, String>,
    /// The user's own data.
    #[schema(value_type = Option<Object>)]
    pub metadata: Option<Map<String, Value>>,
    /// ISO 8601 with offset.
    pub created: String,
}

/// Body of `GET /connections`.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ConnectionListResponse {
    /// Newest first.
    pub connections: Vec<ConnectionSummaryResponse>,
}

/// An active error of a connection.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ConnectionError {
    /// `auth` or `sync`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The operation in the activity log.
    pub log_id: String,
}

/// The person or account a connection belongs to.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EndUserResponse {
    /// The product's own id of the person.
    pub id: String,
    /// Name for people.
    pub display_name: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// The person's own tags.
    pub tags: Option<BTreeMap<String, String>>,
    /// The organization the person belongs to.
    pub organization: Option<OrganizationResponse>,
}

/// The organization an end user belongs to.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OrganizationResponse {
    /// The product's own id of the organization.
    pub id: String,
    /// Name for people.
    pub display_name: Option<String>,
}

/// Body of `POST /connections` (for documentation; the server validates field by field).
#[derive(Serialize, ToSchema)]
pub struct ImportConnectionRequest {
    /// The integration's key.
    pub provider_config_key: String,
    /// The new connection's id; a UUID when absent.
    #[schema(nullable = false)]
    pub connection_id: Option<String>,
    /// By `type`.
    #[schema(value_type = Object)]
    pub credentials: Value,
    /// The user's own data.
    #[schema(value_type = Option<Object>, nullable = false)]
    pub metadata: Option<Value>,
    /// Values that go into the provider's URLs and headers.
    #[schema(value_type = Option<Object>, nullable = false)]
    pub connection_config: Option<Value>,
    /// Where the connection's events go.
    #[schema(nullable = false)]
    pub webhook_url_override: Option<String>,
    /// Whose account it is.
    #[schema(value_type = Option<Object>, nullable = false)]
    pub end_user: Option<Value>,
    /// Short labels.
    #[schema(nullable = false)]
    pub tags: Option<BTreeMap<String, String>>,
}

/// Body of `PATCH /connections/{connectionId}`.
#[derive(Serialize, ToSchema)]
pub struct UpdateConnectionRequest {
    /// Whose account it is.
    #[schema(value_type = Option<Object>, nullable = false)]
    pub end_user: Option<Value>,
    /// Tags in place of the old ones.
    #[schema(nullable = false)]
    pub tags: Option<BTreeMap<String, String>>,
    /// Where the connection's events go; empty clears it.
    #[schema(nullable = false)]
    pub webhook_url_override: Option<String>,
}

/// Body of `POST` and `PATCH /connections/metadata`, and its answer.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MetadataRequest {
    /// One connection id, or several.
    #[schema(value_type = Object)]
    pub connection_id: Value,
    /// The integration's key.
    pub provider_config_key: String,
    /// The new metadata, or what is laid over the old.
    #[schema(value_type = Object)]
    pub metadata: Map<String, Value>,
}
