//! `GET /oauth/authorize`: a page with two links, or a redirect at once.

use http::StatusCode;
use url::Url;

use crate::call::{Call, Fields};
use crate::config::OauthConfig;
use crate::reply::{self, Reply};
use crate::state::State;

use super::store::Approval;

pub(crate) fn handle(state: &State, call: &Call) -> Reply {
    let query = call.query();
    let config = state.config.lock().oauth.clone();
    // RFC 6749 §4.1.2.1: never redirect to an address that was not checked.
    let redirect_uri = match checked_redirect_uri(&config, &query) {
        Ok(uri) => uri,
        Err(problem) => return error_page(problem),
    };
    if let Some(problem) = request_problem(&config, &query) {
        return redirect_with(state, redirect_uri, &query, &[("error", problem)]);
    }
    match query.get("decision") {
        Some("approve") => approve(state, redirect_uri, &query),
        Some(_) => redirect_with(state, redirect_uri, &query, &[("error", "access_denied")]),
        None if config.auto_approve => approve(state, redirect_uri, &query),
        None => approve_page(call, &query),
    }
}

fn checked_redirect_uri(config: &OauthConfig, query: &Fields) -> Result<Url, &'static str> {
    let client = config.clients.iter().find(|client| Some(client.id.as_str()) == query.get("client_id"));
    let client = client.ok_or("the client is unknown")?;
    let uri = query.get("redirect_uri").ok_or("redirect_uri is missing")?;
    if !client.redirect_uris.is_empty() && !client.redirect_uris.iter().any(|allowed| allowed == uri) {
        return Err("redirect_uri is not registered");
    }
    Url::parse(uri).map_err(|_| "redirect_uri is not a URL")
}

fn request_problem<'a>(config: &'a OauthConfig, query: &Fields) -> Option<&'a str> {
    if let Some(error) = &config.authorize_error {
        return Some(error);
    }
    if query.get("response_type") != Some("code") {
        return Some("unsupported_response_type");
    }
    match (query.get("code_challenge"), query.get("code_challenge_method")) {
        (None, _) if config.require_pkce => Some("invalid_request"),
        (None, _) | (Some(_), Some("S256")) => None,
        (Some(_), _) => Some("invalid_request"),
    }
}

fn approve(state: &State, redirect_uri: Url, query: &Fields) -> Reply {
    let text = |name: &str| query.get(name).map(str::to_owned);
    let approval = Approval {
        client_id: text("client_id").unwrap_or_default(),
        redirect_uri: text("redirect_uri"),
        scope: text("scope").unwrap_or_default(),
        code_challenge: text("code_challenge"),
    };
    let code = state.tokens.lock().create_code(approval, state.now_ms());
    redirect_with(state, redirect_uri, query, &[("code", &code)])
}

/// Adds the outcome, the caller's `state`, and the issuer (RFC 9207).
fn redirect_with(state: &State, mut uri: Url, query: &Fields, outcome: &[(&str, &str)]) -> Reply {
    uri.query_pairs_mut()
        .extend_pairs(outcome)
        .extend_pairs(query.get("state").map(|value| ("state", value)))
        .append_pair("iss", &state.base_url);
    reply::redirect(StatusCode::FOUND, uri.as_str())
}

fn approve_page(call: &Call, query: &Fields) -> Reply {
    let client = escape(query.get_or("client_id", ""));
    let scope = escape(query.get_or("scope", "nothing in particular"));
    let link = escape(&format!("/oauth/authorize?{}&decision=", call.raw_query));
    reply::html(
        StatusCode::OK,
        format!(
            "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Simulated provider</title>\
             <h1>Simulated provider</h1><p><b>{client}</b> asks for <b>{scope}</b>.</p>\
             <p><a id=\"approve\" href=\"{link}approve\">Approve</a> \
             <a id=\"deny\" href=\"{link}deny\">Deny</a></p></html>"
        ),
    )
}

fn error_page(problem: &str) -> Reply {
    let page =
        format!("<!doctype html><html lang=\"en\"><title>Error</title><p>{}</p></html>", escape(problem));
    reply::html(StatusCode::BAD_REQUEST, page)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
