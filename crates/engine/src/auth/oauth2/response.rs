//! Makes credentials of a token endpoint's answer (RFC 6749 §5.1). Pure.

use bowline_domain::Timestamp;
use bowline_domain::provider::Provider;
use serde_json::{Map, Value};

use super::dialect::Answered;
use crate::auth::token_response;
use crate::credential::refresh::{Refreshed, TokenError};
use crate::credential::{CredentialKind, Credentials};

/// What the credentials before this answer had and the answer may leave out.
#[derive(Clone, Copy, Default)]
pub struct Kept<'a> {
    /// A provider that does not rotate leaves the refresh token out; the old one stays good.
    pub refresh_token: Option<&'a str>,
    /// The connection's own client.
    pub config_override: Option<&'a Value>,
}

impl<'a> Kept<'a> {
    /// All that a refresh keeps.
    pub fn of(credentials: &'a Credentials) -> Self {
        Self {
            refresh_token: credentials.text("refresh_token"),
            config_override: credentials.expose().get("config_override"),
        }
    }
}

/// Reads an answer into credentials and additions to the connection config.
pub fn read(
    provider: &Provider,
    answered: Answered,
    kept: Kept<'_>,
    now: Timestamp,
) -> Result<Refreshed, TokenError> {
    let Answered { raw, holder, config_changes: more } = answered;
    let text = |name: &str| holder.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let access_token = text("access_token")
        .ok_or_else(|| TokenError::Unreadable("the answer has no access_token".to_owned()))?;
    let in_milliseconds = provider.expires_in_unit.as_deref() == Some("milliseconds");
    let mut fields = Map::new();
    fields.insert("access_token".to_owned(), access_token.into());
    if let Some(token) = text("refresh_token").or(kept.refresh_token) {
        fields.insert("refresh_token".to_owned(), token.into());
    }
    if let Some(at) = token_response::expires_at(&holder, in_milliseconds, now) {
        fields.insert("expires_at".to_owned(), at.iso_millis_z().into());
    }
    if let Some(kept) = kept.config_override {
        fields.insert("config_override".to_owned(), kept.clone());
    }
    let mut config_changes = token_response::metadata(&raw, &provider.token_response_metadata);
    config_changes.extend(more);
    fields.insert("raw".to_owned(), raw.into());
    Ok(Refreshed { credentials: Credentials::new(CredentialKind::Oauth2, fields), config_changes })
}

/// The object with the token's fields: the answer itself, or what its alternate path leads to.
pub fn token_holder(answer: &Map<String, Value>, alternate_path: Option<&str>) -> Map<String, Value> {
    let has_token = answer.get("access_token").and_then(Value::as_str).is_some_and(|token| !token.is_empty());
    let alternate =
        alternate_path.filter(|_| !has_token).and_then(|path| token_response::at_path(answer, path));
    match alternate {
        None => answer.clone(),
        Some(Value::Object(inner)) => inner.clone(),
        // The token alone; what else is known of it stands beside.
        Some(token) => {
            let mut holder = answer.clone();
            holder.insert("access_token".to_owned(), token.clone());
            holder
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::dialect::Answer;
    use super::*;

    fn read_as(definition: Value, answer: Value, kept: Kept<'_>) -> Result<Refreshed, TokenError> {
        let mut wire = json!({"display_name": "Example", "auth_mode": "OAUTH2"});
        wire.as_object_mut().unwrap().extend(definition.as_object().unwrap().clone());
        let provider = Provider::from_wire("example", wire.as_object().unwrap()).unwrap();
        let Value::Object(answer) = answer else { panic!("an object was expected") };
        let path = provider.alternate_access_token_response_path.as_deref();
        let answered = Answer::STANDARD.read(answer, path, None, &[])?;
        read(&provider, answered, kept, Timestamp::from_seconds(1_700_000_000))
    }

    #[test]
    fn a_standard_answer_becomes_credentials_with_the_whole_answer_as_raw() {
        let answer =
            json!({"access_token": "at", "refresh_token": "rt", "expires_in": 60, "team": {"id": "T1"}});
        let definition = json!({"token_response_metadata": ["team.id"]});
        let read = read_as(definition, answer.clone(), Kept::default()).unwrap();
        let expected = json!({
            "type": "OAUTH2", "access_token": "at", "refresh_token": "rt",
            "expires_at": "2023-11-14T22:14:20.000Z", "raw": answer,
        });
        assert_eq!(Value::from(read.credentials.into_exposed()), expected);
        assert_eq!(Value::from(read.config_changes), json!({"team.id": "T1"}));
    }

    #[test]
    fn the_alternate_path_leads_to_an_object_or_to_the_token_itself() {
        for (path, answer) in [
            ("data", json!({"data": {"access_token": "at", "refresh_token": "rt"}})),
            ("data.token", json!({"data": {"token": "at"}, "refresh_token": "rt"})),
        ] {
            let definition = json!({"alternate_access_token_response_path": path});
            let read = read_as(definition, answer, Kept::default()).unwrap();
            assert_eq!(read.credentials.text("access_token"), Some("at"), "{path}");
            assert_eq!(read.credentials.text("refresh_token"), Some("rt"), "{path}");
        }
    }

    #[test]
    fn what_a_refresh_leaves_out_is_kept() {
        let client = json!({"client_id": "own"});
        let kept = Kept { refresh_token: Some("old"), config_override: Some(&client) };
        let read = read_as(json!({}), json!({"access_token": "at", "refresh_token": ""}), kept).unwrap();
        assert_eq!(read.credentials.text("refresh_token"), Some("old"));
        assert_eq!(read.credentials.override_text("client_id"), Some("own"));
    }

    #[test]
    fn an_answer_without_a_token_is_not_readable() {
        for answer in [json!({}), json!({"access_token": ""}), json!({"access_token": 5})] {
            let error = read_as(json!({}), answer, Kept::default()).unwrap_err();
            assert!(matches!(error, TokenError::Unreadable(_)), "{error}");
        }
    }
}
