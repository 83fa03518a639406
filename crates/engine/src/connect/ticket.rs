//! Tickets with sealed content.

use std::time::Duration;

use bowline_domain::Timestamp;
use bowline_domain::api_key::KeyDigest;
use bowline_domain::environment::Environment;
use bowline_domain::id::RowUid;
use bowline_domain::storage::StorageError;
use bowline_domain::ticket::{NewTicket, Ticket, TicketKind};
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom, SystemRandom};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use thiserror::Error;
use uuid::Uuid;

use crate::Engine;
use crate::credential::vault::{SealContext, VaultError};
use crate::credential::{open_object, seal_object};

/// Why a ticket could not be written or read.
#[derive(Debug, Error)]
pub enum TicketError {
    /// The environment was deleted meanwhile.
    #[error("the environment does not exist any more")]
    NoEnvironment,
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The vault failed.
    #[error(transparent)]
    Vault(#[from] VaultError),
}

/// 256 random bits as lower-case hex.
pub(super) fn random_hex() -> Result<String, VaultError> {
    let mut bytes = [0; 32];
    SystemRandom::new().fill(&mut bytes).map_err(|_| VaultError::NoRandomness)?;
    Ok(hex::encode(bytes))
}

/// What a ticket with this secret text is found by.
pub(super) fn digest_of(secret: &str) -> KeyDigest {
    let bytes = digest(&SHA256, secret.as_bytes());
    KeyDigest(bytes.as_ref().try_into().expect("SHA-256 has 32 bytes"))
}

impl Engine {
    /// Writes a ticket that whoever shows `secret` can reach for `lives`; gives its id and its end.
    pub(super) async fn write_ticket<T: Serialize>(
        &self,
        environment: &Environment,
        kind: TicketKind,
        secret: &str,
        content: &T,
        lives: Duration,
    ) -> Result<(RowUid, Timestamp), TicketError> {
        let uid = RowUid(Uuid::now_v7());
        let created_at = self.clock.now();
        let expires_at = created_at.plus(lives);
        let new = NewTicket {
            uid,
            kind,
            digest: digest_of(secret),
            content: seal_object(&self.vault, &place(environment, uid), &object_of(content))?,
            expires_at,
            created_at,
        };
        let is_written = self.storage.create_ticket(environment.id, new).await?;
        if is_written { Ok((uid, expires_at)) } else { Err(TicketError::NoEnvironment) }
    }

    /// What a ticket holds.
    pub(super) fn open_ticket<T: DeserializeOwned>(
        &self,
        environment: &Environment,
        ticket: &Ticket,
    ) -> Result<T, VaultError> {
        let place = place(environment, ticket.uid);
        let object = open_object(&self.vault, &place, &ticket.content)?;
        serde_json::from_value(Value::Object(object))
            .map_err(|_| VaultError::Unreadable { table: place.table, column: place.column })
    }
}

fn object_of<T: Serialize>(content: &T) -> Map<String, Value> {
    match serde_json::to_value(content) {
        Ok(Value::Object(object)) => object,
        // Contents are structs with named fields of plain types.
        _ => Map::new(),
    }
}

fn place(environment: &Environment, row: RowUid) -> SealContext {
    SealContext { environment: environment.uuid, table: "tickets", row, column: "content" }
}
