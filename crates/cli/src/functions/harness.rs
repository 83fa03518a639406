//! What a function under test talks to: a recorded fixture in place of the platform and the provider.

use std::collections::BTreeMap;

use bowline_runtime::{Body, Host, HostAnswer, HostCall, HostError, Reply};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::fixture::{Entry, Fixture, Identity, Request};

/// The code of errors that come from what was not recorded.
pub const NOT_RECORDED: &str = "not_recorded";
const WEBHOOK_URL: &str = "https://example.com/webhook";

/// The `nango` methods behind operations that answer with a recorded value, or fail where there is none.
const RECORDED: [(&str, &str); 9] = [
    ("connection.get", "getConnection"),
    ("metadata.get", "getMetadata"),
    ("metadata.set", "setMetadata"),
    ("token.get", "getToken"),
    ("environment.variables", "getEnvironmentVariables"),
    ("action.trigger", "triggerAction"),
    ("sync.trigger", "triggerSync"),
    ("sync.start", "startSync"),
    ("records.by_ids", "getRecordsByIds"),
];
/// The same for operations that need no recorded value.
const RECORDED_OR_NOTHING: [(&str, &str); 5] = [
    ("metadata.update", "updateMetadata"),
    ("records.delete_previous", "deleteRecordsFromPreviousExecutions"),
    ("records.merging_strategy", "setMergingStrategy"),
    ("track_deletes.start", "trackDeletesStart"),
    ("track_deletes.end", "trackDeletesEnd"),
];

/// A fixture as the host of one run.
pub struct Harness {
    fixture: Fixture,
    seen: Mutex<Seen>,
}

/// What a function did.
#[derive(Debug, Default)]
pub struct Seen {
    /// Records given to `batchSave`, by model, in order.
    pub saved: BTreeMap<String, Vec<Value>>,
    /// Records given to `batchDelete`, by model, in order.
    pub deleted: BTreeMap<String, Vec<Value>>,
    /// Its log lines, JSON.
    pub log: Vec<String>,
    checkpoint: Option<Box<RawValue>>,
}

#[derive(Deserialize)]
struct Records {
    model: String,
    records: Vec<Value>,
}

#[derive(Deserialize)]
struct Checkpoint {
    checkpoint: Box<RawValue>,
}

/// What stands before a recorded body. What was not recorded is not there.
#[derive(Serialize)]
struct Head {
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    headers: Option<Map<String, Value>>,
}

impl Harness {
    /// A host that knows what was recorded, and nothing else.
    pub fn new(fixture: Fixture) -> Self {
        let checkpoint = fixture.nango.get("getCheckpoint").cloned();
        Self { fixture, seen: Mutex::new(Seen { checkpoint, ..Seen::default() }) }
    }

    /// What was recorded.
    pub fn fixture(&self) -> &Fixture {
        &self.fixture
    }

    /// Takes what the function did so far.
    pub fn take_seen(&self) -> Seen {
        std::mem::take(&mut *self.seen.lock())
    }

    fn answer(&self, call: &HostCall) -> Result<HostAnswer, HostError> {
        let operation = call.operation.as_str();
        let method_of = |table: &[(&str, &'static str)]| {
            table.iter().find(|(name, _)| *name == operation).map(|(_, method)| *method)
        };
        if let Some(method) = method_of(&RECORDED) {
            return self.recorded(method).ok_or_else(|| missing(method));
        }
        if let Some(method) = method_of(&RECORDED_OR_NOTHING) {
            return Ok(self.recorded(method).unwrap_or_default());
        }
        match operation {
            "http" => self.provider(call),
            "fetch" => self.fetch(call),
            "records.save" => self.keep(call, |seen| &mut seen.saved),
            "records.update" => self.keep(call, |seen| &mut seen.saved),
            "records.delete" => self.keep(call, |seen| &mut seen.deleted),
            "records.list" => Ok(answer(&json!({ "records": [] }))),
            "checkpoint.get" => Ok(answer(&json!({ "checkpoint": self.seen.lock().checkpoint }))),
            "checkpoint.save" => self.save_checkpoint(call),
            "checkpoint.clear" => {
                self.seen.lock().checkpoint = None;
                Ok(HostAnswer::default())
            }
            "lock.acquire" | "lock.release" | "lock.release_all" => Ok(answer(&json!(true))),
            "integration.get" => Ok(self
                .recorded("getIntegration")
                .unwrap_or_else(|| answer(&json!({ "webhook_url": WEBHOOK_URL })))),
            other => Err(missing(other)),
        }
    }

    fn recorded(&self, method: &str) -> Option<HostAnswer> {
        self.fixture.nango.get(method).map(|value| HostAnswer::json(value.get()))
    }

    /// The recorded answer to a request.
    fn provider(&self, call: &HostCall) -> Result<HostAnswer, HostError> {
        let request: Request<'_> = serde_json::from_str(&call.arguments).map_err(|error| unusable(&error))?;
        let identity = Identity::of(&request, call.bytes.as_deref());
        let entry = self.find(&identity)?.ok_or_else(|| self.no_answer(&identity, &identity.hash()))?;
        let Entry { status, headers, response, .. } = entry;
        let json = serde_json::to_string(&Head { status, headers }).map_err(|error| unusable(&error))?;
        Ok(HostAnswer { json, body: response.map(|response| Body::Text(response.get().to_owned())) })
    }

    /// The recorded answer to a request that goes around the proxy. What was recorded may leave out its headers, which
    /// hold credentials, and its query.
    fn fetch(&self, call: &HostCall) -> Result<HostAnswer, HostError> {
        if let Some(answer) = self.fixture.nango.get("uncontrolledFetch") {
            return fetched(Head { status: Some(200), headers: None }, answer.get());
        }
        let request: Request<'_> = serde_json::from_str(&call.arguments).map_err(|error| unusable(&error))?;
        let asked = Identity::of(&request, None);
        let bare = Identity { headers: Vec::new(), ..asked.clone() };
        let path = Identity { params: Vec::new(), ..bare.clone() };
        let mut entry = None;
        for identity in [&asked, &bare, &path] {
            entry = entry.or(self.find(identity)?);
        }
        let Entry { status, headers, response, .. } =
            entry.ok_or_else(|| self.no_answer(&asked, &asked.hash()))?;
        let head = Head { status: status.or(Some(200)), headers };
        fetched(head, response.as_deref().map_or("null", RawValue::get))
    }

    fn find(&self, identity: &Identity) -> Result<Option<Entry>, HostError> {
        self.fixture.find(identity, &identity.hash()).map_err(|error| unusable(&error))
    }

    fn no_answer(&self, identity: &Identity, hash: &str) -> HostError {
        let Identity { method, endpoint, .. } = identity;
        let verb = method.to_ascii_uppercase();
        let mut message =
            format!("No mock found for {verb} {endpoint} (normalized: {endpoint}) with hash {hash}");
        let known = self.fixture.endpoints(method);
        if known.is_empty() {
            message.push_str(&format!("\nThe fixture has no answers to {verb} requests."));
        } else if let Some(same) = known.iter().find(|known| known.trim_start_matches('/') == endpoint) {
            let asked = serde_json::to_string(identity).unwrap_or_default();
            message.push_str(&format!("\nThe answers at {same} are to other requests; asked was {asked}"));
        } else {
            message.push_str(&format!("\nThe fixture has answers at {}", known.join(", ")));
        }
        HostError::new(NOT_RECORDED, message)
    }

    fn keep(
        &self,
        call: &HostCall,
        place: impl Fn(&mut Seen) -> &mut BTreeMap<String, Vec<Value>>,
    ) -> Result<HostAnswer, HostError> {
        let Records { model, records } =
            serde_json::from_str(&call.arguments).map_err(|error| unusable(&error))?;
        place(&mut self.seen.lock()).entry(model).or_default().extend(records);
        Ok(HostAnswer::default())
    }

    fn save_checkpoint(&self, call: &HostCall) -> Result<HostAnswer, HostError> {
        let Checkpoint { checkpoint } =
            serde_json::from_str(&call.arguments).map_err(|error| unusable(&error))?;
        self.seen.lock().checkpoint = Some(checkpoint);
        Ok(HostAnswer::default())
    }
}

impl Host for Harness {
    fn call(&self, call: HostCall, reply: Reply) {
        reply.send(self.answer(&call));
    }

    fn log(&self, line: &str) {
        self.seen.lock().log.push(line.to_owned());
    }
}

/// The answer to a fetch: a recorded text as it is, and any other value as JSON.
fn fetched(head: Head, recorded: &str) -> Result<HostAnswer, HostError> {
    let text = serde_json::from_str::<String>(recorded).unwrap_or_else(|_| recorded.to_owned());
    let json = serde_json::to_string(&head).map_err(|error| unusable(&error))?;
    Ok(HostAnswer { json, body: Some(Body::Bytes(text.into_bytes())) })
}

fn answer(value: &Value) -> HostAnswer {
    HostAnswer::json(value.to_string())
}

fn missing(method: &str) -> HostError {
    HostError::new(NOT_RECORDED, format!("Missing mock data for {method}"))
}

fn unusable(error: &serde_json::Error) -> HostError {
    HostError::new("unusable_fixture", format!("the fixture cannot answer this call: {error}"))
}
