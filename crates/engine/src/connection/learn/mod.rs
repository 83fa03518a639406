//! What a new connection must know about its account before its first call: the id of a site, a data centre, a
//! company (spec `providers.md` §7.2). Asked at the provider right after the account was authorized; what cannot be
//! learned is logged and left out, because the account is connected all the same.

mod special;
mod table;

use std::time::Duration;

use bowline_domain::provider::Verification;
use ring::digest::{SHA256, digest};
use serde_json::{Map, Value};
use tokio::time::timeout;

use super::probe::Account;
use crate::Engine;
use crate::auth::jwt::claims_of;
use crate::template::lookup;
use table::{Fact, How, Recipe, Source};

/// A provider that is slower than this is not waited for; the user is.
const LEARN_MAX: Duration = Duration::from_secs(10);

impl Engine {
    /// A new connection's config, with what can be learned about its account.
    pub(crate) async fn learned_config(&self, account: &Account<'_>) -> Map<String, Value> {
        let mut config = account.config.clone();
        for (name, value) in self.learn(account).await {
            match value {
                Value::Null => drop(config.remove(&name)),
                value => drop(config.insert(name, value)),
            }
        }
        config
    }

    /// Changes of the connection config; `null` takes a setting away.
    async fn learn(&self, account: &Account<'_>) -> Map<String, Value> {
        let provider = &account.integration.provider;
        let Some(recipe) = provider.post_connection_hook().and_then(table::find) else { return Map::new() };
        match timeout(LEARN_MAX, self.follow(recipe, account)).await {
            Ok(Ok(learned)) => learned,
            Ok(Err(reason)) => {
                tracing::warn!(
                    provider = provider.name,
                    reason,
                    "nothing was learned about a new connection"
                );
                Map::new()
            }
            Err(_) => {
                tracing::warn!(provider = provider.name, "learning about a new connection took too long");
                Map::new()
            }
        }
    }

    async fn follow(&self, recipe: &Recipe, account: &Account<'_>) -> Result<Map<String, Value>, String> {
        let answer = match &recipe.source {
            Source::Call { method, base, path, body } => {
                let call = call(method, *base, *body);
                self.ask(account, &call, path).await?
            }
            Source::Token => claims(account).ok_or("the access token is no JWT")?,
            Source::TokenAnswer => account.credentials.expose().get("raw").cloned().unwrap_or_default(),
            Source::Credentials => Value::Object(account.credentials.expose().clone()),
            Source::Permission { path, authorization } => {
                let mut call = call("GET", None, None);
                call.headers.insert("authorization".to_owned(), (*authorization).to_owned());
                let status = self.call_as_account(account, &call, path).await?.status;
                match status.is_success() || status.is_client_error() {
                    true => status.is_success().into(),
                    false => return Err(format!("{path} answered with status {}", status.as_u16())),
                }
            }
            Source::GithubUser => {
                let user = account.config.get("userCredentials").and_then(|user| user.get("access_token"));
                let token = user.and_then(Value::as_str).ok_or("there is no token of a user")?;
                let mut call = call("GET", Some("https://api.github.com"), None);
                call.headers.insert("authorization".to_owned(), format!("Bearer {token}"));
                self.ask(account, &call, "/user").await?
            }
            Source::Atlassian => return special::atlassian(self, account).await,
        };
        match recipe.facts {
            Fact::Paths(facts) => Ok(facts
                .iter()
                .filter_map(|(setting, path, how)| {
                    Some(((*setting).to_owned(), how.read(at(&answer, path)?, account, setting)?))
                })
                .collect()),
            Fact::Special(read) => Ok(read(&answer, account)),
        }
    }

    /// The JSON of a 2xx answer.
    async fn ask(&self, account: &Account<'_>, call: &Verification, path: &str) -> Result<Value, String> {
        let answer = self.call_as_account(account, call, path).await?;
        if !answer.status.is_success() {
            return Err(format!("{path} answered with status {}", answer.status.as_u16()));
        }
        // An answer without content says that it worked.
        Ok(serde_json::from_slice(&answer.body).unwrap_or_default())
    }
}

fn call(method: &str, base: Option<&str>, body: Option<&str>) -> Verification {
    Verification {
        method: Some(method.to_owned()),
        base_url_override: base.map(str::to_owned),
        data: body.and_then(|body| serde_json::from_str(body).ok()),
        ..Verification::default()
    }
}

/// A value by its path; lists are passed by number.
fn at<'v>(answer: &'v Value, path: &str) -> Option<&'v Value> {
    path.split('.').try_fold(answer, |value, part| match value {
        Value::Array(items) => items.get(part.parse::<usize>().ok()?),
        Value::Object(object) => lookup(object, part),
        _ => None,
    })
}

/// What the access token says of itself, where it is a JWT. It is not verified: it is the provider's to read, and
/// what it says goes into this connection's own settings.
fn claims(account: &Account<'_>) -> Option<Value> {
    let token = account.credentials.text("access_token").or(account.credentials.text("token"))?;
    claims_of(token).map(Value::Object)
}

impl How {
    /// The setting's value; `None` keeps what is there.
    fn read(self, value: &Value, account: &Account<'_>, setting: &str) -> Option<Value> {
        let is_set = account.config.get(setting).and_then(Value::as_str).is_some_and(|text| !text.is_empty());
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => return None,
        };
        match self {
            Self::Text => Some(text.into()),
            Self::TextIfUnset => (!is_set).then(|| text.into()),
            Self::LastSegment => text.rsplit('/').next().filter(|last| !last.is_empty()).map(Value::from),
            Self::AfterIfUnset(marker) => {
                text.split_once(marker).filter(|_| !is_set).map(|(_, rest)| rest.trim_end_matches('/').into())
            }
            Self::EmailHash => Some(email_hash(&text).into()),
        }
    }
}

/// So that an address can be matched and not be read.
fn email_hash(address: &str) -> String {
    let text = format!("nango.emailAddressHash.v1:{}", address.trim().to_lowercase());
    hex::encode(digest(&SHA256, text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use bowline_catalog::Catalog;
    use serde_json::json;

    /// Steps of definitions that are not taken here: the bot's token comes with the user's, Salesforce's step only logs,
    /// and Sentry's answers the provider's webhook.
    const LEFT_OUT: &[&str] =
        &["microsoftTeamsBotPostConnection", "salesforcePostConnection", "sentryOauthPostConnection"];

    #[test]
    fn a_path_goes_through_objects_and_lists() {
        let answer = json!({"data": [{"id": 7}], "a.b": "flat"});
        assert_eq!(at(&answer, "data.0.id"), Some(&json!(7)));
        assert_eq!(at(&json!([{"id": "x"}]), "0.id"), Some(&json!("x")));
        assert_eq!(at(&answer, "data.1.id"), None);
    }

    #[test]
    fn an_address_is_hashed_in_its_plain_form() {
        assert_eq!(email_hash(" Ada@Example.com "), email_hash("ada@example.com"));
        assert_eq!(email_hash("a").len(), 64);
    }

    #[test]
    fn every_step_that_a_definition_names_is_known_or_named_as_left_out() {
        let catalog = Catalog::builtin();
        for (name, _) in catalog.list_wire(None) {
            let provider = catalog.find(name).unwrap();
            let Some(hook) = provider.post_connection_hook() else { continue };
            assert!(table::find(hook).is_some() || LEFT_OUT.contains(&hook), "{name}: {hook}");
        }
    }
}
