//! `bowline deploy`: the functions of the project in the working directory, taken to a server.

use std::io::{self, IsTerminal, Write};

use anyhow::{Context, Result, anyhow};
use bowline_bundler::Kind;
use serde_json::json;

use super::compile::counted;
use crate::api_client::ApiClient;
use crate::args::DeployArgs;
use crate::config::ServerPlace;
use crate::error::{Exit, hinted};
use crate::functions::build::{self, TypeCheck};
use crate::functions::deploy::{self, Body, Chosen, Deployed, Preview};
use crate::output;

/// Compiles, shows what will change, asks, and deploys.
pub async fn run(args: &DeployArgs) -> Result<()> {
    let root = std::env::current_dir().context("the working directory is not there")?;
    let project = build::open(&root)?;
    let api = connect(args, &root).map_err(|error| Exit::NOT_DEPLOYED.with(error))?;
    let types = if args.no_types { TypeCheck::Skip } else { TypeCheck::Run };
    let (functions, problems) = build::compile_checked(&project, types).await?;
    if !problems.is_empty() {
        problems.iter().for_each(|problem| output::warn(&format!("{problem}\n")));
        let error = anyhow!("{} found; nothing was deployed", counted(problems.len(), "problem"));
        return Err(Exit::NOT_COMPILED.with(error));
    }
    build::write(&root, &functions)?;
    let body = Body::new(&functions, &chosen(args), args.set_version.as_deref());
    let outcome = match body {
        Ok(body) => deploy_body(args, &api, &body).await,
        Err(error) => Err(error),
    };
    outcome.map_err(|error| Exit::NOT_DEPLOYED.with(error))
}

fn connect(args: &DeployArgs, root: &std::path::Path) -> Result<ApiClient> {
    let place = ServerPlace::find(root, &args.environment, args.url.as_deref())?;
    ApiClient::new(&place.url, place.key)
}

fn chosen(args: &DeployArgs) -> Chosen {
    let single = |kind, name: &String| Chosen::Single {
        kind,
        name: name.clone(),
        integration: args.integration.clone(),
    };
    match (&args.sync, &args.action, &args.integration) {
        (Some(name), ..) => single(Kind::Sync, name),
        (None, Some(name), _) => single(Kind::Action, name),
        (None, None, Some(integration)) => Chosen::Integration(integration.clone()),
        (None, None, None) => Chosen::All,
    }
}

async fn deploy_body(args: &DeployArgs, api: &ApiClient, body: &Body) -> Result<()> {
    let preview = deploy::preview(api, body).await?;
    if !args.json {
        output::line(&format!("{} at {}:", args.environment, api.url()))?;
        output::text(&preview.to_string())?;
    }
    if args.dry_run {
        return if args.json {
            output::json(&json!({ "preview": preview, "deployed": null }))
        } else {
            Ok(())
        };
    }
    may_go_on(args, &preview)?;
    let deployed = deploy::deploy(api, body).await?;
    report(args, &preview, &deployed)
}

/// Whether what will change is wanted.
fn may_go_on(args: &DeployArgs, preview: &Preview) -> Result<()> {
    let losses = preview.losses();
    if !losses.is_empty() && !args.allow_destructive {
        return Err(hinted(
            anyhow!("the deployment would delete {}", losses.join(", ")),
            "--allow-destructive deploys all the same",
        ));
    }
    if args.yes || is_confirmed()? {
        return Ok(());
    }
    Err(anyhow!("nothing was deployed"))
}

fn is_confirmed() -> Result<bool> {
    if !io::stdin().is_terminal() {
        return Err(hinted(
            anyhow!("nobody can be asked whether to deploy this, as there is no terminal"),
            "--yes deploys without asking, --dry-run only shows what would change",
        ));
    }
    let mut stderr = io::stderr().lock();
    write!(stderr, "Deploy this? [y/N] ").and_then(|()| stderr.flush())?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes"))
}

fn report(args: &DeployArgs, preview: &Preview, deployed: &[Deployed]) -> Result<()> {
    if args.json {
        return output::json(&json!({ "preview": preview, "deployed": deployed }));
    }
    output::line(&format!("Deployed {}", counted(deployed.len(), "function")))?;
    deployed.iter().try_for_each(|one| output::line(&format!("  {one}")))
}
