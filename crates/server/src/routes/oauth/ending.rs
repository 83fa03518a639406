//! How a window ends: its page is told, its user reads a text, the log names the cause.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bowline_domain::connection::Connection;
use bowline_domain::environment::Environment;
use bowline_engine::connect::{
    BrowserBinding, Confirmation, ConnectError, PopupError, PopupPage, PopupResult,
};
use http::header::{
    ACCEPT, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, SET_COOKIE,
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use uuid::Uuid;

use super::page::{self, Page};
use crate::error::ApiError;
use crate::routes::auth::error::{error_type, shown};
use crate::settings::ServerSettings;
use crate::state::AppState;

/// Over TLS a cookie with this prefix can be set by this very host alone (RFC 6265bis §4.1.3.2).
pub(super) const HOST_PREFIX: &str = "__Host-";

/// A window about to end.
pub(super) struct Ending<'a> {
    pub environment: Option<&'a Environment>,
    pub page: PopupPage,
    pub session: Option<Uuid>,
    pub integration: Option<&'a str>,
    pub connection: Option<&'a str>,
}

impl Ending<'_> {
    /// With a connection.
    pub async fn succeeded(
        self,
        state: &AppState,
        headers: &HeaderMap,
        connection: &Connection,
        is_pending: bool,
    ) -> Response {
        let result = self.result(Some(connection.key.as_str()), is_pending, None);
        self.tell(state, result).await;
        let page = Page { error: None, request_id: None, targets: page::targets(&state.settings) };
        respond(state, headers, StatusCode::OK, &page)
    }

    /// Without one.
    pub async fn failed(self, state: &AppState, headers: &HeaderMap, error: &ConnectError) -> Response {
        let (kind, description) = (error_type(error), shown(error));
        let id = Uuid::new_v4();
        tracing::warn!(
            error_id = %id,
            environment = self.environment.map(|environment| environment.name.as_str()),
            integration = self.integration,
            error_type = kind,
            ?error,
            "an account could not be connected: {error}"
        );
        let told = PopupError { kind: kind.to_owned(), description: description.clone() };
        let result = self.result(self.connection, false, Some(told));
        self.tell(state, result).await;
        let page = Page {
            error: Some((kind, &description)),
            request_id: Some(id),
            targets: page::targets(&state.settings),
        };
        respond(state, headers, StatusCode::BAD_REQUEST, &page)
    }

    fn result(&self, connection: Option<&str>, is_pending: bool, error: Option<PopupError>) -> PopupResult {
        PopupResult {
            provider_config_key: self.integration.unwrap_or_default().to_owned(),
            connection_id: connection.unwrap_or_default().to_owned(),
            is_pending,
            error,
            session: self.session,
        }
    }

    async fn tell(&self, state: &AppState, result: PopupResult) {
        let (Some(environment), Some(page)) = (self.environment, self.page.ws_client_id) else { return };
        if let Err(error) = state.engine.tell_page(environment, page, result).await {
            tracing::error!(?error, "a page could not be told how its window ended");
        }
    }
}

/// A window that was not let in at all. Programs get the error as it is; a user in a browser gets a page, and the page
/// that opened the window is told if it waits on this node, so that it does not wait for ever.
pub(super) fn not_let_in(
    state: &AppState,
    headers: &HeaderMap,
    page: PopupPage,
    refusal: ApiError,
) -> Result<Response, ApiError> {
    let code = refusal.code();
    if let Some(page) = page.ws_client_id {
        let error = PopupError { kind: code.as_str().to_owned(), description: code.meaning().to_owned() };
        let ending = Ending {
            environment: None,
            page: PopupPage::default(),
            session: None,
            integration: None,
            connection: None,
        };
        state.engine.tell_page_here(page, ending.result(None, false, Some(error)));
    }
    let accepts = headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !accepts.contains("text/html") {
        return Err(refusal);
    }
    let status = refusal.into_response().status();
    let error = Some((code.as_str(), code.meaning()));
    let page = Page { error, request_id: None, targets: page::targets(&state.settings) };
    Ok(respond(state, headers, status, &page))
}

/// The page, with a policy of its own: nothing inline, no frame, no referrer, no copy kept.
fn respond(state: &AppState, headers: &HeaderMap, status: StatusCode, page: &Page<'_>) -> Response {
    let mut response = html(status, page.render(&state.settings), page::POLICY);
    let own = response.headers_mut();
    for name in spent_cookies(headers) {
        let gone = format!("{name}=; Path=/; Max-Age=0; HttpOnly{}", attributes(&state.settings));
        own.extend(HeaderValue::try_from(gone).ok().map(|gone| (SET_COOKIE, gone)));
    }
    response
}

/// Asks the user; the cookies stay, for the answer needs one.
pub(super) fn ask(state: &AppState, question: &Confirmation) -> Response {
    html(StatusCode::OK, page::question(&state.settings, question), page::QUESTION_POLICY)
}

fn html(status: StatusCode, text: String, policy: &'static str) -> Response {
    let mut response = (status, Body::from(text)).into_response();
    let own = response.headers_mut();
    own.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    own.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    own.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    own.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    own.insert(HeaderName::from_static("x-frame-options"), HeaderValue::from_static("DENY"));
    response
}

/// Cookies of authorizations that are over, or were never finished.
fn spent_cookies(headers: &HeaderMap) -> Vec<String> {
    let texts = headers.get_all(http::header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let names = texts.flat_map(|text| text.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let is_ours = |name: &str| name.strip_prefix(HOST_PREFIX).unwrap_or(name).starts_with("oauth2-");
    names.map(|(name, _)| name.to_owned()).filter(|name| is_ours(name)).take(20).collect()
}

/// The cookie that binds an authorization to the browser.
pub(super) fn cookie_header(settings: &ServerSettings, cookie: &BrowserBinding) -> Option<HeaderValue> {
    let prefix = if is_tls(settings) { HOST_PREFIX } else { "" };
    let BrowserBinding { name, value, lives } = cookie;
    let (lives, attributes) = (lives.as_secs(), attributes(settings));
    let text = format!("{prefix}{name}={value}; Path=/; Max-Age={lives}; HttpOnly{attributes}");
    HeaderValue::try_from(text).ok()
}

/// The provider's answer is a top-level navigation, with which `Lax` cookies travel.
fn attributes(settings: &ServerSettings) -> &'static str {
    if is_tls(settings) { "; Secure; SameSite=Lax" } else { "; SameSite=Lax" }
}

fn is_tls(settings: &ServerSettings) -> bool {
    settings.public_url.starts_with("https://")
}
