//! A deployment: what is sent ([`body`]), what it will change ([`mod@preview`]), and what it did.

pub mod body;
pub mod preview;

use std::fmt;

use anyhow::Result;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use body::{Body, Chosen};
pub use preview::Preview;

use crate::api_client::ApiClient;

/// A function as it was deployed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Deployed {
    /// Its name.
    pub name: String,
    /// The version that counts from now on.
    #[serde(default)]
    pub version: Option<String>,
    /// Its integration.
    #[serde(rename = "providerConfigKey")]
    pub integration: String,
    /// `sync`, `action` or `on-event`.
    #[serde(default, rename = "type")]
    pub kind: String,
}

impl fmt::Display for Deployed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.integration, self.name)?;
        self.version.as_ref().map_or(Ok(()), |version| write!(formatter, "@{version}"))
    }
}

/// What a deployment would change.
///
/// # Errors
/// When the server refuses it, or there is none.
pub async fn preview(api: &ApiClient, body: &Body) -> Result<Preview> {
    api.json("POST", "/sync/deploy/confirmation", &[], Some(&body.for_preview().to_string())).await
}

/// Deploys.
///
/// # Errors
/// When the server refuses it, or there is none. Then nothing was deployed, unless the error says otherwise.
pub async fn deploy(api: &ApiClient, body: &Body) -> Result<Vec<Deployed>> {
    let answer: Value =
        api.json("POST", "/sync/deploy", &[], Some(&body.for_deployment().to_string())).await?;
    Ok(serde_json::from_value(answer)?)
}
