//! JWT: tokens signed here with a key of the user's (spec `auth.md` §9.5), and the statements that other modes send
//! to token endpoints (§9.6).

use std::time::Duration;

use bowline_domain::Timestamp;
use bowline_domain::provider::{Assertion, Provider, Seconds};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::TokenCreation;
use super::jwt::{Algorithm, SignError, SigningKey};
use super::saml;
use crate::credential::refresh::{Refreshed, TokenError, TokenRefresh};
use crate::credential::{CredentialKind, Credentials};
use crate::template::{Form, RenderContext, Scope, json, render};

/// An assertion's life where the definition names none.
const ASSERTION_LIVES: Duration = Duration::from_secs(3_600);

/// A SAML assertion's life where the definition names none.
const SAML_ASSERTION_LIVES: Duration = Duration::from_secs(300);

/// Signs the first token.
pub fn create(creation: &TokenCreation<'_>) -> Result<Refreshed, TokenError> {
    signed(creation.provider, creation.input, creation.config, creation.now)
}

/// Signs a new token with the stored fields.
pub fn refresh(request: &TokenRefresh<'_>) -> Result<Refreshed, TokenError> {
    let stored = request.credentials.expose().iter();
    let fields = stored.filter(|(name, _)| !matches!(name.as_str(), "type" | "token" | "expires_at"));
    let fields = fields.map(|(name, value)| (name.clone(), value.clone())).collect();
    signed(request.provider, &fields, request.config, request.now)
}

fn signed(
    provider: &Provider,
    fields: &Map<String, Value>,
    config: &Map<String, Value>,
    now: Timestamp,
) -> Result<Refreshed, TokenError> {
    let (token, expires_at) = token(provider, fields, config, now)?;
    let mut stored = fields.clone();
    stored.insert("token".to_owned(), token.into());
    stored.insert("expires_at".to_owned(), expires_at.iso_millis_z().into());
    let credentials = Credentials::new(CredentialKind::Jwt, stored);
    Ok(Refreshed { credentials, config_changes: Map::new() })
}

/// The token a definition describes, and when it ends.
pub fn token(
    provider: &Provider,
    fields: &Map<String, Value>,
    config: &Map<String, Value>,
    now: Timestamp,
) -> Result<(String, Timestamp), TokenError> {
    let (Some(token), Some(signature)) = (&provider.token, &provider.signature) else {
        return Err(unbuildable(format!("provider \"{}\" describes no token to sign", provider.name)));
    };
    let fields = &with_split_key(provider, fields);
    let lives = Duration::from_millis(token.expires_in_ms.unwrap_or_default());
    let statement = Statement { fields, option: None, config, now };
    let header = statement.object(&token.header);
    let secret = statement.text(token.signing_key.as_deref().unwrap_or_default())?;
    let key = match signature.protocol.as_str() {
        "HMAC" => SigningKey::from_secret(&hmac_secret(&secret, signature.hmac_secret_encoding.as_deref())?),
        _ => key_pair(&secret, &header)?,
    };
    let claims = statement.claims(&token.payload, lives);
    let text = key.sign_under(&header, &claims).map_err(|error| unbuildable(error.to_string()))?;
    Ok((text, now.plus(lives)))
}

/// A signed statement for the token endpoint, and when it ends.
pub fn assertion(
    assertion: &Assertion,
    fields: &Map<String, Value>,
    option: &Map<String, Value>,
    config: &Map<String, Value>,
    now: Timestamp,
) -> Result<(String, Timestamp), TokenError> {
    let lives = assertion.lifetime_in_seconds.as_ref().and_then(Seconds::get).map(Duration::from_secs);
    let statement = Statement { fields, option: Some(option), config, now };
    let failed = |error: SignError| unbuildable(error.to_string());
    let unusable = |error: SignError| TokenError::Unbuildable {
        code: "invalid_certificate_or_key_format",
        message: error.to_string(),
    };
    match assertion.kind.as_str() {
        "jwt" => {
            let lives = lives.unwrap_or(ASSERTION_LIVES);
            let header = statement.object(&assertion.header);
            let key = key_pair(&statement.text(&assertion.key)?, &header)?;
            let claims = statement.claims(&assertion.payload, lives);
            Ok((key.sign_under(&header, &claims).map_err(failed)?, now.plus(lives)))
        }
        "saml" => {
            let key = SigningKey::from_pem(&statement.text(&assertion.key)?).map_err(unusable)?;
            let ends = now.plus(lives.unwrap_or(SAML_ASSERTION_LIVES));
            Ok((statement.saml(assertion, ends)?.sign(&key).map_err(failed)?, ends))
        }
        kind => {
            let message = format!("there are no assertions of the kind \"{kind}\"");
            Err(TokenError::Unbuildable { code: "unsupported_auth", message })
        }
    }
}

/// Where the values of a token come from.
struct Statement<'a> {
    fields: &'a Map<String, Value>,
    option: Option<&'a Map<String, Value>>,
    config: &'a Map<String, Value>,
    now: Timestamp,
}

impl Statement<'_> {
    fn with_scope<T>(&self, read: impl FnOnce(&Scope<'_>) -> T) -> T {
        let context = RenderContext { now: self.now, random: Uuid::new_v4() };
        let scope = Scope::new(&context)
            .under("credentials", self.fields)
            .under("connectionConfig", self.config)
            .top(self.fields);
        match self.option {
            Some(option) => read(&scope.under("assertionOption", option)),
            None => read(&scope),
        }
    }

    /// Values that stay open are left out.
    fn object(&self, templates: &Map<String, Value>) -> Map<String, Value> {
        self.with_scope(|scope| {
            json::interpolate_object(templates, Form::Object, scope, json::Unresolved::Drop)
        })
    }

    fn text(&self, template: &str) -> Result<String, TokenError> {
        let rendered = self.with_scope(|scope| render(template, Form::Object, scope));
        if rendered.is_resolved && !rendered.text.is_empty() {
            return Ok(rendered.text);
        }
        Err(unbuildable("the key to sign with is missing".to_owned()))
    }

    fn saml(&self, definition: &Assertion, ends: Timestamp) -> Result<saml::Statement, TokenError> {
        let fill = |template: &str| self.with_scope(|scope| render(template, Form::Object, scope));
        let filled = |part: &str, template: &Option<String>| {
            let rendered = fill(template.as_deref().unwrap_or_default());
            let is_filled = rendered.is_resolved && !rendered.text.is_empty();
            is_filled
                .then_some(rendered.text)
                .ok_or_else(|| unbuildable(format!("the {part} of the statement is missing")))
        };
        let optional = |template: &Option<String>| template.as_deref().map(|template| fill(template).text);
        let plain = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let attributes = self.object(&definition.attributes);
        Ok(saml::Statement {
            id: format!("_{}", Uuid::new_v4().simple()),
            issuer: filled("issuer", &definition.issuer)?,
            name: filled("subject", &definition.name_identifier)?,
            name_format: optional(&definition.name_identifier_format),
            recipient: filled("recipient", &definition.recipient)?,
            audiences: definition.audiences.as_slice().iter().map(|audience| fill(audience).text).collect(),
            session_index: optional(&definition.session_index),
            attributes: attributes.iter().map(|(name, value)| (name.clone(), plain(value))).collect(),
            now: self.now,
            ends,
        })
    }

    fn claims(&self, templates: &Map<String, Value>, lives: Duration) -> Value {
        let mut claims = self.object(templates);
        // A list may be given as one text with commas.
        for value in claims.values_mut() {
            if let Value::Array(items) = value {
                let texts = items.iter().filter_map(Value::as_str).flat_map(|text| text.split(','));
                *value = texts.map(str::trim).filter(|text| !text.is_empty()).collect();
            }
        }
        claims.insert("iat".to_owned(), self.now.as_seconds().into());
        claims.insert("exp".to_owned(), self.now.plus(lives).as_seconds().into());
        Value::Object(claims)
    }
}

/// Ghost shows its key as one text, `id:secret`.
fn with_split_key(provider: &Provider, fields: &Map<String, Value>) -> Map<String, Value> {
    let mut fields = fields.clone();
    let is_ghost = provider.name == "ghost-admin" || provider.alias.as_deref() == Some("ghost-admin");
    let key = fields.get("privateKey").and_then(Value::as_str).filter(|_| is_ghost);
    if let Some((id, secret)) = key.and_then(|key| key.split_once(':')) {
        let split = serde_json::json!({"id": id, "secret": secret});
        fields.insert("privateKey".to_owned(), split);
    }
    fields
}

fn hmac_secret(secret: &str, encoding: Option<&str>) -> Result<Vec<u8>, TokenError> {
    if encoding == Some("utf8") {
        return Ok(secret.as_bytes().to_vec());
    }
    hex::decode(secret.trim()).map_err(|_| unbuildable(SignError::BadSecret.to_string()))
}

fn key_pair(pem: &str, header: &Map<String, Value>) -> Result<SigningKey, TokenError> {
    let name = header.get("alg").and_then(Value::as_str).unwrap_or("RS256");
    Algorithm::from_name(name).and_then(|algorithm| SigningKey::from_pem_for(pem, algorithm)).map_err(
        |error| TokenError::Unbuildable {
            code: "invalid_certificate_or_key_format",
            message: error.to_string(),
        },
    )
}

fn unbuildable(message: String) -> TokenError {
    TokenError::Unbuildable { code: "invalid_credentials", message }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use bowline_catalog::Catalog;
    use serde_json::json;

    const KEY: &str = include_str!("../../tests/data/rsa-2048.pem");
    const NOW: Timestamp = Timestamp::from_seconds(1_700_000_000);

    fn parts(token: &str) -> (Value, Value) {
        let part = |at: usize| {
            let bytes = URL_SAFE_NO_PAD.decode(token.split('.').nth(at).unwrap()).unwrap();
            serde_json::from_slice(&bytes).unwrap()
        };
        (part(0), part(1))
    }

    fn sign(provider: &str, fields: Value, config: Value) -> Result<(String, Timestamp), TokenError> {
        let provider = Catalog::builtin().find(provider).unwrap();
        token(&provider, fields.as_object().unwrap(), config.as_object().unwrap(), NOW)
    }

    #[test]
    fn a_ghost_key_is_split_into_its_id_and_its_secret() {
        let (token, expires_at) = sign("ghost-admin", json!({"privateKey": "kid1:00ff"}), json!({})).unwrap();
        let (header, claims) = parts(&token);
        assert_eq!(header, json!({"alg": "HS256", "kid": "kid1"}));
        assert_eq!(claims, json!({"aud": "/admin/", "iat": 1_700_000_000, "exp": 1_700_000_300}));
        assert_eq!(expires_at, Timestamp::from_seconds(1_700_000_300));
    }

    #[test]
    fn claims_are_rendered_from_fields_and_settings_and_open_ones_left_out() {
        let fields = json!({"privateKey": KEY, "accountIdentifier": "ACC", "userName": "U"});
        let (header, claims) = parts(&sign("snowflake-jwt", fields, json!({})).unwrap().0);
        assert_eq!(header["alg"], "RS256");
        assert_eq!(claims["sub"], "ACC.U");
        assert!(claims["iss"].as_str().unwrap().starts_with("ACC.U.SHA256:"), "{claims}");
    }

    #[test]
    fn a_key_that_is_none_or_missing_is_named_and_never_repeated() {
        for (fields, code) in [
            (json!({"privateKey": "hunter2"}), "invalid_certificate_or_key_format"),
            (json!({}), "invalid_credentials"),
        ] {
            let error = sign("snowflake-jwt", fields, json!({})).unwrap_err();
            assert_eq!(error.code(), code);
            assert!(!error.to_string().contains("hunter2"));
        }
        let error = sign("ghost-admin", json!({"privateKey": "id:not hex"}), json!({})).unwrap_err();
        assert!(!error.to_string().contains("not hex"));
    }

    #[test]
    fn an_assertion_takes_its_key_from_what_is_used_once() {
        let provider = Catalog::builtin().find("netsuite-client-credentials").unwrap();
        let fields = json!({"clientId": "c", "certificateId": "kid"});
        let option = json!({"privateKey": KEY});
        let config = json!({"accountId": "1"});
        let (fields, config) = (fields.as_object().unwrap(), config.as_object().unwrap());
        let definition = provider.assertion.as_ref().unwrap();
        let made = assertion(definition, fields, option.as_object().unwrap(), config, NOW).unwrap();
        let (header, claims) = parts(&made.0);
        assert_eq!((&header["kid"], &claims["iss"]), (&json!("kid"), &json!("c")));
        assert_eq!(claims["exp"], 1_700_003_600);
        assert!(assertion(definition, fields, &Map::new(), config, NOW).is_err());
    }
}
