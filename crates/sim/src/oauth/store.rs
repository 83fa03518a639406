//! Families of tokens: what one approval of a user gave, and everything refreshed from it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

use crate::bounded::BoundedMap;
use crate::config::OauthConfig;
use crate::random::TokenSource;

/// The one user of the simulated provider.
pub(crate) const SUBJECT: &str = "sim-user-1";

const FAMILIES_MAX: usize = 100_000;
const TOKENS_MAX: usize = 200_000;
const CODES_MAX: usize = 10_000;
const CODE_LIFETIME_MS: i64 = 600_000;

/// Freshly issued tokens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// Bearer token for `/api`.
    pub access_token: String,
    /// Absent for `client_credentials`, and for refreshes with `omit_refresh_token`.
    pub refresh_token: Option<String>,
    /// Lifetime of the access token in seconds.
    pub expires_in: u64,
    /// End of the access token in milliseconds since 1970, by the simulator's clock.
    pub expires_at_ms: i64,
    /// Granted scopes, separated by spaces.
    pub scope: String,
}

/// The part of the configuration that decides about issuing, copied so that no lock is held.
#[derive(Clone, Debug)]
pub(crate) struct IssueRules {
    pub(crate) expires_in_seconds: u64,
    rotate: bool,
    omit_refresh_token: bool,
    grace_ms: i64,
    reuse_detection: bool,
    revoke_previous_access: bool,
}

impl IssueRules {
    pub(crate) fn of(config: &OauthConfig) -> Self {
        Self {
            expires_in_seconds: config.expires_in_seconds,
            // A client that is not told the new token would be locked out.
            rotate: config.rotate_refresh_tokens && !config.omit_refresh_token,
            omit_refresh_token: config.omit_refresh_token,
            grace_ms: millis(config.refresh_grace_seconds),
            reuse_detection: config.reuse_detection,
            revoke_previous_access: config.revoke_previous_access,
        }
    }
}

fn millis(seconds: u64) -> i64 {
    i64::try_from(seconds).unwrap_or(i64::MAX).saturating_mul(1_000)
}

struct Family {
    client_id: String,
    scope: String,
    revoked: bool,
    /// `None` when the family has no refresh token.
    current_refresh: Option<String>,
    /// Superseded by the last rotation; works within grace.
    previous_refresh: Option<(String, i64)>,
    current_access: String,
}

struct AccessToken {
    family: u64,
    expires_at_ms: i64,
    revoked: bool,
}

/// An approved authorization, waiting for its redemption.
pub(crate) struct Approval {
    pub(crate) client_id: String,
    pub(crate) redirect_uri: Option<String>,
    pub(crate) scope: String,
    pub(crate) code_challenge: Option<String>,
}

struct Code {
    approval: Approval,
    expires_at_ms: i64,
    family: Option<u64>,
}

/// What the client sends to redeem a code.
pub(crate) struct Redemption<'a> {
    pub(crate) client_id: &'a str,
    pub(crate) redirect_uri: Option<&'a str>,
    pub(crate) code_verifier: Option<&'a str>,
}

/// Why a grant is invalid; goes to the client as `error_description`.
pub(crate) type GrantProblem = &'static str;

pub(crate) enum AccessCheck {
    Active { client_id: String, scope: String },
    Expired,
    Unknown,
}

pub(crate) struct Described {
    pub(crate) token_type: &'static str,
    pub(crate) client_id: String,
    pub(crate) scope: String,
    pub(crate) expires_at_ms: Option<i64>,
}

pub(crate) struct TokenStore {
    source: TokenSource,
    families: BoundedMap<u64, Family>,
    families_opened: u64,
    access: BoundedMap<String, AccessToken>,
    refresh: BoundedMap<String, u64>,
    codes: BoundedMap<String, Code>,
}

impl TokenStore {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            source: TokenSource::new(seed),
            families: BoundedMap::new(FAMILIES_MAX),
            families_opened: 0,
            access: BoundedMap::new(TOKENS_MAX),
            refresh: BoundedMap::new(TOKENS_MAX),
            codes: BoundedMap::new(CODES_MAX),
        }
    }

    pub(crate) fn open_family(
        &mut self,
        client_id: &str,
        scope: &str,
        with_refresh: bool,
        rules: &IssueRules,
        now_ms: i64,
    ) -> Grant {
        self.families_opened += 1;
        let id = self.families_opened;
        let family = Family {
            client_id: client_id.to_owned(),
            scope: scope.to_owned(),
            revoked: false,
            current_refresh: with_refresh.then(|| self.source.next("rt")),
            previous_refresh: None,
            current_access: String::new(),
        };
        let refresh_token = family.current_refresh.clone();
        if let Some(token) = &refresh_token {
            self.refresh.insert(token.clone(), id);
        }
        self.families.insert(id, family);
        self.issue_access(id, refresh_token, rules, now_ms)
    }

    fn issue_access(
        &mut self,
        id: u64,
        refresh_token: Option<String>,
        rules: &IssueRules,
        now_ms: i64,
    ) -> Grant {
        let access_token = self.source.next("at");
        let expires_at_ms = now_ms.saturating_add(millis(rules.expires_in_seconds));
        let token = AccessToken { family: id, expires_at_ms, revoked: false };
        self.access.insert(access_token.clone(), token);
        let mut scope = String::new();
        if let Some(family) = self.families.get_mut(&id) {
            family.current_access.clone_from(&access_token);
            scope.clone_from(&family.scope);
        }
        Grant { access_token, refresh_token, expires_in: rules.expires_in_seconds, expires_at_ms, scope }
    }

    /// RFC 6749 §6, with the rotation and reuse detection of RFC 9700 §4.14.2.
    pub(crate) fn refresh(
        &mut self,
        token: &str,
        client_id: &str,
        rules: &IssueRules,
        now_ms: i64,
    ) -> Result<Grant, GrantProblem> {
        let id = *self.refresh.get(&token.to_owned()).ok_or("the refresh token is unknown")?;
        let family = self.families.get_mut(&id).ok_or("the refresh token is unknown")?;
        if family.client_id != client_id {
            return Err("the refresh token belongs to another client");
        }
        if family.revoked {
            return Err("the refresh token is revoked");
        }
        let is_current = family.current_refresh.as_deref() == Some(token);
        if !is_current && !family.is_within_grace(token, rules, now_ms) {
            family.revoked = rules.reuse_detection;
            return Err("the refresh token was used before");
        }
        let replaced_access = family.current_access.clone();
        if rules.revoke_previous_access
            && let Some(access) = self.access.get_mut(&replaced_access)
        {
            access.revoked = true;
        }
        let next =
            if is_current && rules.rotate { self.rotate(id, now_ms) } else { self.current_refresh(id) };
        Ok(self.issue_access(id, next.filter(|_| !rules.omit_refresh_token), rules, now_ms))
    }

    fn current_refresh(&self, id: u64) -> Option<String> {
        self.families.get(&id)?.current_refresh.clone()
    }

    fn rotate(&mut self, id: u64, now_ms: i64) -> Option<String> {
        let next = self.source.next("rt");
        let family = self.families.get_mut(&id)?;
        let previous = family.current_refresh.replace(next.clone())?;
        family.previous_refresh = Some((previous, now_ms));
        self.refresh.insert(next.clone(), id);
        Some(next)
    }

    pub(crate) fn create_code(&mut self, approval: Approval, now_ms: i64) -> String {
        let code = self.source.next("code");
        let entry = Code { approval, expires_at_ms: now_ms.saturating_add(CODE_LIFETIME_MS), family: None };
        self.codes.insert(code.clone(), entry);
        code
    }

    /// RFC 6749 §4.1.3. A code that comes twice revokes what it gave (§4.1.2).
    pub(crate) fn redeem_code(
        &mut self,
        code: &str,
        redemption: &Redemption<'_>,
        rules: &IssueRules,
        now_ms: i64,
    ) -> Result<Grant, GrantProblem> {
        let entry = self.codes.get(&code.to_owned()).ok_or("the code is unknown")?;
        if let Some(id) = entry.family {
            self.revoke_family(id);
            return Err("the code was used before");
        }
        if entry.expires_at_ms <= now_ms {
            return Err("the code has expired");
        }
        entry.approval.check(redemption)?;
        let (client_id, scope) = (entry.approval.client_id.clone(), entry.approval.scope.clone());
        let grant = self.open_family(&client_id, &scope, true, rules, now_ms);
        let family = self.families_opened;
        if let Some(entry) = self.codes.get_mut(&code.to_owned()) {
            entry.family = Some(family);
        }
        Ok(grant)
    }

    pub(crate) fn check_access(&self, token: &str, now_ms: i64) -> AccessCheck {
        let Some(access) = self.access.get(&token.to_owned()).filter(|access| !access.revoked) else {
            return AccessCheck::Unknown;
        };
        match self.families.get(&access.family) {
            Some(family) if family.revoked => AccessCheck::Unknown,
            None => AccessCheck::Unknown,
            Some(_) if access.expires_at_ms <= now_ms => AccessCheck::Expired,
            Some(family) => {
                AccessCheck::Active { client_id: family.client_id.clone(), scope: family.scope.clone() }
            }
        }
    }

    /// Ends an access token, or with any refresh token of a family the whole family.
    pub(crate) fn revoke(&mut self, token: &str) {
        let token = token.to_owned();
        if let Some(access) = self.access.get_mut(&token) {
            access.revoked = true;
        } else if let Some(id) = self.refresh.get(&token).copied() {
            self.revoke_family(id);
        }
    }

    fn revoke_family(&mut self, id: u64) {
        if let Some(family) = self.families.get_mut(&id) {
            family.revoked = true;
        }
    }

    /// Facts about a token that works right now.
    pub(crate) fn describe(&self, token: &str, now_ms: i64) -> Option<Described> {
        if let AccessCheck::Active { client_id, scope } = self.check_access(token, now_ms) {
            let expires_at_ms = self.access.get(&token.to_owned()).map(|access| access.expires_at_ms);
            return Some(Described { token_type: "bearer", client_id, scope, expires_at_ms });
        }
        let family = self.families.get(self.refresh.get(&token.to_owned())?)?;
        let works = !family.revoked && family.current_refresh.as_deref() == Some(token);
        works.then(|| Described {
            token_type: "refresh_token",
            client_id: family.client_id.clone(),
            scope: family.scope.clone(),
            expires_at_ms: None,
        })
    }
}

impl Family {
    fn is_within_grace(&self, token: &str, rules: &IssueRules, now_ms: i64) -> bool {
        let in_time = |at: i64| now_ms < at.saturating_add(rules.grace_ms);
        self.previous_refresh.as_ref().is_some_and(|(previous, at)| previous == token && in_time(*at))
    }
}

impl Approval {
    fn check(&self, redemption: &Redemption<'_>) -> Result<(), GrantProblem> {
        if self.client_id != redemption.client_id {
            return Err("the code belongs to another client");
        }
        if self.redirect_uri.is_some() && self.redirect_uri.as_deref() != redemption.redirect_uri {
            return Err("redirect_uri is not that of the authorization request");
        }
        match (&self.code_challenge, redemption.code_verifier) {
            (None, None) => Ok(()),
            (Some(challenge), Some(verifier)) if *challenge == s256(verifier) => Ok(()),
            (Some(_), Some(_)) => Err("code_verifier does not match the challenge"),
            (Some(_), None) => Err("code_verifier is missing"),
            // RFC 9700 §2.1.1: a verifier without a challenge is a downgrade attempt.
            (None, Some(_)) => Err("code_verifier without a code_challenge"),
        }
    }
}

/// RFC 7636 §4.2.
fn s256(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()))
}
