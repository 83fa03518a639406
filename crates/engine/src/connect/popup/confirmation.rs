//! Asks the user before a connection is made for somebody (checklist A5): whoever follows a link that somebody else
//! sent sees whose account theirs would become. The provider's answer is kept until they say yes.

use super::callback::{CallbackQuery, PopupEnd, PopupOutcome};
use super::state::{Authorization, Question, cookie_name};
use crate::Engine;
use crate::connect::ConnectError;
use crate::connect::ticket::random_hex;
use bowline_domain::environment::Environment;

/// A question to the user.
pub struct Confirmation {
    /// What the answer is sent back with; used once.
    pub state: String,
    /// The provider, as users know it.
    pub provider: String,
    /// For whom the account would be connected.
    pub end_user: Option<String>,
}

impl Engine {
    /// Keeps the provider's answer, under another state, until the user agrees.
    pub(super) async fn ask_user(
        &self,
        environment: &Environment,
        mut authorization: Authorization,
        query: &CallbackQuery,
    ) -> Result<PopupOutcome, ConnectError> {
        let found = self.storage.find_integration(environment.id, &authorization.integration_key()).await?;
        let found = found.ok_or(ConnectError::UnknownIntegration)?;
        let provider = self.catalog.find(found.provider.as_str()).ok_or(ConnectError::UnknownProvider)?;
        let state = random_hex()?;
        let confirmation = Confirmation {
            state: state.clone(),
            provider: found.display_name.clone().unwrap_or_else(|| provider.display_name.clone()),
            end_user: authorization.end_user().map(|user| {
                let name = user.email.as_ref().or(user.display_name.as_ref());
                name.unwrap_or(&user.id).clone()
            }),
        };
        let cookie = cookie_name(query.state().unwrap_or_default());
        authorization.question = Some(Question { answer: query.pairs(), cookie });
        self.write_authorization(environment, &state, &authorization).await?;
        Ok(PopupOutcome::Asked(confirmation))
    }

    /// Ends an authorization as the user decided. `cookie` looks one up by its name.
    pub async fn confirm_popup<'c>(
        &self,
        state: &str,
        is_agreed: bool,
        cookie: impl Fn(&str) -> Option<&'c str>,
    ) -> PopupEnd {
        let (environment, mut authorization) = match self.take_authorization(state).await {
            Ok(Some(taken)) => taken,
            Ok(None) => return PopupEnd::unknown(ConnectError::UnknownState),
            Err(error) => return PopupEnd::unknown(error),
        };
        let mut end = PopupEnd::of(&environment, &authorization);
        let Some(Question { answer, cookie: name }) = authorization.question.take() else {
            return PopupEnd::unknown(ConnectError::UnknownState);
        };
        if !authorization.is_browser(cookie(&name)) {
            return end;
        }
        end.result = match is_agreed {
            true => self.conclude(environment, authorization, &CallbackQuery::new(answer)).await,
            false => Err(ConnectError::Declined),
        };
        end
    }
}
