//! One server that plays every provider of the catalogue: under `/<provider>/<host>/<path>` it answers as the
//! provider's own definition says, and keeps what it was asked.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::Response;
use bowline_domain::provider::{AuthMode, Provider};
use http::header::{CONTENT_TYPE, SET_COOKIE};
use serde_json::{Map, Value, json};

use super::quirks;

const BODY_BYTES_MAX: usize = 1024 * 1024;

/// A call that reached a provider.
#[derive(Clone)]
pub struct Call {
    pub method: String,
    /// Host and path, without the query.
    pub place: String,
    pub query: String,
    pub headers: http::HeaderMap,
    pub body: String,
}

#[derive(Clone)]
pub struct Upstream {
    pub address: SocketAddr,
    kept: Arc<Kept>,
}

#[derive(Default)]
struct Kept {
    providers: HashMap<String, Arc<Provider>>,
    calls: Mutex<HashMap<String, Vec<Call>>>,
}

impl Upstream {
    pub async fn start(providers: HashMap<String, Arc<Provider>>) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let kept = Arc::new(Kept { providers, ..Kept::default() });
        let router = Router::new().fallback(answer).with_state(Arc::clone(&kept));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { address, kept }
    }

    /// What one provider was asked, in order.
    pub fn take_calls(&self, provider: &str) -> Vec<Call> {
        self.kept.calls.lock().unwrap().remove(provider).unwrap_or_default()
    }
}

async fn answer(State(kept): State<Arc<Kept>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, BODY_BYTES_MAX).await.unwrap();
    let path = parts.uri.path().trim_start_matches('/');
    let (name, place) = path.split_once('/').unwrap_or((path, ""));
    let call = Call {
        method: parts.method.to_string(),
        place: place.to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers,
        body: String::from_utf8_lossy(&body).into_owned(),
    };
    let provider = &kept.providers[name];
    let response = respond(provider, &call);
    kept.calls.lock().unwrap().entry(name.to_owned()).or_default().push(call);
    response
}

fn respond(provider: &Provider, call: &Call) -> Response {
    if provider.auth_mode == AuthMode::OAuth1 && call.method == "POST" {
        let form = "oauth_token=ot-1&oauth_token_secret=os-1&oauth_callback_confirmed=true";
        return reply("application/x-www-form-urlencoded", form.to_owned());
    }
    let is_bare = provider.token_response.as_ref().is_some_and(|response| response.token.is_empty());
    if is_bare {
        return reply("text/plain", "tt-1".to_owned());
    }
    reply("application/json", Value::from(object(provider)).to_string())
}

fn reply(kind: &'static str, text: String) -> Response {
    let response = Response::builder().header(CONTENT_TYPE, kind).header(SET_COOKIE, "sid=abc; HttpOnly");
    response.body(Body::from(text)).unwrap()
}

/// An answer with everything in it that the definition reads.
fn object(provider: &Provider) -> Map<String, Value> {
    let token = json!({
        "access_token": "at-1", "refresh_token": "rt-1", "expires_in": 3600, "token_type": "bearer", "id": "id-1",
    });
    let mut answer = Value::from(quirks::fields(provider));
    merge(&mut answer, token.clone());
    if let Some(path) = &provider.alternate_access_token_response_path {
        put(&mut answer, path.trim_end_matches(".access_token"), token.clone());
    }
    if let Some(response) = &provider.token_response {
        if !response.token.is_empty() {
            put(&mut answer, &response.token, "tt-1".into());
        }
        if let Some(path) = &response.refresh_token {
            put(&mut answer, path, "rt-1".into());
        }
        if let Some(path) = &response.token_expiration {
            let counts = response.token_expiration_strategy.as_deref() == Some("expireIn");
            put(&mut answer, path, if counts { json!(3600) } else { json!("2033-05-18T03:33:20Z") });
        }
    }
    for path in &provider.token_response_metadata {
        put(&mut answer, path, "noted".into());
    }
    for step in &provider.additional_steps {
        let text = serde_json::to_string(step).unwrap();
        for path in text.split("${step").skip(1).filter_map(|rest| rest.split_once('.')?.1.split_once('}')) {
            put(&mut answer, path.0, "stepped".into());
        }
    }
    answer.as_object().cloned().unwrap()
}

fn merge(answer: &mut Value, more: Value) {
    let (Value::Object(answer), Value::Object(more)) = (answer, more) else { return };
    for (name, value) in more {
        answer.entry(name).or_insert(value);
    }
}

/// Sets the value at a dotted path; a part that is a number is a place in a list.
fn put(answer: &mut Value, path: &str, value: Value) {
    let pointer = format!("/{}", path.replace('.', "/"));
    if answer.pointer(&pointer).is_some() {
        return;
    }
    let mut at = answer;
    for part in path.split('.') {
        at = match part.parse::<usize>() {
            Ok(0) => {
                if !at.is_array() {
                    *at = json!([null]);
                }
                &mut at[0]
            }
            _ => {
                if !at.is_object() {
                    *at = json!({});
                }
                &mut at[part]
            }
        };
    }
    *at = value;
}
