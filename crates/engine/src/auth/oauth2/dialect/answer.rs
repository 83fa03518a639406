//! How a token answer is read, as data.

use serde_json::{Map, Value};

use crate::auth::oauth2::response::token_holder;
use crate::auth::redact::{scrub, without_secrets};
use crate::auth::token_response::at_path;
use crate::credential::refresh::TokenError;

/// How a provider writes its tokens down.
#[derive(Debug, Clone, Copy)]
pub struct Answer {
    /// A field, and what it says when all went well.
    pub success: Option<(&'static str, &'static str)>,
    /// Where the tokens stand; the definition's place when absent.
    pub holder: Option<&'static str>,
    /// Fields under another name than the standard's: theirs, the standard's.
    pub renamed: &'static [(&'static str, &'static str)],
    /// Seconds a token lives, whatever the answer says.
    pub lifetime_seconds: Option<u32>,
    /// The answer has no token: it prolongs the present one.
    pub keeps_access_token: bool,
}

/// An answer with what was made of it.
pub struct Answered {
    /// The answer as it came.
    pub raw: Map<String, Value>,
    /// Tokens and expiry under the standard's names.
    pub holder: Map<String, Value>,
    /// Additions to the connection config.
    pub config_changes: Map<String, Value>,
}

impl Answer {
    /// The standard's answer.
    pub const STANDARD: Self =
        Self { success: None, holder: None, renamed: &[], lifetime_seconds: None, keeps_access_token: false };

    /// Finds the tokens in an answer.
    pub fn read(
        &self,
        raw: Map<String, Value>,
        alternate_path: Option<&str>,
        access_token: Option<&str>,
        secrets: &[String],
    ) -> Result<Answered, TokenError> {
        self.check(&raw, secrets)?;
        let found = match self.holder.and_then(|path| at_path(&raw, path)) {
            // A list with the one grant there is.
            Some(Value::Array(items)) => items.first(),
            found => found,
        };
        let mut holder = match found {
            Some(Value::Object(holder)) => holder.clone(),
            _ => token_holder(&raw, alternate_path),
        };
        for (theirs, standard) in self.renamed {
            if let Some(value) = holder.get(*theirs).cloned() {
                holder.insert((*standard).to_owned(), value);
            }
        }
        if let Some(token) = access_token.filter(|_| self.keeps_access_token) {
            holder.insert("access_token".to_owned(), token.into());
        }
        if let Some(seconds) = self.lifetime_seconds {
            set_lifetime(&mut holder, seconds);
        }
        Ok(Answered { raw, holder, config_changes: Map::new() })
    }

    /// Some report failures with status 200.
    fn check(&self, raw: &Map<String, Value>, secrets: &[String]) -> Result<(), TokenError> {
        let Some((field, good)) = self.success else { return Ok(()) };
        let found =
            raw.get(field).map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        if found.as_deref() == Some(good) {
            return Ok(());
        }
        let error = raw.get("error").and_then(Value::as_str).map(|error| scrub(error, secrets));
        let answer = scrub(&without_secrets(raw).to_string(), secrets);
        Err(TokenError::Refused { status: 200, answer, oauth_error: error })
    }
}

/// Fixes how long a token lives from now on.
pub fn set_lifetime(holder: &mut Map<String, Value>, seconds: u32) {
    holder.remove("expires_at");
    holder.insert("expires_in".to_owned(), seconds.into());
}
