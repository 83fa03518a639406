//! `GET /connect-ui` and its files: the Connect UI on the API's own port.

use axum::extract::{Path, State};
use axum::response::Response;
use http::HeaderMap;

use crate::state::AppState;

/// The Connect UI, in which an end user connects accounts.
#[utoipa::path(get, path = "/connect-ui", tag = "connect",
    responses((status = 200, description = "A page", content_type = "text/html", body = String)))]
pub(crate) async fn page(State(state): State<AppState>, headers: HeaderMap) -> Response {
    state.connect_ui.file("", &headers)
}

/// A file of the Connect UI; the page for any other name.
#[utoipa::path(get, path = "/connect-ui/{file}", tag = "connect",
    params(("file" = String, Path, description = "The file's name")),
    responses((status = 200, description = "A file of the page", content_type = "text/html", body = String)))]
pub(crate) async fn file(
    State(state): State<AppState>,
    Path(file): Path<String>,
    headers: HeaderMap,
) -> Response {
    state.connect_ui.file(&file, &headers)
}
