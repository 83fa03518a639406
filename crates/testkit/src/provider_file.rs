//! Provider files for the length of a test, in the reference's layout.

use std::path::PathBuf;
use std::sync::Arc;

use bowline_engine::catalog::{Catalog, SharedCatalog};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A file with providers, removed with this value.
pub struct ProviderFile {
    directory: TempDir,
}

impl ProviderFile {
    /// Writes an object of name to definition. JSON is YAML.
    pub fn write(providers: &Value) -> Self {
        let directory = tempfile::tempdir().expect("the temporary directory is writable");
        let file = Self { directory };
        std::fs::write(file.path(), providers.to_string()).expect("the temporary directory is writable");
        file
    }

    /// Where it is.
    pub fn path(&self) -> PathBuf {
        self.directory.path().join("providers.yaml")
    }

    /// The built-in catalogue with this file over it.
    pub fn catalog(&self) -> SharedCatalog {
        Arc::new(Catalog::overlay(&[self.path()]).unwrap_or_else(|error| panic!("{error}")))
    }
}

/// The definition of an OAuth 2 provider that is the simulator at `base_url`, with `more` laid over it.
pub fn simulated_oauth2(base_url: &str, more: Value) -> Value {
    definition(base_url, "OAUTH2", more)
}

/// The definition of a client-credentials provider that is the simulator at `base_url`, with `more` laid over it.
pub fn simulated_client_credentials(base_url: &str, more: Value) -> Value {
    definition(base_url, "OAUTH2_CC", more)
}

/// The definition of a provider of any auth mode that is the simulator at `base_url`, with `more` laid over it.
pub fn definition(base_url: &str, auth_mode: &str, more: Value) -> Value {
    let mut definition = json!({
        "display_name": "Simulated provider",
        "categories": ["dev-tools"],
        "auth_mode": auth_mode,
        "authorization_url": format!("{base_url}/oauth/authorize"),
        "token_url": format!("{base_url}/oauth/token"),
        "proxy": {"base_url": format!("{base_url}/api")},
        "docs": "https://example.com/docs",
    });
    if auth_mode != "OAUTH2"
        && let Some(fields) = definition.as_object_mut()
    {
        fields.remove("authorization_url");
    }
    if let (Some(fields), Value::Object(more)) = (definition.as_object_mut(), more) {
        fields.extend(more);
    }
    definition
}
