//! `GET /oauth/connect/{providerConfigKey}`

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bowline_engine::connect::{ClientOverride, ConnectCaller, ConnectError, PopupPage, PopupRequest};
use http::header::{CACHE_CONTROL, HOST, LOCATION, SET_COOKIE};
use http::{HeaderMap, HeaderValue, StatusCode, Uri};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::client_metadata;
use super::ending::{self, Ending, cookie_header};
use crate::error::ApiError;
use crate::extract::{PageCaller, Params, Query};
use crate::routes::auth::input;
use crate::settings::ServerSettings;
use crate::state::AppState;
use crate::validate::{Fields, any_text};

/// Sends a window to the provider, where the user approves. However it ends, the page that opened it is told.
#[utoipa::path(
    get,
    path = "/oauth/connect/{providerConfigKey}",
    tag = "auth",
    params(
        ("providerConfigKey" = String, Path, description = "The integration's key"),
        ("connect_session_token" = Option<String>, Query, description = "A connect session's token"),
        ("public_key" = Option<String>, Query, description = "The environment's public key, where it is allowed"),
        ("ws_client_id" = Option<String>, Query, description = "Where the opening page waits for the end"),
    ),
    responses(
        (status = 302, description = "To the provider's page"),
        (status = 400, description = "A page that says what went wrong; JSON for programs", content((String = "text/html"), (bowline_api::error::ModernError = "application/json"))),
        (status = 401, description = "Not authenticated", body = bowline_api::error::ClassicError),
    )
)]
pub(crate) async fn connect(
    State(state): State<AppState>,
    caller: Result<PageCaller, ApiError>,
    params: Params,
    query: Query,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    if let Some(elsewhere) = to_public_host(&state.settings, &uri, &headers) {
        return Ok(elsewhere);
    }
    let integration = input::integration_key(&params)?;
    let mut fields = query.fields();
    let page = PopupPage { ws_client_id: ws_client_id(&mut fields) };
    let PageCaller(caller) = match caller {
        Ok(caller) => caller,
        Err(refusal) => return ending::not_let_in(&state, &headers, page, refusal),
    };
    let client = client_override(&mut fields);
    let request = input::connect_request(&caller, &params, &mut fields)?;
    fields.ignore_rest();
    fields.finish()?;
    let connection = request.connection.clone();
    let begun = begin(&state, &caller, request, client, page).await;
    match begun {
        Ok(response) => Ok(response),
        Err(error) => {
            let session = match &caller {
                ConnectCaller::Session(session) => Some(session.uid.0),
                ConnectCaller::PublicKey(_) => None,
            };
            let ending = Ending {
                environment: Some(caller.environment()),
                page,
                session,
                integration: Some(integration.as_str()),
                connection: connection.as_ref().map(bowline_domain::id::ConnectionKey::as_str),
            };
            Ok(ending.failed(&state, &headers, &error).await)
        }
    }
}

async fn begin(
    state: &AppState,
    caller: &ConnectCaller,
    request: bowline_engine::connect::ConnectRequest,
    client: ClientOverride,
    page: PopupPage,
) -> Result<Response, ConnectError> {
    let attempt = state.engine.begin_connect(caller, request).await?;
    let callback_url = format!("{}/oauth/callback", state.settings.public_url);
    let key = &attempt.integration.integration.key;
    let client_metadata_url = client_metadata::address(&state.settings, attempt.environment.uuid, key);
    let request = PopupRequest { attempt, client, page, callback_url, client_metadata_url };
    let start = state.engine.start_popup(request).await?;
    let location = HeaderValue::try_from(start.location)
        .map_err(|_| ConnectError::BadUrl("it holds characters that no header may".to_owned()))?;
    let mut response = StatusCode::FOUND.into_response();
    let headers = response.headers_mut();
    headers.insert(LOCATION, location);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(cookie) = start.cookie.and_then(|cookie| cookie_header(&state.settings, &cookie)) {
        headers.insert(SET_COOKIE, cookie);
    }
    Ok(response)
}

/// The cookie that binds the answer to the browser belongs to a host, so the flow must begin at the one the provider
/// sends people back to. It is tried once: behind a proxy the host may never look right.
fn to_public_host(settings: &ServerSettings, uri: &Uri, headers: &HeaderMap) -> Option<Response> {
    const TRIED: &str = "at_public_host";
    let public = url::Url::parse(&settings.public_url).ok()?;
    let host = headers.get(HOST)?.to_str().ok()?;
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let query = uri.query().unwrap_or_default();
    if name.eq_ignore_ascii_case(public.host_str()?) || query.contains(TRIED) {
        return None;
    }
    let location = format!("{}{}?{query}&{TRIED}=1", settings.public_url, uri.path());
    let location = HeaderValue::try_from(location).ok()?;
    Some((StatusCode::FOUND, [(LOCATION, location)]).into_response())
}

/// Anything but a UUID is nobody.
fn ws_client_id(fields: &mut Fields) -> Option<Uuid> {
    fields.optional_text("ws_client_id", any_text).and_then(|text| Uuid::try_parse(&text).ok())
}

/// A client of the user's own; a refresh token alone is none.
fn client_override(fields: &mut Fields) -> ClientOverride {
    let mut given: Map<String, Value> = input::texts(fields, "credentials");
    let mut take = |name: &str| match given.shift_remove(name) {
        Some(Value::String(text)) if !text.is_empty() => Some(text),
        _ => None,
    };
    let client_id = take("oauth_client_id_override");
    let client_secret = take("oauth_client_secret_override");
    let has_client = client_id.is_some() || client_secret.is_some();
    let refresh_token = take("oauth_refresh_token_override").filter(|_| has_client);
    ClientOverride { client_id, client_secret, refresh_token }
}
