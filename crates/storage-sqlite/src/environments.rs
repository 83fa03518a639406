//! Accounts, environments and environment variables.

use async_trait::async_trait;
use bowline_domain::environment::{Account, Environment, EnvironmentVariable, NewEnvironment};
use bowline_domain::id::{AccountId, EnvironmentId};
use bowline_domain::storage::{CreateEnvironment, EnvironmentStore, StorageResult};
use bowline_domain::{SealedBytes, Timestamp};
use sqlx::SqliteConnection;
use uuid::Uuid;

use crate::rows::{AccountRow, EnvironmentRow, IntoDomain, VariableRow, all, one, to_json};
use crate::{SqliteStorage, connections, failed, functions, integrations, keys, locks, tasks, tickets};

macro_rules! environment_columns {
    () => {
        "id, uuid, account_id, name, is_production, public_key, settings, secrets, created_at"
    };
}

const FIRST_ACCOUNT: &str = "SELECT id, uuid, name FROM accounts ORDER BY id LIMIT 1";
const FIND: &str =
    concat!("SELECT ", environment_columns!(), " FROM environments WHERE id = ? AND deleted_at IS NULL");
const INSERT: &str = concat!(
    "INSERT INTO environments (uuid, account_id, name, is_production, public_key, settings, secrets, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (account_id, name) WHERE deleted_at IS NULL DO NOTHING
     RETURNING ",
    environment_columns!()
);

/// A live environment, read inside the caller's transaction.
pub(crate) async fn find(conn: &mut SqliteConnection, id: i64) -> Result<Option<Environment>, sqlx::Error> {
    one(sqlx::query_as::<_, EnvironmentRow>(FIND).bind(id).fetch_optional(conn).await?)
}

#[async_trait]
impl EnvironmentStore for SqliteStorage {
    async fn ensure_default_account(&self, uuid: Uuid, name: &str, at: Timestamp) -> StorageResult<Account> {
        let context = "finding the default account";
        let found = sqlx::query_as::<_, AccountRow>(FIRST_ACCOUNT).fetch_optional(&self.readers).await;
        if let Some(account) = found.and_then(one).map_err(failed(context))? {
            return Ok(account);
        }
        let name = name.to_owned();
        self.write(context, move |write| {
            Box::pin(async move {
                sqlx::query(
                    "INSERT INTO accounts (uuid, name, created_at)
                     SELECT ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM accounts)",
                )
                .bind(uuid.as_bytes().to_vec())
                .bind(name)
                .bind(at.as_micros())
                .execute(&mut *write.conn)
                .await?;
                sqlx::query_as::<_, AccountRow>(FIRST_ACCOUNT).fetch_one(write.conn).await?.into_domain()
            })
        })
        .await
    }

    async fn find_account(&self, id: AccountId) -> StorageResult<Option<Account>> {
        sqlx::query_as::<_, AccountRow>("SELECT id, uuid, name FROM accounts WHERE id = ?")
            .bind(id.0)
            .fetch_optional(&self.readers)
            .await
            .and_then(one)
            .map_err(failed("finding an account"))
    }

    async fn create_environment(&self, new: NewEnvironment) -> StorageResult<CreateEnvironment> {
        self.write("creating an environment", move |write| {
            Box::pin(async move {
                if keys::any_digest_taken(&mut *write.conn, &new.api_keys).await? {
                    return Ok(CreateEnvironment::Taken);
                }
                let Some(environment) = insert(&mut *write.conn, &new).await? else {
                    return Ok(CreateEnvironment::Taken);
                };
                for mut key in new.api_keys {
                    key.environment_id = Some(environment.id);
                    keys::insert(&mut *write.conn, &key).await?;
                }
                Ok(CreateEnvironment::Created(environment))
            })
        })
        .await
    }

    async fn list_environments(&self, account: AccountId) -> StorageResult<Vec<Environment>> {
        sqlx::query_as::<_, EnvironmentRow>(concat!(
            "SELECT ",
            environment_columns!(),
            " FROM environments WHERE account_id = ? AND deleted_at IS NULL ORDER BY id"
        ))
        .bind(account.0)
        .fetch_all(&self.readers)
        .await
        .and_then(all)
        .map_err(failed("listing environments"))
    }

    async fn find_environment(&self, id: EnvironmentId) -> StorageResult<Option<Environment>> {
        sqlx::query_as::<_, EnvironmentRow>(FIND)
            .bind(id.0)
            .fetch_optional(&self.readers)
            .await
            .and_then(one)
            .map_err(failed("finding an environment"))
    }

    async fn find_environment_by_uuid(&self, uuid: Uuid) -> StorageResult<Option<Environment>> {
        sqlx::query_as::<_, EnvironmentRow>(concat!(
            "SELECT ",
            environment_columns!(),
            " FROM environments WHERE uuid = ? AND deleted_at IS NULL"
        ))
        .bind(uuid.as_bytes().to_vec())
        .fetch_optional(&self.readers)
        .await
        .and_then(one)
        .map_err(failed("finding an environment"))
    }

    async fn find_environment_by_public_key(&self, public_key: Uuid) -> StorageResult<Option<Environment>> {
        sqlx::query_as::<_, EnvironmentRow>(concat!(
            "SELECT ",
            environment_columns!(),
            " FROM environments WHERE public_key = ? AND deleted_at IS NULL"
        ))
        .bind(public_key.as_bytes().to_vec())
        .fetch_optional(&self.readers)
        .await
        .and_then(one)
        .map_err(failed("finding an environment"))
    }

    async fn replace_environment_secrets(
        &self,
        id: EnvironmentId,
        expected: &SealedBytes,
        new: SealedBytes,
    ) -> StorageResult<bool> {
        let expected = expected.0.clone();
        self.write("replacing an environment's secrets", move |write| {
            Box::pin(async move {
                write.touched.everything = true;
                let done = sqlx::query(
                    "UPDATE environments SET secrets = ? WHERE id = ? AND secrets = ? AND deleted_at IS NULL",
                )
                .bind(new.0)
                .bind(id.0)
                .bind(expected)
                .execute(write.conn)
                .await?;
                Ok(done.rows_affected() > 0)
            })
        })
        .await
    }

    async fn delete_environment(
        &self,
        account: AccountId,
        id: EnvironmentId,
        at: Timestamp,
    ) -> StorageResult<bool> {
        self.write("deleting an environment", move |write| {
            Box::pin(async move {
                write.touched.everything = true;
                delete(write.conn, account, id, at).await
            })
        })
        .await
    }

    async fn list_variables(&self, environment: EnvironmentId) -> StorageResult<Vec<EnvironmentVariable>> {
        sqlx::query_as::<_, VariableRow>(
            "SELECT uid, name, value FROM environment_variables WHERE environment_id = ? ORDER BY name",
        )
        .bind(environment.0)
        .fetch_all(&self.readers)
        .await
        .and_then(all)
        .map_err(failed("listing environment variables"))
    }

    async fn put_variable(
        &self,
        environment: EnvironmentId,
        variable: EnvironmentVariable,
    ) -> StorageResult<()> {
        self.write("writing an environment variable", move |write| {
            Box::pin(async move {
                let done = sqlx::query(
                    "INSERT INTO environment_variables (environment_id, name, uid, value)
                     SELECT id, ?, ?, ? FROM environments WHERE id = ? AND deleted_at IS NULL
                     ON CONFLICT (environment_id, name) DO UPDATE SET uid = excluded.uid, value = excluded.value",
                )
                .bind(variable.name)
                .bind(variable.uid.0.as_bytes().to_vec())
                .bind(variable.value.0)
                .bind(environment.0)
                .execute(write.conn)
                .await?;
                if done.rows_affected() == 0 { Err(sqlx::Error::RowNotFound) } else { Ok(()) }
            })
        })
        .await
    }

    async fn delete_variable(&self, environment: EnvironmentId, name: &str) -> StorageResult<bool> {
        let name = name.to_owned();
        self.write("deleting an environment variable", move |write| {
            Box::pin(async move {
                sqlx::query("DELETE FROM environment_variables WHERE environment_id = ? AND name = ?")
                    .bind(environment.0)
                    .bind(name)
                    .execute(write.conn)
                    .await
                    .map(|done| done.rows_affected() > 0)
            })
        })
        .await
    }
}

/// `None` when the name is taken.
async fn insert(
    conn: &mut SqliteConnection,
    new: &NewEnvironment,
) -> Result<Option<Environment>, sqlx::Error> {
    let row = sqlx::query_as::<_, EnvironmentRow>(INSERT)
        .bind(new.uuid.as_bytes().to_vec())
        .bind(new.account_id.0)
        .bind(new.name.as_str().to_owned())
        .bind(new.is_production)
        .bind(new.public_key.as_bytes().to_vec())
        .bind(to_json(&new.settings))
        .bind(new.secrets.0.clone())
        .bind(new.created_at.as_micros())
        .fetch_optional(conn)
        .await?;
    one(row)
}

async fn delete(
    conn: &mut SqliteConnection,
    account: AccountId,
    id: EnvironmentId,
    at: Timestamp,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "UPDATE environments SET deleted_at = ?, secrets = x''
         WHERE id = ? AND account_id = ? AND deleted_at IS NULL",
    )
    .bind(at.as_micros())
    .bind(id.0)
    .bind(account.0)
    .execute(&mut *conn)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    connections::delete_of_environment(&mut *conn, id, at).await?;
    functions::delete_of_environment(&mut *conn, id).await?;
    tasks::delete_of_environment(&mut *conn, id).await?;
    locks::delete_of_environment(&mut *conn, id).await?;
    integrations::delete_of_environment(&mut *conn, id, at).await?;
    keys::delete_of_environment(&mut *conn, id, at).await?;
    tickets::delete_of_environment(&mut *conn, id).await?;
    sqlx::query("DELETE FROM environment_variables WHERE environment_id = ?")
        .bind(id.0)
        .execute(conn)
        .await?;
    Ok(true)
}
