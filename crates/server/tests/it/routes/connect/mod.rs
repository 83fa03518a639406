//! `/connect/…`

mod create;
mod own;
mod reconnect;
mod session;
mod telemetry;

use serde_json::{Value, json};

use crate::app::TestApp;

/// Opens a session for the end user `u` and gives its token.
pub async fn token(app: &TestApp, more: Value) -> String {
    let mut body = json!({"end_user": {"id": "u"}});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let answer = app.own("POST /connect/sessions", body).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    answer.json()["data"]["token"].as_str().unwrap().to_owned()
}
