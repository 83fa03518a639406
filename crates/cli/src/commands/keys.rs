//! `bowline keys`: API keys of an environment or of the account.

use std::path::Path;

use anyhow::{Result, anyhow};
use bowline_domain::api_key::ApiKey;
use bowline_domain::scope::{Scope, ScopeSet};
use serde::Serialize;

use super::with_node;
use crate::args::{KeysCommand, OwnerArgs, PlaceArgs};
use crate::error::hinted;
use crate::output;

/// A key, as scripts read it.
#[derive(Serialize)]
struct KeyLine {
    id: i64,
    uuid: String,
    display_name: String,
    scopes: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
    last_used_at: Option<String>,
    created_at: String,
}

impl KeyLine {
    fn of(key: &ApiKey) -> Self {
        Self {
            id: key.id.0,
            uuid: key.uid.0.to_string(),
            display_name: key.display_name.clone(),
            scopes: key.scopes.iter().map(|scope| scope.as_str().to_owned()).collect(),
            secret: None,
            last_used_at: key.last_used_at.map(|at| at.iso_millis_z()),
            created_at: key.created_at.iso_millis_z(),
        }
    }
}

/// Runs one of the subcommands.
pub async fn run(file: Option<&Path>, command: KeysCommand) -> Result<()> {
    match command {
        KeysCommand::Create { name, scope, json, owner } => create(file, &owner, name, &scope, json).await,
        KeysCommand::List { json, owner } => list(file, &owner, json).await,
        KeysCommand::Delete { key, json, place } => delete(file, &place, &key, json).await,
    }
}

async fn create(
    file: Option<&Path>,
    owner: &OwnerArgs,
    name: String,
    scopes: &[String],
    json: bool,
) -> Result<()> {
    let scopes = parse_scopes(scopes, owner.account)?;
    let created = with_node(file, &owner.place.store, async |node| {
        if owner.account {
            let account = node.engine.default_account().await?;
            return Ok(node.engine.create_account_api_key(account.id, name, scopes).await?);
        }
        let environment = node.environment(&owner.place.env).await?;
        Ok(node.engine.create_api_key(&environment, name, scopes).await?)
    })
    .await?;
    if !json {
        return output::line(created.secret.expose());
    }
    let secret = Some(created.secret.expose().clone());
    output::json(&KeyLine { secret, ..KeyLine::of(&created.key) })
}

/// Scopes of the other plane would grant nothing, so they are refused.
fn parse_scopes(texts: &[String], is_account: bool) -> Result<ScopeSet> {
    let (all, plane) = match is_account {
        true => (Scope::ACCOUNT_ALL, "account:"),
        false => (Scope::ENVIRONMENT_ALL, "environment:"),
    };
    if let Some(bad) = texts.iter().find(|text| Scope::parse(text).is_none() || !text.starts_with(plane)) {
        let hint = format!("scopes of this key start with `{plane}`, for example `{all}`");
        return Err(hinted(anyhow!("`{bad}` is not a scope of this key"), hint));
    }
    Ok(if texts.is_empty() { ScopeSet::from_texts([all]) } else { ScopeSet::from_texts(texts) })
}

async fn list(file: Option<&Path>, owner: &OwnerArgs, json: bool) -> Result<()> {
    let keys = with_node(file, &owner.place.store, async |node| {
        if owner.account {
            let account = node.engine.default_account().await?;
            return Ok(node.storage.list_account_api_keys(account.id).await?);
        }
        let environment = node.environment(&owner.place.env).await?;
        Ok(node.engine.list_api_keys(&environment).await?)
    })
    .await?;
    let lines: Vec<KeyLine> = keys.iter().map(KeyLine::of).collect();
    if json {
        return output::json(&lines);
    }
    let row = |line: KeyLine| {
        let last_used = line.last_used_at.unwrap_or_else(|| "never".to_owned());
        [line.id.to_string(), line.display_name, line.scopes.join(" "), last_used]
    };
    output::table(["ID", "NAME", "SCOPES", "LAST USED"], &lines.into_iter().map(row).collect::<Vec<_>>())
}

async fn delete(file: Option<&Path>, place: &PlaceArgs, wanted: &str, json: bool) -> Result<()> {
    let is_wanted = |key: &ApiKey| {
        key.id.0.to_string() == wanted || key.uid.0.to_string() == wanted || key.display_name == wanted
    };
    let deleted = with_node(file, &place.store, async |node| {
        let environment = node.environment(&place.env).await?;
        let keys = node.engine.list_api_keys(&environment).await?;
        let Some(key) = keys.into_iter().find(is_wanted) else { return Ok(None) };
        let was_there = node.engine.delete_api_key(&environment, key.id).await?;
        Ok(was_there.then_some(key))
    })
    .await?;
    let Some(key) = deleted else {
        let error = anyhow!("there is no key `{wanted}` in `{}`", place.env);
        return Err(hinted(error, format!("`bowline keys list --env {}` lists them", place.env)));
    };
    match json {
        true => output::json(&KeyLine::of(&key)),
        false => output::line(&format!("Deleted key {} ({})", key.id.0, key.display_name)),
    }
}
