//! Functions that run when something happens to a connection.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use super::{deploy, with_actions};
use crate::app::TestApp;

const NOTHING: (&str, &str) = ("nothing", "return null;");

async fn import(app: &TestApp, id: &str) -> crate::app::Answer {
    let body = json!({"provider_config_key": "free", "connection_id": id, "credentials": {"type": "NONE"}});
    app.own("POST /connections", body).await
}

async fn metadata(app: &TestApp, id: &str) -> Value {
    let answer = app.get_as_owner(&format!("/connections/{id}?provider_config_key=free")).await;
    answer.json()["metadata"].clone()
}

#[tokio::test]
async fn a_new_connection_is_told_to_its_function_once() {
    let app = with_actions(&[]).await;
    let body = "const m = (await nango.getMetadata()) ?? {}; await nango.updateMetadata({ told: (m.told ?? 0) + 1 });";
    deploy(&app, &[NOTHING], &[("post-connection-creation", body)]).await;
    assert_eq!(import(&app, "new").await.status, 201);
    let told = async {
        while metadata(&app, "new").await["told"] != json!(1) {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(Duration::from_secs(30), told).await.expect("the function runs");
    // A connection that was there already is not new.
    assert_eq!(import(&app, "new").await.status, 201);
    assert_eq!(metadata(&app, "new").await["told"], json!(1));
}

#[tokio::test]
async fn a_new_connection_that_a_function_refuses_is_gone_and_its_words_are_told() {
    let app = with_actions(&[]).await;
    let body =
        "if (nango.connectionId === 'bad') throw new nango.ActionError({ message: 'no admin account' });";
    deploy(&app, &[NOTHING], &[("validate-connection", body)]).await;
    let answer = import(&app, "bad").await;
    assert_eq!(answer.code(), (400, "connection_validation_failed".to_owned()));
    assert_eq!(answer.json()["error"]["message"], "no admin account");
    assert_eq!(app.get_as_owner("/connections/bad?provider_config_key=free").await.status, 404);
    assert_eq!(import(&app, "good").await.status, 201);
}

#[tokio::test]
async fn a_connection_is_deleted_after_its_function_ran_whatever_that_did() {
    let app = with_actions(&[]).await;
    let body = "await nango.triggerAction('free', 'c', 'note', { gone: nango.connectionId }); throw new Error('too bad');";
    let note = ("note", "await nango.updateMetadata(input); return null;");
    deploy(&app, &[note], &[("pre-connection-deletion", body)]).await;
    assert_eq!(import(&app, "old").await.status, 201);
    let answer = app.own("DELETE /connections/old?provider_config_key=free", Value::Null).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(metadata(&app, "c").await, json!({"gone": "old"}));
    assert_eq!(app.get_as_owner("/connections/old?provider_config_key=free").await.status, 404);
}
