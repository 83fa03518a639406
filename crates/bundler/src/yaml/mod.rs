//! Projects that define their functions in a `nango.yaml`, as older CLIs wrote them.

mod fields;
mod read;

use serde_json::{Map, Value};

use crate::bundle::Kind;

pub use read::read;

/// What a `nango.yaml` says.
#[derive(Clone, Debug)]
pub struct YamlProject {
    /// The file's text, which is deployed with the functions.
    pub text: String,
    /// The functions, in the order of the file.
    pub functions: Vec<YamlFunction>,
    /// The JSON schemas (draft-07) of the models, and of inputs and outputs that are none, by name: the value of
    /// `definitions` in a schema.
    pub definitions: Map<String, Value>,
}

/// A function as `nango.yaml` defines it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YamlFunction {
    /// What it is.
    pub kind: Kind,
    /// The integration that it belongs to.
    pub integration: String,
    /// Its name.
    pub name: String,
    /// How often a sync runs, in words.
    pub runs: Option<String>,
    /// Where it answers.
    pub endpoints: Vec<Endpoint>,
    /// The model of its input.
    pub input: Option<String>,
    /// The models of its output; for a sync those of its records.
    pub output: Vec<String>,
    /// Whether a sync starts with the connection.
    pub auto_start: bool,
    /// Whether a sync reads everything each time.
    pub sync_type: SyncType,
    /// Whether records that a run did not see are deleted.
    pub track_deletes: bool,
    /// The version, where one is given.
    pub version: Option<String>,
    /// What it does.
    pub description: Option<String>,
    /// The provider's scopes that it needs.
    pub scopes: Vec<String>,
    /// The types of webhook that it wants; `*` is all.
    pub webhook_subscriptions: Vec<String>,
    /// The event that an event function answers.
    pub event: Option<Event>,
}

/// Where a function answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// The HTTP method, in capitals.
    pub method: String,
    /// The path.
    pub path: String,
    /// What it is listed under.
    pub group: Option<String>,
}

/// How a sync reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SyncType {
    /// Everything, each time.
    #[default]
    Full,
    /// What changed since the last time.
    Incremental,
}

/// What happens to a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    /// It was made.
    PostConnectionCreation,
    /// It is about to be deleted.
    PreConnectionDeletion,
    /// It is being checked.
    ValidateConnection,
}

impl Event {
    /// All of them.
    pub const ALL: [Self; 3] =
        [Self::PostConnectionCreation, Self::PreConnectionDeletion, Self::ValidateConnection];

    /// The event's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PostConnectionCreation => "post-connection-creation",
            Self::PreConnectionDeletion => "pre-connection-deletion",
            Self::ValidateConnection => "validate-connection",
        }
    }
}

/// Why a `nango.yaml` cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum YamlError {
    /// It is no YAML.
    #[error("{message}")]
    Syntax {
        /// What the parser says, with the place.
        message: String,
    },
    /// Something in it is not what it must be.
    #[error("{place}: {reason}")]
    Invalid {
        /// The keys that lead there, with dots between them.
        place: String,
        /// What is wrong, and what it must be.
        reason: String,
    },
}
