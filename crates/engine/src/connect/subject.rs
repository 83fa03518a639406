//! Which account at the provider an authorization is for, so that authorizing a connection again cannot quietly put
//! another account in its place (checklist A5).

use serde_json::Value;

use super::{Attempt, ConnectError};
use crate::Engine;
use crate::auth::jwt::claims_of;
use crate::credential::Credentials;

/// Where token endpoints name the account, the user's own name first. Paths into the endpoint's answer.
const NAMES: [&str; 14] = [
    "authed_user.id",
    "owner.user.id",
    "user.id",
    "user_id",
    "userid",
    "athlete.id",
    "open_id",
    "openid",
    "account_id",
    "account.id",
    "stripe_user_id",
    "merchant_id",
    "encoded_user_id",
    "x_user_id",
];

/// The account of a token endpoint's answer, with the name it is known under.
#[derive(Debug, PartialEq, Eq)]
struct Subject {
    name: &'static str,
    value: String,
}

impl Subject {
    fn of(credentials: &Credentials) -> Option<Self> {
        let raw = credentials.expose().get("raw")?;
        let signed_in = raw.get("id_token").and_then(Value::as_str).and_then(subject_of_id_token);
        signed_in.map(|value| Self { name: "id_token", value }).or_else(|| {
            NAMES.into_iter().find_map(|name| {
                let found = name.split('.').try_fold(raw, |at, part| at.get(part))?;
                Some(Self { name, value: text_of(found)? })
            })
        })
    }

    /// Two answers that do not name the account in the same way say nothing about each other.
    fn is_other_than(&self, held: &Self) -> bool {
        self.name == held.name && self.value != held.value
    }
}

/// Issuer and subject (OpenID Connect Core §2). The token came from the token endpoint itself, over TLS, which is as good
/// as its signature (§3.1.3.7, item 6); nothing but this comparison relies on it.
fn subject_of_id_token(token: &str) -> Option<String> {
    let claims = claims_of(token)?;
    let claim = |name: &str| claims.get(name).and_then(Value::as_str);
    Some(format!("{} {}", claim("iss").unwrap_or_default(), claim("sub")?))
}

fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

impl Engine {
    /// Refuses another account than the one a connection is of, where both answers name it.
    pub(super) async fn check_same_account(
        &self,
        attempt: &Attempt,
        credentials: &Credentials,
    ) -> Result<(), ConnectError> {
        if !attempt.is_reconnecting || attempt.may_change_account {
            return Ok(());
        }
        let Some(now) = Subject::of(credentials) else { return Ok(()) };
        let (environment, integration) = (&attempt.environment, &attempt.integration.integration.key);
        let found = self.storage.find_connection(environment.id, integration, &attempt.key).await?;
        let connection = found.ok_or(ConnectError::ConnectionGone)?;
        let held = self.open_connection(environment, connection)?;
        match Subject::of(&held.credentials) {
            Some(held) if now.is_other_than(&held) => Err(ConnectError::OtherAccount),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credential::CredentialKind;
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use serde_json::{Map, json};

    fn subject(raw: Value) -> Option<Subject> {
        let fields = Map::from_iter([("raw".to_owned(), raw)]);
        Subject::of(&Credentials::new(CredentialKind::Oauth2, fields))
    }

    fn id_token(claims: &Value) -> Value {
        json!({"id_token": format!("e30.{}.sig", URL_SAFE_NO_PAD.encode(claims.to_string())), "user_id": 7})
    }

    #[test]
    fn an_account_is_found_under_the_name_its_provider_gives_it() {
        let of = |raw| subject(raw).map(|subject| (subject.name, subject.value));
        assert_eq!(of(json!({"authed_user": {"id": "U1"}})), Some(("authed_user.id", "U1".to_owned())));
        assert_eq!(of(json!({"user_id": 17})), Some(("user_id", "17".to_owned())));
        let token = id_token(&json!({"iss": "https://a", "sub": "s"}));
        assert_eq!(of(token), Some(("id_token", "https://a s".to_owned())));
        for silent in [json!({}), json!({"user_id": ""}), json!({"user_id": {}}), json!("text"), Value::Null]
        {
            assert_eq!(of(silent), None);
        }
        assert_eq!(of(json!({"id_token": "no.token", "user_id": 7})), Some(("user_id", "7".to_owned())));
    }

    #[test]
    fn only_names_of_one_kind_are_compared() {
        let a = subject(json!({"user_id": "1"})).unwrap();
        assert!(subject(json!({"user_id": "2"})).unwrap().is_other_than(&a));
        assert!(!subject(json!({"user_id": "1"})).unwrap().is_other_than(&a));
        assert!(!subject(json!({"account_id": "2"})).unwrap().is_other_than(&a));
        let same_subject = |issuer: &str| subject(id_token(&json!({"iss": issuer, "sub": "s"}))).unwrap();
        assert!(same_subject("https://b").is_other_than(&same_subject("https://a")));
    }
}
