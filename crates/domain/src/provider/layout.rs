//! The readable layout of provider files, and its translation to the flat wire object.
//!
//! Both directions of every name are in [`LAYOUT`]: to add a key, add a row there, a line to
//! `providers/README.md`, and a field to [`super::Provider`] if the engine needs it.

use serde_json::{Map, Value};

use super::{
    auth_mode::AuthMode,
    kind::{Kind, UnknownKeys, unknown_key},
    problem::{Problem, Rule},
};

/// One value: where it stands in a file, where on the wire, and its type.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// Dotted path in a provider file.
    pub layout: &'static str,
    /// Dotted path in the wire object.
    pub wire: &'static str,
    /// Type, the same in both.
    pub kind: Kind,
}

const fn row(layout: &'static str, wire: &'static str, kind: Kind) -> Row {
    Row { layout, wire, kind }
}

const AUTH_MODES: Kind = Kind::OneOf(&AuthMode::NAMES);
const HTTP_METHODS: Kind = Kind::OneOf(&["GET", "POST", "PUT", "PATCH", "DELETE"]);
const SKIP_ENCODE: Kind = Kind::List;

/// Every value a definition can have.
#[rustfmt::skip]
pub static LAYOUT: &[Row] = &[
    row("display_name", "display_name", Kind::Text),
    row("categories", "categories", Kind::List),
    row("alias", "alias", Kind::Text),
    row("docs", "docs", Kind::Text),
    row("docs_connect", "docs_connect", Kind::Text),
    row("setup_guide_url", "setup_guide_url", Kind::Text),

    row("auth.mode", "auth_mode", AUTH_MODES),
    row("auth.stored_as", "auth_type", AUTH_MODES),
    row("auth.installation", "installation", Kind::OneOf(&["outbound"])),
    row("auth.client_certificate", "require_client_certificate", Kind::Flag),

    row("auth.registration.kind", "client_registration", Kind::OneOf(&["dynamic", "static", "cimd"])),
    row("auth.registration.url", "registration_url", Kind::Text),
    row("auth.registration.params", "registration_params", Kind::Map),

    row("auth.request_token.url", "request_url", Kind::Text),
    row("auth.request_token.params", "request_params", Kind::Map),
    row("auth.request_token.method", "request_http_method", HTTP_METHODS),
    row("auth.request_token.signature_method", "signature_method",
        Kind::OneOf(&["HMAC-SHA1", "RSA-SHA1", "PLAINTEXT"])),

    row("auth.authorize.url", "authorization_url", Kind::Text),
    row("auth.authorize.params", "authorization_params", Kind::Map),
    row("auth.authorize.disable_pkce", "disable_pkce", Kind::Flag),
    row("auth.authorize.skip_encode", "authorization_url_skip_encode", SKIP_ENCODE),
    row("auth.authorize.skip_empty", "authorization_url_skip_empty", Kind::Flag),
    row("auth.authorize.replacements", "authorization_url_replacements", Kind::TextMap),
    row("auth.authorize.fragment", "authorization_url_fragment", Kind::Text),

    row("auth.scopes.default", "default_scopes", Kind::List),
    row("auth.scopes.separator", "scope_separator", Kind::Text),

    row("auth.callback.code_param", "authorization_code_param_in_callback", Kind::Text),
    row("auth.callback.metadata", "redirect_uri_metadata", Kind::List),

    row("auth.token.url", "token_url", Kind::TokenUrl),
    row("auth.token.skip_encode", "token_url_skip_encode", SKIP_ENCODE),
    row("auth.token.oauth1_method", "token_http_method", HTTP_METHODS),
    row("auth.token.method", "token_request_method", Kind::OneOf(&["GET", "POST"])),
    row("auth.token.client_auth", "token_request_auth_method",
        Kind::OneOf(&["basic", "custom", "private_key_jwt"])),
    row("auth.token.client_in", "authorization_method", Kind::OneOf(&["header", "body"])),
    row("auth.token.body_format", "body_format", Kind::OneOf(&["json", "form", "xml", "query"])),
    row("auth.token.params", "token_params", Kind::Map),
    row("auth.token.headers", "token_headers", Kind::TextMap),
    row("auth.token.response.token", "token_response.token", Kind::Text),
    row("auth.token.response.refresh_token", "token_response.refresh_token", Kind::Text),
    row("auth.token.response.expiration", "token_response.token_expiration", Kind::Text),
    row("auth.token.response.expiration_strategy", "token_response.token_expiration_strategy",
        Kind::OneOf(&["expireAt", "expireIn"])),
    row("auth.token.response_headers", "token_response_headers", Kind::List),
    row("auth.token.response_metadata", "token_response_metadata", Kind::List),
    row("auth.token.fallback_path", "alternate_access_token_response_path", Kind::Text),
    row("auth.token.expires_in_unit", "expires_in_unit", Kind::OneOf(&["seconds", "milliseconds"])),
    row("auth.token.expires_in_ms", "token_expires_in_ms", Kind::Whole),
    row("auth.token.expiration_buffer", "token_expiration_buffer", Kind::Whole),
    row("auth.token.steps", "additional_steps", Kind::Steps),

    row("auth.refresh.url", "refresh_url", Kind::Text),
    row("auth.refresh.params", "refresh_params", Kind::Map),
    row("auth.refresh.two_step_params", "refresh_token_params", Kind::Map),
    row("auth.refresh.two_step_headers", "refresh_token_headers", Kind::TextMap),

    row("auth.signed_token.key", "token.signing_key", Kind::Text),
    row("auth.signed_token.expires_in_ms", "token.expires_in_ms", Kind::Whole),
    row("auth.signed_token.header", "token.header", Kind::Map),
    row("auth.signed_token.payload", "token.payload", Kind::Map),
    row("auth.signed_token.protocol", "signature.protocol", Kind::OneOf(&["RSA", "EC", "HMAC", "WSSE"])),
    row("auth.signed_token.hmac_secret_encoding", "signature.hmac_secret_encoding",
        Kind::OneOf(&["hex", "utf8"])),

    row("auth.assertion.type", "assertion.type", Kind::OneOf(&["jwt", "saml"])),
    row("auth.assertion.key", "assertion.key", Kind::Text),
    row("auth.assertion.lifetime_s", "assertion.lifetimeInSeconds", Kind::Seconds),
    row("auth.assertion.header", "assertion.header", Kind::Map),
    row("auth.assertion.payload", "assertion.payload", Kind::Map),
    row("auth.assertion.issuer", "assertion.issuer", Kind::Text),
    row("auth.assertion.audiences", "assertion.audiences", Kind::TextOrList),
    row("auth.assertion.recipient", "assertion.recipient", Kind::Text),
    row("auth.assertion.name_identifier", "assertion.nameIdentifier", Kind::Text),
    row("auth.assertion.name_identifier_format", "assertion.nameIdentifierFormat", Kind::Text),
    row("auth.assertion.session_index", "assertion.sessionIndex", Kind::Text),
    row("auth.assertion.attributes", "assertion.attributes", Kind::Map),

    row("api.base_url", "proxy.base_url", Kind::Text),
    row("api.headers", "proxy.headers", Kind::TextMap),
    row("api.query", "proxy.query", Kind::TextMap),
    row("api.body", "proxy.body", Kind::Map),
    row("api.decompress", "proxy.decompress", Kind::Flag),
    row("api.forward_headers_on_redirect", "proxy.forward_headers_on_redirect", Kind::Flag),
    row("api.retry.at", "proxy.retry.at", Kind::TextOrList),
    row("api.retry.after", "proxy.retry.after", Kind::TextOrList),
    row("api.retry.remaining", "proxy.retry.remaining", Kind::Text),
    row("api.retry.error_code", "proxy.retry.error_code", Kind::TextOrList),
    row("api.retry.in_body.path", "proxy.retry.in_body.path", Kind::Text),
    row("api.retry.in_body.value", "proxy.retry.in_body.value", Kind::Text),
    row("api.retry.in_body.strategy", "proxy.retry.in_body.strategy", Kind::OneOf(&["at", "after"])),
    row("api.paginate", "proxy.paginate", Kind::Map),
    row("api.verification.method", "proxy.verification.method", HTTP_METHODS),
    row("api.verification.endpoints", "proxy.verification.endpoints", Kind::List),
    row("api.verification.base_url_override", "proxy.verification.base_url_override", Kind::Text),
    row("api.verification.headers", "proxy.verification.headers", Kind::TextMap),
    row("api.verification.data", "proxy.verification.data", Kind::Any),
    row("api.listed_settings", "proxy.connection_config", Kind::TextMap),

    row("credentials", "credentials", Kind::Fields),
    row("connection_config", "connection_config", Kind::Fields),
    row("integration_config", "integration_config", Kind::Fields),
    row("assertion_option", "assertion_option", Kind::Fields),

    row("webhooks.router", "webhook_routing_script", Kind::Text),
    row("webhooks.user_defined_secret", "webhook_user_defined_secret", Kind::Flag),
    row("webhooks.query_params", "webhook_allowed_query_params", Kind::List),
    row("webhooks.metadata", "webhook_response_metadata", Kind::List),
    row("webhooks.authorization_code", "authorization_code_param_in_webhook", Kind::Text),

    row("hooks.post_connection", "post_connection_script", Kind::Text),
    row("hooks.pre_connection_deletion", "pre_connection_deletion_script", Kind::Text),
    row("hooks.credentials_verification", "credentials_verification_script", Kind::Text),

    row("legacy.auth", "auth", Kind::Map),
    row("legacy.connection_configuration", "connection_configuration", Kind::List),
    row("legacy.decode_url", "decode_url", Kind::Flag),
    row("legacy.refresh_token_response_metadata", "refresh_token_response_metadata", Kind::List),
    row("legacy.access_token_url", "access_token_url", Kind::Text),
    row("legacy.proxy_header_authorization", "proxy_header_authorization", Kind::Text),
    row("legacy.pre_connection_creation_script", "pre_connection_creation_script", Kind::Text),
];

/// Translates one provider file (already parsed) to its wire object, aliases unresolved.
pub fn wire_from_layout(file: &Map<String, Value>) -> Result<Map<String, Value>, Vec<Problem>> {
    let mut wire = Map::new();
    let mut problems = Vec::new();
    translate("", file, &mut wire, &mut problems);
    if problems.is_empty() { Ok(wire) } else { Err(problems) }
}

fn translate(
    prefix: &str,
    section: &Map<String, Value>,
    wire: &mut Map<String, Value>,
    problems: &mut Vec<Problem>,
) {
    for (key, value) in section {
        let path = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
        if let Some(row) = LAYOUT.iter().find(|row| row.layout == path) {
            row.kind.check(&path, value, UnknownKeys::Refuse, problems);
            put(wire, row.wire, with_field_types(row.kind, value));
        } else if !is_section(&path) {
            problems.push(unknown_key(&path, &keys_of(prefix)));
        } else if let Value::Object(inner) = value {
            translate(&path, inner, wire, problems);
        } else {
            problems.push(Problem::new(Rule::Type, path, "must be a section (a map)"));
        }
    }
}

/// Checks the known values of a wire object. Unknown keys pass: the reference's files may be newer.
pub fn check_wire(wire: &Map<String, Value>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for row in LAYOUT {
        if let Some(value) = get(wire, row.wire) {
            row.kind.check(row.wire, value, UnknownKeys::Ignore, &mut problems);
        }
    }
    problems
}

/// The path in a provider file for a path on the wire, so that messages fit the file.
pub fn layout_path(wire_path: &str) -> String {
    let rest_after = |row: &Row| wire_path.strip_prefix(row.wire).filter(|rest| is_path_end(rest));
    LAYOUT
        .iter()
        .find_map(|row| rest_after(row).map(|rest| format!("{}{rest}", row.layout)))
        .or_else(|| wire_path.strip_prefix("proxy").map(|rest| format!("api{rest}")))
        .unwrap_or_else(|| wire_path.to_owned())
}

fn is_path_end(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with(['.', '['])
}

fn is_section(path: &str) -> bool {
    LAYOUT.iter().any(|row| row.layout.strip_prefix(path).is_some_and(|rest| rest.starts_with('.')))
}

/// The keys directly under a section, for the message about an unknown one.
fn keys_of(section: &str) -> Vec<&'static str> {
    let inside = |row: &Row| {
        let rest = if section.is_empty() {
            Some(row.layout)
        } else {
            row.layout.strip_prefix(section).and_then(|rest| rest.strip_prefix('.'))
        };
        rest.and_then(|rest| rest.split('.').next())
    };
    let mut keys: Vec<&str> = LAYOUT.iter().filter_map(inside).collect();
    keys.dedup();
    keys
}

/// Fields are always texts; files do not say so, the wire does.
fn with_field_types(kind: Kind, value: &Value) -> Value {
    let (Kind::Fields, Value::Object(fields)) = (kind, value) else { return value.clone() };
    let typed = fields.iter().map(|(name, field)| {
        let mut typed = Map::from_iter([("type".to_owned(), Value::from("string"))]);
        typed
            .extend(field.as_object().into_iter().flatten().map(|(key, value)| (key.clone(), value.clone())));
        (name.clone(), Value::Object(typed))
    });
    Value::Object(typed.collect())
}

fn get<'a>(wire: &'a Map<String, Value>, path: &str) -> Option<&'a Value> {
    let (head, rest) = path.split_once('.').map_or((path, None), |(head, rest)| (head, Some(rest)));
    let value = wire.get(head)?;
    match rest {
        None => Some(value),
        Some(rest) => get(value.as_object()?, rest),
    }
}

fn put(wire: &mut Map<String, Value>, path: &str, value: Value) {
    let Some((head, rest)) = path.split_once('.') else {
        wire.insert(path.to_owned(), value);
        return;
    };
    let inner = wire.entry(head).or_insert_with(|| Value::Object(Map::new()));
    if let Value::Object(inner) = inner {
        put(inner, rest, value);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn translated(file: Value) -> Result<Value, Vec<String>> {
        let file = file.as_object().unwrap();
        let shown = |problems: Vec<Problem>| problems.iter().map(ToString::to_string).collect();
        wire_from_layout(file).map(Value::Object).map_err(shown)
    }

    #[test]
    fn sections_become_flat_keys() {
        let file = json!({
            "display_name": "Example",
            "auth": { "mode": "API_KEY", "token": { "response": { "token": "a.b" } } },
            "api": { "base_url": "https://a.example", "retry": { "after": ["retry-after"] } },
            "credentials": { "apiKey": { "title": "API key" } },
        });
        let wire = json!({
            "display_name": "Example",
            "auth_mode": "API_KEY",
            "token_response": { "token": "a.b" },
            "proxy": { "base_url": "https://a.example", "retry": { "after": ["retry-after"] } },
            "credentials": { "apiKey": { "type": "string", "title": "API key" } },
        });
        assert_eq!(translated(file), Ok(wire));
    }

    #[test]
    fn every_defect_is_reported_with_its_path() {
        let file = json!({
            "auth": { "mode": "OAUTH3", "refresh": { "urll": "x" } },
            "api": "https://a.example",
            "credentials": { "apiKey": { "title": 1, "colour": "red" } },
        });
        let problems = translated(file).unwrap_err();
        assert!(problems[0].starts_with("auth.mode: must be one of OAUTH2, OAUTH2_CC"), "{}", problems[0]);
        assert_eq!(
            problems[1..4],
            [
                "auth.refresh.urll: unknown key (known here: url, params, two_step_params, two_step_headers)",
                "api: must be a section (a map)",
                "credentials.apiKey.title: must be text, not the number 1",
            ]
        );
        assert!(problems[4].starts_with("credentials.apiKey.colour: unknown key (known here: type, title"));
    }

    #[test]
    fn every_row_is_unique_in_both_directions() {
        for (at, row) in LAYOUT.iter().enumerate() {
            assert!(LAYOUT[..at].iter().all(|other| other.layout != row.layout && other.wire != row.wire));
            assert!(!is_section(row.layout), "{} is a value and a section", row.layout);
        }
    }

    #[test]
    fn wire_paths_are_shown_as_layout_paths() {
        assert_eq!(layout_path("proxy.retry.error_code"), "api.retry.error_code");
        assert_eq!(layout_path("token_params.grant_type"), "auth.token.params.grant_type");
        assert_eq!(layout_path("token_url"), "auth.token.url");
        assert_eq!(layout_path(""), "");
    }
}
