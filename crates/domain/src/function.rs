//! Functions: the scripts that an application deploys for an integration, and their versions.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use thiserror::Error;

use crate::Timestamp;
use crate::id::{EnvironmentId, FunctionId, FunctionName, IntegrationId, IntegrationKey, ProviderName};

/// Words with a name on the wire and in storage.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $text)] $variant,)+
        }

        impl $name {
            /// Every one.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];
            /// The names of all, in the same order.
            pub const NAMES: &'static [&'static str] = &[$($text,)+];

            /// The name.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            /// The one with this name.
            pub fn parse(name: &str) -> Option<Self> {
                match name { $($text => Some(Self::$variant),)+ _ => None }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

pub(crate) use words;

words! {
    /// What makes a function run. In the order in which lists show them.
    FunctionKind {
        /// It is called.
        Action = "action",
        /// Something happens to a connection.
        OnEvent = "on-event",
        /// Its time has come; it writes records.
        Sync = "sync",
    }
}

words! {
    /// What happens to a connection (spec `functions.md` §8).
    FunctionEvent {
        /// It was made.
        PostConnectionCreation = "post-connection-creation",
        /// It is about to be deleted.
        PreConnectionDeletion = "pre-connection-deletion",
        /// It is about to be accepted.
        ValidateConnection = "validate-connection",
    }
}

words! {
    /// Where a function was deployed from. A deploy of a repository deletes no others than its own.
    FunctionSource {
        /// A repository, with the CLI.
        Repo = "repo",
        /// Alone.
        Standalone = "standalone",
        /// The catalogue of templates.
        Catalog = "catalog",
    }
}

words! {
    /// What a sync fetches on a later run.
    SyncType {
        /// Everything again.
        Full = "full",
        /// What changed since.
        Incremental = "incremental",
    }
}

/// SHA-256 of a source text: what storage keeps it under.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceDigest(pub [u8; 32]);

impl fmt::Debug for SourceDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// An address below `/v1` by which a function is called (deprecated) or its records are read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FunctionEndpoint {
    /// In capitals.
    pub method: String,
    /// With a leading slash, as the function declares it.
    pub path: String,
    /// For documentation.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub group: Option<String>,
}

/// What a function says of itself.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct FunctionDefinition {
    /// For people, and for language models.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Scopes of the provider that it needs.
    pub scopes: Vec<String>,
    /// The models a sync writes, or the one an action returns.
    pub models: Vec<String>,
    /// The model of its input.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input: Option<String>,
    /// How often a sync runs, word for word; [`crate::frequency`] reads it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub runs: Option<String>,
    /// Whether a sync starts with its connection.
    pub auto_start: bool,
    /// Whether records that a full run did not see are deleted (deprecated).
    pub track_deletes: bool,
    /// Only of syncs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sync_type: Option<SyncType>,
    /// Its addresses.
    pub endpoints: Vec<FunctionEndpoint>,
    /// The kinds of inbound webhooks that run it, or `*`.
    pub webhook_subscriptions: Vec<String>,
    /// JSON Schema (draft 7) whose `definitions` hold its models and input.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub json_schema: Option<Value>,
    /// What of the runtime it uses, such as `checkpoints`.
    pub features: Vec<String>,
    /// Free values.
    pub attributes: Map<String, Value>,
}

/// One deployed version of a function.
#[derive(Debug, Clone, PartialEq)]
pub struct Function {
    /// The database's number of this version.
    pub id: FunctionId,
    /// The environment it belongs to.
    pub environment_id: EnvironmentId,
    /// The integration it was deployed for.
    pub integration_id: IntegrationId,
    /// That integration's key.
    pub integration_key: IntegrationKey,
    /// That integration's provider.
    pub provider: ProviderName,
    /// What makes it run.
    pub kind: FunctionKind,
    /// Its name; the same in all its versions.
    pub name: FunctionName,
    /// The event, exactly of those whose kind is [`FunctionKind::OnEvent`].
    pub event: Option<FunctionEvent>,
    /// Its version.
    pub version: String,
    /// Whether this is the version that runs; one of a function's is.
    pub active: bool,
    /// Whether it may run. Versions hand it on.
    pub enabled: bool,
    /// Where it was deployed from.
    pub source: FunctionSource,
    /// The SDK it was compiled with, such as `0.71.10-zero`; none from old clients.
    pub sdk_version: Option<String>,
    /// Of the JavaScript that runs.
    pub js_digest: SourceDigest,
    /// Of the TypeScript it was made from.
    pub ts_digest: SourceDigest,
    /// What it says of itself.
    pub definition: FunctionDefinition,
    /// When this version was first deployed.
    pub created_at: Timestamp,
    /// When this version last was deployed or made active.
    pub deployed_at: Timestamp,
}

/// No version follows this one.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the version {0:?} is neither a number nor a semantic version, so none follows it; give one")]
pub struct VersionProblem(pub String);

/// The version of a function's first deploy that names none.
pub fn first_version(kind: FunctionKind) -> &'static str {
    match kind {
        FunctionKind::OnEvent => "0.0.1",
        FunctionKind::Action | FunctionKind::Sync => "1",
    }
}

/// The version after this one: `4` becomes `5`, `1.0.0` becomes `1.0.1`, `1.0.0-rc.1` becomes `1.0.0`
/// (spec `deploy.md` §6).
pub fn next_version(version: &str) -> Result<String, VersionProblem> {
    let next = if version.contains('.') { next_semantic(version) } else { next_number(version) };
    next.ok_or_else(|| VersionProblem(version.to_owned()))
}

fn next_number(version: &str) -> Option<String> {
    plain_number(version)?.checked_add(1).map(|next| next.to_string())
}

fn next_semantic(version: &str) -> Option<String> {
    let version = version.split('+').next()?;
    let (core, is_prerelease) = match version.split_once('-') {
        Some((core, label)) if !label.is_empty() => (core, true),
        Some(_) => return None,
        None => (version, false),
    };
    let numbers: Vec<u64> = core.split('.').map(plain_number).collect::<Option<_>>()?;
    let [major, minor, patch] = numbers[..] else { return None };
    let patch = if is_prerelease { patch } else { patch.checked_add(1)? };
    Some(format!("{major}.{minor}.{patch}"))
}

/// Digits alone: no sign, no spaces.
fn plain_number(text: &str) -> Option<u64> {
    let is_plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_plain.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_count_up_and_semantic_versions_get_the_next_patch() {
        for (version, next) in
            [("1", "2"), ("9", "10"), ("1.0.0", "1.0.1"), ("0.0.9", "0.0.10"), ("2.1.0-rc.1", "2.1.0")]
        {
            assert_eq!(next_version(version).as_deref(), Ok(next), "{version}");
        }
    }

    #[test]
    fn other_versions_have_no_next_one() {
        for version in
            ["", "x", "-1", "1.0", "1.0.0.0", "1.x.0", "1.0.0-", "1.0.0-+b", "18446744073709551615"]
        {
            assert_eq!(next_version(version), Err(VersionProblem(version.to_owned())), "{version}");
        }
    }

    #[test]
    fn every_word_is_found_by_its_name() {
        for (kind, name) in FunctionKind::ALL.iter().zip(FunctionKind::NAMES) {
            assert_eq!(FunctionKind::parse(name), Some(*kind));
            assert_eq!(serde_json::to_value(kind).ok(), Some(Value::from(*name)));
        }
        assert_eq!(FunctionEvent::parse("on-event"), None);
    }

    #[test]
    fn a_definition_from_before_a_field_was_added_is_still_read() {
        let read: FunctionDefinition = serde_json::from_str("{\"models\":[\"Issue\"]}").unwrap();
        assert_eq!(read.models, ["Issue"]);
        assert_eq!(read.sync_type, None);
    }

    proptest! {
        #[test]
        fn the_next_of_a_version_that_came_from_here_always_exists(
            major in 0_u64..1000, minor in 0_u64..1000, patch in 0_u64..1000,
        ) {
            let first = next_version(&format!("{major}.{minor}.{patch}"));
            prop_assert_eq!(&first, &Ok(format!("{major}.{minor}.{}", patch + 1)));
            prop_assert!(next_version(&first.unwrap()).is_ok());
        }

        #[test]
        fn no_version_makes_it_panic(version in "\\PC{0,24}") {
            let _ = next_version(&version);
        }
    }
}
