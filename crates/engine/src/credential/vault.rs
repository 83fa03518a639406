//! Seals and opens secrets: AES-256-GCM envelopes under data keys, which the master key wraps.
//!
//! A ciphertext names its data key and is bound, as associated data, to the environment, table, row and
//! column it was made for: moved anywhere else it does not open. Rotating the master key re-wraps the few
//! data keys; rotating a data key re-seals rows in the background, because old keys stay readable.

use std::collections::HashMap;
use std::sync::Arc;

use bowline_domain::clock::Timestamp;
use bowline_domain::id::{DataKeyId, RowUid};
use bowline_domain::storage::{Storage, StorageError, WrappedDataKey};
use bowline_domain::{SealedBytes, Secret};
use parking_lot::RwLock;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom, SystemRandom};
use thiserror::Error;
use uuid::Uuid;

/// First byte of every envelope.
const FORMAT: u8 = 1;
const KEY_BYTES: usize = 32;
/// Format byte, data key id, nonce.
const HEADER_BYTES: usize = 1 + 4 + NONCE_LEN;

/// The key from outside that wraps all data keys.
pub struct MasterKey(Secret<[u8; KEY_BYTES]>);

impl MasterKey {
    /// Takes the 32 bytes of a master key.
    pub fn new(bytes: [u8; KEY_BYTES]) -> Self {
        Self(Secret::new(bytes))
    }
}

/// What a ciphertext is bound to.
#[derive(Debug, Clone, Copy)]
pub struct SealContext {
    /// The environment; nil for rows of the account or the installation.
    pub environment: Uuid,
    /// The table the value is stored in.
    pub table: &'static str,
    /// The row the value is stored in.
    pub row: RowUid,
    /// The column the value is stored in.
    pub column: &'static str,
}

impl SealContext {
    fn associated_data(&self, key: DataKeyId) -> Vec<u8> {
        let mut data = Vec::with_capacity(96);
        data.extend_from_slice(b"bowline/1\0");
        data.extend_from_slice(&key.0.to_be_bytes());
        data.extend_from_slice(self.environment.as_bytes());
        data.extend_from_slice(self.row.0.as_bytes());
        data.extend_from_slice(self.table.as_bytes());
        data.push(0);
        data.extend_from_slice(self.column.as_bytes());
        data
    }
}

/// Why the vault could not be opened or could not open a value.
#[derive(Debug, Error)]
pub enum VaultError {
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The stored data keys were wrapped by another master key.
    #[error(
        "the master key does not fit this database: it was set up with another BOWLINE_ENCRYPTION_KEY or master.key"
    )]
    WrongMasterKey,
    /// A value was changed, moved, or sealed with a key this vault does not have.
    #[error("a sealed value of {table}.{column} does not open")]
    Unreadable {
        /// The table of the value.
        table: &'static str,
        /// The column of the value.
        column: &'static str,
    },
    /// The system gave no randomness.
    #[error("no randomness from the system")]
    NoRandomness,
}

/// Seals and opens secrets. Cheap to clone.
#[derive(Clone)]
pub struct Vault {
    keys: Arc<RwLock<HashMap<DataKeyId, Arc<LessSafeKey>>>>,
    active: DataKeyId,
    random: SystemRandom,
}

impl Vault {
    /// Unwraps the installation's data keys; the first start makes one.
    pub async fn open(storage: &dyn Storage, master: &MasterKey, now: Timestamp) -> Result<Self, VaultError> {
        let random = SystemRandom::new();
        let mut stored = storage.list_data_keys().await?;
        if stored.is_empty() {
            let first = new_data_key(DataKeyId(1), master, &random, now)?;
            // Another node may have been first; then its key is the one to use.
            storage.insert_data_key(first).await?;
            stored = storage.list_data_keys().await?;
        }
        let mut keys = HashMap::new();
        for key in &stored {
            keys.insert(key.id, Arc::new(unwrap_data_key(key, master)?));
        }
        let active = stored.iter().map(|key| key.id).max().ok_or(VaultError::WrongMasterKey)?;
        Ok(Self { keys: Arc::new(RwLock::new(keys)), active, random })
    }

    /// Seals a plaintext for one place in the database.
    pub fn seal(&self, context: &SealContext, plaintext: &[u8]) -> Result<SealedBytes, VaultError> {
        let key = self.key(self.active).ok_or(VaultError::WrongMasterKey)?;
        let nonce = fresh_nonce(&self.random)?;
        let mut envelope = Vec::with_capacity(HEADER_BYTES + plaintext.len() + AES_256_GCM.tag_len());
        envelope.push(FORMAT);
        envelope.extend_from_slice(&self.active.0.to_be_bytes());
        envelope.extend_from_slice(&nonce);
        let mut body = plaintext.to_vec();
        let aad = Aad::from(context.associated_data(self.active));
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad, &mut body)
            .map_err(|_| VaultError::NoRandomness)?;
        envelope.extend_from_slice(&body);
        Ok(SealedBytes(envelope))
    }

    /// Opens what [`Vault::seal`] made for the same place.
    pub fn open_sealed(
        &self,
        context: &SealContext,
        sealed: &SealedBytes,
    ) -> Result<Secret<Vec<u8>>, VaultError> {
        let unreadable = || VaultError::Unreadable { table: context.table, column: context.column };
        let (key_id, nonce, body) = split_envelope(&sealed.0).ok_or_else(unreadable)?;
        let key = self.key(key_id).ok_or_else(unreadable)?;
        let mut buffer = body.to_vec();
        let aad = Aad::from(context.associated_data(key_id));
        let plain_length = key
            .open_in_place(Nonce::assume_unique_for_key(nonce), aad, &mut buffer)
            .map_err(|_| unreadable())?
            .len();
        buffer.truncate(plain_length);
        Ok(Secret::new(buffer))
    }

    fn key(&self, id: DataKeyId) -> Option<Arc<LessSafeKey>> {
        self.keys.read().get(&id).cloned()
    }
}

fn split_envelope(envelope: &[u8]) -> Option<(DataKeyId, [u8; NONCE_LEN], &[u8])> {
    let (&format, rest) = envelope.split_first()?;
    let (key_id, rest) = rest.split_first_chunk::<4>()?;
    let (nonce, body) = rest.split_first_chunk::<NONCE_LEN>()?;
    (format == FORMAT).then_some((DataKeyId(u32::from_be_bytes(*key_id)), *nonce, body))
}

fn fresh_nonce(random: &SystemRandom) -> Result<[u8; NONCE_LEN], VaultError> {
    let mut nonce = [0; NONCE_LEN];
    random.fill(&mut nonce).map_err(|_| VaultError::NoRandomness)?;
    Ok(nonce)
}

fn aead_key(bytes: &[u8]) -> Option<LessSafeKey> {
    UnboundKey::new(&AES_256_GCM, bytes).ok().map(LessSafeKey::new)
}

fn wrap_data(id: DataKeyId) -> Aad<Vec<u8>> {
    Aad::from([b"bowline/data-key/1\0".as_slice(), &id.0.to_be_bytes()].concat())
}

fn new_data_key(
    id: DataKeyId,
    master: &MasterKey,
    random: &SystemRandom,
    now: Timestamp,
) -> Result<WrappedDataKey, VaultError> {
    let mut key = vec![0; KEY_BYTES];
    random.fill(&mut key).map_err(|_| VaultError::NoRandomness)?;
    let nonce = fresh_nonce(random)?;
    aead_key(master.0.expose())
        .ok_or(VaultError::WrongMasterKey)?
        .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), wrap_data(id), &mut key)
        .map_err(|_| VaultError::NoRandomness)?;
    let wrapped = SealedBytes([[FORMAT].as_slice(), &nonce, &key].concat());
    Ok(WrappedDataKey { id, wrapped, created_at: now })
}

fn unwrap_data_key(key: &WrappedDataKey, master: &MasterKey) -> Result<LessSafeKey, VaultError> {
    let (_, rest) = key.wrapped.0.split_first().ok_or(VaultError::WrongMasterKey)?;
    let (nonce, body) = rest.split_first_chunk::<NONCE_LEN>().ok_or(VaultError::WrongMasterKey)?;
    let mut buffer = zeroize::Zeroizing::new(body.to_vec());
    let master = aead_key(master.0.expose()).ok_or(VaultError::WrongMasterKey)?;
    let plain = master
        .open_in_place(Nonce::assume_unique_for_key(*nonce), wrap_data(key.id), &mut buffer)
        .map_err(|_| VaultError::WrongMasterKey)?;
    aead_key(plain).ok_or(VaultError::WrongMasterKey)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vault() -> Vault {
        let key = Arc::new(aead_key(&[7; KEY_BYTES]).unwrap());
        Vault {
            keys: Arc::new(RwLock::new(HashMap::from([(DataKeyId(1), key)]))),
            active: DataKeyId(1),
            random: SystemRandom::new(),
        }
    }

    fn context() -> SealContext {
        SealContext {
            environment: Uuid::from_u128(1),
            table: "connections",
            row: RowUid(Uuid::from_u128(2)),
            column: "credentials",
        }
    }

    #[test]
    fn what_is_sealed_opens_in_its_own_place_only() {
        let vault = vault();
        let sealed = vault.seal(&context(), b"token").unwrap();
        assert_eq!(vault.open_sealed(&context(), &sealed).unwrap().expose(), b"token");
        let elsewhere = [
            SealContext { environment: Uuid::from_u128(9), ..context() },
            SealContext { row: RowUid(Uuid::from_u128(9)), ..context() },
            SealContext { column: "config", ..context() },
            SealContext { table: "integrations", ..context() },
        ];
        for place in elsewhere {
            assert!(vault.open_sealed(&place, &sealed).is_err());
        }
    }

    #[test]
    fn two_seals_of_one_text_differ_and_no_flipped_bit_opens() {
        let vault = vault();
        let sealed = vault.seal(&context(), b"token").unwrap();
        assert_ne!(sealed, vault.seal(&context(), b"token").unwrap());
        for index in 0..sealed.0.len() {
            let mut changed = sealed.clone();
            changed.0[index] ^= 1;
            assert!(vault.open_sealed(&context(), &changed).is_err(), "byte {index}");
        }
        assert!(vault.open_sealed(&context(), &SealedBytes(vec![])).is_err());
    }

    #[test]
    fn a_data_key_unwraps_with_its_own_master_key_only() {
        let master = MasterKey::new([1; KEY_BYTES]);
        let wrapped =
            new_data_key(DataKeyId(1), &master, &SystemRandom::new(), Timestamp::default()).unwrap();
        assert!(unwrap_data_key(&wrapped, &master).is_ok());
        assert!(unwrap_data_key(&wrapped, &MasterKey::new([2; KEY_BYTES])).is_err());
    }
}
