//! Tries credentials at the provider before they are stored.

use std::sync::Arc;

use serde_json::{Map, Value};
use thiserror::Error;

use super::probe::Account;
use super::trial::Trial;
use crate::Engine;
use crate::credential::{CredentialKind, Credentials};
use crate::integration::OpenIntegration;

/// No verification request was answered with 2xx; the text says why not, and holds no secrets.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the provider did not accept the credentials: {0}")]
pub struct TestFailed(pub String);

impl Engine {
    /// Sends the provider's verification requests in order until one is answered with 2xx. Credentials of
    /// kinds that prove themselves (a token was just fetched), and providers that name no request, pass.
    pub(crate) async fn verify_credentials(
        &self,
        integration: &OpenIntegration,
        credentials: &Credentials,
        config: &Map<String, Value>,
    ) -> Result<(), TestFailed> {
        let is_tested = matches!(
            credentials.kind(),
            CredentialKind::ApiKey
                | CredentialKind::Basic
                | CredentialKind::Tba
                | CredentialKind::Jwt
                | CredentialKind::Signature
        );
        if !is_tested {
            return Ok(());
        }
        let account = Account { integration, credentials, config };
        if let Some(trial) = integration.provider.credentials_verification_hook().and_then(Trial::find) {
            return self.undergo(trial, &account).await;
        }
        let verification = integration.provider.proxy.as_ref().and_then(|api| api.verification.as_ref());
        let Some(verification) = verification else { return Ok(()) };
        let mut last = "the provider names no verification request".to_owned();
        for endpoint in &verification.endpoints {
            match self
                .call_as_account(&account, verification, endpoint)
                .await
                .map(|answer| answer.status.as_u16())
            {
                Ok(status) if (200..300).contains(&status) => return Ok(()),
                Ok(status) => last = format!("it answered with status {status}"),
                Err(reason) => last = reason,
            }
        }
        Err(TestFailed(last))
    }

    async fn undergo(&self, trial: &Trial, account: &Account<'_>) -> Result<(), TestFailed> {
        let call = trial.call(account.credentials);
        let mut integration = account.integration.clone();
        (trial.bend)(Arc::make_mut(&mut integration.provider));
        let account = Account { integration: &integration, ..*account };
        let answer = self.call_as_account(&account, &call, trial.path).await.map_err(TestFailed)?;
        let body = String::from_utf8_lossy(&answer.body);
        if (trial.accepts)(answer.status, &body) {
            return Ok(());
        }
        Err(TestFailed(format!("it answered with status {} and a refusal", answer.status.as_u16())))
    }
}
