//! Actions on the wire.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// Body of `POST /action/trigger`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TriggerActionRequest {
    /// The action's name.
    pub action_name: String,
    /// Its input: any JSON. None, and what JavaScript takes for false, reach it as `{}`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input: Option<Value>,
}

/// Where the result of an asynchronous action will be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ActionAcceptedResponse {
    /// Identifies the call.
    pub id: String,
    /// A path of this server that answers 404 until the result is there.
    pub status_url: String,
}
