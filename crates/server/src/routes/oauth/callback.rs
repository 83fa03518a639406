//! `GET /oauth/callback` and `GET /app-auth/connect`

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bowline_engine::connect::{CallbackQuery, ConnectError, PopupEnd, PopupOutcome};
use http::header::{COOKIE, LOCATION, REFERER};
use http::{HeaderMap, HeaderValue, StatusCode, Uri};

use super::ending::{self, Ending};
use crate::extract::{AddressLimited, RawBody};
use crate::state::AppState;

/// A form of ours has two.
const FORM_FIELDS_MAX: usize = 8;

/// Takes the provider's answer, writes the connection, and tells the page that opened the window.
#[utoipa::path(
    get,
    path = "/oauth/callback",
    tag = "auth",
    params(
        ("state" = Option<String>, Query, description = "What the authorization was begun with"),
        ("code" = Option<String>, Query, description = "The authorization code"),
    ),
    responses(
        (status = 200, description = "A page that closes itself", content_type = "text/html", body = String),
        (status = 400, description = "A page that says what went wrong; JSON for programs", content((String = "text/html"), (bowline_api::error::ModernError = "application/json"))),
    )
)]
pub(crate) async fn callback(
    State(state): State<AppState>,
    _: AddressLimited<1>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let query = query_of(&uri);
    match came_without_flow(&query, &headers) {
        Some(elsewhere) => elsewhere,
        None => finish(&state, &query, &headers).await,
    }
}

/// As `/oauth/callback`, for apps that are installed at the provider.
#[utoipa::path(
    get,
    path = "/app-auth/connect",
    tag = "auth",
    params(
        ("state" = Option<String>, Query, description = "What the installation was begun with"),
        ("installation_id" = Option<String>, Query, description = "The installation"),
    ),
    responses(
        (status = 200, description = "A page that closes itself", content_type = "text/html", body = String),
        (status = 400, description = "A page that says what went wrong; JSON for programs", content((String = "text/html"), (bowline_api::error::ModernError = "application/json"))),
    )
)]
pub(crate) async fn app_callback(
    state: State<AppState>,
    limited: AddressLimited<1>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    callback(state, limited, uri, headers).await
}

async fn finish(state: &AppState, query: &CallbackQuery, headers: &HeaderMap) -> Response {
    let cookies = cookies(headers);
    let end = state.engine.finish_popup(query, |name| cookie_value(&cookies, name)).await;
    ended(state, headers, end, query.provider_error()).await
}

/// The user's answer to the question whether an account may become somebody's.
#[utoipa::path(
    post,
    path = "/confirm",
    tag = "auth",
    request_body(content = String, content_type = "application/x-www-form-urlencoded", description = "`state`, and `decision`: `connect` or anything else"),
    responses(
        (status = 200, description = "A page that closes itself", content_type = "text/html", body = String),
        (status = 400, description = "A page that says what went wrong; JSON for programs", content((String = "text/html"), (bowline_api::error::ModernError = "application/json"))),
    )
)]
pub(crate) async fn confirm(
    State(state): State<AppState>,
    _: AddressLimited<1>,
    headers: HeaderMap,
    RawBody(body): RawBody,
) -> Response {
    let form = || form_urlencoded::parse(&body).take(FORM_FIELDS_MAX);
    let text = |wanted: &str| form().find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned());
    let (asked, decision) = (text("state").unwrap_or_default(), text("decision"));
    let cookies = cookies(&headers);
    let is_agreed = decision.as_deref() == Some("connect");
    let end = state.engine.confirm_popup(&asked, is_agreed, |name| cookie_value(&cookies, name)).await;
    ended(&state, &headers, end, None).await
}

async fn ended(state: &AppState, headers: &HeaderMap, end: PopupEnd, said: Option<String>) -> Response {
    let PopupEnd { environment, page, session, integration, connection, result } = end;
    let ending = Ending {
        environment: environment.as_deref(),
        page,
        session,
        integration: integration.as_ref().map(bowline_domain::id::IntegrationKey::as_str),
        connection: connection.as_ref().map(bowline_domain::id::ConnectionKey::as_str),
    };
    match result {
        Ok(PopupOutcome::Connected(connection, is_pending)) => {
            ending.succeeded(state, headers, &connection, is_pending).await
        }
        Ok(PopupOutcome::Asked(question)) => ending::ask(state, &question),
        Err(error) => {
            // What the provider said goes along, wherever the flow broke.
            let error = match (error, said) {
                (ConnectError::UnknownState, Some(said)) => ConnectError::ProviderSaid(said),
                (error, _) => error,
            };
            ending.failed(state, headers, &error).await
        }
    }
}

fn query_of(uri: &Uri) -> CallbackQuery {
    let pairs = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    CallbackQuery::new(pairs.map(|(name, value)| (name.into_owned(), value.into_owned())))
}

/// An installation that was changed at the provider itself has no flow here: the user goes back to where they were.
fn came_without_flow(query: &CallbackQuery, headers: &HeaderMap) -> Option<Response> {
    let is_change = query.text("installation_id").is_some() && query.text("setup_action").is_some();
    if query.state().is_some() || !is_change {
        return None;
    }
    // Only to the provider this is known of; any other referrer would be an open redirect.
    let referrer = headers.get(REFERER).filter(|value| value.as_bytes().starts_with(b"https://github.com/"));
    let back = referrer.cloned().unwrap_or(HeaderValue::from_static("https://github.com"));
    Some((StatusCode::FOUND, [(LOCATION, back)]).into_response())
}

fn cookies(headers: &HeaderMap) -> String {
    let texts = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    texts.collect::<Vec<_>>().join("; ")
}

/// A cookie by its name, with or without the prefix it has over TLS.
fn cookie_value<'c>(cookies: &'c str, name: &str) -> Option<&'c str> {
    cookies.split(';').find_map(|pair| {
        let (own, value) = pair.trim().split_once('=')?;
        (own.strip_prefix(super::ending::HOST_PREFIX).unwrap_or(own) == name).then_some(value)
    })
}
