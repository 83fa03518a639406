//! `GET /provider` and `GET /provider/{provider}`

use serde_json::{Value, json};

use crate::app::TestApp;

#[tokio::test]
async fn providers_are_an_object_by_name() {
    let app = TestApp::start().await;
    let all = app.get_as_owner("/provider").await.json();
    assert!(all["providers"].as_object().unwrap().len() > 900);
    let some = app.get_as_owner("/provider?query=GITHUB&x=1").await.json();
    let one = app.get_as_owner("/provider/github").await.json();
    assert_eq!(some["providers"]["github"], one["provider"]);
    assert_eq!(one["provider"]["auth_mode"], "OAUTH2");
}

#[tokio::test]
async fn an_unknown_provider_is_null() {
    let app = TestApp::start().await;
    app.get_as_owner("/provider/nobody").await.assert(200, &json!({"provider": Value::Null}));
    app.get_as_owner("/provider/a%2F..%2Fb").await.assert(200, &json!({"provider": null}));
}
