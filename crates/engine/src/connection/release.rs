//! Says goodbye at the provider before a connection is forgotten: its tokens are taken back (RFC 7009), or the app is
//! uninstalled (spec `providers.md` §7.3). Best effort: the connection goes whatever the provider answers.

use std::time::Duration;

use bowline_domain::connection::{Connection, ConnectionFilter};
use bowline_domain::environment::Environment;
use bowline_domain::id::IntegrationKey;
use bowline_domain::provider::Verification;
use bowline_domain::storage::StorageError;
use futures_util::stream::{self, StreamExt, TryStreamExt};
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::time::timeout;

use super::probe::Account;
use crate::Engine;
use crate::auth::oauth2::Client;
use crate::auth::revoke::{self, RevokeOutcome, revoke};

/// A provider that is slower is not waited for.
const RELEASE_MAX: Duration = Duration::from_secs(5);

/// What goes as a whole is not held up for longer; of very many connections some keep their tokens.
const RELEASE_ALL_MAX: Duration = Duration::from_secs(20);
/// How many are released at once.
const RELEASED_AT_ONCE: usize = 8;
/// How many connections are read at once.
const PAGE: u32 = 200;

impl Engine {
    /// Takes back the tokens of an integration's connections, or of a whole environment's, before they go with it.
    pub(crate) async fn release_connections(
        &self,
        environment: &Environment,
        integration: Option<&IntegrationKey>,
    ) -> Result<(), StorageError> {
        let released = timeout(RELEASE_ALL_MAX, self.release_pages(environment, integration)).await;
        released.unwrap_or_else(|_| {
            tracing::warn!(environment = %environment.name, "not every connection's tokens were given back in time");
            Ok(())
        })
    }

    async fn release_pages(
        &self,
        environment: &Environment,
        integration: Option<&IntegrationKey>,
    ) -> Result<(), StorageError> {
        let all = self.storage.list_integrations(environment.id).await?;
        let wanted = all.iter().filter(|own| integration.is_none_or(|key| own.key == *key));
        let releasable = wanted.filter(|own| self.takes_back(own.provider.as_str()));
        let integration_keys: Vec<String> = releasable.map(|own| own.key.as_str().to_owned()).collect();
        if integration_keys.is_empty() {
            return Ok(());
        }
        let mut filter = ConnectionFilter { integration_keys, limit: PAGE, ..ConnectionFilter::default() };
        loop {
            let page = self.storage.list_connections(environment.id, &filter).await?;
            let count = page.len();
            let releases = page.into_iter().map(|summary| async move {
                let found = self.storage.find_connection_by_id(environment.id, summary.id).await?;
                if let Some(connection) = found {
                    self.release_connection(environment, connection).await;
                }
                Ok::<_, StorageError>(())
            });
            stream::iter(releases).buffer_unordered(RELEASED_AT_ONCE).try_collect::<()>().await?;
            if count < PAGE as usize {
                return Ok(());
            }
            filter.offset += u64::from(PAGE);
        }
    }

    /// Whether reading a provider's connections is worth it.
    fn takes_back(&self, provider: &str) -> bool {
        let provider = self.catalog.find(provider);
        provider.is_some_and(|provider| {
            provider.pre_connection_deletion_hook().is_some() || revoke::is_known(&provider)
        })
    }

    /// Takes a connection's tokens back where that is possible; what became of it goes into the log.
    pub(super) async fn release_connection(&self, environment: &Environment, connection: Arc<Connection>) {
        let (key, integration) = (connection.key.clone(), connection.integration_key.clone());
        let released = timeout(RELEASE_MAX, self.try_release(environment, connection)).await;
        let outcome = released.unwrap_or(Some(RevokeOutcome::Unreachable));
        if let Some(outcome) = outcome.filter(|outcome| *outcome != RevokeOutcome::NotSupported) {
            tracing::info!(%integration, connection = %key, ?outcome, "a connection's tokens were given back");
        }
    }

    /// `None` when the connection cannot even be read.
    async fn try_release(
        &self,
        environment: &Environment,
        connection: Arc<Connection>,
    ) -> Option<RevokeOutcome> {
        let integration = self.find_integration(environment, &connection.integration_key).await.ok()??;
        let open = self.open_connection(environment, connection).ok()?;
        let account =
            Account { integration: &integration, credentials: &open.credentials, config: &open.config };
        if let Some(farewell) = integration.provider.pre_connection_deletion_hook() {
            let metadata = open.connection.metadata.as_ref();
            let is_unwanted =
                metadata.and_then(|data| data.get("skipTokenRevocation")) == Some(&Value::Bool(true));
            let Some((call, path)) = farewell_of(farewell, &account).filter(|_| !is_unwanted) else {
                return Some(RevokeOutcome::NotSupported);
            };
            let answer = self.call_as_account(&account, &call, &path).await;
            return Some(match answer {
                Ok(answer) if answer.status.is_success() => RevokeOutcome::Revoked,
                Ok(answer) => RevokeOutcome::Refused { status: answer.status.as_u16() },
                Err(_) => RevokeOutcome::Unreachable,
            });
        }
        let client = Client::of(account.credentials, &integration.credentials).ok()?;
        Some(revoke(&self.outbound, &integration.provider, client, account.credentials, account.config).await)
    }
}

/// The call that a definition's step names, with the values it needs.
fn farewell_of(step: &str, account: &Account<'_>) -> Option<(Verification, String)> {
    let call = |method: &str| Verification { method: Some(method.to_owned()), ..Verification::default() };
    match step {
        "hubspotPreConnectionDeletion" => {
            let token = account.credentials.text("refresh_token")?;
            Some((call("DELETE"), format!("/oauth/v1/refresh-tokens/{token}")))
        }
        "intercomPreConnectionDeletion" => Some((call("POST"), "/auth/uninstall".to_owned())),
        "linearPreConnectionDeletion" => Some((call("POST"), "/oauth/revoke".to_owned())),
        "oneloginPreConnectionDeletion" => {
            let token = account.credentials.text("token")?;
            let own = "client_id:${credentials.client_id}, client_secret:${credentials.client_secret}";
            let mut call = call("POST");
            call.headers.insert("authorization".to_owned(), own.to_owned());
            call.data = Some(json!({ "access_token": token }));
            Some((call, "/auth/oauth2/revoke".to_owned()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credential::{CredentialKind, Credentials};
    use crate::integration::sample::integration_of;
    use bowline_catalog::Catalog;
    use serde_json::Map;

    #[test]
    fn every_farewell_that_a_definition_names_is_known() {
        let catalog = Catalog::builtin();
        for (name, _) in catalog.list_wire(None) {
            let provider = catalog.find(name).unwrap();
            let Some(step) = provider.pre_connection_deletion_hook() else { continue };
            let integration = integration_of(name);
            let fields = json!({"refresh_token": "r", "token": "t"});
            let credentials = Credentials::new(CredentialKind::Oauth2, fields.as_object().cloned().unwrap());
            let config = Map::new();
            let account = Account { integration: &integration, credentials: &credentials, config: &config };
            assert!(farewell_of(step, &account).is_some(), "{name}: {step}");
        }
    }
}
