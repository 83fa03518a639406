//! What a function talks to in a dry run: a real server for what it reads and for its calls to the provider; records,
//! checkpoints and locks stay here.

use std::sync::Arc;

use anyhow::Result;
use bowline_engine::outbound::{Outbound, OutboundOptions};
use bowline_runtime::{Host, HostAnswer, HostCall, HostError, Reply};
use parking_lot::Mutex;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tokio::runtime::Handle;

use super::fetch;
use super::proxy::Asked;
use super::recording::Recording;
use super::server::{Server, segment, with_query};
use crate::api_client::ApiClient;
use crate::functions::harness::Seen;
use crate::functions::verdict::log_line;
use crate::output;

/// A server as the host of one run.
#[derive(Clone)]
pub struct Live(Arc<Inner>);

struct Inner {
    server: Server,
    /// For calls that go neither to the server nor through it.
    outside: Outbound,
    async_runtime: Handle,
    place: Place,
    /// Takes the place of the connection's metadata.
    metadata: Mutex<Option<Value>>,
    checkpoint: Mutex<Option<Box<RawValue>>>,
    seen: Mutex<Seen>,
    recording: Mutex<Recording>,
}

/// Whose run it is.
#[derive(Debug, Clone)]
pub struct Place {
    /// The integration's key.
    pub integration: String,
    /// The connection's id.
    pub connection: String,
}

/// What a run starts with, in place of what the server knows.
#[derive(Debug, Default)]
pub struct Given {
    /// The connection's metadata.
    pub metadata: Option<Value>,
    /// The checkpoint.
    pub checkpoint: Option<Box<RawValue>>,
}

/// The arguments of the operations that need some.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Arguments {
    provider_config_key: Option<String>,
    connection_id: Option<String>,
    force_refresh: bool,
    refresh_token: bool,
    refresh_github_app_jwt_token: bool,
    metadata: Value,
    include: Vec<String>,
    action: String,
    input: Value,
    model: String,
    records: Vec<Value>,
    ids: Vec<String>,
    cursor: Option<String>,
    checkpoint: Option<Box<RawValue>>,
}

impl Live {
    /// A host for one run. Must be called inside a Tokio runtime.
    ///
    /// # Errors
    /// When there can be no client for calls to elsewhere.
    pub fn new(api: ApiClient, place: Place, given: Given) -> Result<Self> {
        Ok(Self(Arc::new(Inner {
            server: Server(api),
            outside: Outbound::new(OutboundOptions::default())?,
            async_runtime: Handle::current(),
            place,
            metadata: Mutex::new(given.metadata),
            checkpoint: Mutex::new(given.checkpoint),
            seen: Mutex::default(),
            recording: Mutex::default(),
        })))
    }

    /// Takes what the function did so far.
    pub fn take_seen(&self) -> Seen {
        std::mem::take(&mut *self.0.seen.lock())
    }

    /// Takes what it was answered so far.
    pub fn take_recording(&self) -> Recording {
        std::mem::take(&mut *self.0.recording.lock())
    }

    /// The checkpoint that the next run would begin with.
    pub fn checkpoint(&self) -> Option<Box<RawValue>> {
        self.0.checkpoint.lock().clone()
    }
}

impl Host for Live {
    fn call(&self, call: HostCall, reply: Reply) {
        let inner = Arc::clone(&self.0);
        self.0.async_runtime.spawn(async move { reply.send(inner.answer(call).await) });
    }

    fn log(&self, line: &str) {
        output::warn(&format!("log {}", log_line(line)));
        self.0.seen.lock().log.push(line.to_owned());
    }
}

impl Inner {
    async fn answer(&self, call: HostCall) -> Result<HostAnswer, HostError> {
        let operation = call.operation.as_str();
        if operation == "http" {
            return self.provider(call).await;
        }
        let arguments: Arguments = serde_json::from_str(&call.arguments).map_err(|error| unusable(&error))?;
        match operation {
            "connection.get" => self.connection(&arguments).await,
            "metadata.set" => self.change_metadata("POST", "setMetadata", arguments).await,
            "metadata.update" => self.change_metadata("PATCH", "updateMetadata", arguments).await,
            "token.get" => {
                let connection = self.read_connection(&arguments).await?;
                self.recording.lock().method("getToken", json!("***"));
                Ok(answer(&token_of(&connection)))
            }
            "environment.variables" => {
                let variables = self.server.read("/environment-variables", &[]).await?;
                self.recording.lock().secret_method("getEnvironmentVariables", variables.clone(), &["value"]);
                Ok(answer(&variables))
            }
            "integration.get" => self.integration(&arguments).await,
            "action.trigger" => self.action(&arguments).await,
            "fetch" => fetch::send(&self.outside, &call.arguments).await,
            "records.by_ids" | "records.list" => self.records(operation, &arguments).await,
            _ => self.keep(operation, arguments),
        }
    }

    /// What stays here, and so never reaches the server.
    fn keep(&self, operation: &str, arguments: Arguments) -> Result<HostAnswer, HostError> {
        match operation {
            "records.save" | "records.update" => {
                self.seen.lock().saved.entry(arguments.model).or_default().extend(arguments.records);
            }
            "records.delete" => {
                self.seen.lock().deleted.entry(arguments.model).or_default().extend(arguments.records);
            }
            "checkpoint.get" => return Ok(answer(&json!({ "checkpoint": *self.checkpoint.lock() }))),
            "checkpoint.save" => *self.checkpoint.lock() = arguments.checkpoint,
            "checkpoint.clear" => *self.checkpoint.lock() = None,
            "lock.acquire" | "lock.release" | "lock.release_all" => return Ok(answer(&json!(true))),
            "track_deletes.start"
            | "track_deletes.end"
            | "records.delete_previous"
            | "records.merging_strategy" => {}
            "sync.trigger" | "sync.start" => output::warn("note: a dry run starts no syncs"),
            other => {
                let message = format!("`{other}` is not available in a dry run");
                return Err(HostError::new("not_in_dry_run", message));
            }
        }
        Ok(HostAnswer::json("null"))
    }

    async fn provider(&self, call: HostCall) -> Result<HostAnswer, HostError> {
        let asked: Asked<'_> = serde_json::from_str(&call.arguments).map_err(|error| unusable(&error))?;
        let integration = asked.provider_config_key.as_ref().unwrap_or(&self.place.integration);
        let connection = asked.connection_id.as_ref().unwrap_or(&self.place.connection);
        let request = asked.request(integration, connection, call.bytes.clone()).map_err(|error| {
            HostError::new("invalid_request", format!("the request cannot be sent: {error}"))
        })?;
        let sent = self.server.proxy(request).await;
        let response = sent?;
        self.recording.lock().call(&call, &response);
        Ok(asked.answer(&response))
    }

    async fn connection(&self, arguments: &Arguments) -> Result<HostAnswer, HostError> {
        let connection = self.read_connection(arguments).await?;
        let mut recording = self.recording.lock();
        recording.method("getMetadata", connection.get("metadata").cloned().unwrap_or_default());
        recording.connection(&connection);
        Ok(answer(&connection))
    }

    async fn read_connection(&self, arguments: &Arguments) -> Result<Value, HostError> {
        let integration = arguments.provider_config_key.as_ref().unwrap_or(&self.place.integration);
        let id = arguments.connection_id.as_ref().unwrap_or(&self.place.connection);
        let mut query = vec![("provider_config_key", integration.as_str())];
        for (name, is_wanted) in [
            ("force_refresh", arguments.force_refresh),
            ("refresh_token", arguments.refresh_token),
            ("refresh_github_app_jwt_token", arguments.refresh_github_app_jwt_token),
        ] {
            if is_wanted {
                query.push((name, "true"));
            }
        }
        let mut connection = self.server.read(&format!("/connections/{}", segment(id)), &query).await?;
        let is_own = *integration == self.place.integration && *id == self.place.connection;
        if let Some(metadata) = self.metadata.lock().clone().filter(|_| is_own) {
            connection["metadata"] = metadata;
        }
        Ok(connection)
    }

    /// Changes the connection's metadata on the server, or that which was given for this run.
    async fn change_metadata(
        &self,
        verb: &str,
        method: &'static str,
        arguments: Arguments,
    ) -> Result<HostAnswer, HostError> {
        let Place { integration, connection } = &self.place;
        let body = json!({ "provider_config_key": integration, "connection_id": connection,
                           "metadata": arguments.metadata });
        let given = self.metadata.lock().take();
        let changed = match given {
            Some(given) => {
                *self.metadata.lock() = Some(changed(given, verb, arguments.metadata));
                body
            }
            None => self.server.ask(verb, "/connections/metadata", &[], Some(&body)).await?,
        };
        self.recording.lock().method(method, changed.clone());
        Ok(answer(&changed))
    }

    async fn integration(&self, arguments: &Arguments) -> Result<HostAnswer, HostError> {
        let query: Vec<(&str, &str)> =
            arguments.include.iter().map(|include| ("include", include.as_str())).collect();
        let path = format!("/integrations/{}", segment(&self.place.integration));
        let integration = self.server.read(&path, &query).await?["data"].take();
        self.recording.lock().secret_method("getIntegration", integration.clone(), &["credentials"]);
        Ok(answer(&integration))
    }

    async fn action(&self, arguments: &Arguments) -> Result<HostAnswer, HostError> {
        let integration = arguments.provider_config_key.as_ref().unwrap_or(&self.place.integration);
        let connection = arguments.connection_id.as_ref().unwrap_or(&self.place.connection);
        let headers = [("provider-config-key", integration.as_str()), ("connection-id", connection.as_str())];
        let body = json!({ "action_name": arguments.action, "input": arguments.input });
        let output = self.server.ask("POST", "/action/trigger", &headers, Some(&body)).await?;
        self.recording.lock().method("triggerAction", output.clone());
        Ok(answer(&output))
    }

    async fn records(&self, operation: &str, arguments: &Arguments) -> Result<HostAnswer, HostError> {
        let mut query = vec![("model", arguments.model.as_str())];
        query.extend(arguments.ids.iter().map(|id| ("ids", id.as_str())));
        query.extend(arguments.cursor.iter().map(|cursor| ("cursor", cursor.as_str())));
        let Place { integration, connection } = &self.place;
        let headers = [("provider-config-key", integration.as_str()), ("connection-id", connection.as_str())];
        let records = self.server.ask("GET", &with_query("/records", &query), &headers, None).await?;
        if operation == "records.by_ids" {
            self.recording.lock().method("getRecordsByIds", records.clone());
        }
        Ok(answer(&records))
    }
}

/// What metadata becomes: replaced, or with the fields of the change laid over it.
fn changed(given: Value, verb: &str, change: Value) -> Value {
    match (given, change) {
        (Value::Object(mut given), Value::Object(change)) if verb == "PATCH" => {
            given.extend(change);
            given.into()
        }
        (_, change) => change,
    }
}

/// What calls to the provider carry, as the official client's `getToken` gives it.
fn token_of(connection: &Value) -> Value {
    let credentials = connection.get("credentials").unwrap_or(&Value::Null);
    let field = |name: &str| credentials.get(name).cloned().unwrap_or_default();
    match credentials.get("type").and_then(Value::as_str) {
        Some("OAUTH2" | "APP") => field("access_token"),
        Some("OAUTH1") => {
            json!({ "oAuthToken": field("oauth_token"), "oAuthTokenSecret": field("oauth_token_secret") })
        }
        _ => credentials.clone(),
    }
}

fn answer(value: &Value) -> HostAnswer {
    HostAnswer::json(value.to_string())
}

fn unusable(error: &serde_json::Error) -> HostError {
    HostError::new("invalid_arguments", format!("the call cannot be understood: {error}"))
}
