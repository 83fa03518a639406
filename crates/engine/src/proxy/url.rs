//! The URL of the provider's API for one call.
//!
//! The host comes from the base URL alone. The endpoint is set as a path on a URL that is already parsed, so no
//! spelling of it can reach another origin, and nothing in it is a template.

use bowline_domain::provider::AuthMode;
use http::Uri;
use url::{Position, Url};

use super::{BuildError, BuildInput, KeyPlacement, carries_credential, request::api, sign::encode};
use crate::outbound::policy::is_within;
use crate::template::{Form, Scope, Template, UrlValues, url::parse_http_url};

/// Query parameters given apart from the endpoint (functions do so).
#[derive(Debug, Clone, Copy, Default)]
pub enum QueryParams<'a> {
    /// None.
    #[default]
    None,
    /// A query to append; the endpoint must not have one.
    Text(&'a str),
    /// Parameters that replace those of the same name.
    Pairs(&'a [(String, String)]),
}

/// The URL of a call.
#[derive(Debug, Clone)]
pub(super) struct ProxyUrl {
    /// Parsed; its query may be spelled differently from the caller's.
    pub url: Url,
    /// As it goes out: the caller's query byte for byte.
    pub uri: Uri,
    /// Parameters the definition filled with credentials.
    pub credential_query_keys: Vec<String>,
}

/// Where the base URL comes from.
enum Base<'a> {
    Override(&'a str),
    /// A whole URL from settings.
    Literal(&'a str),
    Template(&'a str),
}

/// The integration's custom field with the hosts its calls may be pointed at.
pub(super) const HOSTS_SETTING: &str = "base_url_override_hosts";

const AWS_BASE: &str = "https://${service}.${region}.amazonaws.com";

/// Builds the URL from base, endpoint and the definition's query.
pub(super) fn build(input: &BuildInput<'_>) -> Result<ProxyUrl, BuildError> {
    if input.endpoint.is_empty() && input.call.base_url_override.is_none() {
        return Err(BuildError::MissingApiUrl);
    }
    if input.endpoint.chars().any(char::is_control) {
        return Err(BuildError::InvalidUrl("the endpoint holds control characters".to_owned()));
    }
    let chosen = choose_base(input)?;
    let base = chosen.resolve(input)?;
    let (path, endpoint_query) = split_endpoint(input.endpoint);
    let path = relative_path(path, &chosen, &base);
    let mut query = Query::default();
    query.append(base.query());
    query.append(endpoint_query);
    query.add_params(&input.params, endpoint_query.is_some())?;
    let credential_query_keys = add_defined_query(&mut query, input);
    let mut url = base;
    join(&mut url, &path);
    let query = query.into_text();
    url.set_query(query.as_deref());
    let uri = exact_uri(&url, query.as_deref())?;
    Ok(ProxyUrl { url, uri, credential_query_keys })
}

fn choose_base<'a>(input: &BuildInput<'a>) -> Result<Base<'a>, BuildError> {
    if let Some(url) = input.call.base_url_override.as_deref() {
        return Ok(Base::Override(url));
    }
    let is_aws = input.connection.credential.kind == AuthMode::AwsSigV4;
    if let Some(url) = input.connection.setting("base_url").filter(|_| is_aws) {
        check_host(input.integration.setting(HOSTS_SETTING), url)?;
        return Ok(Base::Literal(url));
    }
    let own = input.integration.setting("baseUrl").filter(|_| KeyPlacement::of(input).is_some());
    if let Some(url) = own {
        return Ok(Base::Literal(url));
    }
    match api(input.provider).map(|api| api.base_url.as_str()).filter(|base| !base.is_empty()) {
        Some(template) => Ok(Base::Template(template)),
        None if is_aws => Ok(Base::Template(AWS_BASE)),
        None => Err(BuildError::UnsupportedProvider),
    }
}

/// An integration may list the hosts that callers and connections can point its calls at ([`HOSTS_SETTING`],
/// comma-separated; subdomains included). Without the list every host that the outbound policy allows is fine.
pub(super) fn check_host(list: Option<&str>, base_url: &str) -> Result<(), BuildError> {
    let Some(list) = list else { return Ok(()) };
    let url = Url::parse(base_url).ok();
    let host = url.as_ref().and_then(Url::host_str).unwrap_or_default();
    // A leading dot, as other allow lists have it, says nothing more.
    let parents = list.split(',').map(|listed| listed.trim().trim_start_matches('.'));
    let is_listed = parents.filter(|parent| !parent.is_empty()).any(|parent| is_within(host, parent));
    if is_listed { Ok(()) } else { Err(BuildError::BaseUrlNotAllowed) }
}

impl Base<'_> {
    fn text(&self) -> &str {
        match self {
            Self::Override(text) | Self::Literal(text) | Self::Template(text) => text,
        }
    }

    fn resolve(&self, input: &BuildInput<'_>) -> Result<Url, BuildError> {
        let mut url = match self {
            Self::Override(text) | Self::Literal(text) if text.contains("${") => None,
            Self::Override(text) | Self::Literal(text) => parse_http_url(text),
            Self::Template(template) => {
                let scope = base_scope(input);
                let rendered = Template::parse(template, Form::Object).render_url(&scope, UrlValues::Paths);
                Some(rendered.map_err(|error| BuildError::InvalidUrl(error.to_string()))?)
            }
        };
        if let Some(url) = &mut url {
            url.set_fragment(None);
        }
        url.ok_or_else(|| BuildError::InvalidUrl("the base URL is no http or https URL".to_owned()))
    }
}

/// Names of base URLs: the connection object and the credential fields.
fn base_scope<'a>(input: &BuildInput<'a>) -> Scope<'a> {
    let connection = &input.connection;
    let scope = connection.scope(input.context).text("connection_id", connection.connection_id);
    let scope = match connection.metadata {
        Some(metadata) => scope.under("metadata", metadata),
        None => scope,
    };
    // One definition names a setting without its prefix.
    scope.top(connection.config)
}

/// Path and query; a fragment never leaves the client.
fn split_endpoint(endpoint: &str) -> (&str, Option<&str>) {
    let endpoint = endpoint.split('#').next().unwrap_or_default();
    match endpoint.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (endpoint, None),
    }
}

/// The endpoint without the base URL, which callers may write in front of it.
fn relative_path(path: &str, chosen: &Base<'_>, base: &Url) -> String {
    let text = chosen.text().trim_end_matches('/');
    let mut path = path.to_owned();
    if !matches!(chosen, Base::Override(_)) {
        path = path.replacen(text, "", 1);
    }
    let relative = path.trim_start_matches('/');
    let resolved = base[..Position::AfterPath].trim_end_matches('/');
    let without_base = [text, resolved].into_iter().find_map(|prefix| {
        let rest = relative.strip_prefix(prefix).filter(|_| !prefix.is_empty())?;
        (rest.is_empty() || rest.starts_with('/')).then_some(rest)
    });
    without_base.unwrap_or(relative).trim_start_matches('/').to_owned()
}

/// Sets the joined path. `set_path` cannot touch scheme, host or port.
fn join(url: &mut Url, relative: &str) {
    let prefix = url.path().strip_suffix('/').unwrap_or(url.path());
    let joined = if relative.is_empty() { prefix.to_owned() } else { format!("{prefix}/{relative}") };
    url.set_path(&joined);
}

/// The URL with the query as the caller spelled it, where HTTP allows that spelling.
fn exact_uri(url: &Url, query: Option<&str>) -> Result<Uri, BuildError> {
    let path = url.path();
    let exact = query.map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"));
    let from = |path_and_query: &str| {
        let authority = &url[Position::BeforeHost..Position::AfterPort];
        Uri::builder().scheme(url.scheme()).authority(authority).path_and_query(path_and_query).build()
    };
    let uri = from(&exact).or_else(|_| from(&url[Position::BeforePath..Position::AfterQuery]));
    uri.map_err(|_| BuildError::InvalidUrl("the URL cannot be sent".to_owned()))
}

/// A query as its raw parts.
#[derive(Default)]
struct Query {
    parts: Vec<String>,
    is_present: bool,
}

impl Query {
    fn append(&mut self, raw: Option<&str>) {
        let Some(raw) = raw else { return };
        self.is_present = true;
        if !raw.is_empty() {
            self.parts.push(raw.to_owned());
        }
    }

    /// Sets a parameter in place of all of its name; all others stay byte for byte.
    fn set(&mut self, name: &str, value: &str) {
        let is_other =
            |pair: &&str| form_urlencoded::parse(pair.as_bytes()).next().is_none_or(|(key, _)| key != name);
        let parts = std::mem::take(&mut self.parts).into_iter().filter_map(|part| {
            if part.split('&').all(|pair| is_other(&pair)) {
                return Some(part);
            }
            let kept = part.split('&').filter(is_other).collect::<Vec<_>>().join("&");
            (!kept.is_empty()).then_some(kept)
        });
        self.parts = parts.collect();
        self.parts.push(format!("{}={}", encode(name), encode(value)));
        self.is_present = true;
    }

    fn add_params(&mut self, params: &QueryParams<'_>, has_endpoint_query: bool) -> Result<(), BuildError> {
        match params {
            QueryParams::None => {}
            QueryParams::Text(_) if has_endpoint_query => return Err(BuildError::InvalidQueryParams),
            QueryParams::Text(text) if text.chars().any(char::is_control) => {
                return Err(BuildError::InvalidQueryParams);
            }
            QueryParams::Text(text) => {
                let text = text.strip_prefix('?').unwrap_or(text);
                self.append(text.split('#').next().filter(|text| !text.is_empty()));
            }
            QueryParams::Pairs(pairs) => pairs.iter().for_each(|(name, value)| self.set(name, value)),
        }
        Ok(())
    }

    fn into_text(self) -> Option<String> {
        self.is_present.then(|| self.parts.join("&"))
    }
}

/// Adds the parameters of the definition and of the integration; gives the names of those with credentials.
fn add_defined_query(query: &mut Query, input: &BuildInput<'_>) -> Vec<String> {
    let scope = input.connection.scope(input.context);
    let defined = api(input.provider).map(|api| &api.query).into_iter().flatten();
    let defined = defined.map(|(name, template)| (name.as_str(), template.as_str()));
    let own = KeyPlacement::of(input).filter(|placement| placement.is_query);
    let own = own.map(|placement| (placement.name, placement.template));
    let mut credential_keys = Vec::new();
    for (name, source) in defined.chain(own) {
        let template = Template::parse(source, Form::Object);
        let rendered = template.render(&scope);
        if !rendered.is_resolved {
            continue;
        }
        query.set(name, &rendered.text);
        if carries_credential(&template.names()) {
            credential_keys.push(name.to_owned());
        }
    }
    credential_keys
}

#[cfg(test)]
mod tests;
