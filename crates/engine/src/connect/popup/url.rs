//! Authorization URLs from a provider's definition (spec `auth.md` §6.1). Pure.

use bowline_domain::Timestamp;
use bowline_domain::provider::Provider;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};
use url::Url;
use uuid::Uuid;

use crate::connect::ConnectError;
use crate::template::{Form, RenderContext, Scope, Template, UrlValues, json};

/// What `encodeURIComponent` leaves as it is; some providers compare texts.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// Parameters that are ours alone: whoever could change one could move the answer or unbind it.
const RESERVED: [&str; 6] =
    ["response_type", "client_id", "redirect_uri", "state", "code_challenge", "code_challenge_method"];

/// The parts of an authorization URL that this server decides.
pub(super) struct AuthorizationUrl<'a> {
    pub provider: &'a Provider,
    pub config: &'a Map<String, Value>,
    /// Ours, in order.
    pub own: Vec<(&'static str, String)>,
    pub scopes: &'a [String],
    /// The page's, or the application's in its place.
    pub page_params: &'a Map<String, Value>,
    pub now: Timestamp,
}

impl AuthorizationUrl<'_> {
    /// The finished URL.
    pub fn build(self) -> Result<String, ConnectError> {
        let base = self.base()?;
        let mut params = Params::default();
        for (name, value) in base.query_pairs() {
            params.set(&name, &value);
        }
        for (name, value) in &self.own {
            params.set(name, value);
        }
        let is_raw = |part: &str| self.provider.authorization_url_skip_encode.iter().any(|own| own == part);
        let scope = self.scopes.join(self.provider.scope_separator());
        let raw_scope = is_raw("scopes");
        if !raw_scope {
            params.set("scope", &scope);
        }
        for (name, value) in self.definition_params()? {
            params.set(&name, &text_of(&value));
        }
        for (name, value) in self.page_params.iter().filter(|(name, _)| !RESERVED.contains(&name.as_str())) {
            match value.as_str() {
                // What old frontends send for a value they do not have.
                Some("undefined") => params.remove(name),
                _ => params.set(name, &text_of(value)),
            }
        }
        if self.provider.authorization_url_skip_empty {
            params.0.retain(|(_, value)| !value.is_empty());
        }
        let mut query = params.encode();
        if raw_scope && !(scope.is_empty() && self.provider.authorization_url_skip_empty) {
            query = format!("{query}&scope={scope}");
        }
        let mut address = base;
        address.set_query(None);
        address.set_fragment(None);
        let url = match &self.provider.authorization_url_fragment {
            Some(fragment) => format!("{address}#{fragment}?{query}"),
            None => format!("{address}?{query}"),
        };
        let replacements = &self.provider.authorization_url_replacements;
        Ok(replacements.iter().fold(url, |url, (from, to)| url.replacen(from.as_str(), to, 1)))
    }

    fn base(&self) -> Result<Url, ConnectError> {
        let template = self.provider.authorization_url.as_deref();
        let template = template.ok_or_else(|| ConnectError::BadUrl("the provider has none".to_owned()))?;
        let skip = &self.provider.authorization_url_skip_encode;
        let values =
            if skip.iter().any(|part| part == "base_url") { UrlValues::Raw } else { UrlValues::Encoded };
        let context = RenderContext { now: self.now, random: Uuid::new_v4() };
        let scope = Scope::new(&context).under("connectionConfig", self.config);
        let url = Template::parse(template, Form::Object).render_url(&scope, values);
        url.map_err(|error| ConnectError::BadUrl(error.to_string()))
    }

    fn definition_params(&self) -> Result<Map<String, Value>, ConnectError> {
        require_resolved(&self.provider.token_params, self.config, self.now)?;
        let wanted = &self.provider.authorization_params;
        let given = interpolate(wanted, self.config, self.now);
        require_all(wanted, &given)?;
        Ok(given)
    }
}

/// Refuses parameters that name a value nobody gave.
pub(super) fn require_resolved(
    params: &Map<String, Value>,
    config: &Map<String, Value>,
    now: Timestamp,
) -> Result<(), ConnectError> {
    require_all(params, &interpolate(params, config, now))
}

fn interpolate(
    params: &Map<String, Value>,
    config: &Map<String, Value>,
    now: Timestamp,
) -> Map<String, Value> {
    let context = RenderContext { now, random: Uuid::new_v4() };
    let scope = Scope::new(&context).under("connectionConfig", config);
    json::interpolate_object(params, Form::Object, &scope, json::Unresolved::Drop)
}

fn require_all(wanted: &Map<String, Value>, given: &Map<String, Value>) -> Result<(), ConnectError> {
    match wanted.keys().find(|name| !given.contains_key(*name)) {
        Some(name) => Err(ConnectError::BadUrl(format!("the parameter {name} has no value"))),
        None => Ok(()),
    }
}

fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Query parameters in order; setting one again replaces it in place.
#[derive(Default)]
struct Params(Vec<(String, String)>);

impl Params {
    fn set(&mut self, name: &str, value: &str) {
        match self.0.iter_mut().find(|(known, _)| known == name) {
            Some((_, old)) => value.clone_into(old),
            None => self.0.push((name.to_owned(), value.to_owned())),
        }
    }

    fn remove(&mut self, name: &str) {
        self.0.retain(|(known, _)| known != name);
    }

    fn encode(&self) -> String {
        let encode = |text: &str| utf8_percent_encode(text, COMPONENT).to_string();
        let pairs = self.0.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value)));
        pairs.collect::<Vec<_>>().join("&")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn build(definition: Value, config: Value, page: Value) -> Result<String, ConnectError> {
        let mut wire = json!({
            "display_name": "P", "auth_mode": "OAUTH2", "authorization_url": "https://p.example/authorize",
            "token_url": "https://p.example/token",
        });
        wire.as_object_mut().unwrap().extend(definition.as_object().unwrap().clone());
        let provider = Provider::from_wire("p", wire.as_object().unwrap()).unwrap();
        AuthorizationUrl {
            provider: &provider,
            config: config.as_object().unwrap(),
            own: vec![("client_id", "c".to_owned()), ("state", "s".to_owned())],
            scopes: &["a:b".to_owned(), "c".to_owned()],
            page_params: page.as_object().unwrap(),
            now: Timestamp::default(),
        }
        .build()
    }

    #[test]
    fn scopes_are_joined_and_encoded_as_the_definition_says() {
        let url = |definition| build(definition, json!({}), json!({})).unwrap();
        let base = "https://p.example/authorize?client_id=c&state=s&scope=";
        assert_eq!(url(json!({})), format!("{base}a%3Ab%20c"));
        assert_eq!(url(json!({"scope_separator": ","})), format!("{base}a%3Ab%2Cc"));
        let raw = json!({"authorization_url_skip_encode": ["scopes"], "scope_separator": "+"});
        assert_eq!(url(raw), format!("{base}a:b+c"));
    }

    #[test]
    fn the_page_cannot_change_what_binds_the_answer() {
        let page = json!({
            "redirect_uri": "https://evil.test", "state": "x", "client_id": "x", "code_challenge": "x",
            "prompt": "login",
        });
        let url = build(json!({}), json!({}), page).unwrap();
        assert_eq!(url, "https://p.example/authorize?client_id=c&state=s&scope=a%3Ab%20c&prompt=login");
    }

    #[test]
    fn undefined_removes_a_parameter_of_the_definition() {
        let definition = json!({"authorization_params": {"prompt": "consent", "access_type": "offline"}});
        let url = build(definition, json!({}), json!({"prompt": "undefined"})).unwrap();
        assert!(url.ends_with("&access_type=offline") && !url.contains("prompt"), "{url}");
    }

    #[test]
    fn a_value_that_is_missing_or_would_bend_the_url_is_refused() {
        let definition = json!({"authorization_url": "https://${connectionConfig.shop}.p.example/a"});
        assert!(matches!(build(definition.clone(), json!({}), json!({})), Err(ConnectError::BadUrl(_))));
        for shop in ["evil.test/", "evil.test#", "a@evil.test", "evil.test?", "a b"] {
            let built = build(definition.clone(), json!({"shop": shop}), json!({}));
            assert!(matches!(built, Err(ConnectError::BadUrl(_))), "{shop}");
        }
        let params = json!({"authorization_params": {"tenant": "${connectionConfig.tenant}"}});
        assert!(matches!(build(params, json!({}), json!({})), Err(ConnectError::BadUrl(_))));
    }

    #[test]
    fn the_finished_url_is_reshaped_as_the_definition_says() {
        let definition = json!({
            "authorization_url": "https://p.example/authorize?kept=1",
            "authorization_url_fragment": "/login",
            "authorization_url_replacements": {"client_id": "app_key"},
        });
        let url = build(definition, json!({}), json!({})).unwrap();
        assert_eq!(url, "https://p.example/authorize#/login?kept=1&app_key=c&state=s&scope=a%3Ab%20c");
        let definition = json!({"authorization_url_skip_empty": true, "authorization_params": {"a": ""}});
        assert!(!build(definition, json!({}), json!({})).unwrap().contains("a="));
    }
}
