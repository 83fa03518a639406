//! What a dry run was answered, as a fixture that `bowline test` and the official test double run again.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bowline_engine::outbound::BufferedResponse;
use bowline_runtime::HostCall;
use serde_json::{Map, Value, json};

use super::proxy::headers_json;
use crate::functions::fixture::{Identity, Request};
use crate::functions::harness::Seen;

/// What stands in a fixture where a secret was.
const MASK: &str = "***";
/// Headers that belong to whoever made the call.
const OWN_HEADERS: [&str; 2] = ["set-cookie", "authorization"];
const FORM: &str = "application/x-www-form-urlencoded";

/// Everything that was answered so far.
#[derive(Debug, Default)]
pub struct Recording {
    nango: Map<String, Value>,
    api: Map<String, Value>,
}

impl Recording {
    /// The answer of a method.
    pub fn method(&mut self, name: &str, answer: Value) {
        self.nango.insert(name.to_owned(), answer);
    }

    /// The same, with the values of some fields masked wherever they are.
    pub fn secret_method(&mut self, name: &str, mut answer: Value, fields: &[&str]) {
        mask_fields(&mut answer, fields);
        self.method(name, answer);
    }

    /// The connection, without its credentials.
    pub fn connection(&mut self, connection: &Value) {
        self.secret_method("getConnection", connection.clone(), &["credentials"]);
    }

    /// The answer to a request to the provider.
    pub fn call(&mut self, call: &HostCall, response: &BufferedResponse) {
        let Ok(request) = serde_json::from_str::<Request<'_>>(&call.arguments) else { return };
        let identity = Identity::of(&request, call.bytes.as_deref());
        let entry = entry(call, &identity, response);
        let endpoints = self.api.entry(identity.method.clone()).or_insert_with(|| json!({}));
        let place = &mut endpoints[format!("/{}", identity.endpoint)];
        match place {
            Value::Null => *place = entry,
            Value::Array(known) => {
                known.retain(|known| known["request"] != entry["request"]);
                known.push(entry);
            }
            first if first["request"] == entry["request"] => *first = entry,
            first => *first = json!([first.take(), entry]),
        }
    }

    /// The fixture.
    pub fn fixture(self, input: Option<Value>, outcome: Recorded<'_>) -> Value {
        let Self { mut nango, api } = self;
        let mut fixture = Map::new();
        if let Some(input) = input {
            fixture.insert("input".into(), input);
        }
        match outcome {
            Recorded::Output(output) => {
                fixture.insert("output".into(), output);
            }
            Recorded::Records(seen) => {
                nango.insert("batchSave".into(), json!(seen.saved));
                nango.insert("batchDelete".into(), json!(seen.deleted));
            }
            Recorded::Nothing => {}
        }
        fixture.insert("nango".into(), nango.into());
        fixture.insert("api".into(), api.into());
        fixture.into()
    }
}

/// What is expected when the fixture runs again.
pub enum Recorded<'a> {
    /// An action's output.
    Output(Value),
    /// A sync's records.
    Records(&'a Seen),
    /// Nothing, of an event script.
    Nothing,
}

fn entry(call: &HostCall, identity: &Identity, response: &BufferedResponse) -> Value {
    let mut headers = headers_json(&response.headers);
    headers.retain(|name, _| !OWN_HEADERS.contains(&name.as_str()));
    let mut request = Map::new();
    if !identity.params.is_empty() {
        request.insert("params".into(), pairs(&identity.params));
    }
    if !identity.headers.is_empty() {
        request.insert("headers".into(), pairs(&identity.headers));
    }
    let body = sent_body(call);
    if let Sent::Body(data) = &body {
        request.insert("data".into(), data.clone());
    }
    let mut entry = Map::new();
    entry.insert("response".into(), response_json(&response.body));
    entry.insert("status".into(), response.status.as_u16().into());
    entry.insert("headers".into(), headers.into());
    if !matches!(body, Sent::Form) {
        entry.insert("hash".into(), identity.hash().into());
    }
    entry.insert("request".into(), request.into());
    entry.into()
}

enum Sent {
    Nothing,
    Body(Value),
    /// Where the fixture runs, a form is still an object, and so has another identity.
    Form,
}

fn sent_body(call: &HostCall) -> Sent {
    let arguments: Value = serde_json::from_str(&call.arguments).unwrap_or_default();
    if let Some(bytes) = &call.bytes {
        return Sent::Body(STANDARD.encode(bytes).into());
    }
    let headers = arguments.get("headers").and_then(Value::as_object).into_iter().flatten();
    let is_form = |(name, value): (&String, &Value)| {
        name.eq_ignore_ascii_case("content-type")
            && value.as_str().is_some_and(|value| value.starts_with(FORM))
    };
    match (arguments.get("dataText"), arguments.get("data")) {
        (Some(_), _) if headers.into_iter().any(is_form) => Sent::Form,
        (Some(body), _) | (None, Some(body)) => Sent::Body(body.clone()),
        (None, None) => Sent::Nothing,
    }
}

fn response_json(body: &[u8]) -> Value {
    if let Ok(json) = serde_json::from_slice(body) {
        return json;
    }
    match std::str::from_utf8(body) {
        Ok(text) => text.into(),
        Err(_) => STANDARD.encode(body).into(),
    }
}

fn pairs(pairs: &[(String, String)]) -> Value {
    pairs
        .iter()
        .map(|(name, value)| (name.clone(), Value::from(value.as_str())))
        .collect::<Map<_, _>>()
        .into()
}

/// Masks every text below the fields of these names, but what kind of credential it is.
fn mask_fields(value: &mut Value, fields: &[&str]) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                if fields.contains(&name.as_str()) { mask(value) } else { mask_fields(value, fields) }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| mask_fields(item, fields)),
        _ => {}
    }
}

fn mask(value: &mut Value) {
    match value {
        Value::String(text) => MASK.clone_into(text),
        Value::Object(object) => {
            object.iter_mut().filter(|(name, _)| *name != "type").for_each(|(_, value)| mask(value));
        }
        Value::Array(items) => items.iter_mut().for_each(mask),
        other => *other = Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_secret_of_a_connection_gets_into_a_fixture() {
        let mut recording = Recording::default();
        recording.connection(&json!({
            "connection_id": "ada",
            "credentials": { "type": "OAUTH2", "access_token": "hush", "raw": { "refresh_token": "hush", "expires_in": 5 } },
        }));
        let fixture = recording.fixture(None, Recorded::Nothing);
        assert!(!fixture.to_string().contains("hush"), "{fixture}");
        assert_eq!(fixture["nango"]["getConnection"]["credentials"]["type"], "OAUTH2");
        assert_eq!(fixture["nango"]["getConnection"]["connection_id"], "ada");
    }
}
