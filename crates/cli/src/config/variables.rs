//! Environment variables as a layer.

use std::path::Path;

use anyhow::{Context, Result};

use super::layers::{Layers, Origin};
use super::suggest::unknown;
use super::{SECTIONS, client, keys, secret_file};

/// Names the TOML file.
pub const CONFIG_FILE: &str = "BOWLINE_CONFIG";
/// Variables of our own tests, which are no settings.
const TEST_PREFIX: &str = "BOWLINE_TEST_";
const OWN_PREFIX: &str = "BOWLINE_";
const FILE_SUFFIX: &str = "_FILE";

/// Reads every variable that is meant for us; a `BOWLINE_` variable that nobody knows is an error.
pub fn read(layers: &mut Layers, variables: &[(String, String)]) -> Result<()> {
    // Aliases first, so that our own names win over them.
    for (name, value) in variables.iter().filter(|(name, _)| !name.starts_with(OWN_PREFIX)) {
        read_key(layers, name, value, |info| info.alias)?;
    }
    let is_of_others = |name: &str| {
        name.starts_with(TEST_PREFIX) || name == CONFIG_FILE || client::VARIABLES.contains(&name)
    };
    let own = |name: &str| name.starts_with(OWN_PREFIX) && !is_of_others(name);
    for (name, value) in variables.iter().filter(|(name, _)| own(name)) {
        let is_known =
            read_setting(layers, name, value)? || read_key(layers, name, value, |info| info.variable)?;
        if !is_known {
            return Err(unknown("environment variable", name, known()));
        }
    }
    Ok(())
}

fn read_setting(layers: &mut Layers, name: &str, value: &str) -> Result<bool> {
    let origin = || Origin::Variable(name.to_owned());
    for setting in SECTIONS.iter().flat_map(|section| section.settings) {
        if setting.variable == name {
            layers.set(setting, value.to_owned(), origin());
            return Ok(true);
        }
        if setting.is_secret() && name.strip_suffix(FILE_SUFFIX) == Some(setting.variable) {
            layers.set(setting, from_file(name, value)?, origin());
            return Ok(true);
        }
    }
    Ok(false)
}

fn read_key(
    layers: &mut Layers,
    name: &str,
    value: &str,
    prefix: impl Fn(&keys::KeyInfo) -> &'static str,
) -> Result<bool> {
    for info in &keys::KEYS {
        let Some(environment) = name.strip_prefix(prefix(info)) else { continue };
        let (environment, text) = match environment.strip_suffix(FILE_SUFFIX) {
            Some(environment) => (environment, from_file(name, value)?),
            None => (environment, value.to_owned()),
        };
        if environment.is_empty() {
            continue;
        }
        let origin = Origin::Variable(name.to_owned());
        layers.set_key(&environment.to_ascii_lowercase(), info.key, text, origin);
        return Ok(true);
    }
    Ok(false)
}

fn from_file(name: &str, path: &str) -> Result<String> {
    if path.is_empty() {
        return Ok(String::new());
    }
    secret_file(Path::new(path)).with_context(|| name.to_owned())
}

fn known() -> impl Iterator<Item = &'static str> {
    let settings = SECTIONS.iter().flat_map(|section| section.settings).map(|setting| setting.variable);
    settings.chain([CONFIG_FILE, "BOWLINE_SECRET_KEY_DEV", "BOWLINE_PUBLIC_KEY_DEV"])
}
