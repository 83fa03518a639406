//! Data of your own that is kept with a connection.

use http::Method;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::call::{Call, Done, endpoint};
use crate::client::Bowline;
use crate::error::{Error, Result};
use crate::http::path::{Path, check_text};
use crate::ids::{ConnectionId, IntegrationKey};

/// The part of a connection that is wanted.
#[derive(Deserialize)]
#[serde(bound = "M: DeserializeOwned")]
#[doc(hidden)]
pub struct WithMetadata<M> {
    metadata: Option<M>,
}

endpoint!(
    /// [`Bowline::get_metadata`]
    GetMetadata<M>: WithMetadata<M> => Option<M>, |wire| Ok(wire.metadata)
);
endpoint!(
    /// [`Bowline::set_metadata`]
    SetMetadata: Done
);
endpoint!(
    /// [`Bowline::update_metadata`]
    UpdateMetadata: Done
);

/// Connections of one integration: one id, or several.
#[derive(Debug, Clone)]
pub struct ConnectionIds(Ids);

#[derive(Debug, Clone)]
enum Ids {
    One(ConnectionId),
    Several(Vec<ConnectionId>),
}

impl<T: Into<ConnectionId>> From<T> for ConnectionIds {
    fn from(id: T) -> Self {
        Self(Ids::One(id.into()))
    }
}

impl From<Vec<ConnectionId>> for ConnectionIds {
    fn from(ids: Vec<ConnectionId>) -> Self {
        Self(Ids::Several(ids))
    }
}

impl<T: Into<ConnectionId>, const N: usize> From<[T; N]> for ConnectionIds {
    fn from(ids: [T; N]) -> Self {
        Self(Ids::Several(ids.map(Into::into).into()))
    }
}

impl Serialize for ConnectionIds {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        match &self.0 {
            Ids::One(id) => id.serialize(serializer),
            Ids::Several(ids) => ids.serialize(serializer),
        }
    }
}

impl ConnectionIds {
    fn check(&self) -> Result<()> {
        match &self.0 {
            Ids::One(id) => check_text("connection_id", id.as_str()),
            Ids::Several(ids) if ids.is_empty() => Err(Error::invalid("connection_id", "is an empty list")),
            Ids::Several(ids) => ids.iter().try_for_each(|id| check_text("connection_id", id.as_str())),
        }
    }
}

impl Bowline {
    /// A connection's metadata, as a type of your own; none when nothing was ever set. `GET /connections/{id}`
    pub fn get_metadata<M: DeserializeOwned + Send>(
        &self,
        integration: impl Into<IntegrationKey>,
        connection: impl Into<ConnectionId>,
    ) -> Call<GetMetadata<M>> {
        self.connection_call(Method::GET, &integration.into(), &connection.into())
    }

    /// Replaces the metadata of a connection, or of several at once. `POST /connections/metadata`
    ///
    /// The metadata must be a JSON object.
    pub fn set_metadata(
        &self,
        integration: impl Into<IntegrationKey>,
        connections: impl Into<ConnectionIds>,
        metadata: &impl Serialize,
    ) -> Call<SetMetadata> {
        self.metadata_call(Method::POST, &integration.into(), &connections.into(), metadata)
    }

    /// Sets the given top-level fields of the metadata and leaves the others. `PATCH /connections/metadata`
    pub fn update_metadata(
        &self,
        integration: impl Into<IntegrationKey>,
        connections: impl Into<ConnectionIds>,
        metadata: &impl Serialize,
    ) -> Call<UpdateMetadata> {
        self.metadata_call(Method::PATCH, &integration.into(), &connections.into(), metadata)
    }

    fn metadata_call<E>(
        &self,
        method: Method,
        integration: &IntegrationKey,
        connections: &ConnectionIds,
        metadata: &impl Serialize,
    ) -> Call<E> {
        Call::new(self, method, Ok(Path::fixed("/connections/metadata")))
            .field("metadata", metadata)
            .with(|request| {
                connections.check()?;
                request.field("connection_id", connections)
            })
            .id_field("integration", "provider_config_key", integration.as_str())
    }
}
