//! `[keys.<environment>]`: keys fixed from outside.

use anyhow::{Result, bail};
use bowline_domain::Secret;
use bowline_engine::environment::FixedKeys;
use uuid::{Uuid, Version};

use super::layers::{Layers, Value};

/// The section's name.
pub const SECTION: &str = "keys";
/// Its keys, each with the start of its variable and, where there is one, of the variable's alias.
pub const KEYS: [KeyInfo; 2] = [
    KeyInfo {
        key: "secret_key",
        variable: "BOWLINE_SECRET_KEY_",
        alias: "NANGO_SECRET_KEY_",
        about: "The environment's API key, a UUID v4. It replaces the key the environment was made with.",
    },
    KeyInfo {
        key: "public_key",
        variable: "BOWLINE_PUBLIC_KEY_",
        alias: "NANGO_PUBLIC_KEY_",
        about: "The environment's public key, a UUID v4. It counts when the environment is made.",
    },
];

/// What is known of one key.
#[derive(Debug, Clone, Copy)]
pub struct KeyInfo {
    /// The key in the section.
    pub key: &'static str,
    /// The variable's name up to the environment's.
    pub variable: &'static str,
    /// The same for its other name.
    pub alias: &'static str,
    /// What it means.
    pub about: &'static str,
}

/// Reads the keys of every environment that has some.
pub fn read(layers: &Layers) -> Result<Vec<FixedKeys>> {
    layers
        .keys()
        .map(|(environment, values)| {
            let secret_key = values.get("secret_key").map(check).transpose()?;
            let public_key = values.get("public_key").map(check).transpose()?;
            Ok(FixedKeys {
                environment: environment.to_owned(),
                secret_key,
                public_key: public_key.and_then(|key| Uuid::try_parse(key.expose()).ok()),
            })
        })
        .collect()
}

fn check(value: &Value) -> Result<Secret> {
    let text = value.text.expose().trim();
    match Uuid::try_parse(text).map(|uuid| uuid.get_version()) {
        Ok(Some(Version::Random)) if text.len() == 36 => Ok(Secret::new(text.to_owned())),
        _ => bail!("{}: a UUID v4 is expected, such as the output of `uuidgen`", value.origin),
    }
}
