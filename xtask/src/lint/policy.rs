//! What `deny.toml` asks for, as far as it can be checked without cargo-deny.

use std::fs;

use anyhow::{Context, Result};
use toml::{Table, Value};

use crate::workspace::Workspace;

/// The rules of `deny.toml`.
pub struct Policy {
    /// Licences that a dependency may have.
    pub licences: Vec<String>,
    /// Crates that only some may depend on.
    pub bans: Vec<Ban>,
}

/// A crate that only some may depend on.
pub struct Ban {
    /// The crate.
    pub name: String,
    /// Who may depend on it.
    pub wrappers: Vec<String>,
    /// Why nobody else.
    pub reason: String,
}

impl Policy {
    /// Reads `deny.toml`.
    pub fn load(workspace: &Workspace) -> Result<Self> {
        let text =
            fs::read_to_string(workspace.root.join("deny.toml")).context("deny.toml cannot be read")?;
        let table: Table = text.parse().context("deny.toml is no TOML")?;
        let licences = strings(table.get("licenses").and_then(|section| section.get("allow")));
        let bans = table.get("bans").and_then(|section| section.get("deny")).and_then(Value::as_array);
        let bans = bans.into_iter().flatten().map(Ban::parse).collect::<Result<_>>()?;
        Ok(Self { licences, bans })
    }
}

impl Ban {
    fn parse(entry: &Value) -> Result<Self> {
        let text = |key: &str| entry.get(key).and_then(Value::as_str).map(str::to_owned);
        Ok(Self {
            name: text("crate").context("a ban in deny.toml names no crate")?,
            wrappers: strings(entry.get("wrappers")),
            reason: text("reason").unwrap_or_default(),
        })
    }
}

fn strings(value: Option<&Value>) -> Vec<String> {
    let entries = value.and_then(Value::as_array).into_iter().flatten();
    entries.filter_map(|entry| entry.as_str().map(str::to_owned)).collect()
}
