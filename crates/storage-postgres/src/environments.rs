//! Accounts, environments and environment variables.

use async_trait::async_trait;
use bowline_domain::environment::{Account, Environment, EnvironmentVariable, NewEnvironment};
use bowline_domain::id::{AccountId, EnvironmentId};
use bowline_domain::storage::{CreateEnvironment, EnvironmentStore, StorageResult};
use bowline_domain::{SealedBytes, Timestamp};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::PostgresStorage;
use crate::keys::TakenBy;
use crate::rows::{AccountRow, EnvironmentRow, VariableRow, account_columns, environment_columns, to_json};
use crate::session::{retrying, violates};

#[async_trait]
impl EnvironmentStore for PostgresStorage {
    async fn ensure_default_account(&self, uuid: Uuid, name: &str, at: Timestamp) -> StorageResult<Account> {
        retrying("ensuring the default account", || self.try_ensure_account(uuid, name, at)).await
    }

    async fn find_account(&self, id: AccountId) -> StorageResult<Option<Account>> {
        retrying("finding an account", || self.try_find_account(id)).await
    }

    async fn create_environment(&self, new: NewEnvironment) -> StorageResult<CreateEnvironment> {
        retrying("creating an environment", || self.try_create_environment(&new)).await
    }

    async fn list_environments(&self, account: AccountId) -> StorageResult<Vec<Environment>> {
        retrying("listing environments", || self.try_list_environments(account)).await
    }

    async fn find_environment(&self, id: EnvironmentId) -> StorageResult<Option<Environment>> {
        retrying("finding an environment", || self.try_find_environment(id)).await
    }

    async fn find_environment_by_uuid(&self, uuid: Uuid) -> StorageResult<Option<Environment>> {
        retrying("finding an environment", || self.try_find_environment_by_uuid(uuid)).await
    }

    async fn find_environment_by_public_key(&self, public_key: Uuid) -> StorageResult<Option<Environment>> {
        retrying("finding an environment", || self.try_find_environment_by_public_key(public_key)).await
    }

    async fn replace_environment_secrets(
        &self,
        id: EnvironmentId,
        expected: &SealedBytes,
        new: SealedBytes,
    ) -> StorageResult<bool> {
        let replaced =
            retrying("replacing environment secrets", || self.try_replace_secrets(id, expected, &new)).await;
        self.keys.forget_all();
        replaced
    }

    async fn delete_environment(
        &self,
        account: AccountId,
        id: EnvironmentId,
        at: Timestamp,
    ) -> StorageResult<bool> {
        let deleted =
            retrying("deleting an environment", || self.try_delete_environment(account, id, at)).await;
        self.keys.forget_all();
        deleted
    }

    async fn list_variables(&self, environment: EnvironmentId) -> StorageResult<Vec<EnvironmentVariable>> {
        retrying("listing variables", || self.try_list_variables(environment)).await
    }

    async fn put_variable(
        &self,
        environment: EnvironmentId,
        variable: EnvironmentVariable,
    ) -> StorageResult<()> {
        retrying("writing a variable", || self.try_put_variable(environment, &variable)).await
    }

    async fn delete_variable(&self, environment: EnvironmentId, name: &str) -> StorageResult<bool> {
        retrying("deleting a variable", || self.try_delete_variable(environment, name)).await
    }
}

impl PostgresStorage {
    async fn try_ensure_account(&self, uuid: Uuid, name: &str, at: Timestamp) -> sqlx::Result<Account> {
        const FIRST: &str = concat!("SELECT ", account_columns!(), " FROM accounts ORDER BY id LIMIT 1");
        let mut transaction = self.begin().await?;
        if let Some(row) = self.query_as::<AccountRow>(FIRST).fetch_optional(&mut *transaction).await? {
            return Ok(row.into());
        }
        // Only the very first start gets here; the lock lets one caller write and the others see it.
        self.query("LOCK TABLE accounts IN SHARE ROW EXCLUSIVE MODE").execute(&mut *transaction).await?;
        if let Some(row) = self.query_as::<AccountRow>(FIRST).fetch_optional(&mut *transaction).await? {
            return Ok(row.into());
        }
        let row: AccountRow = self
            .query_as(concat!(
                "INSERT INTO accounts (uuid, name, created_at) VALUES ($1, $2, $3) RETURNING ",
                account_columns!()
            ))
            .bind(uuid)
            .bind(name)
            .bind(at.as_micros())
            .fetch_one(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(row.into())
    }

    async fn try_find_account(&self, id: AccountId) -> sqlx::Result<Option<Account>> {
        let mut single = self.single().await?;
        let row = self
            .query_as::<AccountRow>(concat!("SELECT ", account_columns!(), " FROM accounts WHERE id = $1"))
            .bind(id.0)
            .fetch_optional(&mut *single)
            .await?;
        single.finish().await?;
        Ok(row.map(Account::from))
    }

    async fn try_create_environment(&self, new: &NewEnvironment) -> sqlx::Result<CreateEnvironment> {
        let mut transaction = self.begin().await?;
        let row = self
            .query_as::<EnvironmentRow>(concat!(
                "INSERT INTO environments (uuid, account_id, name, is_production, public_key, settings, secrets, \
                 created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING ",
                environment_columns!()
            ))
            .bind(new.uuid)
            .bind(new.account_id.0)
            .bind(new.name.as_str())
            .bind(new.is_production)
            .bind(new.public_key)
            .bind(to_json(&new.settings)?)
            .bind(&new.secrets.0)
            .bind(new.created_at.as_micros())
            .fetch_one(&mut *transaction)
            .await;
        let environment = match row {
            Ok(row) => row.into_environment()?,
            Err(error) if violates(&error, "environments_name") => return Ok(CreateEnvironment::Taken),
            Err(error) => return Err(error),
        };
        for key in &new.api_keys {
            if let Err(TakenBy::AnotherKey) =
                self.insert_api_key(&mut transaction, key, Some(environment.id)).await?
            {
                return Ok(CreateEnvironment::Taken);
            }
        }
        transaction.commit().await?;
        Ok(CreateEnvironment::Created(environment))
    }

    async fn try_list_environments(&self, account: AccountId) -> sqlx::Result<Vec<Environment>> {
        let mut single = self.single().await?;
        let rows: Vec<EnvironmentRow> = self
            .query_as(concat!(
                "SELECT ",
                environment_columns!(),
                " FROM environments WHERE account_id = $1 AND deleted_at IS NULL ORDER BY id"
            ))
            .bind(account.0)
            .fetch_all(&mut *single)
            .await?;
        single.finish().await?;
        rows.into_iter().map(EnvironmentRow::into_environment).collect()
    }

    async fn try_find_environment(&self, id: EnvironmentId) -> sqlx::Result<Option<Environment>> {
        let mut single = self.single().await?;
        let row: Option<EnvironmentRow> = self
            .query_as(concat!(
                "SELECT ",
                environment_columns!(),
                " FROM environments WHERE id = $1 AND deleted_at IS NULL"
            ))
            .bind(id.0)
            .fetch_optional(&mut *single)
            .await?;
        single.finish().await?;
        row.map(EnvironmentRow::into_environment).transpose()
    }

    async fn try_find_environment_by_uuid(&self, uuid: Uuid) -> sqlx::Result<Option<Environment>> {
        let mut single = self.single().await?;
        let row: Option<EnvironmentRow> = self
            .query_as(concat!(
                "SELECT ",
                environment_columns!(),
                " FROM environments WHERE uuid = $1 AND deleted_at IS NULL"
            ))
            .bind(uuid)
            .fetch_optional(&mut *single)
            .await?;
        single.finish().await?;
        row.map(EnvironmentRow::into_environment).transpose()
    }

    async fn try_find_environment_by_public_key(&self, key: Uuid) -> sqlx::Result<Option<Environment>> {
        let mut single = self.single().await?;
        let row: Option<EnvironmentRow> = self
            .query_as(concat!(
                "SELECT ",
                environment_columns!(),
                " FROM environments WHERE public_key = $1 AND deleted_at IS NULL"
            ))
            .bind(key)
            .fetch_optional(&mut *single)
            .await?;
        single.finish().await?;
        row.map(EnvironmentRow::into_environment).transpose()
    }

    async fn try_replace_secrets(
        &self,
        id: EnvironmentId,
        expected: &SealedBytes,
        new: &SealedBytes,
    ) -> sqlx::Result<bool> {
        let mut single = self.single().await?;
        let done = self
            .query(
                "UPDATE environments SET secrets = $3 WHERE id = $1 AND secrets = $2 AND deleted_at IS NULL",
            )
            .bind(id.0)
            .bind(&expected.0)
            .bind(&new.0)
            .execute(&mut *single)
            .await?;
        single.finish().await?;
        Ok(done.rows_affected() > 0)
    }

    async fn try_delete_environment(
        &self,
        account: AccountId,
        id: EnvironmentId,
        at: Timestamp,
    ) -> sqlx::Result<bool> {
        let mut transaction = self.begin().await?;
        let done = self
            .query(
                "UPDATE environments SET deleted_at = $3, secrets = '' \
                 WHERE id = $1 AND account_id = $2 AND deleted_at IS NULL",
            )
            .bind(id.0)
            .bind(account.0)
            .bind(at.as_micros())
            .execute(&mut *transaction)
            .await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        self.delete_environment_content(&mut transaction, id, at).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// The environment's row is locked by its own deletion, so nobody can add to it meanwhile.
    async fn delete_environment_content(
        &self,
        connection: &mut PgConnection,
        id: EnvironmentId,
        at: Timestamp,
    ) -> sqlx::Result<()> {
        self.query("DELETE FROM environment_variables WHERE environment_id = $1")
            .bind(id.0)
            .execute(&mut *connection)
            .await?;
        self.query("UPDATE api_keys SET deleted_at = $2, secret = '' WHERE environment_id = $1 AND deleted_at IS NULL")
            .bind(id.0)
            .bind(at.as_micros())
            .execute(&mut *connection)
            .await?;
        self.query("DELETE FROM tickets WHERE environment_id = $1")
            .bind(id.0)
            .execute(&mut *connection)
            .await?;
        for sql in [
            "DELETE FROM deploy_locks WHERE environment_id = $1",
            "DELETE FROM function_locks WHERE environment_id = $1",
            "DELETE FROM task_turns WHERE environment_id = $1",
        ] {
            self.query(sql).bind(id.0).execute(&mut *connection).await?;
        }
        let integrations: Vec<i64> = self
            .scalar("SELECT id FROM integrations WHERE environment_id = $1 AND deleted_at IS NULL ORDER BY id FOR UPDATE")
            .bind(id.0)
            .fetch_all(&mut *connection)
            .await?;
        self.delete_integrations(connection, &integrations, at).await
    }

    async fn try_list_variables(&self, environment: EnvironmentId) -> sqlx::Result<Vec<EnvironmentVariable>> {
        let mut single = self.single().await?;
        let rows: Vec<VariableRow> = self
            .query_as(
                "SELECT uid, name, value FROM environment_variables WHERE environment_id = $1 ORDER BY name COLLATE \"C\"",
            )
            .bind(environment.0)
            .fetch_all(&mut *single)
            .await?;
        single.finish().await?;
        Ok(rows.into_iter().map(EnvironmentVariable::from).collect())
    }

    /// The share lock keeps the environment from being deleted before this is written; a deleted one is an error.
    async fn try_put_variable(
        &self,
        environment: EnvironmentId,
        variable: &EnvironmentVariable,
    ) -> sqlx::Result<()> {
        let mut single = self.single().await?;
        let done = self
            .query(
                "INSERT INTO environment_variables (environment_id, name, uid, value) \
             SELECT id, $2, $3, $4 FROM environments WHERE id = $1 AND deleted_at IS NULL FOR SHARE \
             ON CONFLICT (environment_id, name) DO UPDATE SET uid = EXCLUDED.uid, value = EXCLUDED.value",
            )
            .bind(environment.0)
            .bind(&variable.name)
            .bind(variable.uid.0)
            .bind(&variable.value.0)
            .execute(&mut *single)
            .await?;
        single.finish().await?;
        if done.rows_affected() == 0 { Err(sqlx::Error::RowNotFound) } else { Ok(()) }
    }

    async fn try_delete_variable(&self, environment: EnvironmentId, name: &str) -> sqlx::Result<bool> {
        let mut single = self.single().await?;
        let done = self
            .query("DELETE FROM environment_variables WHERE environment_id = $1 AND name = $2")
            .bind(environment.0)
            .bind(name)
            .execute(&mut *single)
            .await?;
        single.finish().await?;
        Ok(done.rows_affected() > 0)
    }
}
