//! `bowline env`: environments, their keys and variables.

use std::io::Read;
use std::path::Path;

use anyhow::{Context, Result, anyhow};
use bowline_domain::Secret;
use serde::Serialize;

use super::with_node;
use crate::args::{EnvCommand, PlaceArgs, StoreArgs, VarsCommand};
use crate::error::hinted;
use crate::output;

/// One environment, as scripts read it.
#[derive(Serialize)]
struct EnvironmentLine {
    name: String,
    secret_key: Option<String>,
    public_key: String,
}

/// One variable, as scripts read it.
#[derive(Serialize)]
struct VariableLine {
    name: String,
    value: String,
}

/// Runs one of the subcommands.
pub async fn run(file: Option<&Path>, command: EnvCommand) -> Result<()> {
    match command {
        EnvCommand::List { json, store } => list(file, &store, json).await,
        EnvCommand::Vars(VarsCommand::List { json, place }) => list_variables(file, &place, json).await,
        EnvCommand::Vars(VarsCommand::Set { name, value, place }) => set(file, &place, &name, value).await,
        EnvCommand::Vars(VarsCommand::Unset { name, place }) => unset(file, &place, &name).await,
    }
}

async fn list(file: Option<&Path>, store: &StoreArgs, json: bool) -> Result<()> {
    let environments =
        with_node(file, store, async |node| Ok(node.engine.list_environment_keys().await?)).await?;
    let line = |keys: bowline_engine::environment::EnvironmentKeys| EnvironmentLine {
        name: keys.environment.name.as_str().to_owned(),
        secret_key: keys.secret_key.map(|key| key.expose().clone()),
        public_key: keys.environment.public_key.to_string(),
    };
    let lines: Vec<EnvironmentLine> = environments.into_iter().map(line).collect();
    if json {
        return output::json(&lines);
    }
    let row = |line: EnvironmentLine| {
        [line.name, line.secret_key.unwrap_or_else(|| "none".to_owned()), line.public_key]
    };
    output::table(["NAME", "SECRET KEY", "PUBLIC KEY"], &lines.into_iter().map(row).collect::<Vec<_>>())
}

async fn list_variables(file: Option<&Path>, place: &PlaceArgs, json: bool) -> Result<()> {
    let variables = with_node(file, &place.store, async |node| {
        let environment = node.environment(&place.env).await?;
        Ok(node.engine.list_variables(&environment).await?)
    })
    .await?;
    let line = |variable: bowline_engine::environment::Variable| VariableLine {
        name: variable.name,
        value: variable.value.expose().clone(),
    };
    let lines: Vec<VariableLine> = variables.into_iter().map(line).collect();
    if json {
        return output::json(&lines);
    }
    output::table(
        ["NAME", "VALUE"],
        &lines.into_iter().map(|line| [line.name, line.value]).collect::<Vec<_>>(),
    )
}

async fn set(file: Option<&Path>, place: &PlaceArgs, name: &str, value: String) -> Result<()> {
    let value = if value == "-" { from_standard_input()? } else { Secret::new(value) };
    with_node(file, &place.store, async |node| {
        let environment = node.environment(&place.env).await?;
        Ok(node.engine.put_variable(&environment, name, &value).await?)
    })
    .await
}

/// Without the line end that `echo` adds.
fn from_standard_input() -> Result<Secret> {
    let mut text = String::new();
    std::io::stdin().lock().read_to_string(&mut text).context("standard input is not readable text")?;
    let value = text.strip_suffix('\n').map(|text| text.strip_suffix('\r').unwrap_or(text));
    Ok(Secret::new(value.unwrap_or(&text).to_owned()))
}

async fn unset(file: Option<&Path>, place: &PlaceArgs, name: &str) -> Result<()> {
    let was_set = with_node(file, &place.store, async |node| {
        let environment = node.environment(&place.env).await?;
        Ok(node.engine.delete_variable(&environment, name).await?)
    })
    .await?;
    if was_set {
        return Ok(());
    }
    let error = anyhow!("there is no variable `{name}` in `{}`", place.env);
    Err(hinted(error, format!("`bowline env vars list --env {}` lists them", place.env)))
}
