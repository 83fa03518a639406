//! Environment variables for functions and SDKs.

use bowline_domain::Secret;
use bowline_domain::environment::{Environment, EnvironmentVariable};
use bowline_domain::id::RowUid;
use bowline_domain::storage::StorageError;
use thiserror::Error;
use uuid::Uuid;

use crate::Engine;
use crate::credential::vault::{SealContext, VaultError};

const NAME_CHARS_MAX: usize = 255;
const VALUE_BYTES_MAX: usize = 64 * 1024;

/// A variable in the clear.
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: Secret,
}

/// Why a variable was not written or read.
#[derive(Debug, Error)]
pub enum VariableError {
    /// A name that a program could not read.
    #[error(
        "a variable's name has 1 to {NAME_CHARS_MAX} letters, digits and underscores, and starts with no digit"
    )]
    BadName,
    /// A value that is too long.
    #[error("a variable's value has at most {VALUE_BYTES_MAX} bytes")]
    TooLong,
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The vault failed.
    #[error(transparent)]
    Vault(#[from] VaultError),
}

impl Engine {
    /// The environment's variables by name.
    pub async fn list_variables(&self, environment: &Environment) -> Result<Vec<Variable>, VariableError> {
        let stored = self.storage.list_variables(environment.id).await?;
        stored.into_iter().map(|variable| self.open_variable(environment, variable)).collect()
    }

    /// One of the environment's variables; the others stay sealed.
    pub async fn find_variable(
        &self,
        environment: &Environment,
        name: &str,
    ) -> Result<Option<Variable>, VariableError> {
        let stored = self.storage.list_variables(environment.id).await?;
        let found = stored.into_iter().find(|variable| variable.name == name);
        found.map(|variable| self.open_variable(environment, variable)).transpose()
    }

    /// Writes a variable.
    pub async fn put_variable(
        &self,
        environment: &Environment,
        name: &str,
        value: &Secret,
    ) -> Result<(), VariableError> {
        check_name(name)?;
        if value.expose().len() > VALUE_BYTES_MAX {
            return Err(VariableError::TooLong);
        }
        let uid = RowUid(Uuid::now_v7());
        let sealed = self.vault.seal(&place(environment.uuid, uid), value.expose().as_bytes())?;
        let variable = EnvironmentVariable { uid, name: name.to_owned(), value: sealed };
        Ok(self.storage.put_variable(environment.id, variable).await?)
    }

    /// Deletes a variable; false when there is none.
    pub async fn delete_variable(
        &self,
        environment: &Environment,
        name: &str,
    ) -> Result<bool, VariableError> {
        Ok(self.storage.delete_variable(environment.id, name).await?)
    }

    fn open_variable(
        &self,
        environment: &Environment,
        variable: EnvironmentVariable,
    ) -> Result<Variable, VariableError> {
        let plain = self.vault.open_sealed(&place(environment.uuid, variable.uid), &variable.value)?;
        let unreadable = VaultError::Unreadable { table: TABLE, column: COLUMN };
        let value = String::from_utf8(plain.expose().clone()).map_err(|_| unreadable)?;
        Ok(Variable { name: variable.name, value: Secret::new(value) })
    }
}

const TABLE: &str = "environment_variables";
const COLUMN: &str = "value";

fn place(environment: Uuid, row: RowUid) -> SealContext {
    SealContext { environment, table: TABLE, row, column: COLUMN }
}

fn check_name(name: &str) -> Result<(), VariableError> {
    let first_ok = name.chars().next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
    let all_ok = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && name.len() <= NAME_CHARS_MAX;
    if first_ok && all_ok { Ok(()) } else { Err(VariableError::BadName) }
}
