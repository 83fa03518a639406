//! `GET /` as a WebSocket: a page that opens a window waits here for its end (spec `auth.md` §8.1).

use std::time::Duration;

use axum::extract::State;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use bowline_engine::connect::{PopupResult, PopupWait};
use http::{HeaderMap, Uri};
use serde_json::{Value, json};
use tokio::time::{Instant, interval_at, timeout};

use crate::error::ApiError;
use crate::extract::AddressLimited;
use crate::state::AppState;

/// An end that came to another node is found this often.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// No window is waited for longer; authorizations expire much earlier.
const WAIT_MAX: Duration = Duration::from_secs(60 * 60);
/// Pages send nothing; whatever comes is read and dropped, and may not be large.
const MESSAGE_BYTES_MAX: usize = 4 * 1024;

/// Opens the channel on which a page is told how its window ended. A browser that wants a page in a frame, or brings
/// a Connect UI's parameters, gets the Connect UI, so that one address serves every frontend.
#[utoipa::path(
    get,
    path = "/",
    tag = "auth",
    responses(
        (status = 200, description = "The Connect UI, in a frame or with its parameters", content_type = "text/html", body = String),
        (status = 101, description = "Frames: `connection_ack` with `ws_client_id`, then `success` or `error`"),
        (status = 404, description = "Not a WebSocket", body = bowline_api::error::ModernError),
    )
)]
pub(crate) async fn open(
    State(state): State<AppState>,
    _: AddressLimited<1>,
    upgrade: Result<WebSocketUpgrade, axum::extract::ws::rejection::WebSocketUpgradeRejection>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let is_framed = headers.get("sec-fetch-dest").is_some_and(|dest| dest == "iframe");
    let query = uri.query().unwrap_or_default();
    let names_session = ["apiURL=", "session_token="].iter().any(|name| query.contains(name));
    if upgrade.is_err() && (is_framed || names_session) {
        return Ok(state.connect_ui.file("", &headers));
    }
    let upgrade = upgrade.map_err(|_| {
        ApiError::not_found("Here is a WebSocket for pages that connect accounts, and the API below it")
    })?;
    Ok(upgrade.max_message_size(MESSAGE_BYTES_MAX).on_upgrade(|socket| async move {
        // A page that goes away ends the wait; there is nothing to do about it.
        if let Ok(Err(error)) = timeout(WAIT_MAX, serve(state, socket)).await {
            tracing::debug!(%error, "a page's WebSocket ended early");
        }
    }))
}

async fn serve(state: AppState, mut socket: WebSocket) -> Result<(), axum::Error> {
    let mut wait = state.engine.wait_for_popup();
    let ack = json!({"message_type": "connection_ack", "ws_client_id": wait.id.to_string()});
    socket.send(Message::text(ack.to_string())).await?;
    let Some(result) = end_of(&state, &mut wait, &mut socket).await? else { return Ok(()) };
    socket.send(Message::text(frame(&result).to_string())).await?;
    socket.send(Message::Close(None)).await
}

/// How the window ended; `None` when the page went away first.
async fn end_of(
    state: &AppState,
    wait: &mut PopupWait,
    socket: &mut WebSocket,
) -> Result<Option<PopupResult>, axum::Error> {
    let mut looks = interval_at(Instant::now() + LOOK_EVERY, LOOK_EVERY);
    loop {
        tokio::select! {
            Ok(result) = &mut wait.end => return Ok(Some(result)),
            _ = looks.tick() => match state.engine.take_popup_result(wait.id, None).await {
                Ok(None) => {}
                Ok(result) => return Ok(result),
                Err(error) => tracing::warn!(?error, "could not look for the end of a window"),
            },
            message = socket.recv() => match message {
                None | Some(Ok(Message::Close(_))) => return Ok(None),
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(error),
            },
        }
    }
}

fn frame(result: &PopupResult) -> Value {
    let (key, connection) = (&result.provider_config_key, &result.connection_id);
    match &result.error {
        None => json!({
            "message_type": "success", "provider_config_key": key, "connection_id": connection,
            "is_pending": result.is_pending,
        }),
        Some(error) => json!({
            "message_type": "error", "provider_config_key": key, "connection_id": connection,
            "error_type": error.kind, "error_desc": error.description,
        }),
    }
}
