//! What is done with each provider, and what must have reached it.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use bowline_domain::provider::{AuthMode, Provider};
use ring::digest::{SHA256, digest};

use super::connect::{Given, connect};
use super::upstream::{Call, Upstream};
use crate::app::TestApp;

/// Providers whose token endpoint takes no code or no verifier.
const WITHOUT_VERIFIER: [&str; 4] = ["braintree", "braintree-sandbox", "microsoft-admin", "tiktok-ads"];

/// Providers whose definition leaves it to the caller to put the credentials into a call.
const BY_CALLER: [&str; 3] = ["bill", "bill-sandbox", "klicktipp"];

/// What was seen of a provider.
pub struct Exercised {
    /// The calls that connecting made, in order: method and place.
    pub calls: Vec<String>,
    /// How a call of its API carried the credentials; providers without an address have none.
    pub api: Option<&'static str>,
}

/// Connects an account of the provider and calls its API.
pub async fn exercise(app: &TestApp, upstream: &Upstream, provider: &Provider) -> Result<Exercised, String> {
    let base = format!("http://{}/{}", upstream.address, provider.name);
    let given = connect(app, provider, &base).await?;
    let calls = upstream.take_calls(&provider.name);
    if !WITHOUT_VERIFIER.contains(&provider.name.as_str()) {
        check_proof(&given, &calls)?;
    }
    let api = call_api(app, upstream, provider, &given).await?;
    let mut calls: Vec<String> = calls.iter().map(|call| format!("{} {}", call.method, call.place)).collect();
    calls.dedup();
    Ok(Exercised { calls, api })
}

/// RFC 7636 §4.6: whoever was shown a challenge must be told the verifier.
fn check_proof(given: &Given, calls: &[Call]) -> Result<(), String> {
    let Some(challenge) = &given.challenge else { return Ok(()) };
    let proves = |text: &&str| URL_SAFE_NO_PAD.encode(digest(&SHA256, text.as_bytes())) == *challenge;
    let texts = calls.iter().flat_map(|call| [call.body.as_str(), call.query.as_str()]);
    let mut words = texts.flat_map(|text| text.split(|c: char| !c.is_ascii_alphanumeric()));
    if words.any(|word| proves(&word)) { Ok(()) } else { Err("no call proves the challenge".to_owned()) }
}

async fn call_api(
    app: &TestApp,
    upstream: &Upstream,
    provider: &Provider,
    given: &Given,
) -> Result<Option<&'static str>, String> {
    let Some(api) = provider.proxy.as_ref().filter(|api| !api.base_url.is_empty()) else { return Ok(None) };
    if provider.installation.as_deref() == Some("outbound") {
        // Its credentials come when the provider tells of the installation.
        return Ok(None);
    }
    let list = app.get_as_owner(&format!("/connections?integrationId={}", provider.name)).await.json();
    let id = list["connections"][0]["connection_id"].as_str().ok_or("there is no connection")?.to_owned();
    let bearer = format!("Bearer {}", app.key);
    let headers =
        [("authorization", bearer.as_str()), ("provider-config-key", &provider.name), ("connection-id", &id)];
    let (line, body) = match api.body.is_empty() {
        true => ("GET /proxy/bowline-probe", ""),
        false => ("POST /proxy/bowline-probe", "{}"),
    };
    let headers = [&headers[..], &[("content-type", "application/json")]].concat();
    let answer = app.call(line, &headers, body).await;
    if answer.status != 200 {
        return Err(format!("the API was not called: {}", answer.body));
    }
    let calls = upstream.take_calls(&provider.name);
    let call = calls.iter().find(|call| call.place.contains("bowline-probe")).ok_or("the API saw no call")?;
    carried(provider, call, given).map(Some)
}

/// Where in a call the credentials were.
fn carried(provider: &Provider, call: &Call, given: &Given) -> Result<&'static str, String> {
    const TOKENS: [&str; 6] = ["at-1", "tt-1", "it-1", "ot-1", "ada:hunter2", "sid=abc"];
    let typed = given.typed.iter().map(String::as_str).filter(|text| text.len() > 3);
    let secrets: Vec<&str> = TOKENS.into_iter().chain(typed).collect();
    let has = |text: &str| secrets.iter().any(|secret| text.contains(secret));
    let values =
        || call.headers.iter().filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)));
    let is_plain = |value: &str| has(value) || has(&decoded(value));
    let is_signed = |name: &str, value: &str| name.contains("sig") || value.contains("eyJ");
    let query = percent_encoding::percent_decode_str(&call.query).decode_utf8_lossy().into_owned();
    match () {
        () if provider.auth_mode == AuthMode::None => Ok("nothing to carry"),
        () if values().any(|(name, value)| name == "authorization" && is_plain(value)) => {
            Ok("`authorization`")
        }
        () if values().any(|(_, value)| is_plain(value)) => Ok("header"),
        () if has(&query) => Ok("query"),
        () if has(&call.place) => Ok("path"),
        () if has(&call.body) => Ok("body"),
        () if values().any(|(name, value)| is_signed(name, value)) => Ok("signature"),
        () if BY_CALLER.contains(&provider.name.as_str()) => Ok("left to the caller"),
        () => Err(format!("the API saw no credentials: {:?} {query}", values().collect::<Vec<_>>())),
    }
}

/// The text of a Basic header.
fn decoded(value: &str) -> String {
    let word = value.rsplit(' ').next().unwrap_or_default();
    STANDARD.decode(word).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
}
