//! Bodies of the routes that serve operators rather than integrations.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Body of `GET /health` and `GET /ready`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StatusResponse {
    /// `ok`, or what is wrong in a few words.
    pub result: String,
}

/// Body of `POST /cli/telemetry`; it is checked and dropped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CliTelemetryRequest {
    /// A random id of the caller's machine.
    #[schema(format = "uuid")]
    pub device_id: String,
    /// What happened.
    pub event: String,
    /// Whether the machine is short-lived, such as a CI runner.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ephemeral: Option<bool>,
}
