//! What comes after a token call, where one call is not enough.

use serde_json::{Map, Value};
use url::Url;

use super::answer::Answered;
use super::signing::{CALLBACK_HOST, host};
use super::{bullhorn, meta, microsoft, slack};
use crate::auth::oauth2::grant::{Grant, Prepared};
use crate::auth::token_call::{BodyFormat, TokenCall};
use crate::credential::Credentials;
use crate::credential::refresh::TokenError;
use crate::outbound::Outbound;

/// What comes after a token call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FollowUp {
    /// Nothing.
    None,
    /// After an exchange: a short-lived token becomes a long-lived one.
    LongLived(&'static meta::LongLived),
    /// A login to the REST service.
    BullhornLogin,
    /// The user's token beside the bot's.
    SlackUser,
    /// After a refresh: the token of the Bot Framework.
    TeamsBot,
    /// After a refresh: the token of SharePoint.
    Sharepoint,
    /// After an exchange: the callback's host is kept for later assertions.
    KeepCallbackHost,
}

impl FollowUp {
    /// After a code exchange.
    pub async fn after_exchange(
        self,
        outbound: &Outbound,
        grant: &Grant<'_>,
        mut answered: Answered,
    ) -> Result<Answered, TokenError> {
        match self {
            Self::LongLived(kind) => Ok(meta::long_lived(outbound, grant, kind, answered).await),
            Self::BullhornLogin => bullhorn::login(outbound, grant, answered).await,
            Self::SlackUser => Ok(slack::soonest(answered)),
            Self::KeepCallbackHost => {
                if let Some(host) = grant.redirect_uri.and_then(host) {
                    answered.config_changes.insert(CALLBACK_HOST.to_owned(), host.into());
                }
                Ok(answered)
            }
            Self::TeamsBot => Ok(microsoft::first_bot_token(outbound, grant, answered).await),
            Self::Sharepoint => Ok(microsoft::first_sharepoint_token(outbound, grant, answered).await),
            Self::None => Ok(answered),
        }
    }

    /// After a refresh of these credentials.
    pub async fn after_refresh(
        self,
        outbound: &Outbound,
        grant: &Grant<'_>,
        credentials: &Credentials,
        answered: Answered,
    ) -> Result<Answered, TokenError> {
        match self {
            Self::BullhornLogin => bullhorn::login(outbound, grant, answered).await,
            Self::SlackUser => Ok(slack::with_user(outbound, grant, credentials, answered).await),
            Self::TeamsBot => Ok(microsoft::with_bot_token(outbound, grant, answered).await),
            Self::Sharepoint => Ok(microsoft::with_sharepoint_token(outbound, grant, answered).await),
            Self::None | Self::LongLived(_) | Self::KeepCallbackHost => Ok(answered),
        }
    }
}

/// A further call with nothing but parameters. `secrets` are those it carries beside the grant's.
pub fn further_call(
    grant: &Grant<'_>,
    url: Url,
    format: BodyFormat,
    params: &[(&str, &str)],
    secrets: &[&str],
) -> Prepared {
    let params: Map<String, Value> =
        params.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect();
    let secrets = grant.secrets().into_iter().chain(secrets.iter().map(|secret| (*secret).to_owned()));
    let secrets = secrets.collect();
    Prepared {
        call: TokenCall { url, params, format, authorization: None, identity: None, secrets },
        method: http::Method::POST,
        headers: http::HeaderMap::new(),
    }
}
