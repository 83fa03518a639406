//! Connects one provider's account the way its mode is connected.

use bowline_domain::provider::{AuthMode, Provider};
use serde_json::{Map, Value, json};

use super::values::{self, RSA_KEY};
use crate::app::TestApp;
use crate::connecting::scene::session;

/// What was given away on the way to a connection.
#[derive(Default)]
pub struct Given {
    /// What the user typed.
    pub typed: Vec<String>,
    /// The PKCE challenge that the provider was shown.
    pub challenge: Option<String>,
}

/// Connects an account; `Err` is what was answered instead.
pub async fn connect(app: &TestApp, provider: &Provider, base: &str) -> Result<Given, String> {
    let name = provider.name.as_str();
    let answer = app.own("POST /integrations", integration(provider, base)?).await;
    if answer.status != 200 {
        return Err(format!("integration: {}", answer.body));
    }
    let token = session(app, json!({})).await;
    let mut query = form_urlencoded::Serializer::new(format!("connect_session_token={token}"));
    for (setting, field) in &provider.connection_config {
        if is_asked(provider, setting) {
            query.append_pair(&format!("params[{setting}]"), &values::of_field(name, setting, field)?);
        }
    }
    let query = query.finish();
    match path(provider) {
        Some(path) => direct(app, &format!("{path}/{name}?{query}"), typed(provider)?).await,
        None => popup(app, provider, &format!("/oauth/connect/{name}?{query}")).await,
    }
}

/// Whether a setting is given: by the user, or by the application where the provider's addresses need it.
fn is_asked(provider: &Provider, setting: &str) -> bool {
    let field = &provider.connection_config[setting];
    let params = [&provider.authorization_params, &provider.token_params];
    let mut way = params.map(|params| Value::from(params.clone()).to_string()).concat();
    way.extend(provider.authorization_url.as_deref());
    way.extend(provider.proxy.as_ref().map(|api| api.base_url.as_str()));
    let answered = provider.redirect_uri_metadata.iter().chain(&provider.token_response_metadata);
    let is_needed = way.contains(&format!("${{connectionConfig.{setting}}}"));
    is_needed && !answered.into_iter().any(|name| name == setting) || !field.optional && !field.automated
}

/// The integration to create; `base` is where the provider is played.
fn integration(provider: &Provider, base: &str) -> Result<Value, String> {
    let name = provider.name.as_str();
    let mut body = json!({"provider": name, "unique_key": name});
    let mut put =
        |part: &str, value: Value| drop(body.as_object_mut().map(|body| body.insert(part.to_owned(), value)));
    let mut config = values::of_fields(name, &provider.integration_config)?;
    if let Some(address) = config.get_mut("baseUrl") {
        *address = base.into();
    }
    if !config.is_empty() {
        put("integration_config", config.into());
    }
    if provider.auth_mode == AuthMode::InstallPlugin {
        let link = "https://example.com/plugin";
        put("custom", json!({"app_link": link, "username": "ada", "password": "hunter2"}));
    }
    match client(provider) {
        Value::Null => {}
        client => put("credentials", client),
    }
    Ok(body)
}

/// Where an account is connected without a window.
fn path(provider: &Provider) -> Option<&'static str> {
    if provider.installation.as_deref() == Some("outbound") {
        return Some("/auth/oauth-outbound");
    }
    Some(match provider.auth_mode {
        AuthMode::ApiKey => "/api-auth/api-key",
        AuthMode::Basic => "/api-auth/basic",
        AuthMode::OAuth2Cc => "/oauth2/auth",
        AuthMode::TwoStep => "/auth/two-step",
        AuthMode::Jwt => "/auth/jwt",
        AuthMode::Bill => "/auth/bill",
        AuthMode::Signature => "/auth/signature",
        AuthMode::Tba => "/auth/tba",
        AuthMode::AwsSigV4 => "/auth/aws-sigv4",
        AuthMode::None => "/auth/unauthenticated",
        _ => return None,
    })
}

/// What the application registered at the provider.
fn client(provider: &Provider) -> Value {
    match provider.auth_mode {
        AuthMode::OAuth2 if provider.name == "revolut-business" => {
            json!({"type": "OAUTH2", "client_id": "cid", "client_secret": RSA_KEY})
        }
        AuthMode::OAuth2 => json!({"type": "OAUTH2", "client_id": "cid", "client_secret": "cs3cret"}),
        AuthMode::McpOAuth2 if provider.client_registration.as_deref() == Some("static") => {
            json!({"type": "OAUTH2", "client_id": "cid", "client_secret": "cs3cret"})
        }
        AuthMode::OAuth1 | AuthMode::Tba => {
            json!({"type": provider.auth_mode.as_str(), "client_id": "cid", "client_secret": "cs3cret"})
        }
        AuthMode::App => json!({
            "type": "APP", "app_id": "1", "app_link": "https://example.com/app", "private_key": RSA_KEY,
        }),
        AuthMode::Custom => json!({
            "type": "CUSTOM", "client_id": "cid", "client_secret": "cs3cret", "app_id": "1",
            "app_link": "https://example.com/app", "private_key": RSA_KEY,
        }),
        _ => Value::Null,
    }
}

/// What the user types.
fn typed(provider: &Provider) -> Result<Value, String> {
    let mut typed = values::of_fields(&provider.name, &provider.credentials)?;
    let option = values::of_fields(&provider.name, &provider.assertion_option)?;
    if !option.is_empty() {
        typed.insert("assertionOption".to_owned(), option.into());
    }
    let own: &[(&str, &str)] = match provider.auth_mode {
        AuthMode::ApiKey => &[("apiKey", "key-1")],
        AuthMode::Basic | AuthMode::Signature => &[("username", "ada"), ("password", "hunter2")],
        AuthMode::OAuth2Cc => &[("client_id", "cid"), ("client_secret", "cs3cret")],
        AuthMode::Bill => {
            &[("username", "ada"), ("password", "hunter2"), ("organization_id", "o1"), ("dev_key", "d1")]
        }
        AuthMode::Tba => &[("token_id", "token-1"), ("token_secret", "ts3cret")],
        AuthMode::AwsSigV4 => {
            &[("role_arn", "arn:aws:iam::123456789012:role/bowline"), ("region", "us-east-1")]
        }
        _ => &[],
    };
    for (name, value) in own {
        typed.entry(*name).or_insert_with(|| (*value).into());
    }
    Ok(typed.into())
}

async fn direct(app: &TestApp, path: &str, typed: Value) -> Result<Given, String> {
    let is_empty = typed.as_object().is_some_and(Map::is_empty);
    let answer = app.post(path, &if is_empty { String::new() } else { typed.to_string() }).await;
    if answer.status != 200 {
        return Err(answer.body);
    }
    let texts = typed.as_object().into_iter().flat_map(Map::values).filter_map(Value::as_str);
    Ok(Given { typed: texts.map(str::to_owned).collect(), challenge: None })
}

async fn popup(app: &TestApp, provider: &Provider, path: &str) -> Result<Given, String> {
    let answer = app.get(path).await;
    if answer.status != 302 {
        return Err(error_of(&answer.body));
    }
    let location = answer.header("location").to_owned();
    let cookie = answer.header("set-cookie").split(';').next().unwrap_or_default().to_owned();
    let state = state_of(&location).ok_or_else(|| format!("no state in {location}"))?;
    let mut query = form_urlencoded::Serializer::new(format!("state={state}"));
    let code = provider.authorization_code_param_in_callback.as_deref().unwrap_or("code");
    match provider.auth_mode {
        AuthMode::OAuth1 => drop(query.extend_pairs([("oauth_token", "ot-1"), ("oauth_verifier", "v1")])),
        AuthMode::App | AuthMode::Custom | AuthMode::InstallPlugin => {
            query.extend_pairs([("installation_id", "42"), ("setup_action", "install"), (code, "c0de")]);
        }
        _ => drop(query.append_pair(code, "c0de")),
    }
    for name in &provider.redirect_uri_metadata {
        let field = provider.connection_config.get(name);
        let value = field.map(|field| values::of_field(&provider.name, name, field)).transpose()?;
        query.append_pair(name, value.as_deref().unwrap_or("noted"));
    }
    let path = format!("GET /oauth/callback?{}", query.finish());
    let answer = app.call(&path, &[("cookie", &cookie)], "").await;
    if answer.status != 200 {
        return Err(error_of(&answer.body));
    }
    let challenge =
        location.split_once("code_challenge=").map(|(_, rest)| rest.split('&').next().unwrap_or(rest));
    Ok(Given { typed: Vec::new(), challenge: challenge.map(str::to_owned) })
}

/// The state in an address, whatever the provider calls it.
fn state_of(location: &str) -> Option<String> {
    let decoded = percent_encoding::percent_decode_str(location).decode_utf8().ok()?;
    let is_hex = |part: &&str| part.len() == 64 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    decoded.split(|c: char| !c.is_ascii_alphanumeric()).find(is_hex).map(str::to_owned)
}

/// What a result page says.
fn error_of(page: &str) -> String {
    let start = page.find("data-error-type").unwrap_or_default();
    page[start..].lines().next().unwrap_or_default().to_owned()
}
