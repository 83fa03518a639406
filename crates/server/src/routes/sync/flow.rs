//! One function of a deployment's body (spec `deploy.md` §4.3). Clients of many years send these: what newer ones add
//! passes unread, and null means absent.

use bowline_domain::frequency::{FrequencyProblem, parse_frequency};
use bowline_domain::function::{FunctionDefinition, FunctionEndpoint, FunctionEvent, FunctionKind, SyncType};
use bowline_domain::id::{FunctionName, IntegrationKey};
use bowline_domain::text;
use bowline_engine::function::FunctionInput;
use serde_json::Value;

use crate::validate::{Fields, Refusal, any_text, length, one_of};

const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];
/// Of models, endpoints, subscriptions and the like.
const ITEMS_MAX: usize = 1_000;
const NAME_CHARS_MAX: usize = 255;
const PATH_CHARS_MAX: usize = 2_048;
/// Fields in which null means absent.
const NULLABLE: [&str; 13] = [
    "attributes",
    "auto_start",
    "endpoints",
    "features",
    "input",
    "metadata",
    "models",
    "models_json_schema",
    "runs",
    "sync_type",
    "track_deletes",
    "version",
    "webhookSubscriptions",
];

/// A sync or an action.
pub(super) fn flow(fields: &mut Fields) -> FunctionInput {
    fields.drop_null(&NULLABLE);
    let kind = match fields.required_one_of("type", &["sync", "action"]) {
        "action" => FunctionKind::Action,
        _ => FunctionKind::Sync,
    };
    let version = fields.optional_text("version", length(0, NAME_CHARS_MAX));
    let definition = definition(fields, kind);
    let name = fields.required_text("syncName", text::check_function_name);
    let (js, ts) = sources(fields);
    FunctionInput {
        integration: integration(fields),
        kind,
        name: FunctionName::from_stored(name),
        event: None,
        version: version.filter(|version| !version.is_empty()),
        js,
        ts,
        definition,
    }
}

/// A function of an event; without `event`, from before there were several, of a connection's creation.
pub(super) fn event_function(
    fields: &mut Fields,
    integration: &IntegrationKey,
    has_event: bool,
) -> FunctionInput {
    let event = match has_event {
        true => FunctionEvent::parse(fields.required_one_of("event", FunctionEvent::NAMES)),
        false => Some(FunctionEvent::PostConnectionCreation),
    };
    let name = fields.required_text("name", text::check_function_name);
    let (js, ts) = sources(fields);
    FunctionInput {
        integration: integration.clone(),
        kind: FunctionKind::OnEvent,
        name: FunctionName::from_stored(name),
        event,
        version: None,
        js,
        ts,
        definition: FunctionDefinition::default(),
    }
}

/// `providerConfigKey`
pub(super) fn integration(fields: &mut Fields) -> IntegrationKey {
    IntegrationKey::from_stored(fields.required_text("providerConfigKey", text::check_integration_key))
}

/// `fileBody`
fn sources(fields: &mut Fields) -> (String, String) {
    let read =
        |fields: &mut Fields| (fields.required_text("js", any_text), fields.required_text("ts", any_text));
    fields.required_object("fileBody", read).unwrap_or_default()
}

fn definition(fields: &mut Fields, kind: FunctionKind) -> FunctionDefinition {
    let is_sync = kind == FunctionKind::Sync;
    let (description, scopes) = fields.optional_object("metadata", metadata).unwrap_or_default();
    let models = names(fields, "models");
    let input = input(fields);
    let sync_type = sync_type(fields).filter(|_| is_sync);
    let track_deletes = fields.optional_bool("track_deletes").unwrap_or(false) && is_sync;
    if track_deletes && sync_type == Some(SyncType::Incremental) {
        fields
            .refuse(&["track_deletes"], Refusal::custom("Deletes cannot be tracked by an incremental sync"));
    }
    FunctionDefinition {
        description,
        scopes,
        json_schema: json_schema(fields, &models, input.as_deref()),
        models,
        input,
        runs: runs(fields).filter(|_| is_sync),
        auto_start: fields.optional_bool("auto_start").unwrap_or(false) && is_sync,
        track_deletes,
        sync_type: sync_type.or(is_sync.then_some(SyncType::Full)),
        endpoints: fields.optional_objects("endpoints", endpoint).unwrap_or_default(),
        webhook_subscriptions: names(fields, "webhookSubscriptions"),
        features: names(fields, "features"),
        attributes: fields.optional_json_object("attributes").unwrap_or_default(),
    }
}

fn names(fields: &mut Fields, field: &str) -> Vec<String> {
    fields.optional_texts(field, ITEMS_MAX, length(1, NAME_CHARS_MAX)).unwrap_or_default()
}

fn metadata(fields: &mut Fields) -> (Option<String>, Vec<String>) {
    fields.drop_null(&["description", "scopes"]);
    let description = fields.optional_text("description", length(0, 2_000));
    let scopes = fields.optional_texts("scopes", ITEMS_MAX, length(0, NAME_CHARS_MAX)).unwrap_or_default();
    (description.filter(|text| !text.is_empty()), scopes)
}

/// The name of a model; what else old clients send here says nothing.
fn input(fields: &mut Fields) -> Option<String> {
    let Some(Value::String(model)) = fields.take("input") else { return None };
    if let Err(problem) = text::check_length(&model, 0, NAME_CHARS_MAX) {
        fields.refuse(&["input"], problem);
    }
    Some(model).filter(|model| !model.is_empty())
}

/// A frequency that looks like one, or an empty text, which is none.
fn runs(fields: &mut Fields) -> Option<String> {
    let check = |text: &str| match parse_frequency(text) {
        Err(problem @ FrequencyProblem::BadFormat) if !text.is_empty() => {
            Err(Refusal::format(problem.to_string()))
        }
        // What only looks like one has a code of its own.
        _ => Ok(()),
    };
    fields.optional_text("runs", check).filter(|text| !text.is_empty())
}

fn sync_type(fields: &mut Fields) -> Option<SyncType> {
    // Old clients send it in capitals.
    let check = |text: &str| match SyncType::parse(&text.to_ascii_lowercase()) {
        Some(_) => Ok(()),
        None => Err(Refusal::value(one_of(SyncType::NAMES))),
    };
    let text = fields.optional_text("sync_type", check)?;
    SyncType::parse(&text.to_ascii_lowercase())
}

/// `{"method": "GET", "path": "/x", "group": "X"}`, or `{"GET": "/x"}` from old clients.
fn endpoint(fields: &mut Fields) -> FunctionEndpoint {
    fields.drop_null(&["group"]);
    let old_form = METHODS.into_iter().find(|method| fields.has(method));
    let (method, path) = match old_form {
        Some(method) => (method, fields.required_text(method, length(1, PATH_CHARS_MAX))),
        None => {
            let method = fields.required_one_of("method", &METHODS);
            (method, fields.required_text("path", length(1, PATH_CHARS_MAX)))
        }
    };
    let path = if path.starts_with('/') { path } else { format!("/{path}") };
    FunctionEndpoint { method: method.to_owned(), path, group: fields.optional_text("group", length(1, 64)) }
}

/// A schema that defines what the function names.
fn json_schema(fields: &mut Fields, models: &[String], input: Option<&str>) -> Option<Value> {
    let schema = fields.optional_json_object("models_json_schema")?;
    let definitions = schema.get("definitions").and_then(Value::as_object);
    for model in models.iter().map(String::as_str).chain(input) {
        if !definitions.is_some_and(|definitions| definitions.contains_key(model)) {
            let refusal = Refusal::custom(format!("The model {model:?} is not defined"));
            fields.refuse(&["models_json_schema", "definitions"], refusal);
        }
    }
    Some(Value::Object(schema))
}
