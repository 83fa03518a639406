//! What an API key may do (spec `api.md` §2.2).

use std::fmt;

/// A granted scope as it is stored, such as `environment:connections:*`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Scope(String);

impl Scope {
    /// Everything in one environment.
    pub const ENVIRONMENT_ALL: &'static str = "environment:*";
    /// Everything in the account.
    pub const ACCOUNT_ALL: &'static str = "account:*";

    /// Takes a scope if it names the environment or the account plane and has only plain characters.
    pub fn parse(text: &str) -> Option<Self> {
        let plane_ok = text.starts_with("environment:") || text.starts_with("account:");
        let chars_ok = text.chars().all(|c| c.is_ascii_lowercase() || "_:*".contains(c));
        (plane_ok && chars_ok).then(|| Self(text.to_owned()))
    }

    /// The scope's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this grant covers what is required: equal, or a wildcard over its prefix.
    pub fn covers(&self, required: &str) -> bool {
        if self.0 == required {
            return true;
        }
        match self.0.strip_suffix('*') {
            Some(prefix) => prefix.ends_with(':') && required.starts_with(prefix),
            None => false,
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A key's grants.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ScopeSet(Vec<Scope>);

impl ScopeSet {
    /// The grants of a new environment key.
    pub fn environment_all() -> Self {
        Self(vec![Scope(Scope::ENVIRONMENT_ALL.to_owned())])
    }

    /// Reads stored scope texts; what does not parse grants nothing and is dropped.
    pub fn from_texts<I: IntoIterator<Item = S>, S: AsRef<str>>(texts: I) -> Self {
        Self(texts.into_iter().filter_map(|text| Scope::parse(text.as_ref())).collect())
    }

    /// Whether any grant covers `required`.
    pub fn allows(&self, required: &str) -> bool {
        self.0.iter().any(|scope| scope.covers(required))
    }

    /// The grants in order.
    pub fn iter(&self) -> impl Iterator<Item = &Scope> {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wildcard_covers_its_prefix_and_nothing_beside_it() {
        let scopes = ScopeSet::from_texts(["environment:connections:*", "environment:proxy"]);
        assert!(scopes.allows("environment:connections:read"));
        assert!(scopes.allows("environment:proxy"));
        assert!(!scopes.allows("environment:connect_sessions:write"));
        assert!(!scopes.allows("environment:proxy:x"));
        assert!(!scopes.allows("account:environments:create"));
    }

    #[test]
    fn the_environment_wildcard_does_not_reach_the_account() {
        assert!(!ScopeSet::environment_all().allows("account:environments:create"));
        assert!(ScopeSet::environment_all().allows("environment:integrations:read"));
    }

    #[test]
    fn a_bare_star_grants_nothing() {
        assert!(!ScopeSet::from_texts(["*", "environment*"]).allows("environment:proxy"));
    }
}
