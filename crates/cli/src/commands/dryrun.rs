//! `bowline dryrun`: one function of the project in the working directory, run here for a connection of a server.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use bowline_bundler::{Entry, Kind, Project};
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::compile::counted;
use crate::api_client::ApiClient;
use crate::args::DryrunArgs;
use crate::config::{ServerPlace, nearest};
use crate::error::{Exit, WithHint, hinted};
use crate::functions::build::{self, Function, TypeCheck};
use crate::functions::dryrun::host::{Given, Place};
use crate::functions::dryrun::recording::Recorded;
use crate::functions::dryrun::{self, Plan, Report};
use crate::functions::verdict::failure_text;
use crate::output;

/// Compiles the function, runs it, and shows what came out.
pub async fn run(args: &DryrunArgs) -> Result<()> {
    let root = std::env::current_dir().context("the working directory is not there")?;
    let project = build::open(&root)?;
    let entry = find(&project, &args.name, args.integration.as_deref())?;
    let one = Project { entries: vec![entry], ..project };
    let (mut functions, problems) = build::compile_checked(&one, TypeCheck::Skip).await?;
    problems.iter().for_each(|problem| output::warn(&format!("{problem}\n")));
    let Some(function) = functions.pop().filter(|_| problems.is_empty()) else {
        let error = anyhow!("{} found; nothing was run", counted(problems.len(), "problem"));
        return Err(Exit::NOT_COMPILED.with(error));
    };
    run_function(args, &root, &function).await.map_err(|error| Exit::DRY_RUN_FAILED.with(error))
}

/// The function that is meant by `create-issue` or `github/create-issue`.
fn find(project: &Project, name: &str, integration: Option<&str>) -> Result<Entry> {
    let (integration, name) = match name.split_once('/') {
        Some((integration, name)) => (Some(integration), name),
        None => (integration, name),
    };
    let is_meant = |entry: &&Entry| {
        entry.name == name && integration.is_none_or(|integration| entry.integration == integration)
    };
    let found: Vec<&Entry> = project.entries.iter().filter(is_meant).collect();
    match found[..] {
        [entry] => Ok(entry.clone()),
        [] => {
            let error = anyhow!("there is no function `{name}` in index.ts");
            let known = project.entries.iter().map(|entry| entry.name.as_str());
            Err(match nearest(name, known) {
                Some(nearest) => hinted(error, format!("did you mean `{nearest}`?")),
                None => error,
            })
        }
        [..] => {
            let places: Vec<String> =
                found.iter().map(|entry| format!("{}/{}/{name}", entry.integration, entry.folder)).collect();
            Err(hinted(
                anyhow!("`{name}` may be {}", places.join(" or ")),
                "`integration/name` names a function of one integration; a sync and an action need two names",
            ))
        }
    }
}

async fn run_function(args: &DryrunArgs, root: &Path, function: &Function) -> Result<()> {
    let server = ServerPlace::find(root, &args.environment, args.url.as_deref())?;
    let api = ApiClient::new(&server.url, server.key)?;
    let input: Option<Box<RawValue>> = json_argument("--input", args.input.as_deref())?;
    let input_value = input.as_ref().map(|input| serde_json::from_str::<Value>(input.get())).transpose()?;
    let must_suit = args.validate || args.save;
    if function.bundle.kind == Some(Kind::Action) {
        judge_shape(must_suit, "input", dryrun::check_input(&function.definition, input_value.as_ref()))?;
    }
    let plan = Plan {
        function,
        file: function.entry.path.strip_prefix(root).unwrap_or(&function.entry.path).display().to_string(),
        environment: args.environment.clone(),
        place: Place { integration: function.entry.integration.clone(), connection: args.connection.clone() },
        input,
        given: Given {
            metadata: json_argument("--metadata", args.metadata.as_deref())?,
            checkpoint: json_argument("--checkpoint", args.checkpoint.as_deref())?,
        },
        last_sync_date: args.last_sync_date.clone(),
        variant: args.variant.clone(),
    };
    let report = dryrun::run(&api, plan).await?;
    show(args, function, &report)?;
    let output = match &report.outcome.result {
        Ok(output) => serde_json::from_str(output)?,
        Err(failure) => bail!("the function failed: {}", failure_text(failure)),
    };
    let definition = &function.definition;
    match function.bundle.kind {
        Some(Kind::Sync) => {
            judge_shape(must_suit, "record", dryrun::check_records(definition, &report.seen.saved))?;
        }
        Some(Kind::Action) => judge_shape(must_suit, "output", dryrun::check_output(definition, &output))?,
        Some(Kind::OnEvent) | None => {}
    }
    if args.save {
        let path = save(root, function, report, input_value, output)?;
        output::warn(&format!("recorded in {}", path.strip_prefix(root).unwrap_or(&path).display()));
    }
    Ok(())
}

/// An argument that is JSON, or `@` and the name of a file that holds it.
fn json_argument<T: DeserializeOwned>(flag: &str, argument: Option<&str>) -> Result<Option<T>> {
    let Some(argument) = argument else { return Ok(None) };
    let text = match argument.strip_prefix('@') {
        Some(path) => fs::read_to_string(path).with_context(|| format!("{flag}: {path} cannot be read"))?,
        None => argument.to_owned(),
    };
    let value = serde_json::from_str(&text).with_context(|| format!("{flag} is not JSON"));
    value.map(Some).hint(r#"write it like '{"title": "Hello"}', or @file.json"#)
}

/// Shapes that do not suit are an error where shapes are checked, else worth a warning.
fn judge_shape(must_suit: bool, what: &str, problems: Vec<String>) -> Result<()> {
    if problems.is_empty() {
        return Ok(());
    }
    let lines: String = problems.iter().map(|problem| format!("\n  {problem}")).collect();
    if must_suit {
        bail!("the {what} has not the declared shape:{lines}");
    }
    output::warn(&format!("warning: the {what} has not the declared shape:{lines}"));
    Ok(())
}

fn show(args: &DryrunArgs, function: &Function, report: &Report) -> Result<()> {
    let output = report.outcome.result.as_ref().ok().map(|output| serde_json::from_str::<Value>(output));
    let output = output.transpose()?;
    if args.json {
        return output::json(&whole(function, report, output));
    }
    match (function.bundle.kind, output) {
        (Some(Kind::Sync), _) => {
            show_counts(report);
            output::json(&records(report))
        }
        (Some(Kind::Action), Some(output)) => output::json(&output),
        _ => Ok(()),
    }
}

/// Everything of a run, for programs.
fn whole(function: &Function, report: &Report, output: Option<Value>) -> Value {
    let log: Vec<Value> =
        report.seen.log.iter().map(|line| serde_json::from_str(line).unwrap_or_default()).collect();
    let failure = report.outcome.result.as_ref().err().map(|failure| json!(failure));
    json!({
        "integration": function.entry.integration,
        "name": function.entry.name,
        "type": function.bundle.kind.map(Kind::as_str),
        "output": output,
        "failure": failure,
        "records": records(report),
        "checkpoint": report.checkpoint,
        "log": log,
    })
}

/// What a sync saved and deleted by model, of each record the last state.
fn records(report: &Report) -> Value {
    let by_model = |records: &std::collections::BTreeMap<String, Vec<Value>>| {
        records
            .iter()
            .map(|(model, records)| (model.clone(), json!(dryrun::last_of_each(records))))
            .collect::<Map<_, _>>()
    };
    json!({ "saved": by_model(&report.seen.saved), "deleted": by_model(&report.seen.deleted) })
}

fn show_counts(report: &Report) {
    for (records, what) in [(&report.seen.saved, "saved"), (&report.seen.deleted, "deleted")] {
        for (model, records) in records {
            let own = dryrun::last_of_each(records).len();
            let again = records.len() - own;
            let again = if again > 0 { format!(", {again} of them again") } else { String::new() };
            output::warn(&format!("{model}: {} {what}{again}", counted(records.len(), "record")));
        }
    }
    if let Some(checkpoint) = &report.checkpoint {
        output::warn(&format!("checkpoint: {checkpoint}"));
    }
}

/// Writes the fixture of a run that went well.
fn save(
    root: &Path,
    function: &Function,
    report: Report,
    input: Option<Value>,
    output: Value,
) -> Result<PathBuf> {
    let recorded = match function.bundle.kind {
        Some(Kind::Sync) => Recorded::Records(&report.seen),
        Some(Kind::Action) => Recorded::Output(output),
        Some(Kind::OnEvent) | None => Recorded::Nothing,
    };
    let fixture = report.recording.fixture(input, recorded);
    let folder = root.join(&function.entry.integration).join("tests");
    fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    let path = folder.join(format!("{}.test.json", function.entry.name));
    fs::write(&path, format!("{fixture:#}\n"))
        .with_context(|| format!("{} cannot be written", path.display()))?;
    Ok(path)
}
