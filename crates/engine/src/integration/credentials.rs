//! The application's own credentials at a provider, plain and sealed.

use bowline_domain::environment::Environment;
use bowline_domain::id::RowUid;
use bowline_domain::integration::Integration;
use bowline_domain::{SealedBytes, Secret};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::credential::vault::{SealContext, Vault, VaultError};
use crate::credential::{open_object, seal_object};

/// The application's own credentials at a provider. No `Debug`, no `Serialize`.
#[derive(Clone, Default)]
pub struct IntegrationCredentials {
    /// OAuth client id; for a GitHub App its app id.
    pub client_id: Option<String>,
    /// OAuth client secret; for a GitHub App its private key (PEM).
    pub client_secret: Option<Secret>,
    /// Scopes, comma-separated.
    pub scopes: Option<String>,
    /// Where an app is installed from.
    pub app_link: Option<String>,
    /// The provider's webhook secret.
    pub webhook_secret: Option<Secret>,
    /// Further values by name: integration config fields, or what the application chose to keep.
    pub custom: Map<String, Value>,
}

impl IntegrationCredentials {
    /// Opens an integration's credentials.
    pub fn open(
        vault: &Vault,
        environment: &Environment,
        integration: &Integration,
    ) -> Result<Self, VaultError> {
        let object = open_object(vault, &place(environment.uuid, integration.uid), &integration.credentials)?;
        Ok(Self::from_object(object))
    }

    /// Seals for an integration's row.
    pub fn seal(
        &self,
        vault: &Vault,
        environment: &Environment,
        row: RowUid,
    ) -> Result<SealedBytes, VaultError> {
        seal_object(vault, &place(environment.uuid, row), &self.to_object())
    }

    /// A custom value that is a text and not empty.
    pub fn custom_text(&self, name: &str) -> Option<&str> {
        self.custom.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    fn to_object(&self) -> Map<String, Value> {
        let mut object = Map::new();
        let mut put = |name: &str, value: Option<&str>| {
            if let Some(value) = value {
                object.insert(name.to_owned(), value.into());
            }
        };
        put("client_id", self.client_id.as_deref());
        put("client_secret", self.client_secret.as_ref().map(|secret| secret.expose().as_str()));
        put("scopes", self.scopes.as_deref());
        put("app_link", self.app_link.as_deref());
        put("webhook_secret", self.webhook_secret.as_ref().map(|secret| secret.expose().as_str()));
        if !self.custom.is_empty() {
            object.insert("custom".to_owned(), self.custom.clone().into());
        }
        object
    }

    fn from_object(mut object: Map<String, Value>) -> Self {
        let custom = match object.remove("custom") {
            Some(Value::Object(custom)) => custom,
            _ => Map::new(),
        };
        let mut take = |name: &str| match object.remove(name) {
            Some(Value::String(text)) => Some(text),
            _ => None,
        };
        Self {
            client_id: take("client_id"),
            client_secret: take("client_secret").map(Secret::new),
            scopes: take("scopes"),
            app_link: take("app_link"),
            webhook_secret: take("webhook_secret").map(Secret::new),
            custom,
        }
    }
}

fn place(environment: Uuid, row: RowUid) -> SealContext {
    SealContext { environment, table: "integrations", row, column: "credentials" }
}
