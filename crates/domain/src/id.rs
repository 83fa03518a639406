//! Identifiers as types, so that one kind cannot be passed where another is meant.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::text::{self, TextProblem};

macro_rules! number_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

number_id!(
    /// The owner of environments; rate limits are counted per account.
    AccountId
);
number_id!(
    /// One isolated set of integrations and connections, such as `dev` or `prod`.
    EnvironmentId
);
number_id!(
    /// The database's number of an integration.
    IntegrationId
);
number_id!(
    /// The database's number of a connection; on the wire it is the field `id`.
    ConnectionId
);
number_id!(
    /// The database's number of an API key.
    ApiKeyId
);
number_id!(
    /// The database's number of one deployed version of a function; on the wire it is the field `id`.
    FunctionId
);

/// The application's own id of a row, known before the row is written.
///
/// Ciphertexts are bound to it as associated data, so a sealed value cannot be moved to another row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RowUid(pub Uuid);

impl fmt::Display for RowUid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_hyphenated().fmt(f)
    }
}

/// A task's id, chosen by the application; on the wire it is an asynchronous action's `id`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TaskId(pub Uuid);

impl fmt::Display for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_hyphenated().fmt(f)
    }
}

/// Which data key sealed a value; it is written in every ciphertext.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DataKeyId(pub u32);

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $check:path) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Checks the text against the rule of this id.
            pub fn parse(text: impl Into<String>) -> Result<Self, TextProblem> {
                let text = text.into();
                $check(&text)?;
                Ok(Self(text))
            }

            /// Takes a text that storage holds, and which was checked when it was written.
            pub fn from_stored(text: String) -> Self {
                Self(text)
            }

            /// The text as it goes over the wire.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_id!(
    /// An integration's key, chosen by the user (`unique_key`, `provider_config_key`).
    IntegrationKey,
    text::check_integration_key
);
text_id!(
    /// A connection's key, chosen by the user or generated (`connection_id` on the wire).
    ConnectionKey,
    text::check_connection_key
);
text_id!(
    /// The name of a provider in the catalogue.
    ProviderName,
    text::check_provider_name
);
text_id!(
    /// The name of an environment.
    EnvironmentName,
    text::check_environment_name
);
text_id!(
    /// The name of a function, unique among those of its kind (and event) in an integration.
    FunctionName,
    text::check_function_name
);
text_id!(
    /// The key of a lock that a function takes in its environment (spec `runtime.md` §3.9).
    LockKey,
    text::check_lock_key
);
text_id!(
    /// The key of a connection's checkpoint: kind and name of the function, and its variant (spec `functions.md` §6.6).
    CheckpointKey,
    text::check_checkpoint_key
);
