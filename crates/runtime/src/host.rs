//! The one way out of a run: what a function asks for, and who answers.

use serde::{Deserialize, Serialize};

/// Something a function asks its host for.
#[derive(Debug, Clone)]
pub struct HostCall {
    /// What is asked for, such as `http` or `records.save`.
    pub operation: String,
    /// Its arguments, a JSON object.
    pub arguments: String,
    /// A binary body beside the arguments.
    pub bytes: Option<Vec<u8>>,
}

/// What the host found.
#[derive(Debug, Clone, Default)]
pub struct HostAnswer {
    /// The answer, JSON.
    pub json: String,
    /// A body beside it, which need not be JSON.
    pub body: Option<Body>,
}

/// A body that travels beside an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// Becomes a string.
    Text(String),
    /// Becomes an `ArrayBuffer`.
    Bytes(Vec<u8>),
}

impl HostAnswer {
    /// An answer without a body.
    pub fn json(json: impl Into<String>) -> Self {
        Self { json: json.into(), body: None }
    }
}

/// Why the host has no answer. The function sees it as an error with these fields.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, thiserror::Error)]
#[error("{code}: {message}")]
pub struct HostError {
    /// A code that functions can compare with.
    pub code: String,
    /// What happened, for people.
    pub message: String,
    /// The error's name, where it is not `Error`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Further facts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payload: Option<Box<serde_json::Value>>,
    /// Whether a call to the provider got no answer.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub network: bool,
}

impl HostError {
    /// An error with a code and a message.
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into(), name: None, payload: None, network: false }
    }
}

/// Answers what functions ask for. Must not block: long work happens elsewhere and ends with [`Reply::send`].
pub trait Host: Send + Sync {
    /// Begins an operation.
    fn call(&self, call: HostCall, reply: Reply);

    /// Takes a log line of the function: a JSON object `{level, message, meta?}`.
    fn log(&self, line: &str);
}

type Receive = Box<dyn FnOnce(Result<HostAnswer, HostError>) + Send>;

/// Where the answer of one call goes. Dropped without an answer, it tells the function that there is none.
pub struct Reply(Option<Receive>);

impl Reply {
    /// A reply that hands the answer to `receive`, which must not block.
    pub fn new(receive: impl FnOnce(Result<HostAnswer, HostError>) + Send + 'static) -> Self {
        Self(Some(Box::new(receive)))
    }

    /// Hands the answer to the run. Nothing happens if the run is over.
    pub fn send(mut self, answer: Result<HostAnswer, HostError>) {
        self.deliver(answer);
    }

    fn deliver(&mut self, answer: Result<HostAnswer, HostError>) {
        if let Some(receive) = self.0.take() {
            receive(answer);
        }
    }
}

impl Drop for Reply {
    fn drop(&mut self) {
        self.deliver(Err(HostError::new("host_unavailable", "the platform gave no answer to this call")));
    }
}
