//! `GET` and `DELETE /connect/session`

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bowline_api::connect::{
    ConnectDefaults, ConnectOverrides, ConnectSessionInfo, ConnectUiSettings, SessionEndUser,
    SessionOrganization,
};
use bowline_domain::connection::EndUser;
use bowline_engine::connect::{ConnectSession, IntegrationDefaults, IntegrationOverrides};

use crate::error::ApiError;
use crate::extract::{JsonBody, Query, SessionCaller};
use crate::reply;
use crate::state::AppState;

/// Where browsers open the WebSocket that tells of a popup's end.
pub(crate) const WEBSOCKETS_PATH: &str = "/";

/// Shows a page what its session allows and presets.
#[utoipa::path(
    get,
    path = "/connect/session",
    tag = "connect",
    responses(
        (status = 200, description = "What the session allows and presets", body = inline(reply::Data<ConnectSessionInfo>)),
        (status = 401, description = "No live session has this token", body = bowline_api::error::ClassicError),
        (status = 404, description = "The connection to authorize again is gone", body = bowline_api::error::ModernError),
    ),
    security(("connect_session" = []))
)]
pub(crate) async fn get_connect_session(
    State(state): State<AppState>,
    caller: SessionCaller,
    query: Query,
    body: JsonBody,
) -> Result<Response, ApiError> {
    query.none()?;
    body.none()?;
    let session = caller.session();
    let end_user = state.engine.session_end_user(session).await?;
    let end_user = end_user.ok_or_else(|| ApiError::not_found("The connection does not exist any more"))?;
    Ok(reply::no_store(reply::data(info(session, end_user))))
}

/// Ends a session; its token is unknown from then on.
#[utoipa::path(
    delete,
    path = "/connect/session",
    tag = "connect",
    responses(
        (status = 204, description = "Ended"),
        (status = 401, description = "No live session has this token", body = bowline_api::error::ClassicError),
    ),
    security(("connect_session" = []))
)]
pub(crate) async fn delete_connect_session(
    State(state): State<AppState>,
    caller: SessionCaller,
    query: Query,
    body: JsonBody,
) -> Result<Response, ApiError> {
    query.none()?;
    body.none()?;
    state.engine.close_connect_session(caller.session()).await?;
    Ok(reply::no_content().into_response())
}

fn info(session: &ConnectSession, end_user: Option<EndUser>) -> ConnectSessionInfo {
    let content = &session.content;
    ConnectSessionInfo {
        end_user: end_user.map(session_end_user),
        connect_ui_settings: ConnectUiSettings::default(),
        allowed_integrations: content.allowed_integrations.clone(),
        integrations_config_defaults: content
            .defaults
            .as_ref()
            .map(|all| all.iter().map(|(key, defaults)| (key.clone(), shown_defaults(defaults))).collect()),
        is_reconnecting: content.reconnects.map(|_| true),
        manages_connections: content.manages.then_some(true),
        overrides: content.overrides.as_ref().map(|all| {
            all.iter().map(|(key, overrides)| (key.clone(), shown_overrides(overrides))).collect()
        }),
        websockets_path: WEBSOCKETS_PATH,
    }
}

/// Without the scopes of the user's token, which are no page's business.
fn shown_defaults(defaults: &IntegrationDefaults) -> ConnectDefaults {
    ConnectDefaults {
        connection_config: defaults.connection_config.clone(),
        authorization_params: defaults.authorization_params.clone(),
    }
}

fn shown_overrides(overrides: &IntegrationOverrides) -> ConnectOverrides {
    ConnectOverrides { docs_connect: overrides.docs_connect.clone() }
}

fn session_end_user(end_user: EndUser) -> SessionEndUser {
    let organization = end_user.organization.map(|organization| SessionOrganization {
        id: organization.id,
        display_name: organization.display_name,
    });
    SessionEndUser {
        id: end_user.id,
        display_name: end_user.display_name,
        email: end_user.email,
        tags: end_user.tags,
        organization,
    }
}
