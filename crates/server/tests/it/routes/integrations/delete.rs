//! `DELETE /integrations/{uniqueKey}`

use serde_json::{Value, json};

use crate::app::TestApp;

#[tokio::test]
async fn a_deleted_integration_takes_its_connections_along() {
    let app = TestApp::start().await;
    app.free_connections(&["c1", "c2"]).await;
    app.own("DELETE /integrations/free", Value::Null).await.assert(200, &json!({"success": true}));
    app.get_as_owner("/connections").await.assert(200, &json!({"connections": []}));
    app.get_as_owner("/integrations").await.assert(200, &json!({"data": []}));
    app.own("DELETE /integrations/free", Value::Null).await.assert_code(404, "not_found");

    app.integration("unauthenticated", "free", Value::Null).await;
    app.get_as_owner("/connections/c1?provider_config_key=free").await.assert_code(404, "not_found");
}

#[tokio::test]
async fn unknown_parameters_and_bad_keys_are_refused() {
    let app = TestApp::start().await;
    let delete = async |path: &str| app.own(&format!("DELETE /integrations/{path}"), Value::Null).await;
    delete("x?force=true").await.assert_issue("invalid_query_params", "unrecognized_keys", "");
    delete("a%2Fb").await.assert_issue("invalid_uri_params", "invalid_format", "uniqueKey");
}
