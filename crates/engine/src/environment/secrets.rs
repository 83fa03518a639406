//! What an environment keeps sealed.

use bowline_domain::environment::Environment;
use bowline_domain::id::RowUid;
use bowline_domain::{SealedBytes, Secret};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::credential::vault::{SealContext, Vault, VaultError};
use crate::credential::{open_object, seal_object};

/// Secrets of an environment. No `Debug`, no `Serialize`.
#[derive(Clone, Default)]
pub struct EnvironmentSecrets {
    /// Signs the requests of public-key callers.
    pub hmac_key: Option<Secret>,
    /// Headers of the trace export.
    pub otlp_headers: Vec<(String, Secret)>,
    /// Signs outgoing webhooks; the newest first.
    pub webhook_signing_keys: Vec<Secret>,
}

impl EnvironmentSecrets {
    /// Seals for an environment.
    pub fn seal(&self, vault: &Vault, environment: Uuid) -> Result<SealedBytes, VaultError> {
        seal_object(vault, &place(environment), &self.to_object())
    }

    /// Opens an environment's secrets.
    pub fn open(vault: &Vault, environment: &Environment) -> Result<Self, VaultError> {
        open_object(vault, &place(environment.uuid), &environment.secrets)
            .map(|object| Self::from_object(&object))
    }

    fn to_object(&self) -> Map<String, Value> {
        let mut object = Map::new();
        if let Some(key) = &self.hmac_key {
            object.insert("hmac_key".to_owned(), key.expose().as_str().into());
        }
        let headers = self.otlp_headers.iter().map(|(name, value)| json!([name, value.expose()]));
        object.insert("otlp_headers".to_owned(), headers.collect());
        let keys = self.webhook_signing_keys.iter().map(|key| Value::from(key.expose().as_str()));
        object.insert("webhook_signing_keys".to_owned(), keys.collect());
        object
    }

    fn from_object(object: &Map<String, Value>) -> Self {
        let list = |name: &str| object.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
        let text = |value: &Value| value.as_str().map(str::to_owned);
        Self {
            hmac_key: object.get("hmac_key").and_then(text).map(Secret::new),
            otlp_headers: list("otlp_headers")
                .iter()
                .filter_map(|pair| Some((text(pair.get(0)?)?, Secret::new(text(pair.get(1)?)?))))
                .collect(),
            webhook_signing_keys: list("webhook_signing_keys")
                .iter()
                .filter_map(text)
                .map(Secret::new)
                .collect(),
        }
    }
}

fn place(environment: Uuid) -> SealContext {
    SealContext { environment, table: "environments", row: RowUid(environment), column: "secrets" }
}
