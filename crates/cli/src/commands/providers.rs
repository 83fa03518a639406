//! `bowline providers`: the catalogue.

use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow, bail};
use bowline_catalog::{Catalog, FileProblem};
use serde_json::{Map, Value, json};

use crate::args::ProvidersCommand;
use crate::config::{Config, nearest};
use crate::error::hinted;
use crate::node;
use crate::output;

/// Runs one of the subcommands.
pub fn run(file: Option<&Path>, command: ProvidersCommand) -> Result<()> {
    let config = Config::load(file, &[])?;
    match command {
        ProvidersCommand::List { search, json } => {
            list(&node::catalog(&config.server)?, search.as_deref(), json)
        }
        ProvidersCommand::Lint { paths, json } if paths.is_empty() => lint(&config.server.providers.0, json),
        ProvidersCommand::Lint { paths, json } => lint(&paths, json),
        ProvidersCommand::Show { name, wire } => show(&node::catalog(&config.server)?, &name, wire),
    }
}

fn list(catalog: &Catalog, search: Option<&str>, json: bool) -> Result<()> {
    let mut providers = Vec::new();
    for (name, wire) in catalog.list_wire(search) {
        let wire: Map<String, Value> = serde_json::from_str(wire)?;
        let field = |key: &str| wire.get(key).cloned().unwrap_or(Value::Null);
        providers.push(json!({
            "name": name,
            "display_name": field("display_name"),
            "auth_mode": field("auth_mode"),
            "categories": field("categories"),
        }));
    }
    if json {
        return output::json(&providers);
    }
    let text = |provider: &Value, key: &str| provider[key].as_str().unwrap_or_default().to_owned();
    let row = |provider: &Value| ["name", "auth_mode", "display_name"].map(|key| text(provider, key));
    output::table(["NAME", "AUTH MODE", "DISPLAY NAME"], &providers.iter().map(row).collect::<Vec<_>>())
}

fn lint(paths: &[PathBuf], json: bool) -> Result<()> {
    if paths.is_empty() {
        return Err(hinted(
            anyhow!("there is nothing to check"),
            "name files or folders, or set BOWLINE_PROVIDERS",
        ));
    }
    let problems = bowline_catalog::lint(paths);
    if json {
        output::json(&problems.iter().map(problem_line).collect::<Vec<_>>())?;
    } else {
        problems.iter().try_for_each(|problem| output::line(&problem.to_string()))?;
    }
    match problems.len() {
        0 if json => Ok(()),
        0 => output::line("No problems."),
        1 => bail!("1 problem in the provider files"),
        count => bail!("{count} problems in the provider files"),
    }
}

fn problem_line(FileProblem { file, provider, problem }: &FileProblem) -> Value {
    json!({ "file": file, "provider": provider, "problem": problem.to_string() })
}

fn show(catalog: &Catalog, name: &str, wire: bool) -> Result<()> {
    let Some(text) = catalog.wire(name) else {
        let error = anyhow!("there is no provider `{name}`");
        return Err(match nearest(name, catalog.names()) {
            Some(nearest) => hinted(error, format!("did you mean `{nearest}`?")),
            None => hinted(error, "`bowline providers list` lists them"),
        });
    };
    let definition: Map<String, Value> = serde_json::from_str(text)?;
    if wire {
        return output::json(&definition);
    }
    let mut page = format!("{name}\n");
    for (key, value) in &definition {
        describe(&mut page, 1, key, value);
    }
    output::text(&page)
}

/// One field as an indented line, and what it holds below it.
fn describe(page: &mut String, depth: usize, key: &str, value: &Value) {
    let indent = "  ".repeat(depth);
    match value {
        Value::Object(fields) => {
            page.push_str(&format!("{indent}{key}:\n"));
            fields.iter().for_each(|(key, value)| describe(page, depth + 1, key, value));
        }
        Value::Array(values) if values.iter().all(|value| !value.is_object() && !value.is_array()) => {
            let values: Vec<String> = values.iter().map(plain).collect();
            page.push_str(&format!("{indent}{key}: {}\n", values.join(", ")));
        }
        other => page.push_str(&format!("{indent}{key}: {}\n", plain(other))),
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
