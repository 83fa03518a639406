//! The rules every resolved definition keeps, built-in or not. Paths are wire paths.

use std::collections::HashSet;

use indexmap::IndexMap;
use serde_json::Value;

use super::{
    api::ApiDefinition,
    auth_mode::AuthMode,
    definition::Provider,
    exception,
    field::FieldSchema,
    paginate,
    problem::{Problem, Rule},
    template,
    token::TokenUrl,
};

/// Everything wrong with `provider` that no exception covers.
pub fn validate(provider: &Provider) -> Vec<Problem> {
    let mut problems = findings(provider);
    problems.retain(|problem| !exception::is_excused(&provider.name, problem));
    problems
}

/// Everything wrong with `provider`, exceptions included.
pub fn findings(provider: &Provider) -> Vec<Problem> {
    let mut problems = Vec::new();
    check_name(&provider.name, &mut problems);
    check_urls(provider, &mut problems);
    check_templates(provider, &mut problems);
    check_forms(provider, &mut problems);
    check_required_credentials(provider, &mut problems);
    if let Some(api) = &provider.proxy {
        check_api(api, &mut problems);
    }
    let verified_by_request = provider.proxy.as_ref().is_some_and(|api| api.verification.is_some());
    if verified_by_request && provider.credentials_verification_hook().is_some() {
        let message = "excludes proxy.verification: keep one of the two";
        problems.push(Problem::new(Rule::Verification, "credentials_verification_script", message));
    }
    problems
}

/// Whether `name` can name a provider.
pub fn is_provider_name(name: &str) -> bool {
    let is_good = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !name.is_empty() && name.bytes().all(is_good)
}

fn check_name(name: &str, problems: &mut Vec<Problem>) {
    if !is_provider_name(name) {
        let message = format!("provider name `{name}` must consist of a-z, 0-9 and -");
        problems.push(Problem::new(Rule::Name, "", message));
    }
}

fn check_urls(provider: &Provider, problems: &mut Vec<Problem>) {
    let mut urls = vec![
        ("authorization_url", provider.authorization_url.as_deref()),
        ("refresh_url", provider.refresh_url.as_deref()),
        ("request_url", provider.request_url.as_deref()),
        ("registration_url", provider.registration_url.as_deref()),
        ("docs_connect", provider.docs_connect.as_deref()),
        ("setup_guide_url", provider.setup_guide_url.as_deref()),
    ];
    match &provider.token_url {
        Some(TokenUrl::One(url)) => urls.push(("token_url", Some(url))),
        Some(TokenUrl::PerMode(per_mode)) => {
            urls.extend(per_mode.values().map(|url| ("token_url", Some(url.as_str()))));
        }
        None => {}
    }
    if let Some(api) = &provider.proxy {
        let verification = api.verification.as_ref();
        urls.push(("proxy.base_url", Some(&api.base_url)));
        let base_url_override =
            verification.and_then(|verification| verification.base_url_override.as_deref());
        urls.push(("proxy.verification.base_url_override", base_url_override));
    }
    for (field, url) in urls {
        if let Some(url) = url.filter(|url| !template::is_url_template(url)) {
            let message = format!("`{url}` is not an http(s) URL, even with its placeholders filled");
            problems.push(Problem::new(Rule::Url, field, message));
        }
    }
}

fn check_templates(provider: &Provider, problems: &mut Vec<Problem>) {
    let declared: HashSet<&str> = provider
        .connection_config
        .keys()
        .chain(&provider.token_response_metadata)
        .chain(&provider.redirect_uri_metadata)
        .chain(&provider.webhook_response_metadata)
        .map(String::as_str)
        .collect();
    for (key, value) in &provider.to_wire() {
        if !is_prose(key) {
            check_template_values(key, value, &declared, problems);
        }
    }
}

/// Top-level keys whose texts are not templates.
fn is_prose(key: &str) -> bool {
    matches!(
        key,
        "display_name"
            | "docs"
            | "credentials"
            | "connection_config"
            | "integration_config"
            | "assertion_option"
    )
}

fn check_template_values(path: &str, value: &Value, declared: &HashSet<&str>, problems: &mut Vec<Problem>) {
    match value {
        // A regular expression, not a template.
        Value::String(_) if path == "proxy.retry.in_body.value" => {}
        Value::String(text) => check_template(path, text, declared, problems),
        Value::Array(items) => {
            items.iter().for_each(|item| check_template_values(path, item, declared, problems));
        }
        Value::Object(map) => {
            for (key, value) in map {
                check_template_values(&format!("{path}.{key}"), value, declared, problems);
            }
        }
        _ => {}
    }
}

fn check_template(path: &str, text: &str, declared: &HashSet<&str>, problems: &mut Vec<Problem>) {
    if template::has_stray_brace(text) {
        let message = format!("`{text}` has a `{{` without `$` before it; placeholders are written ${{…}}");
        problems.push(Problem::new(Rule::Brace, path, message));
    }
    for name in template::connection_config_names(text).filter(|name| !declared.contains(name)) {
        let message = format!(
            "uses ${{connectionConfig.{name}}}, but nothing sets `{name}`: declare it in connection_config, \
             token_response_metadata or redirect_uri_metadata"
        );
        problems.push(Problem::new(Rule::Placeholder, path, message));
    }
}

fn check_forms(provider: &Provider, problems: &mut Vec<Problem>) {
    let forms = [
        ("credentials", &provider.credentials),
        ("connection_config", &provider.connection_config),
        ("integration_config", &provider.integration_config),
        ("assertion_option", &provider.assertion_option),
    ];
    let has_help = provider.docs_connect.is_some();
    for (form, fields) in forms {
        for (name, field) in fields {
            check_field(&format!("{form}.{name}"), field, fields, has_help, problems);
        }
    }
}

fn check_field(
    path: &str,
    field: &FieldSchema,
    form: &IndexMap<String, FieldSchema>,
    has_help: bool,
    problems: &mut Vec<Problem>,
) {
    if let Some(error) = field.pattern.as_deref().and_then(|pattern| regress::Regex::new(pattern).err()) {
        let message = format!("is not an ECMAScript regular expression: {error}");
        problems.push(Problem::new(Rule::Pattern, format!("{path}.pattern"), message));
    }
    let is_listed = |value: &String| field.allowed.is_empty() || field.allowed.contains(value);
    if field.default_value.as_ref().is_some_and(|value| !value.is_empty() && !is_listed(value)) {
        let message = "is not among the values of enum";
        problems.push(Problem::new(Rule::Field, format!("{path}.default_value"), message));
    }
    if field.visible_when.as_ref().is_some_and(|condition| !form.contains_key(&condition.field)) {
        let message = "names a field that is not in this form";
        problems.push(Problem::new(Rule::Field, format!("{path}.visible_when"), message));
    }
    if field.doc_section.is_some() && !has_help {
        let message = "is an anchor in the page docs_connect, which is not given";
        problems.push(Problem::new(Rule::Field, format!("{path}.doc_section"), message));
    }
}

/// The field without which the mode cannot store a credential at all.
fn check_required_credentials(provider: &Provider, problems: &mut Vec<Problem>) {
    let required = match provider.auth_mode {
        AuthMode::ApiKey => "apiKey",
        AuthMode::AwsSigV4 => "role_arn",
        _ => return,
    };
    if !provider.credentials.contains_key(required) {
        let message = format!("auth mode {} needs the field `{required}`", provider.auth_mode);
        problems.push(Problem::new(Rule::Credentials, "credentials", message));
    }
}

fn check_api(api: &ApiDefinition, problems: &mut Vec<Problem>) {
    if !api.paginate.is_empty() {
        paginate::check(&api.paginate, problems);
    }
    if api.verification.as_ref().is_some_and(|verification| verification.endpoints.is_empty()) {
        let message = "needs at least one endpoint";
        problems.push(Problem::new(Rule::Verification, "proxy.verification.endpoints", message));
    }
    let Some(retry) = &api.retry else { return };
    for code in retry.error_code.as_slice().iter().filter(|code| !is_retry_code(code)) {
        let message = format!("`{code}` must be a status (403), a class (5xx) or a range (500-502)");
        problems.push(Problem::new(Rule::RetryCode, "proxy.retry.error_code", message));
    }
    if let Some(in_body) = &retry.in_body
        && let Err(error) = regress::Regex::new(&in_body.value)
    {
        let message = format!("is not an ECMAScript regular expression: {error}");
        problems.push(Problem::new(Rule::Pattern, "proxy.retry.in_body.value", message));
    }
}

fn is_retry_code(code: &str) -> bool {
    let is_status = |text: &str| {
        text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_digit()) && ("100".."600").contains(&text)
    };
    match (code.split_once('-'), code.strip_suffix("xx")) {
        (Some((low, high)), _) => is_status(low) && is_status(high) && low <= high,
        (None, Some(class)) => matches!(class, "1" | "2" | "3" | "4" | "5"),
        (None, None) => is_status(code),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn problems(name: &str, changes: Value) -> Vec<String> {
        let mut wire = json!({
            "display_name": "Example",
            "auth_mode": "API_KEY",
            "proxy": { "base_url": "https://a.example" },
            "credentials": { "apiKey": { "type": "string", "title": "API key" } },
        });
        for (key, value) in changes.as_object().unwrap() {
            wire[key] = value.clone();
        }
        let provider = Provider::from_wire(name, wire.as_object().unwrap()).unwrap();
        validate(&provider).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_good_definition_has_no_problems() {
        assert_eq!(problems("example", json!({})), [""; 0]);
    }

    #[test]
    fn each_rule_says_what_is_wrong() {
        let one = |changes| problems("example", changes).join("; ");
        assert_eq!(
            problems("Ex_ample", json!({})),
            ["provider name `Ex_ample` must consist of a-z, 0-9 and -"]
        );
        assert!(
            one(json!({ "proxy": { "base_url": "a.example" } }))
                .contains("`a.example` is not an http(s) URL")
        );
        assert!(
            one(json!({ "proxy": { "base_url": "https://${connectionConfig.x}.example" } }))
                .starts_with("proxy.base_url: uses ${connectionConfig.x}, but nothing sets `x`")
        );
        assert!(one(json!({ "token_url": "https://{x}.example" })).contains("has a `{` without `$`"));
        assert!(one(json!({ "credentials": {} })).contains("auth mode API_KEY needs the field `apiKey`"));
        let retry =
            json!({ "proxy": { "base_url": "https://a.example", "retry": { "error_code": ["5x", "429"] } } });
        assert!(one(retry).contains("`5x` must be a status (403), a class (5xx) or a range (500-502)"));
        let both = json!({
            "proxy": { "base_url": "https://a.example", "verification": { "endpoints": ["/me"] } },
            "credentials_verification_script": "check",
        });
        assert!(one(both).contains("excludes proxy.verification"));
        let fields = json!({ "apiKey": { "title": "Key", "pattern": "[", "doc_section": "#key" } });
        let fields = one(json!({ "credentials": fields }));
        assert!(fields.contains("credentials.apiKey.pattern: is not an ECMAScript regular expression"));
        assert!(fields.contains("credentials.apiKey.doc_section: is an anchor in the page docs_connect"));
        let paginate =
            json!({ "proxy": { "base_url": "https://a.example", "paginate": { "type": "cursor" } } });
        assert!(one(paginate).contains("type cursor needs cursor_name_in_request"));
    }

    #[test]
    fn a_setting_may_come_from_the_token_response_or_the_callback() {
        for source in ["token_response_metadata", "redirect_uri_metadata"] {
            let proxy = json!({ "base_url": "${connectionConfig.instance_url}/api" });
            assert_eq!(problems("example", json!({ "proxy": proxy, source: ["instance_url"] })), [""; 0]);
        }
    }

    #[test]
    fn retry_codes_are_statuses_classes_or_ranges() {
        for good in ["403", "5xx", "500-502"] {
            assert!(is_retry_code(good), "{good}");
        }
        for bad in ["", "40", "6xx", "502-500", "500-", "xx", "4033", "abc"] {
            assert!(!is_retry_code(bad), "{bad}");
        }
    }
}
