//! The TOML file as a layer.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use toml::{Table, Value};

use super::layers::{Layers, Origin};
use super::section::SectionInfo;
use super::suggest::unknown;
use super::{SECTIONS, keys, secret_file};

/// Read when it is in the working directory and no other file is named.
pub const DEFAULT_FILE: &str = "bowline.toml";

/// Reads `path` into the layers.
pub fn read(layers: &mut Layers, path: &Path) -> Result<()> {
    let text = fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let table: Table = text.parse().with_context(|| format!("{} is not TOML", path.display()))?;
    for (name, value) in table {
        let Value::Table(entries) = value else {
            bail!("{}: `{name}` is not a section; settings are in sections such as [server]", path.display())
        };
        match SECTIONS.iter().find(|section| section.name == name) {
            Some(section) => read_section(layers, path, section, entries)?,
            None if name == keys::SECTION => read_keys(layers, path, entries)?,
            None => {
                let known = SECTIONS.iter().map(|section| section.name).chain([keys::SECTION]);
                return Err(unknown(&format!("{}: section", path.display()), &name, known));
            }
        }
    }
    Ok(())
}

fn read_section(layers: &mut Layers, path: &Path, section: &SectionInfo, entries: Table) -> Result<()> {
    for (key, value) in entries {
        let origin = origin(path, &[section.name, &key]);
        if let Some(setting) = section.settings.iter().find(|setting| setting.key == key) {
            layers.set(setting, as_text(value).with_context(|| origin.to_string())?, origin);
            continue;
        }
        let secrets = || section.settings.iter().filter(|setting| setting.is_secret());
        if let Some(setting) = secrets().find(|setting| format!("{}_file", setting.key) == key) {
            layers.set(setting, read_secret(&value, &origin)?, origin);
            continue;
        }
        let known = section.settings.iter().map(|setting| setting.key);
        return Err(unknown(&format!("{}: [{}]", path.display(), section.name), &key, known));
    }
    Ok(())
}

fn read_keys(layers: &mut Layers, path: &Path, environments: Table) -> Result<()> {
    for (environment, value) in environments {
        let Value::Table(entries) = value else {
            bail!("{}: keys are in sections such as [keys.dev]", path.display())
        };
        for (key, value) in entries {
            let origin = origin(path, &[keys::SECTION, &environment, &key]);
            let plain = keys::KEYS.iter().find(|info| info.key == key);
            let in_file = || keys::KEYS.iter().find(|info| format!("{}_file", info.key) == key);
            let (info, text) = if let Some(info) = plain {
                (info, as_text(value)?)
            } else if let Some(info) = in_file() {
                (info, read_secret(&value, &origin)?)
            } else {
                let known = keys::KEYS.iter().map(|info| info.key);
                return Err(unknown(&format!("{}: [keys.{environment}]", path.display()), &key, known));
            };
            layers.set_key(&environment, info.key, text, origin);
        }
    }
    Ok(())
}

fn read_secret(value: &Value, origin: &Origin) -> Result<String> {
    let Value::String(named) = value else { bail!("{origin}: a path is expected") };
    secret_file(Path::new(named)).with_context(|| origin.to_string())
}

fn origin(path: &Path, keys: &[&str]) -> Origin {
    Origin::File { path: path.to_owned(), key: keys.join(".") }
}

fn as_text(value: Value) -> Result<String> {
    match value {
        Value::String(text) => Ok(text),
        Value::Integer(number) => Ok(number.to_string()),
        Value::Boolean(boolean) => Ok(boolean.to_string()),
        Value::Array(values) => {
            let texts: Result<Vec<String>> = values.into_iter().map(as_text).collect();
            Ok(texts?.join(","))
        }
        other => Err(anyhow!("a {} does not fit here", other.type_str())),
    }
}
