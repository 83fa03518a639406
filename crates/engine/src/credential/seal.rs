//! Credentials and connection config to and from their sealed form.

use bowline_domain::connection::Connection;
use bowline_domain::environment::Environment;
use bowline_domain::id::RowUid;
use bowline_domain::{SealedBytes, Secret};
use serde_json::{Map, Value};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::Credentials;
use super::vault::{SealContext, Vault, VaultError};

const TABLE: &str = "connections";

fn place(environment: Uuid, row: RowUid, column: &'static str) -> SealContext {
    SealContext { environment, table: TABLE, row, column }
}

/// Seals credentials for a connection's row.
pub fn seal_credentials(
    vault: &Vault,
    environment: &Environment,
    row: RowUid,
    credentials: &Credentials,
) -> Result<SealedBytes, VaultError> {
    seal_object(vault, &place(environment.uuid, row, "credentials"), credentials.expose())
}

/// Opens a connection's credentials.
pub fn open_credentials(
    vault: &Vault,
    environment: &Environment,
    connection: &Connection,
) -> Result<Credentials, VaultError> {
    let place = place(environment.uuid, connection.uid, "credentials");
    open_object(vault, &place, &connection.credentials).map(Credentials::from_object)
}

/// Seals a connection config, which may hold tokens too.
pub fn seal_config(
    vault: &Vault,
    environment: &Environment,
    row: RowUid,
    config: &Map<String, Value>,
) -> Result<SealedBytes, VaultError> {
    seal_object(vault, &place(environment.uuid, row, "config"), config)
}

/// Opens a connection's config.
pub fn open_config(
    vault: &Vault,
    environment: &Environment,
    connection: &Connection,
) -> Result<Map<String, Value>, VaultError> {
    open_object(vault, &place(environment.uuid, connection.uid, "config"), &connection.config)
}

/// Seals a JSON object; its text is wiped after.
pub(crate) fn seal_object(
    vault: &Vault,
    place: &SealContext,
    object: &Map<String, Value>,
) -> Result<SealedBytes, VaultError> {
    let text = serde_json::to_vec(object).expect("a JSON object always serialises");
    vault.seal(place, &Zeroizing::new(text))
}

/// Opens a sealed JSON object.
pub(crate) fn open_object(
    vault: &Vault,
    place: &SealContext,
    sealed: &SealedBytes,
) -> Result<Map<String, Value>, VaultError> {
    let plain: Secret<Vec<u8>> = vault.open_sealed(place, sealed)?;
    serde_json::from_slice(plain.expose())
        .map_err(|_| VaultError::Unreadable { table: place.table, column: place.column })
}
