//! Whether credentials need a refresh now. Pure.

use std::time::Duration;

use bowline_domain::Timestamp;
use bowline_domain::connection::Connection;
use bowline_domain::provider::Provider;

use super::{RefreshError, RefreshOptions};
use crate::auth::introspection;
use crate::auth::oauth2::{self, RefreshProof};
use crate::credential::{CredentialKind, Credentials};

/// Whether credentials need a refresh.
#[derive(Debug)]
pub enum Need {
    /// They are good, or nothing can renew them.
    Fresh,
    /// They must be renewed before use.
    Refresh,
    /// They would have to be renewed, but it failed too recently or too often.
    Refused(RefreshError),
}

/// Decides by the stored failure state, the kind of credentials, and their expiry.
pub fn decide(
    connection: &Connection,
    credentials: &Credentials,
    provider: &Provider,
    options: &RefreshOptions,
    forced: bool,
    now: Timestamp,
) -> Need {
    if !credentials.can_refresh() && !needs_no_refresh_token(credentials, provider) {
        return Need::Fresh;
    }
    if forced {
        return Need::Refresh;
    }
    if let Some(error) = refusal(connection, options, now) {
        return Need::Refused(error);
    }
    // A long-lived token that renews itself is renewed only when the caller asks for it.
    let due = oauth2::refresh_proof(provider) != RefreshProof::AccessToken
        && ends_soon(connection.credentials_expire_at, provider, options, now);
    if due { Need::Refresh } else { Need::Fresh }
}

fn ends_soon(end: Option<Timestamp>, provider: &Provider, options: &RefreshOptions, now: Timestamp) -> bool {
    match end {
        Some(at) => at <= now.plus(margin(provider, options)),
        // It was imported without its end, which only a new token tells.
        None => introspection::is_needed(provider),
    }
}

/// A refusal stands even while the token itself would still be good: the connection needs its user.
fn refusal(connection: &Connection, options: &RefreshOptions, now: Timestamp) -> Option<RefreshError> {
    let state = &connection.refresh;
    if state.exhausted {
        return Some(RefreshError::Exhausted);
    }
    let elapsed = now.since(state.last_failure_at?);
    (elapsed < options.backoff).then(|| RefreshError::Backoff { retry_after: options.backoff - elapsed })
}

fn needs_no_refresh_token(credentials: &Credentials, provider: &Provider) -> bool {
    credentials.kind() == CredentialKind::Oauth2
        && oauth2::refresh_proof(provider) != RefreshProof::RefreshToken
}

/// When a refresh will be due: what the credentials say, their expiry where the client alone renews them, never
/// where only the caller may ask.
pub fn due_at(credentials: &Credentials, provider: &Provider) -> Option<Timestamp> {
    if credentials.kind() != CredentialKind::Oauth2 {
        return credentials.refresh_due_at();
    }
    match oauth2::refresh_proof(provider) {
        RefreshProof::RefreshToken => credentials.refresh_due_at(),
        RefreshProof::AccessToken => None,
        RefreshProof::Client => credentials.expires_at(),
    }
}

/// How long before their expiry credentials of this provider are renewed.
pub fn margin(provider: &Provider, options: &RefreshOptions) -> Duration {
    provider.token_expiration_buffer.map_or(options.margin, Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::catalog::Catalog;

    fn token(more: &serde_json::Value) -> Credentials {
        let mut fields = json!({"access_token": "a", "expires_at": "2024-03-08T09:43:03.000Z"});
        let object = fields.as_object_mut().unwrap();
        object.extend(more.as_object().unwrap().clone());
        Credentials::new(CredentialKind::Oauth2, object.clone())
    }

    #[test]
    fn only_a_client_that_renews_alone_makes_a_bare_token_due() {
        for (name, can_refresh, is_due) in [
            ("microsoft-admin", true, true),
            ("shopline-oauth", true, true),
            ("instagram", true, false),
            ("meta-marketing-api", true, false),
            ("github", false, false),
        ] {
            let provider = Catalog::builtin().find(name).unwrap();
            let bare = token(&json!({}));
            assert_eq!(needs_no_refresh_token(&bare, &provider), can_refresh, "{name}");
            assert_eq!(due_at(&bare, &provider).is_some(), is_due, "{name}");
        }
    }

    #[test]
    fn a_refresh_token_makes_a_token_due_where_it_is_of_use() {
        let rotating = token(&json!({"refresh_token": "r"}));
        for (name, expected) in [("github", true), ("slack", true), ("instagram", false)] {
            let provider = Catalog::builtin().find(name).unwrap();
            assert_eq!(due_at(&rotating, &provider).is_some(), expected, "{name}");
        }
    }

    #[test]
    fn a_token_without_an_end_is_due_where_only_a_new_one_tells_it() {
        let (options, now) = (RefreshOptions::default(), Timestamp::from_seconds(1_700_000_000));
        let later = Some(now.plus(2 * options.margin));
        for (name, end, expected) in [
            ("salesforce", None, true),
            ("salesforce-jwt", None, true),
            ("salesforce", later, false),
            ("salesforce", Some(now.plus(options.margin)), true),
            ("github", None, false),
        ] {
            let provider = Catalog::builtin().find(name).unwrap();
            assert_eq!(ends_soon(end, &provider, &options, now), expected, "{name}");
        }
    }

    #[test]
    fn other_kinds_of_credentials_are_not_touched_by_the_providers_tokens() {
        let provider = Catalog::builtin().find("microsoft-admin").unwrap();
        let key = Credentials::new(CredentialKind::ApiKey, serde_json::Map::new());
        assert!(!needs_no_refresh_token(&key, &provider));
        assert_eq!(due_at(&key, &provider), None);
    }
}
