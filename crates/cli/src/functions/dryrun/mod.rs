//! Dry runs: one function in the local runtime, for a connection of a real server.
//!
//! Start reading at [`host`] for what reaches the server and what stays here, [`recording`] for what becomes a
//! fixture, [`schema`] for how shapes are checked.

mod fetch;
pub mod host;
mod proxy;
pub mod recording;
mod schema;
mod server;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::thread;

use anyhow::{Context, Result, anyhow};
use bowline_bundler::Kind;
use bowline_runtime::{Job, Limits, Mode, Outcome, Pending, Program};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::build::{Definition, Function};
use super::harness::Seen;
use crate::api_client::ApiClient;
use host::{Given, Live, Place};
use recording::Recording;
use server::{segment, with_query};

/// Bytes of stack of the thread that runs the function. Only what is touched is ever resident.
const STACK_BYTES: usize = 8 * 1024 * 1024;
/// Problems of records that are worth a line.
const SHAPE_PROBLEMS_MAX: usize = 50;

/// What a dry run is of.
pub struct Plan<'a> {
    /// The function.
    pub function: &'a Function,
    /// Its file, as stacks are to show it.
    pub file: String,
    /// The environment's name.
    pub environment: String,
    /// Whose run it is.
    pub place: Place,
    /// An action's input, JSON.
    pub input: Option<Box<RawValue>>,
    /// What the run starts with.
    pub given: Given,
    /// When the sync ran before, as the function is to believe.
    pub last_sync_date: Option<String>,
    /// The variant of the sync.
    pub variant: String,
}

/// What a dry run came to.
pub struct Report {
    /// How it ended.
    pub outcome: Outcome,
    /// What the function did.
    pub seen: Seen,
    /// What it was answered.
    pub recording: Recording,
    /// The checkpoint that the next run would begin with.
    pub checkpoint: Option<Box<RawValue>>,
}

/// A connection and its provider, as a server knows them.
struct Known {
    connection: Value,
    provider: String,
    paginate: Value,
}

/// Runs a function. Must be called inside a Tokio runtime of several threads.
///
/// # Errors
/// When the server does not know the connection, or the code cannot be read.
pub async fn run(api: &ApiClient, plan: Plan<'_>) -> Result<Report> {
    let known = known(api, &plan.place).await?;
    let program = Program::compile(&plan.file, &plan.function.bundle.js)?;
    let context = context(&plan, &program, &known);
    let live = Live::new(api.clone(), plan.place, plan.given)?;
    let input = plan.input.map(|input| input.get().to_owned());
    let job = Job { program, mode: Mode::Run, context, input };
    let (run, _) = Pending::new(Limits::default(), Arc::new(live.clone()));
    let runner = thread::Builder::new().name("function".into()).stack_size(STACK_BYTES);
    let runner = runner.spawn(move || run.drive(|| Ok(job))).context("no thread for the function")?;
    let ended = tokio::task::block_in_place(|| runner.join());
    let outcome = ended.map_err(|_| anyhow!("the thread of the function broke off"))?;
    let (seen, recording) = (live.take_seen(), live.take_recording());
    Ok(Report { outcome, seen, recording, checkpoint: live.checkpoint() })
}

async fn known(api: &ApiClient, place: &Place) -> Result<Known> {
    let headers = [("nango-is-sync", "true"), ("nango-is-dry-run", "true")];
    let query = [("provider_config_key", place.integration.as_str())];
    let path = with_query(&format!("/connections/{}", segment(&place.connection)), &query);
    let read = api.json("GET", &path, &headers, None).await;
    let connection: Value = read.with_context(|| {
        format!("the connection `{}` of the integration `{}`", place.connection, place.integration)
    })?;
    let integration: Value =
        api.json("GET", &format!("/integrations/{}", segment(&place.integration)), &[], None).await?;
    let provider = integration.pointer("/data/provider").and_then(Value::as_str);
    let provider = provider.context("the server does not name the provider of the integration")?.to_owned();
    let entry: Value = api.json("GET", &format!("/providers/{}", segment(&provider)), &[], None).await?;
    let paginate = entry.pointer("/data/proxy/paginate").cloned().unwrap_or_default();
    Ok(Known { connection, provider, paginate })
}

/// What the `nango` object is made from.
fn context(plan: &Plan<'_>, program: &Program, known: &Known) -> String {
    let kind = match plan.function.bundle.kind {
        Some(Kind::Sync) => "sync",
        Some(Kind::OnEvent) => "on-event",
        Some(Kind::Action) | None => "action",
    };
    let paginate = if known.paginate.is_null() { None } else { Some(&known.paginate) };
    json!({
        "name": plan.function.entry.name,
        "file": program.file(),
        "kind": kind,
        "objectStyle": true,
        "providerKnown": true,
        "paginate": paginate,
        "context": {
            "connectionId": plan.place.connection,
            "providerConfigKey": plan.place.integration,
            "provider": known.provider,
            "nangoConnectionId": known.connection.get("id"),
            "environmentName": plan.environment,
            "isCLI": true,
            "loggerLevel": "debug",
            "variant": plan.variant,
            "lastSyncDate": plan.last_sync_date,
        },
    })
    .to_string()
}

/// Whether an input has the declared shape: everything that is wrong with it.
pub fn check_input(definition: &Definition, input: Option<&Value>) -> Vec<String> {
    let nothing = json!({});
    let schema = definition.input.as_ref().filter(|schema| schema["type"] != "null");
    schema.map(|schema| schema::problems("input", schema, input.unwrap_or(&nothing))).unwrap_or_default()
}

/// The same of an output.
pub fn check_output(definition: &Definition, output: &Value) -> Vec<String> {
    let schema = definition.output.as_ref();
    schema.map(|schema| schema::problems("output", schema, output)).unwrap_or_default()
}

/// The same of the records that a sync saved.
pub fn check_records(definition: &Definition, saved: &BTreeMap<String, Vec<Value>>) -> Vec<String> {
    let mut found = Vec::new();
    for (model, records) in saved {
        let Some(schema) = definition.models.get(model) else {
            found.push(format!("the model {model} is not declared"));
            continue;
        };
        for (index, record) in records.iter().enumerate() {
            found.extend(schema::problems(&format!("{model}[{index}]"), schema, record));
        }
    }
    let more = found.len().saturating_sub(SHAPE_PROBLEMS_MAX);
    found.truncate(SHAPE_PROBLEMS_MAX);
    if more > 0 {
        found.push(format!("and {more} more"));
    }
    found
}

/// The records of one model without those that a later one replaces, in the order of their first appearance.
pub fn last_of_each(records: &[Value]) -> Vec<&Value> {
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut last: Vec<&Value> = Vec::new();
    for record in records {
        let Some(id) = record.get("id").map(Value::to_string) else {
            last.push(record);
            continue;
        };
        match places.get(&id) {
            Some(&place) => last[place] = record,
            None => {
                places.insert(id, last.len());
                last.push(record);
            }
        }
    }
    last
}
