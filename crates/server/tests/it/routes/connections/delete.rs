//! `DELETE /connections/{connectionId}` and its singular form

use serde_json::{Value, json};

use crate::app::TestApp;

#[tokio::test]
async fn a_deleted_connection_is_gone() {
    let app = TestApp::start().await;
    app.free_connections(&["c1", "c2"]).await;
    for path in ["/connections/c1", "/connection/c2"] {
        let line = format!("DELETE {path}?provider_config_key=free");
        app.own(&line, Value::Null).await.assert(200, &json!({"success": true}));
        app.own(&line, Value::Null).await.assert_code(400, "unknown_connection");
    }
    app.get_as_owner("/connections/c1?provider_config_key=free").await.assert_code(404, "not_found");
}

#[tokio::test]
async fn the_path_is_judged_before_the_query() {
    let app = TestApp::start().await;
    let delete = async |path: &str| app.own(&format!("DELETE /connections/{path}"), Value::Null).await;
    delete("a%3Fb").await.assert_issue("invalid_uri_params", "invalid_format", "connectionId");
    delete("c").await.assert_issue("invalid_query_params", "invalid_type", "provider_config_key");
    delete("c?provider_config_key=x&y=1").await.assert_issue("invalid_query_params", "unrecognized_keys", "");
    delete("c?provider_config_key=nope").await.assert_code(400, "unknown_connection");
}
