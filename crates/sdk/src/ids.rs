//! Identifiers as types of their own, so that an integration's key cannot stand where a connection id belongs.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The id as text, by value.
            pub fn into_string(self) -> String {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }

        impl From<&String> for $name {
            fn from(text: &String) -> Self {
                Self(text.clone())
            }
        }

        impl From<&$name> for $name {
            fn from(id: &$name) -> Self {
                id.clone()
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.0 == other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.0 == *other
            }
        }
    };
}

id!(
    /// Name of a provider in the catalogue, such as `github`.
    ProviderName
);
id!(
    /// Key of an integration. On the wire it is also called `unique_key` and `provider_config_key`.
    IntegrationKey
);
id!(
    /// Id of a connection, unique within its integration.
    ConnectionId
);
id!(
    /// Your own id of the person or account behind a connection.
    EndUserId
);
id!(
    /// Name of a deployed function: a sync, an action or an event script.
    FunctionName
);
id!(
    /// Name of a model that a sync writes, such as `Issue`.
    Model
);
id!(
    /// Name of a sync's variant; a sync without one runs as `base`.
    Variant
);
id!(
    /// A place in the records of a model. Opaque; it may be stored and used again later.
    Cursor
);
id!(
    /// Id of an action that runs in the background.
    ActionId
);
id!(
    /// UUID, or number, of an environment.
    EnvironmentId
);
id!(
    /// UUID of an API key.
    ApiKeyId
);

/// A sync, or one variant of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SyncName {
    /// The sync.
    pub name: FunctionName,
    /// The variant; none means the base variant.
    pub variant: Option<Variant>,
}

impl SyncName {
    /// No name, which stands for all syncs: an empty list has no type of its own.
    pub const ALL: [Self; 0] = [];

    pub(crate) fn check(&self) -> crate::Result<()> {
        crate::http::path::check_text("sync", self.name.as_str())?;
        self.variant
            .as_ref()
            .map_or(Ok(()), |variant| crate::http::path::check_text("variant", variant.as_str()))
    }

    /// A variant of a sync.
    pub fn variant(name: impl Into<FunctionName>, variant: impl Into<Variant>) -> Self {
        Self { name: name.into(), variant: Some(variant.into()) }
    }
}

impl<T: Into<FunctionName>> From<T> for SyncName {
    fn from(name: T) -> Self {
        Self { name: name.into(), variant: None }
    }
}

impl Serialize for SyncName {
    /// A text for the sync itself, an object for a variant, as the official client sends them.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct WithVariant<'a> {
            name: &'a FunctionName,
            variant: &'a Variant,
        }
        match &self.variant {
            None => self.name.serialize(serializer),
            Some(variant) => WithVariant { name: &self.name, variant }.serialize(serializer),
        }
    }
}

impl fmt::Display for SyncName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.variant {
            None => write!(formatter, "{}", self.name),
            Some(variant) => write!(formatter, "{}::{variant}", self.name),
        }
    }
}
